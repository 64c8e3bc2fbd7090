/**
 * The bench: points by button, the open item in view, the request form behind its key.
 *
 *   button[data-points]   puts its points into #id_points and shows which one stands there; the focus
 *                         stays, so that the next key is a command and not a letter
 *   details[data-ask]     opens when the key of its field is pressed
 *
 * Saving belongs to autosave.js, keys to keys.js. Without script the field takes typed points.
 */
const field = document.querySelector("#id_points");
const offers = [...document.querySelectorAll("button[data-points]")];
const waived = document.querySelector("#id_not_applicable");

const mark = () => {
  const typed = field.value.trim().replace(".", ",");
  for (const offer of offers) {
    offer.setAttribute("aria-pressed", String(!waived?.checked && offer.dataset.points === typed));
  }
};

if (field) {
  for (const offer of offers) {
    offer.addEventListener("click", () => {
      field.value = offer.dataset.points;
      if (waived) waived.checked = false;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  document.addEventListener("input", mark);
  document.addEventListener("change", mark);
  mark();
}

// A closed <details> cannot take the focus, so its key opens it first (capture: before keys.js).
const asking = document.querySelector("details[data-ask]");
document.addEventListener("keydown", (event) => {
  const plain = !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.isComposing);
  if (!asking || asking.open || !plain || event.key !== "g" || document.querySelector("dialog[open]")) return;
  if (!event.target.closest?.("input, textarea, select")) asking.open = true;
}, true);

// A pane cannot be "pressed": its key moves the focus into it, so that arrow keys scroll.
document.addEventListener("click", (event) => {
  if (event.detail === 0 && event.target.matches?.(".preview[data-key]")) event.target.focus();
});

document.querySelector("#queue-current")?.scrollIntoView({ block: "nearest" });

/**
 * Small helps for ordinary forms. Nothing here is needed to send one.
 *
 *   form[data-guard]                warns before leaving while a field differs from what was loaded
 *   textarea[maxlength][data-counter="#id"]   writes "Còn 120 ký tự" into #id
 *   form[method=post]               ignores a second press while the first is under way
 *   [data-check-all="name"]         ticks every checkbox of that name in the same form
 *   [data-fill="#id"][data-value]   puts the value into the field (canned remarks, "copy self-score");
 *                                   with data-append it adds a line instead
 *   [data-submit-on-change]         sends its form when it changes (filters); keep a button for no script
 */
const loaded = new WeakMap();
const pending = new WeakSet();
let leaving = false;

const content = (form) => {
  const parts = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(parts.map(([name, value]) => [name, value.name ?? value]));
};

for (const form of document.querySelectorAll("form[data-guard]")) loaded.set(form, content(form));

window.addEventListener("beforeunload", (event) => {
  if (leaving) return;
  for (const form of document.querySelectorAll("form[data-guard]")) {
    if (loaded.has(form) && loaded.get(form) !== content(form)) event.preventDefault();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") return;
  if (form.matches("[data-autosave], [hx-post]")) return;
  if (pending.has(form)) {
    event.preventDefault();
    return;
  }
  pending.add(form);
  leaving = true;
  window.setTimeout(() => pending.delete(form), 5000);
});

window.addEventListener("pageshow", () => {
  leaving = false;
});

const count = (area) => {
  const place = document.querySelector(area.dataset.counter);
  if (place) place.textContent = `Còn ${area.maxLength - area.value.length} ký tự`;
};

document.addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[maxlength][data-counter]")) count(event.target);
});
document.querySelectorAll("textarea[maxlength][data-counter]").forEach(count);

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.dataset?.checkAll) {
    for (const box of field.form.querySelectorAll(`[name="${CSS.escape(field.dataset.checkAll)}"]`)) {
      box.checked = field.checked;
    }
  }
  if (field.matches?.("[data-submit-on-change]")) field.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  const field = button && document.querySelector(button.dataset.fill);
  if (!field) return;
  const text = button.dataset.value ?? "";
  field.value = "append" in button.dataset && field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
});

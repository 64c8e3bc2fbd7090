/**
 * Keyboard shortcuts, declared where the thing stands.
 *
 *   data-key="j ArrowDown"   one or more keys; "Shift+ArrowRight", "Ctrl+Enter", "1" … "9", "?"
 *   data-key-label="…"       words in the help dialog (default: aria-label, then the text)
 *
 * A key presses links and buttons, ticks radio buttons and checkboxes, and focuses text fields.
 * While a text field has focus only combinations with Ctrl, Alt or Meta work, because those write no
 * character. Nothing happens during input of Vietnamese by a method editor, nor while a dialog is open.
 * "?" opens #key-help with the list. Keys of one character can be switched off there (WCAG 2.1.4).
 * Ctrl+S belongs to autosave.js.
 */
const OFF = "parc-keys-off";
const NAMES = {
  ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Enter: "Enter", Escape: "Esc", " ": "Dấu cách",
};

const isOff = () => {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
};

const combination = (event) => {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && (event.key.length > 1 || /^\p{L}$/u.test(event.key))) parts.push("Shift");
  const digit = !event.shiftKey && /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  parts.push(digit ? digit[1] : event.key.length === 1 ? event.key.toLowerCase() : event.key);
  return parts.join("+");
};

const keysOf = (element) => element.dataset.key.split(/\s+/).filter(Boolean);
const usable = (element) =>
  element.checkVisibility?.() !== false && !element.disabled && element.getAttribute("aria-disabled") !== "true";
const isText = (element) =>
  element?.isContentEditable
  || element?.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
const label = (element) =>
  element.dataset.keyLabel || element.getAttribute("aria-label") || element.labels?.[0]?.textContent.trim()
  || element.textContent.trim();

const press = (element) => {
  if (isText(element)) {
    element.focus();
    element.select?.();
  } else {
    if (element.matches("input")) element.focus();
    element.click();
  }
};

const drawHelp = (dialog) => {
  const list = dialog.querySelector("[data-key-list]");
  list.replaceChildren();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (!usable(element)) continue;
    const term = document.createElement("dt");
    for (const key of keysOf(element)) {
      const cap = document.createElement("kbd");
      cap.textContent = key.split("+").map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" + ");
      term.append(cap, " ");
    }
    const meaning = document.createElement("dd");
    meaning.textContent = label(element).replace(/\s+/g, " ").slice(0, 120);
    list.append(term, meaning);
  }
  dialog.querySelector("[data-key-none]").hidden = list.children.length > 0;
};

const dialog = document.querySelector("#key-help");
if (dialog) {
  drawHelp(dialog);
  const box = dialog.querySelector("[data-key-switch]");
  box.checked = !isOff();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(OFF, box.checked ? "0" : "1");
    } catch {
      box.checked = true;
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-dialog="#key-help"]')) drawHelp(dialog);
  }, true);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (document.querySelector("dialog[open]")) return;
  const combined = event.ctrlKey || event.altKey || event.metaKey;
  if (!combined && (isText(document.activeElement) || (event.key.length === 1 && isOff()))) return;
  const wanted = combination(event);
  if (wanted === "?" && dialog) {
    drawHelp(dialog);
    dialog.showModal();
    event.preventDefault();
    return;
  }
  // Arrow keys move between radio buttons; the browser keeps them there.
  if (document.activeElement?.matches("input[type=radio], [role=separator]") && /^Arrow/.test(wanted)) return;
  for (const element of document.querySelectorAll("[data-key]")) {
    if (keysOf(element).includes(wanted) && usable(element)) {
      event.preventDefault();
      press(element);
      return;
    }
  }
});

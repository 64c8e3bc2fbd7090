/**
 * Dialogs and menus, on the browser's own <dialog> and <details>.
 *
 *   [data-dialog="#id"]   opens that <dialog> as modal; on a link the href is the page for no script
 *   [data-dialog-close]   closes the dialog it stands in
 *   details.menu          closes on Escape and on a click elsewhere
 *
 * The browser returns focus to the opener. A dialog that is not found leaves the link alone.
 */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener && !event.ctrlKey && !event.metaKey) {
    const dialog = document.querySelector(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault();
      if (!dialog.open) dialog.showModal();
    }
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer) closer.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});

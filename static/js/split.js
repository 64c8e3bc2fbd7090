/**
 * Panes of the bench whose width a person sets, remembered per name in this browser.
 *
 *   .bench[data-split="name"]                         the grid; it reads --split-1 and --split-2
 *   .split-handle[role=separator][data-pane="1|2"][tabindex=0][aria-label]   between two panes
 *
 * Pane 1 is measured from the left, pane 2 from the right. Drag, or arrow keys (16 px), Home for the
 * default. Limits: 200 to 720 px, and the middle keeps 256 px. Without script the default stands.
 */
const LOW = 200;
const HIGH = 720;
const MIDDLE = 256;

const read = (name) => {
  try {
    return JSON.parse(localStorage.getItem(`parc-split:${name}`)) ?? {};
  } catch {
    return {};
  }
};

const write = (name, sizes) => {
  try {
    localStorage.setItem(`parc-split:${name}`, JSON.stringify(sizes));
  } catch {
    // A full or forbidden storage only means that the width is not remembered.
  }
};

for (const bench of document.querySelectorAll("[data-split]")) {
  const name = bench.dataset.split;
  const sizes = read(name);
  const handles = [...bench.querySelectorAll(":scope > .split-handle")];
  const paneOf = (handle) =>
    handle.dataset.pane === "2" ? handle.nextElementSibling : handle.previousElementSibling;

  const apply = (handle, wanted) => {
    const pane = handle.dataset.pane;
    const others = handles
      .filter((other) => other !== handle)
      .reduce((sum, other) => sum + paneOf(other).getBoundingClientRect().width, 0);
    const room = bench.clientWidth - others - MIDDLE - 24;
    const width = Math.round(Math.max(LOW, Math.min(HIGH, room, wanted)));
    bench.style.setProperty(`--split-${pane}`, `${width}px`);
    handle.setAttribute("aria-valuenow", String(width));
    sizes[pane] = width;
  };

  for (const handle of handles) {
    handle.setAttribute("aria-orientation", "vertical");
    handle.setAttribute("aria-valuemin", String(LOW));
    handle.setAttribute("aria-valuemax", String(HIGH));
    const pane = handle.dataset.pane;
    const sign = pane === "2" ? -1 : 1;
    if (sizes[pane]) apply(handle, sizes[pane]);
    else handle.setAttribute("aria-valuenow", String(Math.round(paneOf(handle).getBoundingClientRect().width)));

    handle.addEventListener("pointerdown", (down) => {
      const begin = paneOf(handle).getBoundingClientRect().width;
      handle.setPointerCapture(down.pointerId);
      const move = (event) => apply(handle, begin + sign * (event.clientX - down.clientX));
      handle.addEventListener("pointermove", move);
      const stop = () => {
        handle.removeEventListener("pointermove", move);
        write(name, sizes);
      };
      handle.addEventListener("lostpointercapture", stop, { once: true });
    });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
      if (step) apply(handle, paneOf(handle).getBoundingClientRect().width + sign * step);
      else if (event.key === "Home") {
        bench.style.removeProperty(`--split-${pane}`);
        delete sizes[pane];
      } else return;
      event.preventDefault();
      event.stopPropagation();
      write(name, sizes);
    });
  }
}

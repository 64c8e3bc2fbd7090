/**
 * On the page of a leaf the points field follows the proposal, as long as nobody typed other points.
 * Without script the server takes the proposal for an empty field.
 *
 *   [data-until-upload]   what says that there is no document yet; gone after the first upload
 */
document.addEventListener("parc:uploaded", () => {
  document.querySelector("[data-until-upload]")?.remove();
  const count = document.querySelector("#evidence-title .count");
  if (count) count.textContent = String(Number(count.textContent) + 1);
});

const proposal = document.querySelector("#proposal");
const points = document.querySelector("#id_points");
const proposed = () => proposal.querySelector("[data-proposed]")?.dataset.proposed ?? "";

if (proposal && points && !points.matches(":disabled")) {
  let followed = proposed();
  new MutationObserver(() => {
    const now = proposed();
    const mine = points.value.trim().replace(".", ",");
    if (now !== followed && (mine === "" || mine === followed)) {
      points.value = now;
      points.dispatchEvent(new Event("input", { bubbles: true }));
    }
    followed = now;
  }).observe(proposal, { childList: true });
}

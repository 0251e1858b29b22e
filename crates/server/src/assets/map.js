// The map of looks: the look under the pointer, or chosen with the arrow keys, is shown beside it.
import { element } from "./element.js";
import { base, t } from "./texts.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The nearest point that lies more in a direction than across it.
function next(points, from, [right, down]) {
  let [best, least] = [null, Infinity];
  for (const point of points) {
    const [dx, dy] = [point.x - from.x, point.y - from.y];
    const [along, across] = [dx * right + dy * down, Math.abs(dx * down) + Math.abs(dy * right)];
    const far = along + 2 * across;
    if (along > 0.5 && across <= along && far < least) [best, least] = [point, far];
  }
  return best;
}

function card(link) {
  const { id } = link.dataset;
  const address = encodeURIComponent(id);
  return element("a", { class: "look", href: link.getAttribute("href") },
    element("img", { src: `${base}/api/looks/${address}/thumbnail`, alt: "", width: 128, height: 128 }),
    element("span", { class: "who" }, link.getAttribute("aria-label")), element("span", { class: "muted id" }, id), element("span", { class: "button quiet small" }, t("map_see")));
}

// Brings a drawing to life, wherever in the document it stands.
export function wake(root) {
  const drawing = root.querySelector("#map-drawing");
  const place = root.querySelector("#map-look");
  if (!drawing) return;
  const points = [...drawing.querySelectorAll("a")].map((link) => {
    const [x, y] = link.firstElementChild.getAttribute("d").slice(1).split(/[ h]/).map(Number);
    return { link, x, y };
  });
  const byLink = new Map(points.map((point) => [point.link, point]));
  let shown = null;
  const show = (link) => {
    if (shown === link) return;
    shown?.classList.remove("chosen");
    shown = link;
    link.classList.add("chosen");
    place.replaceChildren(card(link));
  };
  // One stop of the Tab key for all points; the arrows go from one to the next.
  for (const { link } of points) link.setAttribute("tabindex", "-1");
  points[0].link.setAttribute("tabindex", "0");
  // Not on the drawing: one that listens for focus takes it, a stop of the Tab key that shows nothing.
  drawing.parentElement.addEventListener("focusin", (event) => {
    const link = event.target.closest("#map-drawing a");
    if (!link) return;
    for (const point of drawing.querySelectorAll("a[tabindex='0']")) point.setAttribute("tabindex", "-1");
    link.setAttribute("tabindex", "0");
    show(link);
  });
  drawing.addEventListener("keydown", (event) => {
    const from = byLink.get(event.target.closest("a"));
    if (!from || !ARROWS[event.key]) return;
    event.preventDefault();
    next(points, from, ARROWS[event.key])?.link.focus();
  });
  drawing.addEventListener("pointerover", (event) => {
    const link = event.target.closest("a");
    if (link && event.pointerType === "mouse") show(link);
  });
  // A finger chooses first: the look that is shown then leads on.
  let finger = false;
  drawing.addEventListener("pointerdown", (event) => {
    finger = event.pointerType === "touch";
    if (!finger) return;
    const box = drawing.getBoundingClientRect();
    const { x: left, y: top, width, height } = drawing.viewBox.baseVal;
    const [x, y] = [left + ((event.clientX - box.left) / box.width) * width, top + ((event.clientY - box.top) / box.height) * height];
    const near = points.reduce((best, point) => (Math.hypot(point.x - x, point.y - y) < Math.hypot(best.x - x, best.y - y) ? point : best));
    show(near.link);
  });
  drawing.addEventListener("click", (event) => finger && event.preventDefault());
}

wake(document);
document.documentElement.dataset.ready = "true";

// "Why?": which parts of the picture spoke for the answer, fetched only when somebody asks.
import { element } from "./element.js";
import { base, t } from "./texts.js";

// The overlay is soft: finer than this nobody sees, and a photograph may have 50 megapixels.
const LONGEST_SIDE_PX = 1024;
// Of the loudest cell: what lies below should still be guessed.
const OPACITY_MAX = 0.85;

function channels(frame, name) {
  const hex = getComputedStyle(frame).getPropertyValue(name).trim();
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

// One pixel a cell, with an empty border so that the map ends softly.
function cellsAsPixels(map, frame) {
  const [width, height] = [map.columns + 2, map.rows + 2];
  const [speaksFor, speaksAgainst] = [channels(frame, "--speaks-for"), channels(frame, "--speaks-against")];
  const image = new ImageData(width, height);
  map.cells.forEach((cell, index) => {
    const at = ((Math.floor(index / map.columns) + 1) * width + (index % map.columns) + 1) * 4;
    image.data.set(cell > 0 ? speaksFor : speaksAgainst, at);
    image.data[at + 3] = Math.round(255 * OPACITY_MAX * Math.sqrt(Math.abs(cell)));
  });
  const canvas = element("canvas", { width, height });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// The map where the picture shows the character: a box, turned about its own middle.
function overlay(map, frame) {
  const { naturalWidth, naturalHeight } = frame.querySelector("img");
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(naturalWidth, naturalHeight));
  const canvas = element("canvas", {
    class: "reasons", "aria-hidden": "true",
    width: Math.max(1, Math.round(naturalWidth * scale)), height: Math.max(1, Math.round(naturalHeight * scale)),
  });
  const { x, y, width, height } = map.box;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.scale(scale, scale);
  context.translate(x + width / 2, y + height / 2);
  context.rotate((map.rotationDegrees * Math.PI) / 180);
  const [cellWidth, cellHeight] = [width / map.columns, height / map.rows];
  context.drawImage(cellsAsPixels(map, frame), -width / 2 - cellWidth, -height / 2 - cellHeight, width + 2 * cellWidth, height + 2 * cellHeight);
  return canvas;
}

async function ask(picture) {
  const response = await fetch(`${base}/api/heat-map`, {
    method: "POST", body: picture,
    headers: { "content-type": "application/octet-stream", "accept-language": document.documentElement.lang },
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? t("why_failed"));
  return body;
}

const LEGEND = [
  ["for", t("why_for")],
  ["against", t("why_against")],
];
const legendParts = () => LEGEND.map(([side, words]) => element("span", {}, element("i", { class: `speaks ${side}` }), words));

// No answer to ask about.
export function withdrawReasons(button, legend) {
  button.hidden = legend.hidden = true;
  button.onclick = null;
  button.setAttribute("aria-pressed", "false");
  legend.replaceChildren();
}

// Offers the reasons of an answer that found somebody, on the frame that shows its picture.
export function offerReasons(button, legend, { frame, picture, analysis }) {
  withdrawReasons(button, legend);
  if (!analysis.character || !frame.querySelector("img").naturalWidth) return;
  let asked = null;
  const show = (shown) => {
    button.setAttribute("aria-pressed", String(shown));
    frame.classList.toggle("explained", shown);
    legend.hidden = !shown;
  };
  const fetchOnce = async () => {
    try {
      const canvas = overlay(await ask(picture), frame);
      if (!frame.isConnected) return;
      frame.querySelector("img").after(canvas);
      legend.replaceChildren(...legendParts());
    } catch (error) {
      if (!frame.isConnected) return;
      // Pressed again, it is asked again.
      asked = null;
      show(false);
      legend.hidden = false;
      legend.textContent = error instanceof TypeError ? t("offline") : error.message;
    }
  };
  button.onclick = () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    if (shown && !asked) legend.replaceChildren(t("why_asking"));
    show(shown);
    if (shown) asked ??= fetchOnce();
  };
  button.hidden = false;
}

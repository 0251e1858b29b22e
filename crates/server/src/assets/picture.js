// The picture with the characters that were found in it.
import { drawing, element } from "./element.js";
import { percent, t } from "./texts.js";

// Kept inside the picture, where its four sides can be seen.
function inside({ x, y, width, height }, image) {
  const [left, top] = [Math.max(1, x), Math.max(1, y)];
  return { x: left, y: top, width: Math.max(1, Math.min(image.naturalWidth - 1, x + width) - left), height: Math.max(1, Math.min(image.naturalHeight - 1, y + height) - top) };
}

const boxOf = (character, kind, image) => {
  const { x, y, width, height } = inside(character.box, image);
  const title = drawing("title", {}, `${character.classLabel ?? t("unknown_title")} · ${percent(character.confidence)}`);
  return drawing("rect", { class: `found ${kind}`, x, y, width, height, rx: 4 }, title);
};

// Shows a picture at once; the boxes come with the answer.
export async function showPicture(figure, url) {
  const image = element("img", { src: url, alt: t("picture_alt") });
  const frame = element("span", { class: "picture-frame" }, image);
  figure.replaceChildren(frame);
  // One that the browser cannot draw is the server's to judge.
  await image.decode().catch(() => {});
  return frame;
}

export function showCharacters(frame, analysis) {
  const image = frame.querySelector("img");
  const { naturalWidth: width, naturalHeight: height } = image;
  if (!width || !analysis.character) return;
  const found = analysis.characters.length ? analysis.characters : [analysis.character];
  // The first is drawn last, on top.
  const boxes = found.map((character, index) => boxOf(character, index ? "other" : "first", image)).reverse();
  frame.append(drawing("svg", { class: "found-layer", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, boxes));
}

// Where each slot shows on a character that faces right, in body heights from its axis and its top:
// left, top, right, bottom. The shield hangs on the left of the picture.
const REGIONS = {
  coiffe: [-0.3, -0.08, 0.3, 0.4], cape: [-0.5, 0.15, 0.4, 0.95], bouclier: [-0.42, 0.25, 0.15, 0.8], familier: [-0.66, 0.55, 0, 1.08],
  epauliere: [-0.4, 0.1, 0.4, 0.65], costume: [-0.4, 0.25, 0.4, 1], ailes: [-0.6, 0, 0.5, 1],
};

// Lights a slot's region up while the pointer or the focus is on its row.
export function lightRegions(rows, frame, analysis) {
  const svg = frame.querySelector("svg.found-layer");
  if (!svg || !analysis.character) return;
  const { box, mirrored } = analysis.character;
  const axis = box.x + box.width / 2;
  for (const row of rows) {
    let [left, top, right, bottom] = REGIONS[row.dataset.slot];
    if (mirrored) [left, right] = [-right, -left];
    const region = drawing("rect", { class: "region", x: axis + left * box.height, y: box.y + top * box.height, width: (right - left) * box.height, height: (bottom - top) * box.height, rx: 6 });
    svg.append(region);
    const lit = (on) => () => region.classList.toggle("on", on);
    for (const [event, on] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) row.addEventListener(event, lit(on));
    row.tabIndex = 0;
  }
}

// Lights the first character's box up while the pointer or the focus is on a card.
export function lightOn(node, frame) {
  const lit = (on) => () => frame.classList.toggle("lit", on);
  node.addEventListener("pointerenter", lit(true));
  node.addEventListener("pointerleave", lit(false));
}

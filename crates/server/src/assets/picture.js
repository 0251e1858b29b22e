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

// Lights a slot's region up while the pointer or the focus is on its row.
export function lightRegions(rows, frame, analysis) {
  const svg = frame.querySelector("svg.found-layer");
  if (!svg) return;
  for (const row of rows) {
    const found = analysis.items[row.dataset.slot].region;
    if (!found) continue;
    const { x, y, width, height, rotationDegrees } = found;
    const region = drawing("rect", { class: "region", "data-slot": row.dataset.slot, x, y, width, height, rx: 6, transform: `rotate(${rotationDegrees} ${x + width / 2} ${y + height / 2})` });
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

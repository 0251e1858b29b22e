// The picture with the characters that were found in it.
import { drawing, element } from "./element.js";
import { percent, t } from "./texts.js";

const boxOf = (character, kind) => {
  const { x, y, width, height } = character.box;
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
  const boxes = found.map((character, index) => boxOf(character, index ? "other" : "first")).reverse();
  frame.append(drawing("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, boxes));
}

// Lights the first character's box up while the pointer or the focus is on a card.
export function lightOn(node, frame) {
  const lit = (on) => () => frame.classList.toggle("lit", on);
  node.addEventListener("pointerenter", lit(true));
  node.addEventListener("pointerleave", lit(false));
}

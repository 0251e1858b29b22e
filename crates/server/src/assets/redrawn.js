// The character drawn in the colours that were found, to lay beside the picture: "is this it?".
import { element } from "./element.js";
import { base, t } from "./texts.js";

// No answer waits longer than this for its drawing.
const WAIT_MAX_MS = 3000;

// Gives the drawing only once it is whole, so that nothing moves when it comes; null where the
// answer names nobody, or where no learned look shows how to draw the class.
export async function redrawn({ classLabel, gender, colorSlots }, caption = t("redrawn")) {
  if (!classLabel || !gender) return null;
  const query = new URLSearchParams({ class: classLabel, gender, colors: colorSlots.map((slot) => slot.hex ?? "").join(",") });
  const image = element("img", { src: `${base}/api/redraw?${query}`, alt: t("redrawn_alt") });
  const drawn = await Promise.race([
    image.decode().then(() => true, () => false),
    new Promise((resolve) => setTimeout(resolve, WAIT_MAX_MS, false)),
  ]);
  if (!drawn) return null;
  [image.width, image.height] = [image.naturalWidth, image.naturalHeight];
  return element("figure", { class: "redrawn", id: "redrawn" }, image, element("figcaption", {}, caption));
}

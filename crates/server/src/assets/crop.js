// A box drawn by hand where no character was found, or the wrong one: with the pointer, or with the keys.
import { drawing, element } from "./element.js";
import { t } from "./texts.js";

const STEP = 0.02;
const LEAST = 0.05;
const within = (value, least, most) => Math.min(Math.max(value, least), most);

// The part of a picture inside a box of shares, as a PNG.
async function cut(image, box) {
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const canvas = element("canvas", { width: Math.max(1, Math.round(box.width * width)), height: Math.max(1, Math.round(box.height * height)) });
  canvas.getContext("2d").drawImage(image, -Math.round(box.x * width), -Math.round(box.y * height));
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

// Lays a box over the picture of `frame`; `done` gets what is inside once it is confirmed.
export function cropOn(frame, done) {
  frame.querySelector(".crop")?.remove();
  const image = frame.querySelector("img");
  const box = { x: 0.25, y: 0.1, width: 0.5, height: 0.8 };
  const rect = drawing("rect", { class: "crop-box" });
  const svg = drawing("svg", { class: "crop", viewBox: "0 0 1 1", preserveAspectRatio: "none", tabindex: 0, role: "application", "aria-label": t("crop_help") }, rect);
  const draw = () => {
    for (const [name, value] of Object.entries(box)) rect.setAttribute(name, value);
  };
  const at = (event) => {
    const bounds = svg.getBoundingClientRect();
    return [within((event.clientX - bounds.left) / bounds.width, 0, 1), within((event.clientY - bounds.top) / bounds.height, 0, 1)];
  };
  let from = null;
  svg.addEventListener("pointerdown", (event) => {
    from = at(event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = at(event);
    Object.assign(box, { x: Math.min(x, from[0]), y: Math.min(y, from[1]), width: Math.max(LEAST, Math.abs(x - from[0])), height: Math.max(LEAST, Math.abs(y - from[1])) });
    draw();
  });
  svg.addEventListener("pointerup", () => (from = null));
  svg.addEventListener("keydown", (event) => {
    const [dx, dy] = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key] ?? [0, 0];
    if (!dx && !dy) return;
    event.preventDefault();
    if (event.shiftKey) Object.assign(box, { width: within(box.width + dx, LEAST, 1 - box.x), height: within(box.height + dy, LEAST, 1 - box.y) });
    else Object.assign(box, { x: within(box.x + dx, 0, 1 - box.width), y: within(box.y + dy, 0, 1 - box.height) });
    draw();
  });
  const confirm = element("button", { type: "button", class: "button small", id: "crop-done" }, t("crop_done"));
  const leave = element("button", { type: "button", class: "button quiet small" }, t("cancel"));
  const bar = element("div", { class: "crop-bar buttons" }, element("span", { class: "muted small" }, t("crop_help")), confirm, leave);
  const end = () => {
    svg.remove();
    bar.remove();
  };
  confirm.addEventListener("click", async () => {
    const part = await cut(image, box);
    end();
    done(part);
  });
  leave.addEventListener("click", end);
  draw();
  frame.append(svg);
  frame.parentElement.after(bar);
  svg.focus();
}

// Encodes pictures with transformers.js: decode, the old system's eight crops, one batch a look.
//
//   npm install @huggingface/transformers
//   node transformers_js.mjs CACHE ID fp32|q8 PICTURE…
//
// Prints one JSON line: load and encode time, looks.
import { AutoProcessor, CLIPVisionModelWithProjection, RawImage, env } from "@huggingface/transformers";
import sharp from "sharp";

const [cache, id, dtype, ...pictures] = process.argv.slice(2);
env.localModelPath = cache;
env.allowRemoteModels = false;
const boxes = [
  [0.34, 0.02, 0.32, 0.22], [0.28, 0.2, 0.44, 0.5], [0.18, 0.36, 0.22, 0.28], [0.08, 0.58, 0.28, 0.3],
  [0.32, 0.18, 0.36, 0.28], [0.3, 0.32, 0.42, 0.42], [0.18, 0.2, 0.64, 0.54],
];
const white = { r: 255, g: 255, b: 255, alpha: 1 };

async function raw(image) {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return new RawImage(new Uint8ClampedArray(data), info.width, info.height, info.channels).rgb();
}

let started = performance.now();
const processor = await AutoProcessor.from_pretrained(id);
const model = await CLIPVisionModelWithProjection.from_pretrained(id, { dtype, device: "cpu" });
const loadMs = performance.now() - started;
started = performance.now();
for (const path of pictures) {
  const canvas = await sharp(path).resize(512, 512, { fit: "contain", background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .png({ compressionLevel: 0 }).toBuffer();
  const whole = () => sharp(canvas).flatten({ background: white });
  const crops = [await raw(whole())];
  for (const [x, y, width, height] of boxes) {
    const region = [x, y, width, height].map((share) => Math.round(share * 512));
    crops.push(await raw(whole().extract({ left: region[0], top: region[1], width: region[2], height: region[3] })));
  }
  await model(await processor(crops));
}
console.log(JSON.stringify({ loadMs, encodeMs: performance.now() - started, looks: pictures.length }));

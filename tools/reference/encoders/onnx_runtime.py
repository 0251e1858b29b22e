"""Encodes pictures with ONNX Runtime from Python: decode with Pillow, the old system's eight crops, one batch a look.

    pip install numpy onnxruntime pillow
    python onnx_runtime.py FOLDER NETWORK.onnx THREADS PICTURE…

FOLDER has the model's preprocessor_config.json (of CLIP's kind), NETWORK.onnx lies in its folder `onnx`. Prints one
JSON line: load and encode time, looks.
"""

import json
import pathlib
import sys
import time

import numpy as np
import onnxruntime
from PIL import Image

CANVAS = 512
# x, y, width, height of a slot's crop as shares of the canvas.
BOXES = [
    (0.34, 0.02, 0.32, 0.22), (0.28, 0.2, 0.44, 0.5), (0.18, 0.36, 0.22, 0.28), (0.08, 0.58, 0.28, 0.3),
    (0.32, 0.18, 0.36, 0.28), (0.3, 0.32, 0.42, 0.42), (0.18, 0.2, 0.64, 0.54),
]


def crops(path):
    """The whole on white, fitted into a square, and its seven parts."""
    picture = Image.open(path).convert("RGBA")
    scale = CANVAS / max(picture.size)
    picture = picture.resize([max(1, round(length * scale)) for length in picture.size], Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", (CANVAS, CANVAS), (255, 255, 255, 255))
    canvas.alpha_composite(picture, ((CANVAS - picture.width) // 2, (CANVAS - picture.height) // 2))
    canvas = canvas.convert("RGB")
    parts = ([round(share * CANVAS) for share in box] for box in BOXES)
    return [canvas] + [canvas.crop((x, y, x + width, y + height)) for x, y, width, height in parts]


def prepared(picture, recipe):
    """As CLIP's processor does it: the shorter side to `size`, the middle, numbers; channels first."""
    side, crop = recipe["size"], recipe["crop_size"]
    scale = side / min(picture.size)
    picture = picture.resize([max(side, int(length * scale)) for length in picture.size], Image.Resampling.BICUBIC)
    left, top = (picture.width - crop) // 2, (picture.height - crop) // 2
    numbers = np.asarray(picture.crop((left, top, left + crop, top + crop)), np.float32) / 255
    numbers = (numbers - np.float32(recipe["image_mean"])) / np.float32(recipe["image_std"])
    return numbers.transpose(2, 0, 1)


def main():
    folder, network, threads, *pictures = sys.argv[1:]
    folder = pathlib.Path(folder)
    started = time.perf_counter()
    recipe = json.loads((folder / "preprocessor_config.json").read_text())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    session = onnxruntime.InferenceSession(folder / "onnx" / network, options, providers=["CPUExecutionProvider"])
    loaded = time.perf_counter()
    for path in pictures:
        batch = np.stack([prepared(crop, recipe) for crop in crops(path)])
        session.run(["image_embeds"], {"pixel_values": batch})
    done = time.perf_counter()
    told = {"loadMs": (loaded - started) * 1000, "encodeMs": (done - loaded) * 1000, "looks": len(pictures)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()

"""Compares the program's ONNX engine with transformers.js and with Python's ONNX Runtime on the same model and pictures.

    cargo build --release -p lorgnon-embed --example encode
    pip install numpy onnxruntime pillow transformers    # no deep-learning framework is needed
    npm install --prefix NODE @huggingface/transformers
    python compare.py CACHE ID ENCODE NODE PICTURE… [--rounds 5] [--threads 2]

CACHE/ID is a model as tools/reference/clip_vision.py writes it. Agreement first (vectors with ONNX
Runtime, prepared pictures with the Hugging Face processor), then speed and memory: whole runs of the
same job (decode, eight crops, inference), interleaved. Python's ONNX Runtime gets `--threads`; the other two
take every core.
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
from PIL import Image

HERE = pathlib.Path(__file__).parent
NAMES = {"full": "vision_model.onnx", "integers": "vision_model_quantized.onnx"}


def run(command, folder=None):
    """Output lines, wall seconds and peak memory (MB) of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    timed = subprocess.run(
        ["/usr/bin/time", "-f", "%e %M", *map(str, command)], capture_output=True, text=True, cwd=folder
    )
    if timed.returncode:
        raise SystemExit(timed.stderr[-2000:])
    wall, peak = timed.stderr.strip().splitlines()[-1].split()
    return timed.stdout.splitlines(), float(wall), int(peak) / 1024


def squared(path):
    """As the program hands pictures to a model: on white, padded to a square."""
    picture = Image.open(path).convert("RGBA")
    side = max(picture.size)
    canvas = Image.new("RGBA", (side, side), (255, 255, 255, 255))
    canvas.alpha_composite(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return canvas.convert("RGB")


def prepared(processor, pictures):
    return processor(images=pictures, return_tensors="np")["pixel_values"].astype(np.float32)


def agreement(given, pictures):
    from transformers import CLIPImageProcessor

    folder = pathlib.Path(given.cache) / given.id
    try:
        processor = CLIPImageProcessor.from_pretrained(folder, use_fast=False)
    except Exception as error:
        raise SystemExit(f"no processor: {error}")
    inputs = prepared(processor, [squared(path) for path in pictures])
    for precision, name in NAMES.items():
        session = onnxruntime.InferenceSession(folder / "onnx" / name)
        reference = np.concatenate([session.run(None, {"pixel_values": row[None]})[0] for row in inputs])
        lines, *_ = run([given.encode, folder, precision, "rten", "whole", *pictures])
        own = np.array([json.loads(line)["vectors"][0] for line in lines[:-1]])
        cosine = (own * reference).sum(1) / np.linalg.norm(own, axis=1) / np.linalg.norm(reference, axis=1)
        print(f"{precision}: cosine with ONNX Runtime, preparation included: min {cosine.min():.7f}")


def speed(given, pictures):
    folder = pathlib.Path(given.cache) / given.id
    node, cache = pathlib.Path(given.node), pathlib.Path(given.cache).resolve()
    shutil.copy(HERE / "transformers_js.mjs", node / "transformers_js.mjs")
    record = pathlib.Path(tempfile.mkdtemp()) / "checked"
    for precision, dtype in (("full", "fp32"), ("integers", "q8")):
        os.environ["CHECK_RECORD"] = str(record)
        jobs = {
            "program": ([given.encode, folder, precision, "rten", "crops", *pictures], None),
            "transformers.js": (["node", "transformers_js.mjs", cache, given.id, dtype, *pictures], node),
            "Python's ONNX Runtime": (
                [sys.executable, HERE / "onnx_runtime.py", folder, NAMES[precision], given.threads, *pictures],
                None,
            ),
        }
        run(*jobs["program"])  # an integer model proves itself once
        rows = {name: [] for name in jobs}
        for _ in range(given.rounds):
            for name, (command, place) in jobs.items():
                lines, wall, peak = run(command, place)
                told = json.loads(lines[-1])
                rows[name].append((told["looks"] / told["encodeMs"] * 1000, peak, told["loadMs"]))
        medians = {name: [statistics.median(column) for column in zip(*values)] for name, values in rows.items()}
        for name, (rate, peak, load) in medians.items():
            rates = ", ".join(f"{each:.2f}" for each, *_ in rows[name])
            print(f"{precision} {name}: {rate:.2f} looks/s ({rates}), peak {peak:.0f} MB, load {load:.0f} ms")
        rate, peak, _ = medians.pop("program")
        for name, (their_rate, their_peak, _) in medians.items():
            print(f"{precision}: {rate / their_rate:.2f} times the looks/s of {name}, {peak / their_peak:.2f} of its memory")
    print("load of the machine at the end:", *(f"{load:.1f}" for load in os.getloadavg()))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("cache", "id", "encode", "node"):
        arguments.add_argument(name)
    arguments.add_argument("pictures", nargs="+")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--threads", type=int, default=2)
    given = arguments.parse_args()
    given.encode = pathlib.Path(given.encode).resolve()
    pictures = [pathlib.Path(path).resolve() for path in given.pictures]
    agreement(given, pictures)
    speed(given, pictures)


if __name__ == "__main__":
    main()

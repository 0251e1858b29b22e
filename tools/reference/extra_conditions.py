#!/usr/bin/env python3
"""Conditions that the shared benchmark lacks: big hats, rotation and stretch, half bodies, tiny
characters, several characters in one picture. Same layout and seeds as `conditions.py`.

usage: extra_conditions.py SHARED OUT [--seed 7] [--ids FILE.jsonl]
SHARED is the folder that holds `data` and `tools`; --ids keeps only the looks of that file.
"""
import argparse
import json
import os
import sys

import cv2
import numpy as np

CONDITIONS = ["h_big_hat", "i_rotated", "j_half", "k_tiny", "l_several"]


def rotated(rgba, degrees, stretch):
    """Turned about the middle and stretched across, on a canvas that holds it."""
    height, width = rgba.shape[:2]
    side = int(1.5 * max(height, width * stretch))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    matrix = np.array([[stretch, 0, 0], [0, 1, 0]]) @ np.vstack([matrix, [0, 0, 1]])
    matrix[0, 2] += side / 2 - width * stretch / 2
    matrix[1, 2] += side / 2 - height / 2
    cover = rgba[..., 3:].astype(np.float32) / 255
    flat = np.dstack([rgba[..., :3] * cover, cover * 255])
    turned = cv2.warpAffine(flat, matrix, (side, side), flags=cv2.INTER_LINEAR)
    colour = turned[..., :3] / np.maximum(turned[..., 3:] / 255, 1e-4)
    return np.clip(np.dstack([colour, turned[..., 3:]]), 0, 255).round().astype(np.uint8)


def with_big_hat(base, rgba, icons, rng):
    """A hat over the whole head, from above it to the chin."""
    feet_x, top, head, height, _ = base.anatomy(rgba)
    margin = int(0.35 * height)
    canvas = np.zeros((rgba.shape[0] + margin, rgba.shape[1] + 2 * margin, 4), np.uint8)
    base.over(canvas, rgba, margin, margin)
    files = icons["hats"]
    icon = base.tight(base.load_rgba(files[rng.integers(len(files))]))
    wide = head * rng.uniform(1.25, 1.6)
    high = min(wide * icon.shape[0] / icon.shape[1], 1.9 * head)
    wide = high * icon.shape[1] / icon.shape[0]
    bottom = top + margin + head * rng.uniform(0.8, 1.05)
    return base.over(canvas, base.resize_rgba(icon, wide, high), feet_x + margin - wide / 2, bottom - high)


def behind(base, rgba, height, backgrounds, rng):
    """A third each: see-through, one colour, a map."""
    kind = rng.integers(3)
    if kind == 0:
        return rgba
    if kind == 1:
        return base.flat(rgba, rng.integers(0, 256, 3))
    return base.on_map(rgba, height, backgrounds, rng, hr=(0.5, 0.95))[0]


def make(base, name, rgba, others, backgrounds, icons, rng):
    left, top, right, bottom = base.body_box(rgba)
    height = bottom - top
    if name == "h_big_hat":
        return behind(base, with_big_hat(base, rgba, icons, rng), height, backgrounds, rng)
    if name == "i_rotated":
        degrees = rng.uniform(4, 12) * rng.choice([-1, 1])
        return behind(base, rotated(rgba, degrees, rng.uniform(0.9, 1.1)), height, backgrounds, rng)
    if name == "j_half":
        cut = rgba[: top + int(height * rng.uniform(0.45, 0.6))]
        if rng.random() < 0.5:
            return cut
        picture = base.flat(cut, rng.integers(0, 256, 3))
        if rng.random() < 0.5:
            picture, (x, y, scale) = base.on_map(rgba, height, backgrounds, rng, hr=(0.6, 0.95))
            row = int(y + scale * (top + height * rng.uniform(0.45, 0.6)))
            picture = picture[: max(row, 40)]
        return picture
    if name == "k_tiny":
        return base.on_map(rgba, height, backgrounds, rng, hr=(0.12, 0.25), fh=int(rng.integers(400, 521)))[0]
    # The first is the largest; two smaller ones stand beside it.
    high = int(rng.integers(360, 521))
    frame, (x, y, scale) = base.on_map(rgba, height, backgrounds, rng, hr=(0.6, 0.8), fh=high)
    frame = np.dstack([frame, np.full(frame.shape[:2], 255, np.uint8)])
    for other in others:
        x0, y0, x1, y1 = base.body_box(other)
        size = high * rng.uniform(0.35, 0.5) / (y1 - y0)
        small = base.resize_rgba(other, other.shape[1] * size, other.shape[0] * size)
        px = rng.uniform(0, frame.shape[1] - (x1 - x0) * size)
        base.over(frame, small, px - x0 * size, rng.uniform(0, high - (y1 - y0) * size) - y0 * size)
    return frame[..., :3]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shared")
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--ids")
    arguments = parser.parse_args()
    sys.path.insert(0, os.path.join(arguments.shared, "tools"))
    import conditions as base

    backgrounds, icons = base.pools("test")
    rows = base.load_labels()
    renders = {row["id"]: base.load_rgba(f"{base.DATA}/images/{row['id']}.png") for row in rows}
    if arguments.ids:
        wanted = {json.loads(line)["id"] for line in open(arguments.ids, encoding="utf-8")}
        rows = [row for row in rows if row["id"] in wanted]
    for number, name in enumerate(CONDITIONS):
        folder = os.path.join(arguments.out, name)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "examples.jsonl"), "w", encoding="utf-8") as listing:
            for row in rows:
                rng = np.random.default_rng([arguments.seed, 100 + number, int(row["id"], 16)])
                beside = [rows[at] for at in rng.integers(len(rows), size=2)]
                others = [renders[other["id"]] for other in beside]
                picture = make(base, name, renders[row["id"]], others, backgrounds, icons, rng)
                image = f"{row['id']}.png"
                swap = cv2.COLOR_RGB2BGRA if picture.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
                cv2.imwrite(os.path.join(folder, image), cv2.cvtColor(picture, swap))
                label = {"id": row["id"], "image": image, "class": row["breed"], "gender": "mf"[row["sex"]]}
                if name == "l_several":
                    label["beside"] = [{"class": other["breed"], "gender": "mf"[other["sex"]]} for other in beside]
                listing.write(json.dumps(label) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Dressed looks of `dofus-items` in the conditions that players' pictures have: before a map, and scaled and compressed.

usage: dressed_conditions.py SHARED OUT [--seed 7] [--looks FILE.jsonl] [--maps train|test]
SHARED is the folder that holds `data` and `tools`; FILE is `dofus-items/test.jsonl` unless told,
the maps are those kept for tests unless told. Writes the
pictures into OUT/map and OUT/scaled, and OUT/map.jsonl and OUT/scaled.jsonl as `score.py` reads them.
"""
import argparse
import json
import os
import sys
import zlib

import cv2
import numpy as np


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shared")
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--looks")
    parser.add_argument("--maps", choices=("train", "test"), default="test")
    arguments = parser.parse_args()
    sys.path.insert(0, os.path.join(arguments.shared, "tools"))
    import conditions as base

    backgrounds, _ = base.pools(arguments.maps)
    looks = arguments.looks or os.path.join(arguments.shared, "data/dofus-items/test.jsonl")
    rows = [json.loads(line) for line in open(looks, encoding="utf-8")]
    for number, name in enumerate(("map", "scaled")):
        folder = os.path.join(arguments.out, name)
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}.jsonl", "w", encoding="utf-8") as listing:
            for row in rows:
                rng = np.random.default_rng([arguments.seed, 200 + number, zlib.crc32(row["id"].encode())])
                rgba = base.load_rgba(os.path.join(os.path.dirname(looks), row["image"]))
                _, top, _, bottom = base.body_box(rgba)
                if name == "map":
                    picture, _ = base.on_map(rgba, bottom - top, backgrounds, rng)
                else:
                    scale = rng.uniform(0.4, 2)
                    size = (int(rgba.shape[1] * scale), int(rgba.shape[0] * scale))
                    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
                    picture = base.jpeg(cv2.resize(base.flat(rgba, 255), size, interpolation=smooth), rng.integers(60, 91))
                image = f"{name}/{row['id']}.png"
                cv2.imwrite(os.path.join(arguments.out, image), cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR))
                listing.write(json.dumps({**row, "image": image}) + "\n")


if __name__ == "__main__":
    main()

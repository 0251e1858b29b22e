#!/usr/bin/env python3
"""How often items that no look wears are named by their icons: every fifth item is unlearned, in turn.

usage: unlearned.py SHARED OUT BINARY... [--parts 0,1,2,3,4] [--conditions clean,map]
Of each part, every fifth item of each slot by id is taken out of the looks that are learned from (a quarter of the training looks
is asked, as by held_out.py), and each BINARY is trained with the whole catalogue and its icons. Counts add up over the parts;
`dyeable` of the catalogue only sorts them. Needs numpy and opencv-python-headless.
"""
import argparse
import json
import os
import types

import held_out

SLOTS = ("coiffe", "cape", "bouclier", "familier")
PARTS = 5
RIGHT, AMONG_FIVE, ASKED = range(3)


def unlearned_items(looks, part):
    items = set()
    for slot in SLOTS:
        worn = sorted({look["items"][slot] for look in looks if slot in look["items"]})
        items.update((slot, item) for item in worn[part::PARTS])
    return items


def kind_of(slot, item, unlearned, dyeable):
    if (slot, item) not in unlearned:
        return f"{slot}, learned"
    return f"{slot}, {'dyed' if item in dyeable else 'plain'}"


def count(pictures, answers, unlearned, dyeable, counts):
    missed = []
    for path, look in pictures:
        said = answers[path].get("items") or {}
        for slot, item in look["items"].items():
            row = counts.setdefault(kind_of(slot, item, unlearned, dyeable), [0, 0, 0])
            guess = said.get(slot) or {}
            # Where nothing is said to be worn, nothing is named.
            named = guess.get("itemId")
            among_five = [candidate["label"] for candidate in guess.get("candidates", [])[:5]] if named else []
            row[RIGHT] += named == item
            row[AMONG_FIVE] += item in among_five
            row[ASKED] += 1
            if named != item and (slot, item) in unlearned:
                missed.append({"image": path, "slot": slot, "item": item, "dyed": item in dyeable, "said": guess})
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared")
    parser.add_argument("out")
    parser.add_argument("binary", nargs="+")
    parser.add_argument("--parts", default="0,1,2,3,4")
    parser.add_argument("--conditions", default="clean,map")
    arguments = parser.parse_args()
    arguments = types.SimpleNamespace(**vars(arguments), set="dofus-items", fold=0, of=4, limit=None)
    folder = os.path.join(os.path.abspath(arguments.out), "dofus-items-0-of-4-all")
    asked = held_out.split(arguments, folder)
    data = os.path.join(os.path.abspath(arguments.shared), "data", "dofus-items")
    with open(os.path.join(data, "catalog.json"), encoding="utf-8") as catalogue:
        dyeable = {item["id"] for item in json.load(catalogue) if item["dyeable"]}
    conditions = arguments.conditions.split(",")
    sets = {condition: held_out.truth_of(arguments, folder, condition, asked) for condition in conditions}
    looks = held_out.read(os.path.join(data, "train.jsonl"))
    learned = held_out.read(os.path.join(folder, "learned.jsonl"))
    for binary in arguments.binary:
        counts = {condition: {} for condition in conditions}
        for part in map(int, arguments.parts.split(",")):
            unlearned = unlearned_items(looks, part)
            export = os.path.join(folder, f"part-{part}.jsonl")
            held_out.write(export, [look for look in learned if not unlearned & set(look["items"].items())])
            catalogue = ["--catalogue", os.path.join(data, "catalog-full.json"), "--icons", os.path.join(data, "icons")]
            cache = held_out.trained(binary, export, os.path.join(folder, f"part-{part}"), catalogue)
            for condition, pictures in sets.items():
                answers = held_out.answers_of(binary, cache, condition, pictures)
                missed = count(pictures, answers, unlearned, dyeable, counts[condition])
                held_out.write(os.path.join(cache, f"{condition}-missed.jsonl"), missed)
        for condition in conditions:
            for kind, (right, among_five, of) in sorted(counts[condition].items()):
                print(f"{os.path.basename(binary)} {condition} {kind}: {right / of:.3f} / {among_five / of:.3f} of {of}", flush=True)


if __name__ == "__main__":
    main()

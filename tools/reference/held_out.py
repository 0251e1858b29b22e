#!/usr/bin/env python3
"""Learn from a part of a set's training looks and ask the rest: how changes are judged before any test split is asked.

usage: held_out.py SHARED SET OUT BINARY... [--fold 0] [--of 4] [--limit N] [--conditions clean,map]
SHARED is the folder that holds `data` and `tools`; SET is dofus-renders, dofus-items or lpc; each BINARY is a `lorgnon` to
train and to ask. Every OF-th look, from the FOLD-th on, is asked. Pictures are made once, trainings are kept in OUT and made
once for each binary's content. Needs numpy and opencv-python-headless.
"""
import argparse
import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = (101, 102, 103)
SHARED_CONDITIONS = ["c_map", "e_occl", "g_all"]
EXTRA_CONDITIONS = ["h_big_hat", "i_rotated", "j_half", "k_tiny", "l_several"]
CONDITIONS = {
    "dofus-renders": ["clean", *SHARED_CONDITIONS, *EXTRA_CONDITIONS, "nobody"],
    "dofus-items": ["clean", "map", "scaled", "nobody"],
    "lpc": ["clean", "nobody"],
}


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write(path, rows):
    with open(path, "w", encoding="utf-8") as listing:
        listing.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def split(arguments, folder):
    """Writes learned.jsonl and asked.jsonl, and copies their pictures beside them: a dataset's lie inside its folder."""
    data = os.path.join(os.path.abspath(arguments.shared), "data", arguments.set)
    looks = read(os.path.join(data, "train.jsonl"))[: arguments.limit]
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(os.path.join(folder, "images")):
        shutil.copytree(os.path.join(data, "images"), os.path.join(folder, "images"))
    asked = looks[arguments.fold :: arguments.of]
    write(os.path.join(folder, "asked.jsonl"), asked)
    write(os.path.join(folder, "learned.jsonl"), [look for look in looks if look not in asked])
    return asked


def once(marker, command):
    if not os.path.exists(marker):
        subprocess.run([sys.executable, *command], check=True)
        open(marker, "w", encoding="utf-8").close()


def truth_of(arguments, folder, condition, asked):
    """The pictures of a condition and what is to be said of each, as `score.py` reads it; nothing of pictures of nobody."""
    if condition == "clean":
        return [(os.path.join(folder, look["image"]), look) for look in asked]
    tools = os.path.join(arguments.shared, "tools")
    if arguments.set == "dofus-items" and condition != "nobody":
        once(os.path.join(folder, "dressed.made"), [os.path.join(HERE, "dressed_conditions.py"), arguments.shared, folder,
             "--looks", os.path.join(folder, "asked.jsonl"), "--maps", "train"])
        return [(os.path.join(folder, look["image"]), look) for look in read(os.path.join(folder, f"{condition}.jsonl"))]
    by_id = {look["id"]: look for look in asked}
    named = {look["id"]: look["class"] for look in read(os.path.join(arguments.shared, "data", arguments.set, "train.jsonl"))}
    pictures = []
    for seed in SEEDS if condition != "nobody" else SEEDS[:1]:
        made = os.path.join(arguments.out, f"seed-{seed}")
        os.makedirs(made, exist_ok=True)
        once(os.path.join(made, "shared.made"), [os.path.join(tools, "conditions.py"), made, "--seed", str(seed),
             "--conds", ",".join(SHARED_CONDITIONS)])
        if condition == "nobody":
            return [(os.path.join(made, "neg", row["image"]), None) for row in read(os.path.join(made, "neg", "examples.jsonl"))]
        # Conditions number the classes.
        labels = {row["class"]: named[row["id"]] for row in read(os.path.join(made, "c_map", "examples.jsonl")) if row["id"] in named}
        of_fold = os.path.join(folder, f"seed-{seed}")
        os.makedirs(of_fold, exist_ok=True)
        if condition in EXTRA_CONDITIONS:
            once(os.path.join(of_fold, "extra.made"), [os.path.join(HERE, "extra_conditions.py"), arguments.shared, of_fold,
                 "--seed", str(seed), "--ids", os.path.join(folder, "asked.jsonl")])
            made = of_fold
        for row in read(os.path.join(made, condition, "examples.jsonl")):
            if row["id"] in by_id:
                beside = [{**one, "class": labels[one["class"]]} for one in row.get("beside", [])]
                look = {**by_id[row["id"]], "image": f"{seed}/{row['id']}", "beside": beside}
                pictures.append((os.path.join(made, condition, row["image"]), look))
    return pictures


def found_of_several(pictures, answers):
    """How many characters of pictures that hold several are among those answered, and of how many."""
    found = total = 0
    for path, look in pictures:
        wanted = [(look["class"], look["gender"])] + [(one["class"], one["gender"]) for one in look["beside"]]
        total += len(wanted)
        for one in answers[path].get("characters") or []:
            pair = (one.get("classLabel"), one.get("gender"))
            if pair in wanted:
                wanted.remove(pair)
                found += 1
    return found, total


def judge(score, condition, pictures, answers, folder):
    answered = [answers[path] for path, _ in pictures]
    if condition == "nobody":
        return f"{sum(bool(answer.get('classLabel')) for answer in answered)} of {len(answered)} taken for somebody"
    if condition == "l_several":
        return "{} of {} characters found".format(*found_of_several(pictures, answers))
    # Seeds repeat names: the judge matches the last two parts of a path.
    names = {path: f"{at}/{os.path.basename(path)}" for at, (path, _) in enumerate(pictures)}
    write(os.path.join(folder, "truth.jsonl"), [{**look, "image": names[path]} for path, look in pictures])
    write(os.path.join(folder, "said.jsonl"), [{**answers[path], "image": names[path]} for path, _ in pictures])
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        score.main(os.path.join(folder, "truth.jsonl"), os.path.join(folder, "said.jsonl"))
    figures = json.loads(printed.getvalue())
    looks = figures["looks"]
    colours = figures["colors"]
    line = (f"class {figures['class']:.3f} sex {figures['gender']:.3f} both {round(figures['both'] * looks)}/{looks}"
            f" · colours {colours['answered']:.3f} {colours['within2']:.3f} {colours['within5']:.3f}")
    slots = {name: slot for name, slot in figures["items"].items() if isinstance(slot, dict)}
    if slots and condition in ("clean", "map", "scaled"):
        right = sum(round(slot["top1"] * slot["n"]) for slot in slots.values())
        line += f" · items {right}/{sum(slot['n'] for slot in slots.values())}"
        for name, slot in slots.items():
            line += f" · {name} {slot['top1']:.3f}/{slot['top5']:.3f} F1 {slot['presenceF1']:.3f}"
    return line


def trained(binary, export, beside, more=()):
    """The cache folder of a binary's training on an export: of each content of a binary one, whose name begins as `beside`."""
    with open(binary, "rb") as content:
        cache = f"{beside}-{hashlib.sha256(content.read()).hexdigest()[:12]}"
    done = os.path.join(cache, "trained")
    if not os.path.exists(done):
        subprocess.run([binary, "train", "--dataset", export, "--cache", cache, *more], check=True)
        open(done, "w", encoding="utf-8").close()
    return cache


def answers_of(binary, cache, condition, pictures):
    """By picture, what a training says of it; kept in its cache folder."""
    paths = [path for path, _ in pictures]
    # A picture that nobody is seen in is an answer too: some exit codes say so.
    run = subprocess.run([binary, "analyze", "--format", "jsonl", "--cache", cache, *paths], stdout=subprocess.PIPE, check=False)
    with open(os.path.join(cache, f"{condition}.jsonl"), "wb") as kept:
        kept.write(run.stdout)
    return {row["image"]: row for row in map(json.loads, run.stdout.splitlines())}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared")
    parser.add_argument("set", choices=CONDITIONS)
    parser.add_argument("out")
    parser.add_argument("binary", nargs="+")
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--of", type=int, default=4)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--conditions")
    arguments = parser.parse_args()
    sys.path.insert(0, os.path.join(arguments.shared, "tools"))
    import score

    folder = os.path.join(os.path.abspath(arguments.out), f"{arguments.set}-{arguments.fold}-of-{arguments.of}-{arguments.limit or 'all'}")
    asked = split(arguments, folder)
    conditions = arguments.conditions.split(",") if arguments.conditions else CONDITIONS[arguments.set]
    sets = {condition: truth_of(arguments, folder, condition, asked) for condition in conditions}
    for binary in arguments.binary:
        cache = trained(binary, os.path.join(folder, "learned.jsonl"), os.path.join(folder, "cache"))
        for condition, pictures in sets.items():
            answers = answers_of(binary, cache, condition, pictures)
            print(f"{os.path.basename(binary)} {condition}: {judge(score, condition, pictures, answers, cache)}", flush=True)


if __name__ == "__main__":
    main()

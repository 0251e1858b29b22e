#!/usr/bin/env python3
"""Workers that train one database together are killed, and so is their server: nothing is lost, nothing is doubled.

usage: eval "$(tools/postgres-for-tests start)"
       workers.py --dataset PATH --pictures DIR [--binary target/release/lorgnon] [--rounds 20] [--workers 3] [--seed 1]

One process trains a schema of its own: that is the reference. Then each round trains another schema with several
workers; at a random moment one of them, which may lead, is killed with SIGKILL, and in every fourth round the server too. The
others must end well and leave the looks, the model and the answers for the pictures of the reference, and an index
that verifies clean.
"""
import json
import os
import pathlib
import random
import subprocess
import tempfile
import time

from harness import DATASET, Faults, lorgnon, options


def train(chosen, store, cache, *more):
    command = [chosen.binary, "train", "--dataset", chosen.dataset, "--store", store, "--cache", str(cache), "--jobs", "1", *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def left_by(chosen, store, cache):
    """What a training left, so far as anybody can see it."""
    info = json.loads(lorgnon(chosen.binary, "index", "info", "--format", "json", "--store", store, cache=cache).stdout)
    exported = lorgnon(chosen.binary, "index", "export", "--store", store, cache=cache).stdout
    run = lorgnon(chosen.binary, "analyze", "--format", "jsonl", "--store", store, chosen.pictures, cache=cache)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    for answer in answers:
        answer.pop("tookMs", None)
    looks = sorted(json.loads(line)["id"] for line in exported.splitlines())
    return {"looks": looks, "count": info["looks"], "model": info["model"], "answers": answers}


def main():
    chosen = options(
        __doc__,
        DATASET,
        (("--pictures",), {"required": True, "help": "pictures to ask about"}),
        (("--rounds",), {"type": int, "default": 20}),
        (("--workers",), {"type": int, "default": 3}),
        (("--seed",), {"type": int, "default": 1}),
    )
    base = os.environ["LORGNON_TEST_POSTGRES"]
    crash = os.environ["LORGNON_TEST_POSTGRES_CRASH"]
    store = lambda name: f"{base}?schema=faults_{os.getpid()}_{name}"
    faults, chance = Faults(), random.Random(chosen.seed)
    kills = {"workers": 0, "servers": 0}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        started = time.monotonic()
        alone = train(chosen, store("alone"), folder / "alone")
        said = alone.communicate()[1]
        whole_s = time.monotonic() - started
        if alone.returncode == 2:
            raise SystemExit(said)
        expected = left_by(chosen, store("alone"), folder / "alone")
        print(f"reference: {expected['count']} looks, {len(expected['answers'])} answers, {whole_s:.0f} s")
        for number in range(1, chosen.rounds + 1):
            here, cache = store(f"round_{number}"), folder / f"round_{number}"
            workers = [train(chosen, here, cache, "--worker") for _ in range(chosen.workers)]
            after_s = chance.uniform(0.2, 0.8 * whole_s)
            victim = chance.randrange(chosen.workers)
            time.sleep(after_s)
            happened = []
            if workers[victim].poll() is None:
                workers[victim].kill()
                kills["workers"] += 1
                happened.append(f"worker {victim} killed")
            if number % 4 == 0:
                subprocess.run([crash, "crash"], check=True)
                kills["servers"] += 1
                happened.append("server killed")
            ended = [worker.communicate() for worker in workers]
            codes = [worker.returncode for place, worker in enumerate(workers) if place != victim]
            what = f"round {number:2}, after {after_s:5.1f} s: {', '.join(happened) or 'nobody was left to kill'}"
            reasons = [text[1].strip()[-200:] for place, text in enumerate(ended) if place != victim]
            if not faults.check(f"{what}; the others end well", all(code in (0, 1) for code in codes), f"exit codes {codes}"):
                print(reasons)
                continue
            found = left_by(chosen, here, cache)
            for part in ("looks", "count", "model", "answers"):
                if not faults.check(f"… same {part}", found[part] == expected[part]) and part != "answers":
                    print(found[part], expected[part])
            verified = lorgnon(chosen.binary, "index", "verify", "--store", here, cache=cache)
            faults.check("… verifies clean", verified.returncode == 0, verified.stdout.strip()[-120:])
    print(f"{kills['workers']} workers and {kills['servers']} servers killed in {chosen.rounds} rounds")
    faults.end()


if __name__ == "__main__":
    main()

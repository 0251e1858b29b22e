#!/usr/bin/env python3
"""Kill a training with SIGKILL at random moments and see what is left.

usage: kill-train.py --dataset PATH [--binary target/release/lorgnon] [--rounds 20] [--seed 1]

A reference run trains to its end. Then, in another cache folder, trainings are started and killed at
random moments. After every kill: `index verify` must be clean, every look that an earlier round had
committed must still be there, and `status` must not show a running training. At the end a run is left
alone: it must complete and give the same looks and the same model as the reference run. Prints one
line a round and a summary; exit code 1 if anything did not hold.
"""
import argparse
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def lorgnon(arguments, binary, cache):
    return subprocess.run(
        [binary, *arguments, "--cache", str(cache)], capture_output=True, text=True, check=False
    )


def train_command(options, cache):
    return [options.binary, "train", "--dataset", options.dataset, "--cache", str(cache)]


def ids_in(binary, cache):
    if not (cache / "index").is_dir():
        return set()
    exported = lorgnon(["index", "export"], binary, cache)
    if exported.returncode != 0:
        raise RuntimeError(exported.stderr.strip())
    return {json.loads(line)["id"] for line in exported.stdout.splitlines()}


def model_of(binary, cache):
    return json.loads(lorgnon(["index", "info", "--format", "json"], binary, cache).stdout)["model"]


def faults_after_kill(options, cache, known):
    """What does not hold, and the looks that are there."""
    faults = []
    present = set()
    if (cache / "index").is_dir():
        verified = lorgnon(["index", "verify", "--format", "json"], options.binary, cache)
        if verified.returncode != 0:
            faults.append(f"index verify: {verified.stdout.strip()} {verified.stderr.strip()}")
        present = ids_in(options.binary, cache)
    if not known <= present:
        faults.append(f"{len(known - present)} committed looks are gone")
    status = lorgnon(["status", "--format", "json"], options.binary, cache)
    if status.returncode != 0 or json.loads(status.stdout)["current"] is not None:
        faults.append(f"status: {status.stdout.strip()[:200]} {status.stderr.strip()}")
    return faults, present


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--binary", default="target/release/lorgnon")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lorgnon-kill-"))
    reference, cache = folder / "reference", folder / "killed"

    started = time.monotonic()
    subprocess.run(train_command(options, reference), capture_output=True, check=False)
    whole_s = time.monotonic() - started
    expected, model = ids_in(options.binary, reference), model_of(options.binary, reference)
    print(f"reference: {len(expected)} looks in {whole_s:.1f} s, model {model}")

    known, all_faults, killed = set(), [], 0
    for number in range(1, options.rounds + 1):
        training = subprocess.Popen(
            train_command(options, cache), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # A round that goes on from another has less left to do.
        left = 1.0 if not known else 0.4
        after_s = chance.uniform(0.0, whole_s * left)
        try:
            training.wait(after_s)
            ended = "ended by itself"
        except subprocess.TimeoutExpired:
            training.send_signal(signal.SIGKILL)
            training.wait()
            killed += 1
            ended = "killed"
        faults, present = faults_after_kill(options, cache, known)
        all_faults += faults
        print(f"round {number:2}: {ended} after {after_s:5.2f} s, {len(present):4} looks, {faults or 'clean'}", flush=True)
        known = present
        # Once every look is in, only the last stages are left to be killed: now and then, begin anew.
        if number < options.rounds and (ended != "killed" or chance.random() < 0.35):
            shutil.rmtree(cache, ignore_errors=True)
            known = set()

    last = subprocess.run(train_command(options, cache), capture_output=True, text=True, check=False)
    if last.returncode == 2:
        all_faults.append(f"the last run could not be done: {last.stderr.strip()}")
    elif ids_in(options.binary, cache) != expected or model_of(options.binary, cache) != model:
        all_faults.append("the last run gave other looks or another model than the reference run")
    print(f"{killed} kills in {options.rounds} rounds, last run exit code {last.returncode}, {len(all_faults)} faults")
    for fault in all_faults:
        print(f"  {fault}")
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if all_faults else 0


if __name__ == "__main__":
    sys.exit(main())

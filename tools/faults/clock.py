#!/usr/bin/env python3
"""Clock jumps: years forward, years back, while a program runs and between two runs.

usage: clock.py --dataset PATH [--binary target/release/lorgnon]

Needs `faketime` (Debian: `apt-get install faketime`). Trainings under other dates must learn nothing anew and lose
nothing, whatever the files' times say; a running server whose clock jumps must go on answering, and the training
that it shows must never take less than no time.
"""
import json
import os
import pathlib
import subprocess
import tempfile
import time

from harness import DATASET, Faults, Server, is_clean, looks_in, lorgnon, options, png

LIBRARY = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)


def at(shift):
    """Runs what follows under a shifted clock. The system's steady clock does not jump, nor does this one."""
    return ["env", f"LD_PRELOAD={LIBRARY}", "FAKETIME_DONT_FAKE_MONOTONIC=1", f"FAKETIME={shift}"]


def following(file):
    """The same, with a clock that follows what a file says."""
    return [
        "env", f"LD_PRELOAD={LIBRARY}", "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_NO_CACHE=1",
        f"FAKETIME_TIMESTAMP_FILE={file}",
    ]


def runs(cache):
    state = json.loads((pathlib.Path(cache) / "vision-training.json").read_text())
    return [run for run in [state.get("current"), *state.get("history", [])] if run]


def train(chosen, cache, shift, *more):
    return lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, "--format", "json", *more, cache=cache, wrapper=at(shift))


def main():
    chosen = options(__doc__, DATASET)
    faults = Faults()
    if LIBRARY is None:
        print("skipped: `faketime` is not installed")
        return
    year = subprocess.run([*at("+20y"), "date", "+%Y"], capture_output=True, text=True, check=True).stdout
    faults.check("the clock can be shifted", int(year) == time.gmtime().tm_year + 20, year.strip())
    with tempfile.TemporaryDirectory() as folder:
        cache = pathlib.Path(folder) / "cache"
        first = train(chosen, cache, "+0")
        looks = looks_in(chosen.binary, cache)
        faults.check("a training today", first.returncode in (0, 1) and looks, f"{len(looks or [])} looks")
        for shift in ("-15y", "+15y", "-50y", "+0"):
            run = train(chosen, cache, shift)
            summary = json.loads(run.stdout)
            anew = summary.get("embedded", summary.get("measured", 0))
            held = run.returncode in (0, 1) and looks_in(chosen.binary, cache) == looks
            faults.check(f"a training at {shift} learns the same", held, run.stderr.strip()[-160:] if not held else f"{anew} anew")
        for shift in (-20, 20):
            then = time.time() + shift * 365.25 * 86400
            for file in cache.rglob("*"):
                os.utime(file, (then, then))
            run = lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, cache=cache)
            held = run.returncode in (0, 1) and looks_in(chosen.binary, cache) == looks and is_clean(chosen.binary, cache)
            faults.check(f"files dated {shift:+} years", held, run.stderr.strip()[-160:] if not held else "")
        backwards = [run for run in runs(cache) if (run.get("endedAt") or run.get("completedAt") or run["startedAt"]) < run["startedAt"]]
        faults.check("no run ends before it began", not backwards, str(backwards[:1]) if backwards else "")

        shift_file = pathlib.Path(folder) / "shift"
        shift_file.write_text("+0\n")
        server = Server(chosen.binary, cache, "--dataset", chosen.dataset, wrapper=following(shift_file))
        for shift in ("+0", "-10y", "+10y", "-30y", "+0"):
            shift_file.write_text(f"{shift}\n")
            answers = [
                server.ask("GET", "/health")[0],
                server.ask("POST", "/api/analyze-look", png(1), "image/png")[0],
                server.ask("GET", "/metrics")[0],
                server.ask("GET", "/vision/progress")[0],
                server.ask("GET", "/looks")[0],
            ]
            faults.check(f"a server whose clock jumps to {shift} answers", set(answers) == {200}, str(answers))
        code, took_s = server.stop()
        faults.check("the server ends politely", code == 0 and took_s < 15, f"exit code {code} after {took_s:.1f} s")

        # A training during which the clock jumps back, in a folder where everything is still to be learned.
        cache = pathlib.Path(folder) / "another"
        server = Server(chosen.binary, cache, "--dataset", chosen.dataset, wrapper=following(shift_file))
        status, _ = server.ask("POST", "/api/training")
        seen, jumped, progress = set(), False, {}
        until = time.monotonic() + 600
        while time.monotonic() < until and not (jumped and progress.get("lastRun") and progress["status"] != "running"):
            progress = server.ask("GET", "/api/vision-progress")[1]
            seen.add(progress["status"])
            if progress["status"] == "running" and not jumped:
                shift_file.write_text("-10y\n")
                jumped = True
            time.sleep(0.2)
        ended = (progress.get("lastRun") or {}).get("status")
        faults.check("a training during which the clock jumps back ends well", (status, ended, jumped) == (202, "completed", True), f"{status} {sorted(seen)} {ended}")
        server.stop()
        faults.check("the index is whole", is_clean(chosen.binary, cache) and looks_in(chosen.binary, cache) == looks)
    faults.end()


if __name__ == "__main__":
    main()

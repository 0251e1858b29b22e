#!/usr/bin/env python3
"""Two writers at once: one waits or is refused, and nothing is mixed up.

usage: writers.py --dataset PATH [--binary target/release/lorgnon]

Two trainings of one cache folder; a training beside `index compact` and `index import`; two servers that collect
into one folder; a server that collects and answers while a training runs.
"""
import pathlib
import subprocess
import tempfile
import threading

from harness import DATASET, Faults, Server, is_clean, looks_in, lorgnon, options, png


def started(chosen, cache, *arguments):
    command = [chosen.binary, *map(str, arguments), "--cache", str(cache)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def two_trainings(chosen, faults, expected):
    for number in range(3):
        with tempfile.TemporaryDirectory() as cache:
            runs = [started(chosen, cache, "train", "--dataset", chosen.dataset) for _ in range(2)]
            said = [run.communicate()[1] for run in runs]
            codes = sorted(run.returncode for run in runs)
            refused = [text for run, text in zip(runs, said) if run.returncode == 2]
            told = all("another training" in text or "being written" in text for text in refused)
            held = codes[0] in (0, 1) and told and looks_in(chosen.binary, cache) == expected
            faults.check(f"two trainings at once, round {number + 1}", held, f"exit codes {codes}, {[text.strip()[-90:] for text in refused]}")
            faults.check("… the index is whole", is_clean(chosen.binary, cache))


def training_beside_others(chosen, faults, expected):
    with tempfile.TemporaryDirectory() as cache:
        lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, "--limit", 5, cache=cache)
        training = started(chosen, cache, "train", "--dataset", chosen.dataset)
        codes = []
        while training.poll() is None:
            for command in (("index", "compact"), ("index", "verify"), ("index", "info"), ("status",)):
                run = lorgnon(chosen.binary, *command, cache=cache)
                refused = run.returncode == 2 and ("being written" in run.stderr or "training" in run.stderr)
                codes.append(run.returncode == 0 or (command == ("index", "compact") and refused))
        faults.check("other commands beside a training work or say why not", all(codes), f"{len(codes)} commands")
        held = training.returncode in (0, 1) and looks_in(chosen.binary, cache) == expected
        faults.check("… the training is not disturbed", held, training.stderr.read().strip()[-160:])


def two_servers(chosen, faults):
    with tempfile.TemporaryDirectory() as cache:
        servers = [Server(chosen.binary, cache) for _ in range(2)]
        kept = [[], []]

        def add(lane):
            for number in range(60):
                status, answer = servers[lane].ask("POST", "/api/looks?class=Iop", png(1000 * lane + number), "image/png")
                if status == 201:
                    kept[lane].append(answer["look"]["id"])

        threads = [threading.Thread(target=add, args=(lane,)) for lane in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        every = kept[0] + kept[1]
        missing = [look for look in every if any(server.ask("GET", f"/api/looks/{look}")[0] != 200 for server in servers)]
        faults.check("two servers collect into one folder", len(every) == 120 and not missing, f"{len(every)} kept, {len(missing)} missing")
        for server in servers:
            server.stop()


def collecting_beside_training(chosen, faults):
    with tempfile.TemporaryDirectory() as cache:
        lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, "--limit", 10, cache=cache)
        server = Server(chosen.binary, cache)
        training = started(chosen, cache, "train", "--dataset", chosen.dataset)
        answers, kept, number = [], [], 0
        while training.poll() is None:
            answers.append(server.ask("POST", "/api/analyze-look", png(number), "image/png")[0])
            status, answer = server.ask("POST", "/api/looks?class=Iop", png(number), "image/png")
            if status == 201:
                kept.append(answer["look"]["id"])
            number += 1
        faults.check("a server answers while a training runs", set(answers) == {200}, f"{len(answers)} answers")
        missing = [look for look in kept if server.ask("GET", f"/api/looks/{look}")[0] != 200]
        faults.check("… and collects", len(kept) == number and not missing, f"{len(kept)} looks")
        run = lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, cache=cache)
        learned = looks_in(chosen.binary, cache) or set()
        faults.check("… the next training takes them", set(kept) <= learned, run.stderr.strip()[-160:] if not set(kept) <= learned else "")
        server.stop()


def main():
    chosen = options(__doc__, DATASET)
    faults = Faults()
    with tempfile.TemporaryDirectory() as reference:
        lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, cache=reference)
        expected = looks_in(chosen.binary, reference)
    two_trainings(chosen, faults, expected)
    training_beside_others(chosen, faults, expected)
    two_servers(chosen, faults)
    collecting_beside_training(chosen, faults)
    faults.end()


if __name__ == "__main__":
    main()

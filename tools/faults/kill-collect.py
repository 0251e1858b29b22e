#!/usr/bin/env python3
"""Kill a server with SIGKILL while looks are added, corrected and removed; nothing acknowledged may be lost.

usage: kill-collect.py [--binary target/release/lorgnon] [--rounds 20] [--seed 1]

Several clients add looks, correct and remove them until the server is killed at a random moment. After each
kill the next server must know every change that was answered before, and start without help.
"""
import json
import pathlib
import random
import tempfile
import threading
import time

from harness import Faults, Server, options, png

# Written alike in every language.
CLASSES = ["Iop", "Sram", "Enutrof", "Sadida", "Pandawa"]


class Writer(threading.Thread):
    """Changes looks of its own until the server is gone; `known` is what was acknowledged."""

    def __init__(self, server, start, known, seed):
        super().__init__()
        self.server, self.number, self.known = server, start, known
        self.chance = random.Random(seed)
        self.mine = []
        self.unsure = set()

    def run(self):
        try:
            while True:
                self.change()
        except (OSError, ValueError, json.JSONDecodeError):
            return
        except Exception as error:
            # The standard library has a dozen ways to say that the other end went away.
            if "http.client" not in type(error).__module__:
                raise

    def change(self):
        name = self.chance.choice(CLASSES)
        if not self.mine or self.chance.random() < 0.5:
            self.number += 1
            status, answer = self.server.ask("POST", f"/api/looks?class={name}", png(self.number), "image/png")
            if status == 201:
                self.mine.append(answer["look"]["id"])
                self.known[answer["look"]["id"]] = (name, False)
            return
        look = self.chance.choice(self.mine)
        # Until it is answered, either state is right.
        self.unsure.add(look)
        if self.chance.random() < 0.7:
            body = json.dumps({"class": name})
            status, _ = self.server.ask("PATCH", f"/api/looks/{look}", body, "application/json")
            # A correction of a removed look brings it back.
            change = (name, False)
        else:
            status, _ = self.server.ask("DELETE", f"/api/looks/{look}")
            change = (self.known[look][0], True)
        if status == 200:
            self.known[look] = change
            self.unsure.discard(look)


def main():
    rounds = (("--rounds",), {"type": int, "default": 20})
    seed = (("--seed",), {"type": int, "default": 1})
    chosen = options(__doc__, rounds, seed)
    chance, faults, known = random.Random(chosen.seed), Faults(), {}
    with tempfile.TemporaryDirectory(prefix="lorgnon-kill-") as folder:
        cache = pathlib.Path(folder)
        for number in range(chosen.rounds):
            server = Server(chosen.binary, cache)
            writers = [Writer(server, 10_000 * number + 2_000 * lane, known, chance.random()) for lane in range(4)]
            for writer in writers:
                writer.start()
            time.sleep(chance.uniform(0.05, 1.0))
            server.kill()
            for writer in writers:
                writer.join()
            unsure = set().union(*(writer.unsure for writer in writers))
            server = Server(chosen.binary, cache)
            lost = []
            for look, (name, removed) in known.items():
                status, answer = server.ask("GET", f"/api/looks/{look}")
                found = (answer["classLabel"], answer["standing"] == "removed") if status == 200 else None
                if found != (name, removed) and (look not in unsure or found is None):
                    lost.append((look, name, removed, status, found))
                # From here on, what is there is what was known.
                known[look] = found or (name, removed)
            server.stop()
            faults.check(f"round {number + 1:2}: {len(known)} changes answered so far", not lost, str(lost[:2]) if lost else "")
    faults.end()


if __name__ == "__main__":
    main()

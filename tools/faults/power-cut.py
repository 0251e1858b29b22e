#!/usr/bin/env python3
"""Power cuts: every file of a small cache folder cut at every offset, and every byte of it flipped in turn.

usage: power-cut.py [--binary target/release/lorgnon] [--step N] [--without-index]

Two parts. The index's own tests do it to a small store and ask it everything afterwards (Rust, so that millions of
cases take minutes): an answer must be right or an error, never wrong. Then the files of the training state and of the
collected looks are cut and flipped (every N-th offset, 1 by default) before a real server reads them: it must start or
say which file is damaged, and never panic or show something else. `--binary` is for this second part.
"""
import json
import os
import pathlib
import subprocess
import tempfile

from harness import Faults, Server, lorgnon, options, png

TESTS = ["a_file_cut_short_anywhere_is_detected", "a_flipped_byte_is_detected_or_harmless", "a_full_disk_loses_nothing_acknowledged"]


def index_tests(faults):
    root = pathlib.Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as disk:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False).returncode == 0
        environment = os.environ | {"LORGNON_TEST_EVERY_BYTE": "1"}
        if mounted:
            environment["LORGNON_TEST_TINY_DISK"] = disk
        for name in TESTS:
            run = subprocess.run(
                ["cargo", "test", "-p", "lorgnon-index", "--test", "integration", "--", f"faults::{name}", "--nocapture"],
                cwd=root, env=environment, capture_output=True, text=True, check=False,
            )
            counts = [line for line in run.stdout.splitlines() + run.stderr.splitlines() if "cases" in line or "skipped" in line]
            faults.check(f"index: {name}", run.returncode == 0 and "1 passed" in run.stdout, "; ".join(counts) or run.stdout[-300:])
        if mounted:
            subprocess.run(["umount", "-l", disk], check=True)


def damaged(original):
    """Every way in which one file is cut or has a byte flipped."""
    for length in range(len(original)):
        yield f"cut at {length}", original[:length]
    for at in range(len(original)):
        changed = bytearray(original)
        changed[at] ^= 1 << (at % 8)
        yield f"byte {at} flipped", bytes(changed)


def cache_files(chosen, faults):
    with tempfile.TemporaryDirectory() as folder:
        cache = pathlib.Path(folder) / "cache"
        server = Server(chosen.binary, cache)
        kept = [server.ask("POST", "/api/looks?class=Iop&gender=f", png(number), "image/png")[1]["look"]["id"] for number in range(3)]
        server.ask("PATCH", "/api/looks/elsewhere", json.dumps({"class": "Sram"}), "application/json")
        server.ask("DELETE", f"/api/looks/{kept[2]}")
        server.stop()
        lorgnon(chosen.binary, "train", cache=cache)
        for name in ("vision-training.json", "vision-index.json", "generations/collected.jsonl", "generations/collected/changes.jsonl"):
            file = cache / name
            if not file.is_file():
                faults.check(f"{name} is there", False)
                continue
            original, outcomes, wrong = file.read_bytes(), {"told": 0, "harmless": 0}, []
            cases = list(damaged(original))[:: chosen.step]
            # A server that runs reads its files again when they change.
            server = Server(chosen.binary, cache)
            for what, content in cases:
                partial = file.with_suffix(".new")
                partial.write_bytes(content)
                partial.rename(file)
                path = "/api/vision-progress" if name.startswith("vision") else f"/api/looks/{kept[0]}"
                status, answer = server.ask("GET", path)
                if status == 200 and (path == "/api/vision-progress" or answer["id"] == kept[0]):
                    outcomes["harmless"] += 1
                elif status in (404, 500) and isinstance(answer, dict) and answer.get("code"):
                    outcomes["told"] += 1
                else:
                    wrong.append((what, status, str(answer)[:80]))
            partial.write_bytes(original)
            partial.rename(file)
            alive = server.ask("GET", "/health/live")[0] == 200
            server.stop()
            held = not wrong and alive and not any("panicked" in line for line in server.log)
            faults.check(f"{name}: {len(cases)} cases", held, f"{outcomes} {wrong[:2] or ''}")


def main():
    without = (("--without-index",), {"action": "store_true", "help": "only the second part"})
    chosen = options(__doc__, (("--step",), {"type": int, "default": 1}), without)
    faults = Faults()
    if not chosen.without_index:
        index_tests(faults)
    cache_files(chosen, faults)
    faults.end()


if __name__ == "__main__":
    main()

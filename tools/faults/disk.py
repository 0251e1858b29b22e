#!/usr/bin/env python3
"""A full disk and a read-only one: told, and nothing acknowledged is lost.

usage: disk.py --dataset PATH [--binary target/release/lorgnon]

Needs the right to mount (root, Linux). On a file system of a few megabytes a training must end with exit
code 2 and a clear error, the index must be what its last commit left, and with more space the next training
must finish. A server there must go on answering, refuse what it cannot keep, and keep what it acknowledged.
On the same file system read-only, `analyze`, `index verify`, `status` and `serve` must work, and what writes must say
why it cannot.
"""
import pathlib
import subprocess
import tempfile

from harness import DATASET, Faults, Server, disk, is_clean, looks_in, lorgnon, options, png, remount


def says(run, *words):
    return all(word in run.stderr for word in words)


def full_while_training(chosen, faults):
    with tempfile.TemporaryDirectory() as reference:
        lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, cache=reference)
        expected = looks_in(chosen.binary, reference)
        used = sum(file.stat().st_size for file in pathlib.Path(reference).rglob("*") if file.is_file())
    # From "not even the database" to "all but the last commit".
    for share in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9):
        with disk(f"{max(int(used * share), 64 << 10)}") as cache:
            run = lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, cache=cache)
            said = run.stderr.strip().splitlines()[-1:]
            told = run.returncode == 2 and "No space left" in run.stderr and "panicked" not in run.stderr
            faults.check(f"training on a disk of {share:.0%} of what it needs says so", told, "".join(said)[-160:])
            remount(cache, f"size={used * 4}")
            if (cache / "index").is_dir() and list((cache / "index").iterdir()):
                faults.check("… the index is whole", is_clean(chosen.binary, cache))
            run = lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, cache=cache)
            same = looks_in(chosen.binary, cache) == expected
            faults.check("… with more space the next training finishes", run.returncode in (0, 1) and same, run.stderr.strip()[-160:] if not same else "")


def full_while_collecting(chosen, faults):
    with disk("6m") as cache:
        lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, "--limit", 4, cache=cache)
        remount(cache, f"size={sum(file.stat().st_blocks * 512 for file in cache.rglob('*')) + (96 << 10)}")
        server = Server(chosen.binary, cache)
        kept, refused = [], None
        for number in range(400):
            status, answer = server.ask("POST", "/api/looks?class=Iop", png(number), "image/png")
            if status == 201:
                kept.append(answer["look"]["id"])
            else:
                refused = (status, answer.get("code") if isinstance(answer, dict) else answer)
                break
        faults.check("a look that does not fit is refused", refused == (500, "collection_unusable"), f"{refused} after {len(kept)}")
        status, _ = server.ask("POST", "/api/analyze-look", png(1), "image/png")
        faults.check("… the server goes on answering", status == 200, str(status))
        here = [look for look in kept if server.ask("GET", f"/api/looks/{look}")[0] == 200]
        faults.check("… what was acknowledged is there", here == kept, f"{len(here)} of {len(kept)}")
        server.kill()
        server = Server(chosen.binary, cache)
        here = [look for look in kept if server.ask("GET", f"/api/looks/{look}")[0] == 200]
        faults.check("… also after a kill", here == kept, f"{len(here)} of {len(kept)}")
        remount(cache, "size=64m")
        status, _ = server.ask("POST", "/api/looks?class=Iop", png(999), "image/png")
        faults.check("… with more space looks are taken again", status == 201, str(status))
        server.stop()


def read_only(chosen, faults):
    with disk("64m") as cache:
        lorgnon(chosen.binary, "train", "--dataset", chosen.dataset, "--limit", 20, cache=cache)
        picture = cache / "picture.png"
        picture.write_bytes(png(3))
        remount(cache, "ro")
        for command in (["analyze", picture], ["index", "verify"], ["index", "info"], ["status"], ["index", "export"]):
            run = lorgnon(chosen.binary, *command, cache=cache)
            faults.check(f"read-only: `{' '.join(map(str, command[:2]))}` works", run.returncode == 0, run.stderr.strip()[-160:])
        for command in (["train", "--dataset", chosen.dataset], ["index", "compact"]):
            run = lorgnon(chosen.binary, *command, cache=cache)
            told = run.returncode == 2 and says(run, "Read-only file system") and "panicked" not in run.stderr
            faults.check(f"read-only: `{' '.join(map(str, command[:2]))}` says why it cannot", told, run.stderr.strip()[-160:])
        server = Server(chosen.binary, cache)
        status, _ = server.ask("POST", "/api/analyze-look", png(1), "image/png")
        faults.check("read-only: a server answers", status == 200, str(status))
        status, _ = server.ask("GET", "/api/vision-progress")
        faults.check("read-only: the training state is shown", status == 200, str(status))
        status, answer = server.ask("POST", "/api/looks?class=Iop", png(5), "image/png")
        faults.check("read-only: a look is refused", (status, answer.get("code")) == (500, "collection_unusable"), str(status))
        status, answer = server.ask("POST", "/api/training")
        faults.check("read-only: a training is refused", status >= 400 and "/" not in answer.get("error", ""), f"{status} {answer}")
        server.stop()


def main():
    chosen = options(__doc__, DATASET)
    faults = Faults()
    full_while_training(chosen, faults)
    full_while_collecting(chosen, faults)
    read_only(chosen, faults)
    faults.end()


if __name__ == "__main__":
    main()

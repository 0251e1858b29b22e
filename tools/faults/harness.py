"""What the fault scripts share: a server, a client of the standard library, and a tally of what did not hold."""
import argparse
import contextlib
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time


def options(description, *more):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/lorgnon")
    for names, settings in more:
        parser.add_argument(*names, **settings)
    chosen = parser.parse_args()
    chosen.binary = str(pathlib.Path(chosen.binary).resolve())
    return chosen


DATASET = (("--dataset",), {"required": True, "help": "an export to learn from"})


class Faults:
    """Says line by line what was tried and whether it held."""

    def __init__(self):
        self.tried = 0
        self.failed = 0

    def check(self, what, held, detail=""):
        self.tried += 1
        self.failed += not held
        print(f"{'holds ' if held else 'FAULT '} {what}{f': {detail}' if detail else ''}", flush=True)
        return held

    def end(self):
        print(f"{self.tried} checks, {self.failed} faults")
        sys.exit(1 if self.failed else 0)


def lorgnon(binary, *arguments, cache, wrapper=()):
    return subprocess.run(
        [*wrapper, binary, *map(str, arguments), "--cache", str(cache)], capture_output=True, text=True, check=False
    )


def looks_in(binary, cache):
    """Ids in the index, or None where it cannot be read."""
    exported = lorgnon(binary, "index", "export", cache=cache)
    if exported.returncode != 0:
        return None
    return {json.loads(line)["id"] for line in exported.stdout.splitlines()}


def is_clean(binary, cache):
    return lorgnon(binary, "index", "verify", cache=cache).returncode == 0


@contextlib.contextmanager
def disk(size, *more):
    """A file system of its own in memory, mounted with `more` options. Needs the right to mount (root, Linux)."""
    with tempfile.TemporaryDirectory(prefix="lorgnon-disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join([f"size={size}", *more]), "tmpfs", folder], check=True)
        try:
            yield pathlib.Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def remount(folder, option):
    subprocess.run(["mount", "-o", f"remount,{option}", folder], check=True)


class Server:
    """A running `serve`."""

    def __init__(self, binary, cache, *arguments, wrapper=()):
        command = [*wrapper, binary, "serve", "--cache", str(cache), "--listen", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.log = []
        for line in self.process.stderr:
            self.log.append(line)
            if line.startswith("serving http://"):
                self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1])
                # A log that nobody reads would stop the server once the pipe is full.
                threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True).start()
                return
        raise RuntimeError(f"the server did not start: {''.join(self.log)}")

    def ask(self, method, path, body=None, kind=None, timeout_s=60):
        """Status and JSON of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request(method, path, body, {"content-type": kind} if kind else {})
            answer = connection.getresponse()
            text = answer.read()
            try:
                return answer.status, json.loads(text)
            except ValueError:
                return answer.status, text
        finally:
            connection.close()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Exit code and seconds of a polite end."""
        started = time.monotonic()
        self.process.terminate()
        return self.process.wait(60), time.monotonic() - started


def png(number, size=64):
    """A small picture of its own for each number, without any library."""
    import struct
    import zlib

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    colour = bytes([number % 256, number // 256 % 256, 90])
    rows = b"".join(
        b"\0" + b"".join(colour if (x - size // 2) ** 2 + (y - size // 2) ** 2 < 400 else b"\xff\xff\xff" for x in range(size))
        for y in range(size)
    )
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")

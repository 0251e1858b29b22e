#!/usr/bin/env python3
"""Drive `lorgnon serve` with many clients and see whether it keeps its promises.

usage: serve.py --cache DIR --pictures DIR [--binary target/release/lorgnon] [--clients 64] [--minutes 10]

Starts the server on a free port, three times over: alone with one client (how long a picture takes when
nobody else asks), on one core and on all cores in turn (what the second core brings), then for so many
minutes under so many clients, each of which sends the next picture as soon as it has its answer and waits
`Retry-After` when it is refused. Standard library only. Prints a summary; exit code 1 where a promise does
not hold:

- no 5xx but 503 with `Retry-After`;
- p99 of what was accepted is at most 5 times the median of a client alone;
- memory grows by at most 5 % after the first minute.

Other programs on the machine stretch all times: the ratios are what counts, and answers per second of the
server's own CPU time are given beside those per second of the clock.
"""
import argparse
import asyncio
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time


class Server:
    """A running `serve`, on some of the cores."""

    def __init__(self, options, cores):
        command = [options.binary, "serve", "--cache", options.cache, "--listen", "127.0.0.1:0"]
        command += ["--jobs", str(len(cores)), *options.serve_option]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, cores)
        )
        for line in self.process.stderr:
            if line.startswith("serving http://"):
                self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1])
                # A log that nobody reads would stop the server once the pipe is full.
                threading.Thread(target=lambda: list(self.process.stderr), daemon=True).start()
                return
        raise RuntimeError("the server did not start")

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_kb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0

    def stop(self):
        started = time.monotonic()
        self.process.terminate()
        code = self.process.wait(30)
        return code, time.monotonic() - started


class Tally:
    """What clients saw."""

    def __init__(self):
        self.accepted_s = []
        self.statuses = {}
        self.without_retry_after = 0
        self.broken = 0


async def ask(reader, writer, body):
    """Status, headers; the body is read and dropped."""
    head = f"POST /api/analyze-look HTTP/1.1\r\nhost: load\r\ncontent-type: image/png\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(lines[0].split()[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    await reader.readexactly(int(headers.get("content-length", 0)))
    return status, headers


async def client(port, pictures, offset, until, tally):
    reader = writer = None
    number = offset
    while time.monotonic() < until:
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            started = time.monotonic()
            status, headers = await ask(reader, writer, pictures[number % len(pictures)])
        except (OSError, asyncio.IncompleteReadError, ValueError):
            tally.broken += 1
            writer = None
            await asyncio.sleep(0.1)
            continue
        tally.statuses[status] = tally.statuses.get(status, 0) + 1
        number += 1
        if status == 200:
            tally.accepted_s.append(time.monotonic() - started)
        elif status == 503:
            if "retry-after" not in headers:
                tally.without_retry_after += 1
            await asyncio.sleep(float(headers.get("retry-after", 1)))
        if headers.get("connection") == "close":
            writer.close()
            writer = None
    if writer is not None:
        writer.close()


async def drive(server, pictures, clients, seconds, watch=None):
    tally = Tally()
    until = time.monotonic() + seconds
    tasks = [client(server.port, pictures, 7 * number, until, tally) for number in range(clients)]
    if watch is not None:
        tasks.append(watch(server, until))
    await asyncio.gather(*tasks)
    return tally


def rate(server, pictures, clients, seconds):
    """Answers a second of the clock and of the server's CPU time."""
    cpu_s, started = server.cpu_s(), time.monotonic()
    tally = asyncio.run(drive(server, pictures, clients, seconds))
    answers = tally.statuses.get(200, 0)
    return answers / (time.monotonic() - started), answers / max(server.cpu_s() - cpu_s, 0.01)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", required=True, help="a trained cache folder")
    parser.add_argument("--pictures", required=True, help="a folder of PNG files")
    parser.add_argument("--binary", default="target/release/lorgnon")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3, help="of the comparison of one core with all")
    parser.add_argument("--round-seconds", type=float, default=15.0)
    parser.add_argument("--serve-option", action="append", default=[], help="one more argument of `serve`")
    options = parser.parse_args()
    pictures = [path.read_bytes() for path in sorted(pathlib.Path(options.pictures).rglob("*.png"))]
    if not pictures:
        parser.error("no pictures there")
    cores = sorted(os.sched_getaffinity(0))
    faults, report = [], {"pictures": len(pictures), "cores": len(cores), "clients": options.clients}

    one, all_cores = [], []
    for _ in range(options.rounds):
        for used, rates in ((cores[:1], one), (cores, all_cores)):
            server = Server(options, used)
            asyncio.run(drive(server, pictures, 1, 2))
            rates.append(rate(server, pictures, options.clients, options.round_seconds))
            server.stop()
    by_clock = [statistics.median(wall for wall, _ in rates) for rates in (one, all_cores)]
    by_cpu = [statistics.median(cpu for _, cpu in rates) for rates in (one, all_cores)]
    report["answers_per_s"] = {"one_core": round(by_clock[0], 2), "all_cores": round(by_clock[1], 2)}
    report["answers_per_cpu_s"] = {"one_core": round(by_cpu[0], 2), "all_cores": round(by_cpu[1], 2)}
    report["all_cores_over_one"] = round(by_clock[1] / by_clock[0], 2)
    report["all_cores_over_one_by_cpu_time"] = round(len(cores) * by_cpu[1] / by_cpu[0], 2)

    server = Server(options, cores)
    # Alone before and after: other programs come and go.
    asyncio.run(drive(server, pictures, 1, 3))
    alone = asyncio.run(drive(server, pictures, 1, 20)).accepted_s
    memory = []

    async def watch(server, until):
        started = time.monotonic()
        while time.monotonic() < until:
            memory.append((time.monotonic() - started, server.rss_kb()))
            await asyncio.sleep(1)

    cpu_s, started = server.cpu_s(), time.monotonic()
    tally = asyncio.run(drive(server, pictures, options.clients, options.minutes * 60, watch))
    cpu_s, wall_s = server.cpu_s() - cpu_s, time.monotonic() - started
    alone += asyncio.run(drive(server, pictures, 1, 20)).accepted_s
    code, stopped_s = server.stop()

    median_alone = statistics.median(alone)
    p99 = percentile(tally.accepted_s, 0.99)
    report["alone_ms"] = {"p50": round(1e3 * median_alone, 1), "p99": round(1e3 * percentile(alone, 0.99), 1)}
    report["under_load_ms"] = {
        "p50": round(1e3 * percentile(tally.accepted_s, 0.5), 1),
        "p99": round(1e3 * p99, 1),
        "p99_over_alone_p50": round(p99 / median_alone, 2),
    }
    report["statuses"] = {str(status): count for status, count in sorted(tally.statuses.items())}
    report["broken_connections"] = tally.broken
    report["answers_per_s_under_load"] = round(tally.statuses.get(200, 0) / wall_s, 2)
    report["server_cpu_share_of_all_cores"] = round(cpu_s / wall_s / len(cores), 2)
    early = [kb for at_s, kb in memory if 50 <= at_s <= 70] or [memory[0][1]]
    late = [kb for _, kb in memory[-20:]]
    growth = statistics.median(late) / statistics.median(early) - 1
    report["rss_mb"] = {
        "after_a_minute": round(statistics.median(early) / 1e3, 1),
        "at_the_end": round(statistics.median(late) / 1e3, 1),
        "most": round(max(kb for _, kb in memory) / 1e3, 1),
        "growth": round(growth, 3),
    }
    report["stopped"] = {"exit_code": code, "s": round(stopped_s, 2)}

    if wrong := {status for status in tally.statuses if status >= 500 and status != 503}:
        faults.append(f"server errors: {wrong}")
    if tally.without_retry_after or tally.broken or not tally.statuses.get(200):
        faults.append(f"{tally.without_retry_after} refusals without Retry-After, {tally.broken} broken connections")
    if p99 > 5 * median_alone:
        faults.append(f"p99 is {p99 / median_alone:.1f} times the median of a client alone")
    if growth > 0.05:
        faults.append(f"memory grew by {growth:.1%} after the first minute")
    if code != 0:
        faults.append(f"exit code {code}")
    print(json.dumps(report, indent=1))
    print(f"{len(faults)} faults")
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

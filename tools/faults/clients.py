#!/usr/bin/env python3
"""Slow and broken clients against a running server; honest ones must not notice.

usage: clients.py --cache DIR [--binary target/release/lorgnon]

For each kind of bad client, some hundreds of them hold connections while an honest one asks for `/health`
and sends pictures; everything it asks must be answered. Kinds: slowloris (a header line a second that never
ends), bodies that never come, half-closed connections, heads of a megabyte, garbage, clients that leave
without their answer, clients that do not read it, and 1,000 idle connections.
"""
import asyncio
import pathlib
import resource
import time

from harness import Faults, Server, options, png

PICTURE = png(1, 96)


async def honest(port, seconds):
    """Longest wait and every failure of a client that behaves."""
    waits, failures = [], []
    until = time.monotonic() + seconds
    head = f"POST /api/analyze-look HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: image/png\r\ncontent-length: {len(PICTURE)}\r\n\r\n"
    requests = [b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", head.encode() + PICTURE]
    number = 0
    while time.monotonic() < until or number < 4:
        started = time.monotonic()
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 20)
            writer.write(requests[number % 2])
            answer = await asyncio.wait_for(reader.read(), 20)
            writer.close()
            if not answer.startswith(b"HTTP/1.1 200"):
                failures.append(answer[:40])
        except (OSError, TimeoutError) as error:
            failures.append(repr(error))
        waits.append(time.monotonic() - started)
        number += 1
        await asyncio.sleep(0.05)
    return max(waits), failures


async def connect(port):
    return await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 20)


async def until_closed(reader, limit_s):
    try:
        await asyncio.wait_for(reader.read(), limit_s)
        return True
    except TimeoutError:
        return False
    except OSError:
        return True


async def slowloris(port):
    reader, writer = await connect(port)
    closed = asyncio.ensure_future(until_closed(reader, 60))
    writer.write(b"POST /api/analyze-look HTTP/1.1\r\nhost: x\r\n")
    try:
        while not closed.done():
            writer.write(b"x-a: b\r\n")
            await writer.drain()
            await asyncio.sleep(1)
    except OSError:
        pass
    return await closed


async def slow_body(port):
    reader, writer = await connect(port)
    writer.write(b"POST /api/analyze-look HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: 1000000\r\n\r\nabc")
    return await until_closed(reader, 60)


async def half_closed(port):
    reader, writer = await connect(port)
    writer.write(b"POST /api/analyze-look HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc")
    writer.write_eof()
    return await until_closed(reader, 60)


async def huge_head(port):
    reader, writer = await connect(port)
    try:
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * (1 << 20))
        await writer.drain()
    except OSError:
        return True
    return await until_closed(reader, 60)


async def garbage(port):
    reader, writer = await connect(port)
    writer.write(bytes(range(256)) * 40)
    return await until_closed(reader, 60)


async def leaves(port):
    _, writer = await connect(port)
    head = f"POST /api/analyze-look HTTP/1.1\r\nhost: x\r\ncontent-type: image/png\r\ncontent-length: {len(PICTURE)}\r\n\r\n"
    writer.write(head.encode() + PICTURE)
    await writer.drain()
    writer.transport.abort()
    return True


async def does_not_read(port):
    reader, writer = await connect(port)
    reader._limit = 1
    try:
        for _ in range(200):
            writer.write(b"GET /assets/style.css HTTP/1.1\r\nhost: x\r\n\r\n" * 20)
            await asyncio.wait_for(writer.drain(), 2)
    except (OSError, TimeoutError):
        pass
    writer.transport.abort()
    return True


async def idle(port):
    reader, _ = await connect(port)
    return await until_closed(reader, 90)


KINDS = [
    ("slowloris, 300 of them", slowloris, 300),
    ("bodies that never come, 300 of them", slow_body, 300),
    ("half-closed, 300 of them", half_closed, 300),
    ("heads of a megabyte, 200 of them", huge_head, 200),
    ("garbage, 300 of them", garbage, 300),
    ("leave without an answer, 300 of them", leaves, 300),
    ("do not read their answers, 100 of them", does_not_read, 100),
    ("1,000 idle connections", idle, 1000),
]


async def siege(port, kind, count):
    bad = [asyncio.ensure_future(kind(port)) for _ in range(count)]
    await asyncio.sleep(1)
    longest_s, failures = await honest(port, 5)
    released = await asyncio.gather(*bad, return_exceptions=True)
    stuck = sum(result is not True for result in released)
    return longest_s, failures, stuck


def main():
    chosen = options(__doc__, (("--cache",), {"required": True}))
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    faults = Faults()
    server = Server(chosen.binary, chosen.cache)
    rss = lambda: int(next(line.split()[1] for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines() if line.startswith("VmRSS"))) // 1024
    before = rss()
    for name, kind, count in KINDS:
        longest_s, failures, stuck = asyncio.run(siege(server.port, kind, count))
        detail = f"longest honest wait {longest_s * 1e3:.0f} ms, {stuck} not let go, {rss()} MiB"
        faults.check(name, not failures and stuck == 0, detail + (f", {failures[:2]}" if failures else ""))
    print(f"memory {before} MiB before, {rss()} MiB after")
    code, took_s = server.stop()
    faults.check("ends politely", code == 0 and took_s < 12, f"exit code {code} after {took_s:.1f} s")
    faults.end()


if __name__ == "__main__":
    main()

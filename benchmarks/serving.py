"""`podproof serve`: what a call costs the server, and a thousand watchers; processor time of the server alone."""

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.figures import ROOT, Figure
from podproof.serving import descriptors

PODS = "/api/v1/namespaces/default/pods"
CALLS = 2_000
WATCHERS = EVENTS = 1_000
_TICKS = os.sysconf("SC_CLK_TCK")


def figures() -> Iterator[Figure]:
    """Measure a server in a process of its own, one client at a time."""
    with _server() as (_, _, waited):
        yield Figure("podproof serve: from the command to the ready line", waited, 1, "s", "by the clock")
    with _server() as (port, spent, _):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        _call(connection, "POST", PODS, _pod("first"))
        got = spent(lambda: _each(lambda _: _call(connection, "GET", f"{PODS}/first")))
        yield Figure("podproof serve: a GET of a pod", 1000 * got / CALLS, 0.5, "ms", f"{CALLS / got:,.0f} a second")
        made = spent(lambda: _each(lambda number: _call(connection, "POST", PODS, _pod(f"p{number}"))))
        yield Figure("podproof serve: a new pod", 1000 * made / CALLS, 2, "ms", f"{CALLS / made:,.0f} a second")
        connection.close()
    descriptors.make_room()
    with _server() as (port, spent, _):
        taken = spent(lambda: asyncio.run(_watch(port)))
        each = 1_000_000 * taken / (WATCHERS * EVENTS)
        yield Figure(
            "podproof serve: an event to one of 1,000 watchers", each, 20, "µs", f"{taken:.1f} s for a million"
        )


def _each(call: Callable[[int], None]) -> None:
    for number in range(CALLS):
        call(number)


@contextmanager
def _server() -> Iterator[tuple[int, Callable[[Callable[[], object]], float], float]]:
    """Start a server; yield its port, what measures the processor time it spends, and how long it took to be ready."""
    began = monotonic()
    command = [sys.executable, "-m", "podproof", "serve", "--pace", "manual"]
    process = subprocess.Popen(command, cwd=ROOT / "benchmarks", stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    waited = monotonic() - began

    def spent(work: Callable[[], object]) -> float:
        before = _processor_time(process.pid)
        work()
        return _processor_time(process.pid) - before

    try:
        yield int(line.rpartition(":")[2]), spent, waited
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _processor_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _call(connection: http.client.HTTPConnection, method: str, path: str, body: Any = None) -> None:
    connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {text.decode()}")


def _pod(name: str) -> Any:
    container = {"name": "app", "image": "busybox:1.36", "command": ["sleep", "3600"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}}


async def _watch(port: int) -> None:
    """Open the watches, let the events happen, and see that each watcher got each of them in order."""
    path = "/api/v1/namespaces/default/configmaps"
    request = f"GET {path}?watch=true HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(WATCHERS)]
    for _, writer in opened:
        writer.write(request)
    for reader, _ in opened:
        await reader.readuntil(b"\r\n\r\n")
    counting = asyncio.gather(*(_count(reader) for reader, _ in opened))
    await asyncio.to_thread(_change, port, path)
    await counting
    for _, writer in opened:
        writer.close()


def _change(port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number in range(EVENTS):
        name = {"name": f"c{number:04}"}
        _call(connection, "POST", path, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": name})
    connection.close()


async def _count(reader: asyncio.StreamReader) -> None:
    """Read until the last event; the names must come in their order."""
    expected, rest = 0, b""
    while expected < EVENTS:
        data = rest + await reader.read(1 << 16)
        *lines, rest = data.split(b"\n")
        for line in lines:
            if b'"name":"c' in line:
                seen = int(line.partition(b'"name":"c')[2][:4])
                if seen != expected:
                    raise SystemExit(f"a watcher saw event {seen} where {expected} was due")
                expected += 1


if __name__ == "__main__":
    for figure in figures():
        print(figure)

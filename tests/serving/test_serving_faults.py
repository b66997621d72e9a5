"""What may go wrong on the way between a client and the server."""

import asyncio
import json
import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from podproof.serving import descriptors
from podproof.serving.running import Options
from podproof.serving.streams import Stream
from tests.serving.conftest import PATIENCE, Serve, Served, pod

PODS = "/api/v1/namespaces/default/pods"
MAPS = "/api/v1/namespaces/default/configmaps"
HERE = "labelSelector=test"


def _connected(served: Served, *options: tuple[int, int]) -> socket.socket:
    """A bare connection."""
    where = urlsplit(served.url)
    found = socket.socket()
    for option, value in options:
        found.setsockopt(socket.SOL_SOCKET, option, value)
    found.settimeout(PATIENCE)
    found.connect((where.hostname, where.port))
    return found


def _until(served: Served, condition: Any) -> None:
    """Wait, on the server's own loop, until something holds there."""

    async def wait() -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(wait(), served.loop).result(PATIENCE)


def _streams(served: Served) -> Any:
    return served.serving.clients.streams


def _map(name: str, size: int = 1) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": {"test": "faults"}},
        "data": {"a": "x" * size},
    }


def _watched(served: Served, since: str = "") -> Any:
    """An open watch of the config maps."""
    connection = served.connection()
    connection.request("GET", f"{MAPS}?{HERE}&watch=true&resourceVersion={since}")
    return connection, connection.getresponse()


def test_a_watch_that_is_cut_goes_on_where_it_was(served: Served) -> None:
    connection, answer = _watched(served)
    served.call("POST", MAPS, _map("one"))
    seen = json.loads(answer.readline())["object"]["metadata"]
    answer.close()
    connection.close()
    _until(served, lambda: not _streams(served))
    served.call("POST", MAPS, _map("two"))
    served.call("POST", MAPS, _map("three"))
    again, rest = _watched(served, seen["resourceVersion"])
    names = [json.loads(rest.readline())["object"]["metadata"]["name"] for _ in range(2)]
    rest.close()
    again.close()

    assert (seen["name"], names) == ("one", ["two", "three"])


def test_a_client_that_is_gone_is_forgotten(served: Served) -> None:
    connection, answer = _watched(served)
    _until(served, lambda: len(_streams(served)) == 1)
    answer.close()
    connection.close()
    _until(served, lambda: not _streams(served))

    assert served.serving.clients.asking == 0


def test_a_body_that_is_cut_short_changes_nothing(served: Served) -> None:
    body = json.dumps(pod("foo")).encode()
    head = f"POST {PODS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with _connected(served) as cut:
        cut.sendall(head.encode() + body[:-5])
        _until(served, lambda: served.serving.clients.asking == 1)
    _until(served, lambda: served.serving.clients.asking == 0)

    assert served.call("GET", PODS).json["items"] == []


def test_who_asks_nonsense_is_told_so(served: Served) -> None:
    with _connected(served) as lost:
        lost.sendall(b"EHLO example.com\r\n\r\n")
        said = lost.recv(1000)

    assert said.split()[1] == b"400"
    assert served.call("GET", "/readyz").text == "ok"


def test_a_client_that_never_reads_is_cut_and_the_others_miss_nothing(served: Served) -> None:
    connection, answer = _watched(served)
    with _connected(served, (socket.SO_RCVBUF, 4096)) as deaf:
        deaf.sendall(f"GET {MAPS}?{HERE}&watch=true HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        _until(served, lambda: len(_streams(served)) == 2)
        seen = []
        for number in range(60):
            served.call("POST", MAPS, _map(f"map-{number}", 500_000))
            seen.append(json.loads(answer.readline())["object"]["metadata"]["name"])
        _until(served, lambda: len(_streams(served)) == 1)
        read = 0
        with suppress(ConnectionError):
            while data := deaf.recv(1 << 20):
                read += len(data)
    answer.close()
    connection.close()

    assert seen == [f"map-{number}" for number in range(60)]
    assert read < 60 * 500_000


def test_a_server_that_is_started_again_on_its_port_serves_the_same_clients(serve: Serve) -> None:
    first = serve()
    first.call("POST", MAPS, _map("old"))
    port = urlsplit(first.url).port
    connection, answer = _watched(first)
    first.stop()
    ended = answer.read()
    with suppress(OSError):
        answer.close()
    connection.close()
    second = serve(port=port)
    listed = second.call("GET", f"{MAPS}?{HERE}").json["items"]

    assert b'"name":"old"' in ended
    assert [each["metadata"]["name"] for each in listed] == []


def test_a_version_from_before_the_start_is_expired(serve: Serve) -> None:
    served = serve()
    connection, answer = _watched(served, "999999")
    event = json.loads(answer.readline())
    answer.close()
    connection.close()

    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")


async def _last_of(url: str, count: int, ready: asyncio.Semaphore) -> list[str]:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=1 << 20)
    writer.write(f"GET {MAPS}?{HERE}&watch=true HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    ready.release()
    names: list[str] = []
    while len(names) < count:
        line = await reader.readline()
        if line.startswith(b"{"):
            names.append(json.loads(line)["object"]["metadata"]["name"])
    writer.close()
    return names


def test_a_thousand_watchers_each_see_everything_in_order(served: Served) -> None:
    descriptors.make_room()
    wanted = [f"map-{number}" for number in range(10)]

    async def watch() -> list[list[str]]:
        ready = asyncio.Semaphore(0)
        watchers = [asyncio.create_task(_last_of(served.url, len(wanted), ready)) for _ in range(1000)]
        for _ in watchers:
            await ready.acquire()
        for name in wanted:
            await asyncio.to_thread(served.call, "POST", MAPS, _map(name))
        return await asyncio.gather(*watchers)

    seen = asyncio.run(watch())

    assert [names for names in seen if names != wanted] == []


class _Slow:
    """A transport nobody reads from."""

    def __init__(self) -> None:
        self.held, self.aborted = b"", False

    def write(self, data: bytes) -> None:
        self.held += data

    def get_write_buffer_size(self) -> int:
        return len(self.held)

    def abort(self) -> None:
        self.aborted = True


@pytest.mark.parametrize(("lines", "cut"), [(10, False), (11, True)])
def test_a_client_may_be_behind_by_so_much(served: Served, lines: int, cut: bool) -> None:
    slow: Any = _Slow()
    stream = Stream(served.serving.clients, slow, chunked=False, limit=100)
    for _ in range(lines):
        stream.offer(b"x" * 10)

    assert slow.aborted == cut


def test_what_was_there_before_does_not_count(served: Served) -> None:
    slow: Any = _Slow()
    stream = Stream(served.serving.clients, slow, chunked=False, limit=100)
    stream.offer(b"x" * 100)
    stream.begun()
    stream.offer(b"x" * 100)

    assert not slow.aborted


def test_the_options_are_what_a_server_has_when_nothing_is_said() -> None:
    assert (Options().address, Options().port, Options().pace) == ("127.0.0.1", 0, "realtime")

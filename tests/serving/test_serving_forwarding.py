"""Ports of pods, forwarded."""

import asyncio
from typing import Any

import aiohttp
import pytest

from podproof.serving.forwarding import is_whole
from tests.serving.conftest import PATIENCE, Serve, Served

PODS = "/api/v1/namespaces/default/pods"
WEB = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
}
GET = "GET / HTTP/1.1\r\nHost: web\r\n\r\n"

WHOLE = {
    "a GET": (GET, True),
    "half a GET": (GET[:-2], False),
    "half a line": ("GET / HT", False),
    "a POST": ("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", True),
    "a POST that is not all there": ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", False),
    "a line of another protocol": ("PING\r\n", True),
}


@pytest.mark.parametrize(("text", "whole"), WHOLE.values(), ids=WHOLE.keys())
def test_a_request_is_all_there(text: str, whole: bool) -> None:
    assert is_whole(text) == whole


@pytest.fixture
def served(serve: Serve) -> Served:
    """A cluster with a web server."""
    made = serve()
    made.call("POST", PODS, WEB)
    made.advance("30 seconds")
    return made


async def _said(served: Served, ports: str, *messages: bytes) -> list[bytes]:
    """Send messages; return what comes until one message more than the ports' own greetings has come."""
    address = f"{served.url}{PODS}/web/portforward?ports={ports}"
    async with (
        asyncio.timeout(PATIENCE), aiohttp.ClientSession() as client,
        client.ws_connect(address, protocols=["v4.channel.k8s.io"]) as socket,
    ):  # fmt: skip
        for message in messages:
            await socket.send_bytes(message)
        return [(await socket.receive()).data for _ in range(2 * len(ports.split(",")) + 1)]


def test_a_request_reaches_the_pod(served: Served) -> None:
    half = len(GET) // 2
    said: Any = asyncio.run(_said(served, "80", b"\0" + GET[:half].encode(), b"\0" + GET[half:].encode()))

    assert said[:2] == [b"\x00\x50\x00", b"\x01\x50\x00"]
    assert said[2].startswith(b"\0HTTP/1.1 200 OK\r\n")


def test_each_port_has_channels_of_its_own(served: Served) -> None:
    said = asyncio.run(_said(served, "81,80", b"\x02" + GET.encode()))

    assert said[:4] == [b"\x00\x51\x00", b"\x01\x51\x00", b"\x02\x50\x00", b"\x03\x50\x00"]
    assert said[4].startswith(b"\x02HTTP/1.1 200 OK\r\n")


def test_a_port_where_nobody_listens_is_an_error_of_its_channel(served: Served) -> None:
    said = asyncio.run(_said(served, "81", b"\0" + GET.encode()))

    assert said[2].startswith(b"\x01error forwarding port 81 to pod")
    assert said[2].endswith(b"dial tcp4 127.0.0.1:81: connect: connection refused")


@pytest.mark.parametrize("ports", ["", "http", "0", "65536"])
def test_what_is_no_port_is_refused(served: Served, ports: str) -> None:
    answer = served.call("GET", f"{PODS}/web/portforward?ports={ports}")

    assert (answer.code, answer.json["kind"]) == (400, "Status")

"""kubectl's port-forward: SPDY in a websocket."""

import http.client
import re
import subprocess
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from podproof.serving.spdy import Connection, Dropped, Opened, Said, SpdyError, _dictionary
from tests.serving.conftest import PATIENCE, Serve, Served, kubectl_path
from tests.serving.test_serving_forwarding import PODS, WEB

PING = b"\x80\x03\x00\x06\x00\x00\x00\x04\x00\x00\x00\x01"
RESET = b"\x80\x03\x00\x03\x00\x00\x00\x08\x00\x00\x00\x03\x00\x00\x00\x05"
"""As the protocol's draft 3.1 lays them out, sections 2.6.5 and 2.6.3."""


def opening(stream: int, headers: Mapping[str, str]) -> bytes:
    """A SYN_STREAM, section 2.6.1."""
    plain = len(headers).to_bytes(4)
    for pair in headers.items():
        plain += b"".join(len(each).to_bytes(4) + each.encode() for each in pair)
    packed = zlib.compressobj(zdict=_dictionary())
    body = stream.to_bytes(4) + bytes(6) + packed.compress(plain) + packed.flush(zlib.Z_SYNC_FLUSH)
    return b"\x80\x03\x00\x01\x00" + len(body).to_bytes(3) + body


def test_the_words_that_both_sides_know_are_those_of_the_draft() -> None:
    assert (len(_dictionary()), zlib.adler32(_dictionary())) == (1423, 0xE3C6A7C2)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_bytes_say_the_same_wherever_they_are_cut(size: int) -> None:
    spoken = opening(3, {"streamtype": "data", "port": "80"}) + b"\0\0\0\3\1\0\0\2hi" + PING + RESET
    connection = Connection()
    heard = [
        each for place in range(0, len(spoken), size) for each in connection.received(spoken[place : place + size])
    ]

    assert heard == [Opened(3, {"streamtype": "data", "port": "80"}), Said(3, b"hi", True), Dropped(3)]
    assert connection.answers == PING


def test_what_is_said_is_in_frames() -> None:
    assert Connection().said(5, b"hi", last=True) == b"\0\0\0\5\1\0\0\2hi"
    assert Connection().said(5, b"", last=True) == b"\0\0\0\5\1\0\0\0"
    assert len(Connection().said(5, bytes(100_000))) == 100_000 + 4 * 8


@pytest.mark.parametrize(
    ("said", "why"),
    [(b"\x80\x02\x00\x01" + bytes(4), "version 2"), (b"\x80\x03\x00\x01\0\0\0\x0c" + bytes(12), "cannot be read")],
)
def test_what_is_no_spdy_is_told(said: bytes, why: str) -> None:
    with pytest.raises(SpdyError, match=why):
        list(Connection().received(said))


@pytest.fixture
def web(serve: Serve) -> Served:
    """A cluster with a web server in it."""
    made = serve()
    made.call("POST", PODS, WEB)
    made.advance("30 seconds")
    return made


@contextmanager
def forwarded(web: Served, port: int) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """Let kubectl forward a free port of this machine to one of the pod's."""
    command = [kubectl_path(), "port-forward", "pod/web", f":{port}"]
    with subprocess.Popen(
        command, env=web.kubectl_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = re.match(r"Forwarding from 127\.0\.0\.1:(\d+)", process.stdout.readline())
        if told is None:
            process.terminate()
            pytest.skip(f"this kubectl cannot tunnel: {process.stderr.read().strip()}")
        try:
            yield int(told[1]), process
        finally:
            process.terminate()


def test_kubectl_forwards_several_requests_beside_each_other(web: Served) -> None:
    with forwarded(web, 80) as (port, _):
        connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(3)]
        for each in connections * 2:
            each.request("GET", "/")
            answer = each.getresponse()
            assert (answer.status, b"Welcome to nginx!" in answer.read()) == (200, True)
        for each in connections:
            each.close()


def test_kubectl_is_told_of_a_port_where_nobody_listens(web: Served) -> None:
    with forwarded(web, 81) as (port, process):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/")
        with pytest.raises((http.client.HTTPException, OSError)):
            connection.getresponse()
        connection.close()
        assert process.stderr is not None
        told = process.stderr.readline()

    assert "connect: connection refused" in told

"""`kubectl port-forward`: SPDY inside one websocket, two streams of it for each connection to a port.

Source: staging/src/k8s.io/client-go/tools/portforward/portforward.go, handleConnection, tunneling_dialer.go;
staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go, portForward.
"""

from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from podproof.serving import spdy
from podproof.serving.forwarding import address_of, answered, is_whole
from podproof.serving.pace import Clients, Open
from podproof.serving.sessions import websocket
from podproof.simulator.machine import http
from podproof.simulator.model.objects import Object
from podproof.simulator.world import World

PROTOCOL = "SPDY/3.1+portforward.k8s.io"
_ENCODING = ("utf-8", "surrogateescape")


@dataclass(slots=True)
class _Pair:
    """The streams of one connection: 0 where one is not there yet."""

    port: int
    data: int = 0
    error: int = 0
    said: str = ""
    over: bool = False


@dataclass(slots=True)
class Tunnel:
    """What is forwarded over one connection, without IO: bytes in, bytes out."""

    world: World
    address: str
    _connection: spdy.Connection = field(default_factory=spdy.Connection)
    _pairs: dict[str, _Pair] = field(default_factory=dict)

    def received(self, data: bytes) -> bytes:
        """Take bytes in and return what is to be sent.

        Raises:
            SpdyError: they are no SPDY.
        """
        sent = b""
        for each in self._connection.received(data):
            if isinstance(each, spdy.Opened):
                sent += self._opened(each)
            elif isinstance(each, spdy.Said):
                sent += self._said(each)
            else:
                self._pairs = {key: pair for key, pair in self._pairs.items() if pair.data != each.stream}
        sent, self._connection.answers = sent + self._connection.answers, b""
        return sent

    def _opened(self, opened: spdy.Opened) -> bytes:
        headers = opened.headers
        port = headers.get("port", "")
        pair = self._pairs.setdefault(headers.get("requestid", port), _Pair(int(port) if port.isdecimal() else 0))
        if headers.get("streamtype") == "data":
            pair.data = opened.stream
        else:
            pair.error = opened.stream
        return self._connection.accepted(opened.stream)

    def _said(self, said: spdy.Said) -> bytes:
        pair = next((each for each in self._pairs.values() if each.data == said.stream), None)
        if pair is None or pair.over:
            return b""
        pair.said += said.data.decode(*_ENCODING)
        sent = b""
        if pair.said and (said.last or is_whole(pair.said)):
            sent = self._answered(pair)
        return sent + (self._ended(pair) if said.last and not pair.over else b"")

    def _answered(self, pair: _Pair) -> bytes:
        text, pair.said = pair.said, ""
        reply, error = answered(self.world, self.address, pair.port, text)
        if error:
            return self._ended(pair, error)
        sent = self._connection.said(pair.data, reply.encode(*_ENCODING))
        return sent + (self._ended(pair) if _is_last(text) else b"")

    def _ended(self, pair: _Pair, error: str = "") -> bytes:
        """End both streams of a connection."""
        pair.over = True
        told = self._connection.said(pair.error, error.encode(), last=True) if pair.error else b""
        return told + self._connection.said(pair.data, b"", last=True)


def _is_last(text: str) -> bool:
    """Say whether a server hangs up after it has answered this."""
    asked = http.parse_request(text)
    if asked is None:
        return False
    kept = asked.headers.get("connection", "").lower()
    return kept == "close" or (" HTTP/1.0" in text.partition("\n")[0] and kept != "keep-alive")


def is_wanted(call: web.BaseRequest) -> bool:
    """Say whether a call offers to tunnel."""
    offered = call.headers.get("Sec-WebSocket-Protocol", "").split(",")
    return PROTOCOL in (each.strip() for each in offered)


async def tunnelled(call: web.BaseRequest, pod: Object, world: World, clients: Clients) -> web.StreamResponse:
    """Speak with a client that tunnels, until it leaves.

    Raises:
        ApiError: the pod has no address, or no websocket is asked for.
    """
    address = address_of(pod)
    socket = websocket(call, (PROTOCOL,))
    await socket.prepare(call)
    tunnel = Tunnel(world, address)
    with clients.open(Open()):
        async for message in socket:
            clients.words += 1
            if message.type is not WSMsgType.BINARY:
                continue
            try:
                sent = tunnel.received(message.data)
            except spdy.SpdyError:
                break
            if sent:
                await socket.send_bytes(sent)
    await socket.close()
    return socket

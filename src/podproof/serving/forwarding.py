"""Ports of a pod over one websocket: two channels for each, its data and its errors, in the order they were asked for.

Approximated: the programs here answer a request as a whole, so a request goes to one once it is all there. kubectl
tunnels SPDY instead (`tunnelling`).
Source: staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go, handleWebSocketStreams, portForward;
containerd internal/cri/server/sandbox_portforward_linux.go.
"""

import os
from struct import pack

from aiohttp import WSMsgType, web

from podproof.serving.pace import Clients, Open
from podproof.serving.sessions import websocket
from podproof.simulator.api import statuses
from podproof.simulator.machine import http
from podproof.simulator.model.objects import Object, at
from podproof.simulator.world import World

PROTOCOLS = ("v4.channel.k8s.io",)
_ENCODING = ("utf-8", "surrogateescape")
_MOST = 65535


async def forward(call: web.BaseRequest, pod: Object, world: World, clients: Clients) -> web.StreamResponse:
    """Pass on what a client says to the ports it asked for, until it leaves.

    Raises:
        ApiError: no port, no address, or no websocket.
    """
    ports = _ports(call.query.getall("ports", []))
    address = address_of(pod)
    socket = websocket(call, PROTOCOLS)
    await socket.prepare(call)
    for index, port in enumerate(ports):
        for channel in (2 * index, 2 * index + 1):
            await socket.send_bytes(bytes((channel,)) + pack("<H", port))
    said = dict.fromkeys(range(len(ports)), "")
    with clients.open(Open()):
        async for message in socket:
            clients.words += 1
            index, odd = divmod(message.data[0], 2) if message.type is WSMsgType.BINARY and message.data else (-1, 1)
            if odd or index not in said:
                continue
            said[index] += message.data[1:].decode(*_ENCODING)
            if is_whole(said[index]):
                reply, error = answered(world, address, ports[index], said[index])
                said[index] = ""
                await socket.send_bytes(bytes((2 * index + bool(error),)) + (error or reply).encode(*_ENCODING))
    return socket


def address_of(pod: Object) -> str:
    """Return where a pod is reached.

    Raises:
        ApiError: nowhere yet.
    """
    address = at(pod, "status", "podIP")
    if not address:
        raise statuses.bad_request(f"pod {pod['metadata']['name']} does not have a host assigned")
    return str(address)


def answered(world: World, address: str, port: int, text: str) -> tuple[str, str]:
    """Return what a pod says on a port of its own, and what goes wrong on the way there."""
    delivery = world.network.deliver(world.network.host(address), "127.0.0.1", port)
    if delivery.serve is not None:
        return delivery.serve(text, delivery.client), ""
    why = f"dial tcp4 127.0.0.1:{port}: connect: {os.strerror(delivery.error).lower()}"
    return "", f"error forwarding port {port} to pod: failed to connect to localhost:{port} inside namespace: {why}"


def is_whole(text: str) -> bool:
    """Say whether a request is all there: what is no HTTP always is."""
    first, _, rest = text.partition("\n")
    if not rest and "\n" not in text:
        return False
    if not first.rstrip("\r").endswith(("HTTP/1.0", "HTTP/1.1")):
        return True
    found = http.parse_request(text)
    return found is not None and len(found.body.encode(*_ENCODING)) >= int(found.headers.get("content-length", 0))


def _ports(given: list[str]) -> list[int]:
    listed = [port for each in given for port in each.split(",") if port]
    wrong = [port for port in listed if not port.isdecimal() or not 0 < int(port) <= _MOST]
    if wrong or not listed:
        raise statuses.bad_request(f'query parameter "ports" is required: {", ".join(wrong) or "none was given"}')
    return [int(port) for port in listed]

"""`kubectl attach`: what a container writes from now on, over a websocket, until it ends.

Approximated: stderr comes on the channel of stdout, and nobody can type.
Source: pkg/registry/core/pod/rest/subresources.go, AttachREST; containerd internal/cri/server/container_attach.go.
"""

import asyncio
import json
from collections.abc import Callable

from aiohttp import web

from podproof.errors import NotModelledError
from podproof.serving.pace import Clients, Open, Pace
from podproof.serving.sessions import ERROR, STDOUT, outcome, websocket
from podproof.simulator.api import statuses
from podproof.simulator.api.logs import container_of
from podproof.simulator.kernel.requests import ApiError, Request
from podproof.simulator.machine.exec import ExecResult
from podproof.simulator.model.objects import Object, at
from podproof.simulator.world import World

_LOOK = 0.2
"""How often (s of our time) a container is looked at that may write while nothing else happens."""
_ENCODING = ("utf-8", "surrogateescape")


async def attach(http: web.BaseRequest, pod: Object, world: World, pace: Pace, clients: Clients) -> web.StreamResponse:
    """Show what a container writes until it ends, or the client leaves.

    Raises:
        ApiError: no such container, one that does not run, or no websocket.
        NotModelledError: the client wants to type.
    """
    container = container_of(pod, http.query.get("container", ""))
    if http.query.get("stdin") in ("true", "1"):
        raise NotModelledError("input of a container", f"kubectl attach --stdin to {container}")
    more = _written(world, pod, container)
    socket = websocket(http)
    await socket.prepare(http)
    leaving = asyncio.create_task(_until_gone(socket))
    try:
        with clients.open(Open()):
            text, ended = more()
            while not leaving.done() and (text or not ended):
                if text:
                    await socket.send_bytes(bytes((STDOUT,)) + text.encode(*_ENCODING))
                    clients.words += 1
                else:
                    await pace.passed(_LOOK)
                text, ended = more()
            if not leaving.done():
                await socket.send_bytes(bytes((ERROR,)) + json.dumps(outcome(ExecResult(0))).encode())
    finally:
        leaving.cancel()
    await socket.close()
    return socket


def _written(world: World, pod: Object, container: str) -> Callable[[], tuple[str, bool]]:
    """Return what tells what a container has written since it was last asked, and whether that was all.

    Raises:
        ApiError: it does not run.
    """
    meta = pod["metadata"]
    running = [
        each["name"]
        for kind in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
        for each in at(pod, "status", kind) or ()
        if "running" in (each.get("state") or {})
    ]
    if container not in running:
        raise statuses.bad_request(f"container {container} not found in pod {meta['name']}_{meta['namespace']}")
    params = {"container": container, "follow": "true", "tailLines": "0"}
    found = world.handle(Request("get", "pods", meta["namespace"], meta["name"], "log", params=params))
    if found.code != 200:
        raise ApiError(found.body)
    assert found.more is not None
    return found.more


async def _until_gone(socket: web.WebSocketResponse) -> None:
    """Read what the client says, which is nothing, until it leaves."""
    async for _ in socket:
        continue

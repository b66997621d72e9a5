"""`kubectl exec`: a process in a container, its streams over one websocket.

Each message is a channel (its first byte) and data. The process runs in the cluster's time: where that stands still,
so does the process.
Source: staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go;
staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/websocket.go, exec.go;
pkg/registry/core/pod/strategy.go, ExecLocation.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiohttp import WSMsgType, web

from podproof.serving.pace import Clients, Open, Pace
from podproof.simulator.api import statuses
from podproof.simulator.api.logs import container_of
from podproof.simulator.kernel.requests import NodeUnreachableError
from podproof.simulator.machine.exec import ExecResult, Session
from podproof.simulator.model.objects import Object
from podproof.simulator.world import World

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
STDIN, STDOUT, ERROR, CLOSE = 0, 1, 3, 255
"""The channels."""
_ENCODING = ("utf-8", "surrogateescape")


async def execute(http: web.BaseRequest, pod: Object, world: World, pace: Pace, clients: Clients) -> web.StreamResponse:
    """Run the command of a request and speak for it until it ends.

    Raises:
        ApiError: no command, no such container, or no websocket.
    """
    command = http.query.getall("command", [])
    container = container_of(pod, http.query.get("container", ""))
    if not command:
        raise statuses.bad_request("you must specify at least 1 command for the container")
    if not pod["spec"].get("nodeName"):
        raise statuses.bad_request(f"pod {pod['metadata']['name']} does not have a host assigned")
    socket = websocket(http)
    await socket.prepare(http)
    said: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()

    def done(result: ExecResult) -> None:
        said.put_nowait((ERROR, json.dumps(outcome(result)).encode()))
        said.put_nowait(None)

    both = http.query.get("tty") in ("true", "1")
    session = Session(
        lambda: world.now,
        lambda stream, text: said.put_nowait((STDOUT if both else stream, text.encode(*_ENCODING))),
        http.query.get("stdin") in ("true", "1"),
    )
    try:
        world.exec(pod, container, command, session.streams, done)
    except NodeUnreachableError as error:
        done(ExecResult(error=str(error)))
    pace.touched()
    listening = asyncio.create_task(_listen(socket, session, pace, clients))
    try:
        with clients.open(Open()):
            while (each := await said.get()) is not None:
                await socket.send_bytes(bytes((each[0],)) + each[1])
                clients.words += 1
    finally:
        listening.cancel()
        session.close()
    await socket.close()
    return socket


def websocket(http: web.BaseRequest, protocols: Sequence[str] = PROTOCOLS) -> web.WebSocketResponse:
    """Return the answer to a request for a websocket.

    Raises:
        ApiError: it asks for none, or for protocols that are not spoken here.
    """
    offered = [each.strip() for each in http.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if http.headers.get("Upgrade", "").lower() != "websocket" or not set(offered) & set(protocols):
        raise statuses.bad_request(f"Upgrade request required: a websocket that speaks {' or '.join(protocols)}")
    return web.WebSocketResponse(protocols=protocols, max_msg_size=0)


def outcome(result: ExecResult) -> dict[str, Any]:
    """Return the Status that tells how a command ended.

    Source: staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/exec.go, ServeExec.
    """
    if result.error:
        message = f"Internal error occurred: error executing command in container: {result.error}"
        return dict(statuses.failure(500, "InternalError", message).status)
    if not result.exit_code:
        return {"metadata": {}, "status": "Success"}
    message = f"command terminated with non-zero exit code: exit status {result.exit_code}"
    causes = [{"reason": "ExitCode", "message": str(result.exit_code)}]
    head = {"metadata": {}, "status": "Failure", "message": message, "reason": "NonZeroExitCode"}
    return {**head, "details": {"causes": causes}}


async def _listen(socket: web.WebSocketResponse, session: Session, pace: Pace, clients: Clients) -> None:
    """Pass on what the client types; its stdin ends with the connection, or when it says so."""
    async for message in socket:
        clients.words += 1
        data = message.data if message.type is WSMsgType.BINARY else b""
        if data[:1] == bytes((STDIN,)):
            session.write(data[1:].decode(*_ENCODING))
        elif data[:2] == bytes((CLOSE, STDIN)):
            session.close()
        pace.touched()
    session.close()
    pace.touched()

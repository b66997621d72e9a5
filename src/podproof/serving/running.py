"""A server from its socket to its end."""

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from podproof.errors import PodproofError
from podproof.serving import kubeconfig
from podproof.serving.pace import Clients, pace
from podproof.serving.server import BODY_LIMIT, Server
from podproof.simulator.world import World

_BOOKMARKS = 60.0
"""Seconds between bookmarks. Source: staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go, bookmarkFrequency."""
_FAREWELL = 2.0
"""Seconds that answers under way get to finish."""
_LINE_LIMIT = 64 * 1024


class AddressError(PodproofError, OSError):
    """A server cannot listen where it was told to."""

    def __init__(self, address: str, port: int, why: str) -> None:
        super().__init__(address, port, why)
        self.address, self.port, self.why = address, port, why

    def __str__(self) -> str:
        return f"cannot listen at {self.address}:{self.port}: {self.why}; --port 0 takes any free port"


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve: where, how fast, and where a kubeconfig is wanted."""

    address: str = "127.0.0.1"
    port: int = 0
    pace: str = "realtime"
    kubeconfig_out: Path | None = None


class Serving:
    """A world on a socket, from `async with` to its end. `url` is where it answers."""

    def __init__(self, world: World, options: Options) -> None:
        self._world, self._options = world, options
        self.clients = Clients()
        self.url = ""

    async def __aenter__(self) -> "Serving":
        """Listen.

        Raises:
            AddressError: it cannot.
        """
        loop, options = asyncio.get_running_loop(), self._options
        self.pace = pace(options.pace, self._world.agenda, loop.time, _told, self.clients)
        self.server = Server(self._world, self.pace, self.clients)
        self._runner = web.ServerRunner(
            web.Server(
                self.server.handle, request_factory=_request, handler_cancellation=True, access_log=None,
                max_line_size=_LINE_LIMIT, max_field_size=_LINE_LIMIT,
            ),
            shutdown_timeout=_FAREWELL,
        )  # fmt: skip
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, options.address, options.port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise AddressError(options.address, options.port, error.strerror or str(error)) from None
        port = self._runner.addresses[0][1]
        self.url = f"http://{_bracketed(options.address)}:{port}"
        self._tasks = [asyncio.create_task(self.pace.run()), asyncio.create_task(self._bookmarks())]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let answers under way finish, close every stream, and let go of the socket."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.server.end_streams()
        await self._runner.cleanup()

    async def until(self, stopped: asyncio.Event) -> None:
        """Serve until told to stop, or until the world breaks: then its error is raised."""
        waiting = asyncio.create_task(stopped.wait())
        done, _ = await asyncio.wait([waiting, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for task in done - {waiting}:
            task.result()

    async def _bookmarks(self) -> None:
        while True:
            await asyncio.sleep(_BOOKMARKS)
            self._world.bookmark()


async def serve(world: World, options: Options, ready: Callable[[str], None]) -> None:
    """Serve a world until SIGINT or SIGTERM; `ready` is told where it answers.

    Raises:
        AddressError: it cannot listen there.
        OSError: the kubeconfig cannot be written.
    """
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopped.set)
    async with Serving(world, options) as serving:
        if options.kubeconfig_out is not None:
            kubeconfig.write(options.kubeconfig_out, kubeconfig.kubeconfig(serving.url))
        ready(serving.url)
        await serving.until(stopped)


def _request(message: object, payload: object, protocol: object, writer: object, task: object) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(
        message, payload, protocol, writer, task, loop, client_max_size=BODY_LIMIT  # type: ignore[arg-type]
    )  # fmt: skip


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _told(fault: PodproofError) -> None:
    with suppress(OSError):
        print(fault, file=sys.stderr, flush=True)

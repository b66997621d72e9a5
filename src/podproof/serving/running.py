"""A server from its socket to its end."""

import asyncio
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from podproof.errors import PodproofError
from podproof.serving import descriptors, kubeconfig
from podproof.serving.credentials import Demands, credentials
from podproof.serving.pace import Clients, Pace, pace
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
    """How to serve: where, how fast, what is asked of clients, and where a kubeconfig for them is wanted."""

    address: str = "127.0.0.1"
    port: int = 0
    pace: str = "realtime"
    demands: Demands = field(default_factory=Demands)
    kubeconfig_out: Path | None = None


_TURNS = 10
"""Turns of the loop in which a connection that is closed is let go, unless its client does not take what is left."""


async def _let_go(transports: Iterable[asyncio.Transport]) -> None:
    """Let connections end that were closed, and cut those whose clients do not read or answer any more."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    for each in transports:
        each.abort()
    for _ in range(_TURNS):
        await asyncio.sleep(0)


class Serving:
    """A world on a socket, from `async with` to its end. `url` is where it answers."""

    def __init__(self, world: World, options: Options) -> None:
        self.world, self._options = world, options
        self.clients = Clients()
        self.url = ""

    async def __aenter__(self) -> "Serving":
        """Listen.

        Raises:
            AddressError: it cannot.
            OpenDoorError: it would let everybody in.
        """
        options = self._options
        self.credentials = credentials(options.demands, options.address, lambda: self.world.now)
        self.pace = self._paced(options.pace)
        self.server = Server(self.world, self.pace, self.clients, self.credentials)
        self._runner = web.ServerRunner(
            web.Server(
                self.server.handle, request_factory=_request, handler_cancellation=True, access_log=None,
                max_line_size=_LINE_LIMIT, max_field_size=_LINE_LIMIT,
            ),
            shutdown_timeout=_FAREWELL,
        )  # fmt: skip
        await self._runner.setup()
        try:
            context = self.credentials.context
            await web.TCPSite(self._runner, options.address, options.port, ssl_context=context).start()
        except OSError as error:
            await self._runner.cleanup()
            raise AddressError(options.address, options.port, error.strerror or str(error)) from None
        port = self._runner.addresses[0][1]
        self.url = f"{self.credentials.scheme}://{_reached_at(options.address)}:{port}"
        self._tasks = [asyncio.create_task(self.pace.run()), asyncio.create_task(self._bookmarks())]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let answers under way finish, close every stream, and let go of the socket."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.server.end_streams()
        connections = self._runner.server.connections if self._runner.server is not None else []
        open_ones = [each.transport for each in connections if each.transport is not None]
        await self._runner.cleanup()
        await _let_go(open_ones)

    def kubeconfig(self) -> dict[str, Any]:
        """Return a kubeconfig that leads here and is let in."""
        return kubeconfig.kubeconfig(self.url, self.credentials.authority, self.credentials.identity)

    def change_pace(self, text: str) -> None:
        """Let time pass in another way from now on.

        Raises:
            PaceError: there is no such pace.
        """
        paced = self._paced(text)
        self._tasks[0].cancel()
        self.pace = paced
        self.server.change_pace(paced)
        self._tasks[0] = asyncio.create_task(paced.run())

    def _paced(self, text: str) -> Pace:
        return pace(text, self.world.agenda, asyncio.get_running_loop().time, _told, self.clients)

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
            self.world.bookmark()


async def serve(world: World, options: Options, ready: Callable[[str], None]) -> None:
    """Serve a world until SIGINT or SIGTERM; `ready` is told where it answers.

    Raises:
        AddressError: it cannot listen there.
        OSError: the kubeconfig cannot be written.
    """
    descriptors.make_room()
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopped.set)
    async with Serving(world, options) as serving:
        if options.kubeconfig_out is not None:
            kubeconfig.write(options.kubeconfig_out, serving.kubeconfig())
        ready(serving.url)
        await serving.until(stopped)


def _request(message: object, payload: object, protocol: object, writer: object, task: object) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(
        message, payload, protocol, writer, task, loop, client_max_size=BODY_LIMIT  # type: ignore[arg-type]
    )  # fmt: skip


def _reached_at(address: str) -> str:
    """Return where a server that listens at an address is reached from this machine, as a URL writes it."""
    if address in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{address}]" if ":" in address else address


def _told(fault: Exception) -> None:
    """Tell what the world could not do: in a sentence where that is known, else with the place."""
    with suppress(OSError):
        told = str(fault) if isinstance(fault, PodproofError) else "".join(traceback.format_exception(fault))
        print(told, file=sys.stderr, flush=True)

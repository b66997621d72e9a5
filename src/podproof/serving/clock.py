"""`/podproof/clock`: what time it is in the cluster, and how to let it pass."""

import json
from typing import Any, NamedTuple

from podproof import durations
from podproof.errors import PodproofError
from podproof.serving.pace import Clients, Pace
from podproof.simulator.api import statuses
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.times import SECOND, Nanos, timestamp
from podproof.simulator.world import World

_TOLD = "told"


class Step(NamedTuple):
    """A step of the clock: so far, or only until some watch has been told something."""

    span: Nanos
    until_told: bool


class Clock:
    """The cluster's clock, told with what the world could not do, for a client to see."""

    def __init__(self, world: World, pace: Pace, clients: Clients) -> None:
        self._world, self._pace, self._clients = world, pace, clients

    async def answer(self, method: str, data: bytes) -> dict[str, Any]:
        """Answer a GET, or a POST of `{"advance": "30s"}` once that time has passed.

        Each watch that wants bookmarks gets one then, with the `resourceVersion` of the answer: a client that waits for
        them knows that it has seen all there was.

        Raises:
            ApiError: neither of them.
        """
        if method == "POST":
            await self._advance(_step(data))
            self._world.bookmark()
            return {**self.reading(), "resourceVersion": self._revision()}
        if method != "GET":
            raise statuses.failure(405, "MethodNotAllowed", f"{method} is not supported on /podproof/clock")
        return self.reading()

    async def _advance(self, step: Step) -> None:
        clients, told = self._clients, self._clients.told
        if step.span:
            await self._pace.advance(step.span, (lambda: clients.told != told) if step.until_told else None)

    def _revision(self) -> str:
        listed = self._world.handle(Request("list", "namespaces", params={"limit": "1"}))
        return str(listed.body["metadata"]["resourceVersion"])

    def reading(self) -> dict[str, Any]:
        """Return the time, in whole seconds and in nanoseconds, since when, and when something is due next."""
        world, due = self._world, self._world.agenda.peek()
        return {
            "now": timestamp(world.now),
            "nanoseconds": world.now,
            "start": timestamp(world.start),
            "elapsed": (world.now - world.start) / SECOND,
            "pace": self._pace.name,
            "next": None if due is None else (due - world.now) / SECOND,
            "faults": [str(fault) for fault in self._pace.faults],
        }


def _step(data: bytes) -> Step:
    try:
        given = json.loads(data or b"null")
    except ValueError as error:
        raise statuses.bad_request(f"json parse error: {error}") from None
    if not isinstance(given, dict) or "advance" not in given or given.get("until", _TOLD) != _TOLD or len(given) > 2:
        raise statuses.bad_request(
            f'{data.decode(errors="replace")!r} is no step of the clock: post {{"advance": "30s"}}, '
            f'with "until": "{_TOLD}" if it shall end as soon as a watch is told something'
        )
    return Step(_span(given["advance"]), "until" in given)


def _span(given: Any) -> Nanos:
    """Return a span written as people do, or in nanoseconds; none at all lets nothing happen."""
    if type(given) is int and given >= 0:
        return Nanos(given)
    try:
        return durations.parse(str(given))
    except PodproofError as error:
        raise statuses.bad_request(str(error)) from None

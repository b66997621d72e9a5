"""`/podproof/clock`: what time it is in the cluster, and how to let it pass."""

import json
from typing import Any

from podproof import durations
from podproof.errors import PodproofError
from podproof.serving.pace import Pace
from podproof.simulator.api import statuses
from podproof.simulator.model.times import SECOND, Nanos, timestamp
from podproof.simulator.world import World


class Clock:
    """The cluster's clock, told with what the world could not do, for a client to see."""

    def __init__(self, world: World, pace: Pace) -> None:
        self._world, self._pace = world, pace

    async def answer(self, method: str, data: bytes) -> dict[str, Any]:
        """Answer a GET, or a POST of `{"advance": "30s"}` once that time has passed.

        Raises:
            ApiError: neither of them.
        """
        if method == "POST":
            await self._pace.advance(_span(data))
        elif method != "GET":
            raise statuses.failure(405, "MethodNotAllowed", f"{method} is not supported on /podproof/clock")
        return self.reading()

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


def _span(data: bytes) -> Nanos:
    try:
        given = json.loads(data or b"null")
    except ValueError as error:
        raise statuses.bad_request(f"json parse error: {error}") from None
    if not isinstance(given, dict) or set(given) != {"advance"}:
        raise statuses.bad_request(
            f'{data.decode(errors="replace")!r} is no step of the clock: post {{"advance": "30s"}}'
        )
    try:
        return durations.parse(str(given["advance"]))
    except PodproofError as error:
        raise statuses.bad_request(str(error)) from None

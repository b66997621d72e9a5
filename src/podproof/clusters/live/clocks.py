"""The time of a cluster that is not in this process: our own, or that of a simulator which is served.

Rules for editing: nobody else in `live` reads a clock. Moments count from the epoch.
"""

import json
import time
from http import HTTPStatus
from threading import Event
from typing import Any, Protocol

import urllib3

from podproof.clusters.live.transport import Transport, UnreachableError
from podproof.clusters.live.watching import Watching
from podproof.errors import NotModelledError, PodproofError
from podproof.simulator.model.times import SECOND, Nanos

CLOCK = "/podproof/clock"
_HOLD_SECONDS = 86_400.0
"""How long (s) nothing may be said on the connection that holds a clock."""
_HOLD_ATTEMPTS, _HOLD_PAUSE = 20, 0.1


class PaceError(PodproofError):
    """The served simulator's time passes in a way on which nothing can be proved; `pace` is its name."""

    def __init__(self, url: str, pace: str) -> None:
        super().__init__(url, pace)
        self.url, self.pace = url, pace

    def __str__(self) -> str:
        return (
            f"the simulator at {self.url} is served with --pace {self.pace}, so that its time passes between two steps "
            "as it likes; serve it with --pace manual or max (podproof moves its clock) or --pace realtime"
        )


class SharedClockError(PodproofError):
    """Somebody else moves the served simulator's clock; `url` is where it is served."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url

    def __str__(self) -> str:
        return (
            f"the clock of the simulator at {self.url} was moved by somebody else, so that nothing is proved on it; "
            "give each run, and each worker of pytest -n, a simulator of its own"
        )


class ServedFaultError(NotModelledError):
    """The served simulator was asked for something that it does not model; `what` is its own sentence."""

    def __str__(self) -> str:
        return self.what


class Clock(Protocol):
    """How a cluster's time passes."""

    is_virtual: bool

    @property
    def now(self) -> Nanos:
        """The present moment."""

    def moment(self, ours: Nanos) -> Nanos:
        """Return when in the cluster's time a moment of ours was."""

    def settle(self, watching: Watching) -> None:
        """Let what has happened be seen."""

    def step(self, deadline: Nanos, watching: Watching) -> None:
        """Let time pass until something is seen, at most until a moment."""

    def end(self) -> None:
        """Let the cluster's time pass as it does without us."""


def ours() -> Nanos:
    """Return our own time, which never goes back."""
    return Nanos(_EPOCH + time.monotonic_ns())


_EPOCH = time.time_ns() - time.monotonic_ns()


def pause(seconds: float) -> None:
    """Let so much of our time pass."""
    Event().wait(seconds)


def clock_of(transport: Transport) -> Clock:
    """Return the clock of a cluster: a simulator tells its own.

    Raises:
        PaceError: the simulator's time cannot be relied on.
        SharedClockError: somebody else moves it.
        UnreachableError: nothing answers.
    """
    response = transport.call("GET", CLOCK)
    if response.code >= HTTPStatus.INTERNAL_SERVER_ERROR:  # a cluster that has none says 404, or 403
        raise UnreachableError("ask whose time it is", transport.url, str(response.body))
    if response.code != 200 or not isinstance(response.body, dict) or "pace" not in response.body:
        return WallClock()
    pace = response.body["pace"]
    if pace == "manual":
        return ServedClock(transport, response.body)
    if pace == "max":
        return _held(transport)
    if pace == "realtime":
        return WallClock()
    raise PaceError(transport.url, pace)


def _held(transport: Transport) -> "ServedClock":
    """Return the clock of a simulator that leaps while every client is idle, which we are when we say so."""
    reply = transport.opened(CLOCK, {"hold": "true"}, _HOLD_SECONDS)
    for _ in range(_HOLD_ATTEMPTS):
        if reply.status != HTTPStatus.CONFLICT:
            break
        reply.close()
        pause(_HOLD_PAUSE)  # the server may not have seen yet that the last scenario has left
        reply = transport.opened(CLOCK, {"hold": "true"}, _HOLD_SECONDS)
    else:
        raise SharedClockError(transport.url)
    line = b""
    while not line.endswith(b"\n"):
        line += reply.read1()
    return ServedClock(transport, json.loads(line), reply)


class WallClock:
    """Our own time. It is read when news are taken in, and stands still between: a claim is judged at one moment."""

    is_virtual = False

    def __init__(self) -> None:
        self._now = ours()

    @property
    def now(self) -> Nanos:
        """The moment up to which everything was taken in."""
        return self._now

    def moment(self, ours: Nanos) -> Nanos:
        """Return the moment itself."""
        return ours

    def settle(self, watching: Watching) -> None:
        """Take in what has come."""
        present = ours()
        watching.take_in()
        self._now = present

    def step(self, deadline: Nanos, watching: Watching) -> None:
        """Wait for news; at the deadline, make sure that none could have been missed."""
        watching.wait(max(deadline - ours(), 0) / SECOND)
        if ours() >= deadline:
            watching.assure()
        self.settle(watching)

    def end(self) -> None:
        """Do nothing: it passes anyway."""


class ServedClock:
    """The clock of a served simulator, which stands still unless it is moved from here; `hold` is what makes it."""

    is_virtual = True

    def __init__(self, transport: Transport, reading: Any, hold: urllib3.BaseHTTPResponse | None = None) -> None:
        self._transport, self._hold = transport, hold
        self._now = Nanos(reading["nanoseconds"])
        self._faults = len(reading["faults"])

    @property
    def now(self) -> Nanos:
        """The present moment."""
        return self._now

    def moment(self, ours: Nanos) -> Nanos:
        """Return the present moment: a step ends with what it shows."""
        return self._now

    def settle(self, watching: Watching) -> None:
        """Let what has happened be seen."""
        self._move(Nanos(0), watching)

    def step(self, deadline: Nanos, watching: Watching) -> None:
        """Move the clock until some watch is told something, at most until a moment.

        Raises:
            ServedFaultError: the simulator met what it does not model.
        """
        self._move(Nanos(deadline - self._now), watching)

    def end(self) -> None:
        """Let go of it."""
        if self._hold is not None:
            self._hold.close()

    def _move(self, span: Nanos, watching: Watching) -> None:
        body = json.dumps({"advance": span, "until": "told"}).encode()
        response = self._transport.call("POST", CLOCK, body=body)
        if response.code != 200:
            raise UnreachableError("move the simulator's clock", self._transport.url, str(response.body))
        reading = response.body
        if not watching.caught_up(int(reading["resourceVersion"])):
            raise UnreachableError("watch what happens", self._transport.url, "it was not seen in time")
        if reading["nanoseconds"] > self._now + span:
            raise SharedClockError(self._transport.url)
        self._now = Nanos(reading["nanoseconds"])
        watching.take_in()
        new, self._faults = reading["faults"][self._faults :], len(reading["faults"])
        if new:
            raise ServedFaultError(new[0], self._transport.url)

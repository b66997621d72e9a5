"""How the cluster's time passes while it is served: as fast as ours, faster, by leaps, or only when told to.

Rules for editing: nobody but a `Pace` steps the agenda, and never for longer than `SLICE` without letting requests in.
"""

import asyncio
import math
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from podproof.errors import PodproofError
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.model.times import SECOND, Nanos, seconds

SLICE = 0.005
"""How long (s of our time) the agenda is stepped at a stretch."""
QUIET = 0.02
"""How long (s of our time) nobody must have said a word before `max` takes the clients for idle."""
ALONE = seconds(60)
"""How far `max` leaps after the last word of a client when none is connected."""

_RECENT = 1000

OnFault = Callable[[Exception], None]


class PaceError(PodproofError, ValueError):
    """A pace that is none; `text` is what was given."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"{self.text!r} is no pace: say realtime, manual, max, or how many times faster than our time, as 60"


class Open:
    """One stream to a client, open as long as it likes."""

    @property
    def unread(self) -> bool:
        """Whether something waits to be sent."""
        return False


async def _at_once() -> None:
    """Let a call be answered without waiting."""


class Clients:
    """What is known of the clients: how many requests are being answered, which streams are open."""

    def __init__(self) -> None:
        self.asking = 0
        self.words = 0
        """Counts what was said in either direction."""
        self.told = 0
        """Counts what watches were told."""
        self.asked = 0
        """Counts the calls that were made."""
        self.recent: deque[str] = deque(maxlen=_RECENT)
        """The last calls, by method and path."""
        self.admit: Callable[[], Awaitable[None]] = _at_once
        """Awaited by each call before it is answered."""
        self.streams: set[Open] = set()
        self.held = False
        """Whether a client says itself when time may pass, and how much of it."""

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Let a client be the only one who lets time pass, as long as it likes."""
        self.held = True
        try:
            yield
        finally:
            self.held = False

    def ask(self, call: str) -> None:
        """Note that a call is made."""
        self.asking += 1
        self.words += 1
        self.asked += 1
        self.recent.append(call)

    @contextmanager
    def open(self, stream: Open) -> Iterator[None]:
        """Keep a stream while it is open; whoever asked for it waits for no answer meanwhile."""
        self.streams.add(stream)
        self.asking -= 1
        try:
            yield
        finally:
            self.asking += 1
            self.streams.discard(stream)

    @property
    def idle(self) -> bool:
        """Whether every answer is given and read."""
        return not self.asking and not any(stream.unread for stream in self.streams)


class Pace(ABC):
    """Steps the agenda. `now` is our own time (s), from any beginning; `on_fault` is told what the world raises."""

    name = ""

    def __init__(self, agenda: Agenda, now: Callable[[], float], on_fault: OnFault) -> None:
        self.agenda = agenda
        self._now, self._on_fault = now, on_fault
        self.faults: list[Exception] = []
        """What the world could not do, in the order met."""
        self._changed, self._stepped = asyncio.Event(), asyncio.Event()

    async def passed(self, limit: float) -> None:
        """Wait until something has happened in the cluster, at most so long (s of our time)."""
        await _either(self._stepped, limit)

    def catch_up(self) -> None:
        """Bring the cluster's clock to the present, before a request is answered."""
        return

    def touched(self) -> None:
        """Say that a request was answered: something may be due earlier than before."""
        self._changed.set()

    @abstractmethod
    async def run(self) -> None:
        """Let time pass until cancelled."""

    async def advance(self, span: Nanos, until: Callable[[], bool] | None = None) -> None:
        """Let a span of the cluster's time pass at once, or less, until something is so; what is sent is sent."""
        began, met = self.agenda.now, until or (lambda: False)
        while not self._pass(Nanos(began + span), met) and not met():
            await asyncio.sleep(0)
        self._moved(Nanos(self.agenda.now - began))
        self.touched()

    def _moved(self, span: Nanos) -> None:
        """Take note that the clock was moved by hand."""
        return

    def _pass(self, deadline: Nanos, until: Callable[[], bool] = lambda: False) -> bool:
        """Step towards a moment for one slice, or until something is so; return whether the moment is reached."""
        end, before = self._now() + SLICE, self.agenda.now
        try:
            return not self.agenda.run_until(deadline, lambda: until() or self._now() >= end)
        except Exception as error:  # one broken controller must not take every client's cluster away
            self._met(error)
            return False
        finally:
            self._tell(before)

    def _met(self, fault: Exception) -> None:
        """Take note of what the world could not do; what it cannot do again and again is told once."""
        if str(fault) not in map(str, self.faults):
            self.faults.append(fault)
            self._on_fault(fault)

    def _tell(self, before: Nanos) -> None:
        if self.agenda.now > before:
            stepped, self._stepped = self._stepped, asyncio.Event()
            stepped.set()


class Paced(Pace):
    """So many times as fast as our time; a world that cannot keep up falls behind, and loses no event."""

    def __init__(
        self, agenda: Agenda, now: Callable[[], float], on_fault: OnFault, rate: float = 1.0, name: str = "realtime"
    ) -> None:
        super().__init__(agenda, now, on_fault)
        self.name, self._rate = name, rate
        self._origin, self._begun = agenda.now, now()
        self._awaited: Nanos | None = None

    def catch_up(self) -> None:
        """Bring the cluster's clock to the present; no longer than a slice."""
        self._pass(self._present())

    def touched(self) -> None:
        """Wake the loop where something is due before what it waits for."""
        due = self.agenda.peek()
        if due is not None and (self._awaited is None or due < self._awaited):
            self._changed.set()

    async def run(self) -> None:
        """Do what is due when it is due."""
        while True:
            self._changed.clear()
            if not self._pass(self._present()):
                await asyncio.sleep(0)
                continue
            self._awaited = self.agenda.peek()
            await _either(self._changed, self._wait())

    def _wait(self) -> float | None:
        """Return how long (s of our time) until what is awaited; None: nothing is."""
        return None if self._awaited is None else max(0.0, (self._awaited - self._present()) / SECOND / self._rate)

    def _present(self) -> Nanos:
        elapsed = (self._now() - self._begun) * self._rate
        return max(self.agenda.now, Nanos(self._origin + round(elapsed * SECOND)))

    def _moved(self, span: Nanos) -> None:
        self._origin = Nanos(self._origin + span)


class Manual(Pace):
    """Time stands still between two words of `/podproof/clock`."""

    name = "manual"

    async def run(self) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


class Leaping(Pace):
    """From one due moment to the next, as soon as every client is idle."""

    name = "max"

    def __init__(self, agenda: Agenda, now: Callable[[], float], on_fault: OnFault, clients: Clients) -> None:
        super().__init__(agenda, now, on_fault)
        self._clients = clients
        self._horizon = Nanos(agenda.now + ALONE)

    def touched(self) -> None:
        """Look ahead from here again."""
        self._horizon = Nanos(self.agenda.now + ALONE)
        self._changed.set()

    async def run(self) -> None:
        """Leap."""
        words = -1
        while True:
            self._changed.clear()
            if self._clients.held:
                await self._changed.wait()
                continue
            if self._clients.words != words or not self._clients.idle:
                await asyncio.sleep(QUIET)
            words = self._clients.words
            if self._clients.held or not self._clients.idle:
                continue
            if (due := self._next()) is None:
                await self._changed.wait()
            else:
                self._pass(due)
                await asyncio.sleep(0)

    def _next(self) -> Nanos | None:
        due = self.agenda.peek()
        return due if due is not None and (self._clients.streams or due <= self._horizon) else None


def wall_clock() -> Nanos:
    """Return our own time, in whole seconds: a world that begins with it shows ages as kubectl expects them."""
    return Nanos(int(time.time()) * SECOND)


def pace(text: str, agenda: Agenda, now: Callable[[], float], on_fault: OnFault, clients: Clients) -> Pace:
    """Return the pace a text names: realtime, manual, max, or a factor.

    Raises:
        PaceError: it names none.
    """
    if text == "manual":
        return Manual(agenda, now, on_fault)
    if text == "max":
        return Leaping(agenda, now, on_fault, clients)
    return Paced(agenda, now, on_fault, 1.0 if text == "realtime" else factor(text), text)


def factor(text: str) -> float:
    """Return the factor a text says.

    Raises:
        PaceError: it says none.
    """
    try:
        found = float(text)
    except ValueError:
        raise PaceError(text) from None
    if not 0 < found < math.inf:
        raise PaceError(text)
    return found


async def _either(changed: asyncio.Event, wait: float | None) -> None:
    """Wait for the event, at most so long (s); None: as long as it takes."""
    if wait is None or wait > 0:
        try:
            await asyncio.wait_for(changed.wait(), wait)
        except TimeoutError:
            return
    else:
        await asyncio.sleep(0)

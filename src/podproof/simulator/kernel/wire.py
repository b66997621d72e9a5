"""The connection of a watch, which a scenario may cut, slow down, or let swallow events."""

from collections import deque
from collections.abc import Callable

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.requests import OnEvent, WatchEvent
from podproof.simulator.model.times import Nanos


class Wire:
    """Carries events to `deliver`, at once unless it is disturbed; `broken` is told that the connection is gone."""

    def __init__(self, agenda: Agenda, deliver: OnEvent, broken: Callable[[], None]) -> None:
        self._agenda, self._deliver, self._broken = agenda, deliver, broken
        self._in_flight: deque[tuple[Nanos, WatchEvent]] = deque()
        self.lag = Nanos(0)
        """How long an event takes, beyond what it takes anyway."""
        self.lose = 0
        """How many of the next events never arrive."""
        self.is_cut = False

    def carry(self, event: WatchEvent) -> None:
        """Let an event arrive, now or as much later as the wire lags; never before one that was sent earlier."""
        if self.lose and event.type != "ERROR":
            self.lose -= 1
        elif self.lag or self._in_flight:
            due = Nanos(self._agenda.now + self.lag)
            if self._in_flight:
                due = max(due, self._in_flight[-1][0])
            self._in_flight.append((due, event))
            self._agenda.at(due, self._arrive)
        else:
            self._deliver(event)

    def cut(self) -> None:
        """Break the connection, and every new one until it is mended; what is under way is lost."""
        self.is_cut = True
        self._in_flight.clear()
        self._broken()

    def mend(self) -> None:
        """Let connections be made again, and events arrive in time and in full."""
        self.is_cut, self.lag, self.lose = False, Nanos(0), 0

    def _arrive(self) -> None:
        if self._in_flight and self._in_flight[0][0] <= self._agenda.now:
            self._deliver(self._in_flight.popleft()[1])

"""Virtual time: one heap of (due, serial, entry), stepped by whoever drives the simulation.

Rules for editing: nobody sleeps and nobody reads a real clock; `now` moves only in `step`. Entries due at the
same moment run in the order they were asked for.
"""

import heapq
from collections.abc import Callable

from podproof.simulator.kernel.journal import Journal
from podproof.simulator.model.times import Nanos

Action = Callable[[], None]


class StalledError(Exception):
    """Something waits for an event, and nothing is due any more."""


class Entry:
    """One thing to do at one moment; `cancel` takes it back."""

    __slots__ = ("action", "due")

    def __init__(self, due: Nanos, action: Action) -> None:
        self.due = due
        self.action: Action | None = action

    def cancel(self) -> None:
        """Take the entry back; harmless when it has already run."""
        self.action = None


class Agenda:
    """What is due when. `now` is the present moment in nanoseconds since the Unix epoch."""

    journal: Journal | None = None
    """Where the parts that share this time say what they do; None: nobody wants to know."""

    def __init__(self, now: Nanos) -> None:
        self.now = now
        self._heap: list[tuple[Nanos, int, Entry]] = []
        self._serial = 0

    def at(self, due: Nanos, action: Action) -> Entry:
        """Do `action` at `due`.

        Raises:
            ValueError: `due` is past.
        """
        if due < self.now:
            raise ValueError(f"cannot schedule at {due} ns: it is already {self.now} ns")
        entry = Entry(due, action)
        heapq.heappush(self._heap, (due, self._serial, entry))
        self._serial += 1
        return entry

    def after(self, delay: Nanos, action: Action) -> Entry:
        """Do `action` once `delay` nanoseconds have passed; a negative delay counts as none."""
        return self.at(Nanos(self.now + max(delay, 0)), action)

    def peek(self) -> Nanos | None:
        """Return when the next entry is due, None when nothing is."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def clear(self) -> None:
        """Forget everything that is due."""
        self._heap.clear()

    def step(self) -> None:
        """Move to the next due entry and do it.

        Raises:
            StalledError: nothing is due.
        """
        due = self.peek()
        if due is None:
            raise StalledError(f"nothing is due after {self.now} ns")
        self._do_next(due)

    def _do_next(self, deadline: Nanos) -> bool:
        """Do the next entry that is due by a deadline; return whether there was one."""
        heap = self._heap
        while heap and heap[0][0] <= deadline:
            due, _, entry = heapq.heappop(heap)
            if (action := entry.action) is not None:
                self.now, entry.action = due, None
                action()
                return True
        return False

    def run_until(self, deadline: Nanos, condition: Callable[[], bool] | None = None) -> bool:
        """Step until `condition` holds (True) or `deadline` is reached (False); the clock then stands at the deadline.

        The condition is asked before the first step and after each; without one, time passes to the deadline.
        """
        if condition is not None and condition():
            return True
        while self._do_next(deadline):
            if condition is not None and condition():
                return True
        self.now = max(self.now, deadline)
        return False

"""The pods that wait for a node: ready to be decided on, backing off, or unschedulable until something changes.

Source: pkg/scheduler/backend/queue/scheduling_queue.go, active_queue.go, backoff_queue.go.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.informer import Key
from podproof.simulator.model.times import Nanos, seconds

FIRST_BACK_OFF = seconds(1)
"""Source: DefaultPodInitialBackoffDuration."""
LONGEST_BACK_OFF = seconds(10)
"""Source: DefaultPodMaxBackoffDuration."""
FORGOTTEN_AFTER = seconds(300)
"""After so long an unschedulable pod is tried again, whatever happened.

Source: DefaultPodMaxInUnschedulablePodsDuration.
"""


@dataclass(slots=True)
class _Waiting:
    """What the queue knows of a pod that was tried."""

    attempts: int = 0
    tried: Nanos = field(default=Nanos(0))
    rejected_by: frozenset[str] = frozenset()
    turn: int = 0
    """Counts the decisions asked for, so that only the last of them is made."""


class SchedulingQueue:
    """Hands pods to `decide`, the highest priority first, each `latency` (ns) after it became ready."""

    def __init__(self, agenda: Agenda, decide: Callable[[Key], None], latency: Nanos) -> None:
        self._agenda, self._decide, self._latency = agenda, decide, latency
        self._active: list[tuple[int, int, Key]] = []
        self._queued: dict[Key, int] = {}
        self._serial = count()
        self._known: dict[Key, _Waiting] = {}
        self._unschedulable: dict[Key, None] = {}

    def add(self, key: Key, priority: int) -> None:
        """Decide on a pod soon."""
        self._unschedulable.pop(key, None)
        if key in self._queued:
            return
        serial = next(self._serial)
        self._queued[key] = serial
        heapq.heappush(self._active, (-priority, serial, key))
        self._agenda.after(self._latency, self._take)

    def forget(self, key: Key) -> None:
        """Wait for a pod no more."""
        self._queued.pop(key, None)
        self._known.pop(key, None)
        self._unschedulable.pop(key, None)

    def failed(self, key: Key, rejected_by: frozenset[str], priority: int) -> None:
        """Keep a pod that fits nowhere until something changes that one of the plugins that rejected it cares for."""
        waiting = self._known.setdefault(key, _Waiting())
        waiting.attempts, waiting.tried, waiting.rejected_by = waiting.attempts + 1, self._agenda.now, rejected_by
        self._unschedulable[key] = None
        turn = waiting.attempts

        def forgotten() -> None:
            if key in self._unschedulable and self._known[key].attempts == turn:
                self.add(key, priority)

        self._agenda.after(FORGOTTEN_AFTER, forgotten)

    def moved(self, plugins: Iterable[str], priority_of: Callable[[Key], int]) -> None:
        """Try again the pods that one of these plugins rejected, each once its back-off is over."""
        asked = frozenset(plugins)
        ready = [
            key
            for key in self._unschedulable
            if not self._known[key].rejected_by or self._known[key].rejected_by & asked
        ]
        for key in ready:
            del self._unschedulable[key]
            self._add_after_back_off(key, priority_of)

    def _add_after_back_off(self, key: Key, priority_of: Callable[[Key], int]) -> None:
        waiting = self._known[key]
        over = waiting.tried + min(FIRST_BACK_OFF << min(waiting.attempts - 1, 10), LONGEST_BACK_OFF)
        waiting.turn += 1
        turn = waiting.turn

        def ready() -> None:
            if key in self._known and self._known[key].turn == turn:
                self.add(key, priority_of(key))

        self._agenda.at(Nanos(max(over, self._agenda.now)), ready)

    def _take(self) -> None:
        while self._active:
            _, serial, key = heapq.heappop(self._active)
            if self._queued.get(key) == serial:
                del self._queued[key]
                self._decide(key)
                return

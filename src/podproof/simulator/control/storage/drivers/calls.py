"""Calls to a driver that are under way, and the waits after those that failed or have to be made again."""

from collections.abc import Callable
from dataclasses import dataclass, field

from podproof.simulator.control.storage.drivers.driver import Answer
from podproof.simulator.control.timings import span
from podproof.simulator.model.times import Nanos


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that is over; "" is no error."""

    error: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A call that has just begun (`begun`), goes on, or has to wait, until a moment."""

    until: Nanos
    begun: bool = False


@dataclass(slots=True)
class Calls:
    """At most one call for each key; the next waits after a failure, twice as long each time.

    Source: kubernetes-csi/external-provisioner, cmd/csi-provisioner, --retry-interval-start, --retry-interval-max;
    the same of kubernetes-csi/external-snapshotter, cmd/csi-snapshotter.
    """

    _due: dict[str, tuple[Nanos, Answer]] = field(default_factory=dict)
    _waits: dict[str, tuple[Nanos, Nanos]] = field(default_factory=dict)

    def ask(self, key: str, now: Nanos, call: Callable[[], Answer]) -> Ended | Pending:
        """Begin a call, wait for it, or say how it ended."""
        if key in self._due:
            due, answer = self._due[key]
            return Pending(due) if now < due else self._ended(key, now, answer)
        _, until = self._waits.get(key, (0, Nanos(0)))
        if now < until:
            return Pending(until)
        answer = call()
        due = Nanos(now + answer.after)
        self._due[key] = due, answer
        return Pending(due, begun=True)

    def until(self, key: str) -> Nanos | None:
        """Return when a key may be tried again, None where it may at once."""
        return self._waits[key][1] if key in self._waits else None

    def forget(self, key: str) -> None:
        """Drop what is remembered of a key; a call under way ends unheard."""
        self._due.pop(key, None)
        self._waits.pop(key, None)

    def _ended(self, key: str, now: Nanos, answer: Answer) -> Ended:
        del self._due[key]
        if not answer.error and not answer.again:
            self._waits.pop(key, None)
            return Ended("")
        last, _ = self._waits.get(key, (None, None))
        first, ceiling = span("storage", "retry_first"), span("storage", "retry_ceiling")
        wait = first if last is None else Nanos(min(2 * last, ceiling))
        self._waits[key] = wait, Nanos(now + wait)
        return Ended(answer.error)

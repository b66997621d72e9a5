"""A work queue: a key waits once however often it is added, and is never worked on twice at a time."""

from collections.abc import Callable

from podproof.simulator.kernel.agenda import Agenda, Entry
from podproof.simulator.model.times import SECOND, Nanos

Work = Callable[[str], None]


class WorkQueue:
    """Hands keys to `work`, one entry of the agenda each. Delays are nanoseconds.

    Source: staging/src/k8s.io/client-go/util/workqueue/queue.go, Typed (dirty and processing sets).
    """

    def __init__(
        self, agenda: Agenda, work: Work, latency: Nanos, first_retry: Nanos, retry_ceiling: Nanos, name: str = ""
    ) -> None:
        self._agenda, self._name = agenda, name
        self._work = work
        self._latency = latency
        self._first_retry, self._retry_ceiling = first_retry, retry_ceiling
        self._due: dict[str, Entry] = {}
        self._failures: dict[str, int] = {}

    def add(self, key: str) -> None:
        """Work on `key` soon."""
        self.add_after(key, self._latency)

    def add_after(self, key: str, delay: Nanos) -> None:
        """Work on `key` once `delay` has passed, or earlier where it is due earlier already."""
        waiting = self._due.get(key)
        due = Nanos(self._agenda.now + max(delay, 0))
        if waiting is not None and waiting.due <= due:
            return
        if waiting is not None:
            waiting.cancel()
        if self._agenda.journal is not None:
            wait = f" in {(due - self._agenda.now) / SECOND:g} s" if delay > self._latency else ""
            self._agenda.journal.tell(self._agenda.now, self._name, "work queue", f"{key}{wait}")
        self._due[key] = self._agenda.at(due, lambda: self._take(key))

    def retry(self, key: str) -> None:
        """Work on `key` again after a delay that doubles with each failure in a row.

        Source: client-go util/workqueue/default_rate_limiters.go, TypedItemExponentialFailureRateLimiter.
        """
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self.add_after(key, Nanos(min(self._first_retry << min(failures, 40), self._retry_ceiling)))

    def forget(self, key: str) -> None:
        """Count the failures of `key` from zero again."""
        self._failures.pop(key, None)

    def _take(self, key: str) -> None:
        del self._due[key]
        self._work(key)

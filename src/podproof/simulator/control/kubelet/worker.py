"""One pod's worker: it runs one sync at a time and walks sync → terminating → terminated.

Source: pkg/kubelet/pod_workers.go, podWorkerLoop, UpdatePod, completeWork, completeSync, completeTerminating.
"""

from collections.abc import Generator
from enum import Enum
from typing import NamedTuple, Protocol, TypeAlias

from podproof.simulator.control.kubelet.pleg import NEVER, Grid, Pleg
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.control.timings import figure, span
from podproof.simulator.kernel.agenda import Agenda, Entry
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.model.times import Nanos


class Work(Enum):
    """Where a pod is in its life on the node; it only moves forward."""

    SYNC = "sync"
    TERMINATING = "terminating"
    TERMINATED = "terminated"
    FINISHED = "finished"


class Outcome(NamedTuple):
    """How a sync ended.

    `acted` is whether it did anything; `failed` whether anything it tried failed; `retry_at` is when the shortest
    back-off it met ends; `finished` whether this stage of the pod's life is over; `again` whether the next sync follows
    at once.
    """

    acted: bool = False
    failed: bool = False
    retry_at: Nanos | None = None
    finished: bool = False
    again: bool = False


class Until(NamedTuple):
    """Yielded by a sync that waits for its pod to change, when the kubelet resumes it, or for the moment `at`."""

    at: Nanos | None = None


Sync: TypeAlias = Generator[Nanos | Until, None, Outcome]
"""A sync in progress: it yields how long each of its steps takes."""


class Syncer(Protocol):
    """What a worker runs: one stage of the pod's life each."""

    def sync(self, uid: str, runtime: PodRuntime) -> Sync:
        """Bring a pod closer to its spec."""

    def terminate(self, uid: str, runtime: PodRuntime) -> Sync:
        """Stop a pod's containers."""

    def clean_up(self, uid: str, runtime: PodRuntime) -> Sync:
        """Let go of a pod that has ended."""


class Worker:
    """Runs the syncs of one pod, each on a look at the runtime that is newer than the last sync."""

    def __init__(self, uid: str, agenda: Agenda, pleg: Pleg, syncer: Syncer, ticks: Grid, chance: Chance) -> None:
        self.uid = uid
        self.work = Work.SYNC
        self._agenda, self._pleg, self._syncer = agenda, pleg, syncer
        self._ticks, self._chance = ticks, chance
        self._last_sync = NEVER
        self._working = self._pending = False
        self._running: Sync | None = None
        self._waits = False
        self._alarm: Entry | None = None
        self._retry: Entry | None = None
        self._resync: Entry | None = None
        self._stale = False

    def wake(self) -> None:
        """Sync once more: now, or as soon as the present sync is over."""
        if self.work is Work.FINISHED:
            return
        if self._working:
            self._pending = True
        else:
            self._begin()

    def stop(self) -> None:
        """Turn to termination: the pod was deleted. A sync in progress is let go, as its context is cancelled."""
        if self.work is not Work.SYNC:
            return
        self.work = Work.TERMINATING
        self.wake()
        self.resume()

    def resync(self) -> None:
        """Sync with the periodic sync that comes next: it will find something new, so it is worth to be scheduled."""
        if self._working:
            self._stale = True
        elif self.work is Work.SYNC and self._resync is None:
            self._resync = self._agenda.at(self._next_period(), self.wake)

    def resume(self) -> None:
        """Go on with a sync that waits for its pod to change."""
        if self._waits:
            self._waits = False
            if self._alarm is not None:
                self._alarm.cancel()
                self._alarm = None
            self._agenda.after(Nanos(0), self._step)

    def _begin(self) -> None:
        self._working = True
        self._pleg.look_newer_than(self.uid, self._last_sync, self._start)

    def _start(self, runtime: PodRuntime) -> None:
        stages = {Work.SYNC: self._syncer.sync, Work.TERMINATING: self._syncer.terminate}
        self._running = stages.get(self.work, self._syncer.clean_up)(self.uid, runtime)
        self._stage = self.work
        self._step()

    def _step(self) -> None:
        assert self._running is not None
        try:
            waited = next(self._running)
        except StopIteration as end:
            self._running = None
            self._end(end.value)
            return
        if isinstance(waited, Until):
            self._waits = True
            self._alarm = None if waited.at is None else self._agenda.at(waited.at, self.resume)
        else:
            self._agenda.after(waited, self._step)

    def _end(self, outcome: Outcome) -> None:
        self._last_sync = self._agenda.now
        if outcome.acted and not outcome.failed and self._stage is Work.SYNC:
            self._pleg.relist_soon(self.uid)
        if outcome.finished:
            self._advance()
        self._queue(outcome)
        if self.work is Work.FINISHED:
            return
        if self._pending or outcome.again or self.work is not self._stage:
            self._pending = False
            self._begin()
        else:
            self._working = False
            if self._stale:
                self._stale = False
                self.resync()

    def _advance(self) -> None:
        following = {
            Work.SYNC: Work.TERMINATING,
            Work.TERMINATING: Work.TERMINATED,
            Work.TERMINATED: Work.FINISHED,
        }
        self.work = following[self._stage]

    def _queue(self, outcome: Outcome) -> None:
        """Queue the next sync nobody else asks for.

        A pod that is in sync would be synced again after the resync period; such a sync can show nothing new, so it
        is not scheduled.
        """
        for entry in (self._retry, self._resync):
            if entry is not None:
                entry.cancel()
        self._retry = self._resync = None
        if not outcome.failed or self.work is not Work.SYNC:
            return
        wait = self._wait(outcome.retry_at)
        due = self._agenda.now + self._chance.jitter(wait, figure("kubelet", "retry_jitter"))
        self._retry = self._agenda.at(self._ticks.after(Nanos(due - 1)), self.wake)

    def _next_period(self) -> Nanos:
        """Return when the first of the periodic syncs since the last sync is due that is not over yet."""
        due = self._last_sync
        while due <= self._agenda.now:
            due = Nanos(due + self._chance.jitter(span("kubelet", "resync_period"), figure("kubelet", "retry_jitter")))
        return self._ticks.after(Nanos(due - 1))

    def _wait(self, retry_at: Nanos | None) -> Nanos:
        """Return the wait before a failed sync is tried again.

        Source: pkg/kubelet/pod_workers.go, completeWork: the back-off of the error, at most the resync period.
        """
        if retry_at is None:
            return span("kubelet", "retry_period")
        return Nanos(min(max(retry_at - self._agenda.now, 0), span("kubelet", "resync_period")))

"""The prober of one container's probe: when its turns come, and what it makes of them.

A real prober ticks once a period for as long as its pod lives. Here a tick is on the agenda only where it can do
something; those that are left out keep their place in the rhythm, which a manual trigger begins anew.

Source: pkg/kubelet/prober/worker.go, run, doProbe.
"""

from collections.abc import Callable
from typing import Protocol

from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.probes.rules import (
    FAILURE,
    INITIAL,
    SUCCESS,
    Count,
    Kind,
    Turn,
    may_run_again,
    period_of,
    probed_from,
    status_of,
    turn,
)  # fmt: skip
from podproof.simulator.kernel.agenda import Agenda, Entry
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


class Probe(Protocol):
    """Runs a probe once; `done` gets its result, "" where nothing was learnt."""

    def __call__(
        self, local: LocalPod, kind: Kind, container: Object, container_id: str, done: Callable[[str], None], /
    ) -> None: ...


class Prober:
    """Probes one container for one purpose.

    `settle(container id, result)` gets each result that holds; the result "" forgets a container.
    """

    def __init__(
        self,
        agenda: Agenda,
        local: LocalPod,
        container: Object,
        kind: Kind,
        probe: Probe,
        settle: Callable[[str, str], None],
    ) -> None:
        self.container, self.kind = container, kind
        self._agenda, self._local, self._run, self._settle = agenda, local, probe, settle
        self._spec = container[f"{kind}Probe"]
        self._begun = agenda.now
        self._container_id = self._result = ""
        self._count = Count()
        self._on_hold = self._busy = self._ended = False
        self._triggered = False
        self._turn_at = agenda.now
        self._entry: Entry | None = None

    def trigger(self) -> None:
        """Take a turn at once, and count the period from here on."""
        if self._busy:
            self._triggered = True
        elif not self._ended:
            self._begun = self._agenda.now
            self._take_turn()

    def consider(self) -> None:
        """The pod's status has changed: see when the next turn can do something."""
        if self._busy or self._ended:
            return
        self._cancel()
        due = self._next()
        if due is not None:
            self._entry = self._agenda.at(due, self._take_turn)

    def end(self) -> None:
        """Stop for good."""
        self._ended = True
        self._cancel()

    def _cancel(self) -> None:
        if self._entry is not None:
            self._entry.cancel()
            self._entry = None

    def _turn(self) -> Turn:
        local = self._local
        on_hold = self._on_hold and not self._is_new()
        return turn(self.kind, self.container, local.pod, local.published, on_hold, self._agenda.now)

    def _is_new(self) -> bool:
        seen = status_of(self._local.published, self.container["name"])
        return seen is not None and _id(seen) != self._container_id

    def _next(self) -> Nanos | None:
        """Return the next tick at which there is something to do, None where only a new status can give it."""
        following = self._tick_after(self._agenda.now)
        now = self._turn()
        if now in (Turn.END, Turn.REST) and not (now is Turn.REST and self._is_new()):
            return None
        if now is Turn.DEAD and self._result == FAILURE and not self._is_new():
            return None
        if now is not Turn.WAIT or self._is_new():
            return following
        seen = status_of(self._local.published, self.container["name"])
        assert seen is not None
        return max(following, self._tick_after(Nanos(probed_from(self._spec, seen) - 1)))

    def _tick_after(self, moment: Nanos) -> Nanos:
        period = period_of(self._spec)
        return Nanos(self._begun + ((moment - self._begun) // period + 1) * period)

    def _take_turn(self) -> None:
        self._turn_at = self._agenda.now
        self._meet()
        self._cancel()
        now = self._turn()
        if now is Turn.PROBE:
            self._busy = True
            self._run(self._local, self.kind, self.container, self._container_id, self._probed)
            return
        if now is Turn.END:
            self.end()
        elif now is Turn.DEAD:
            self._dead()
        elif now is Turn.QUIET:
            self.end()
            self._set(SUCCESS)
        self.consider()

    def _meet(self) -> None:
        """A container that was not seen before has the initial result, and ends a hold."""
        seen = status_of(self._local.published, self.container["name"])
        if seen is None or not self._is_new():
            return
        if self._container_id:
            self._settle(self._container_id, "")
        self._container_id, self._result, self._on_hold = _id(seen), "", False
        self._set(INITIAL[self.kind])

    def _dead(self) -> None:
        seen = status_of(self._local.published, self.container["name"])
        if seen is not None and not may_run_again(self.container, self._local.pod, seen):
            self.end()
        self._set(FAILURE)

    def _probed(self, result: str) -> None:
        self._busy = False
        if self._ended:
            return
        if result:
            self._counted(result)
        if self._triggered:
            self._triggered = False
            self.trigger()
        elif self._tick_after(self._turn_at) <= self._agenda.now:
            self._take_turn()
        else:
            self.consider()

    def _counted(self, result: str) -> None:
        self._count = self._count.then(result)
        if not self._count.decides(self._spec):
            return
        if result == FAILURE and self.kind is not Kind.READINESS:
            self._on_hold, self._count = True, Count(FAILURE)
        self._set(result)

    def _set(self, result: str) -> None:
        if result != self._result:
            self._result = result
            self._settle(self._container_id, result)


def _id(status: Object) -> str:
    return str(status["containerID"]).rpartition("/")[2]

"""The pod lifecycle event generator: when the kubelet notices what its runtime did.

A relist each second compares the runtime with the last look; a sync that acted asks for a relist of its pod at once.
Ticks lie on a fixed grid but are only scheduled when a container changed or somebody waits for a fresher look:
a tick that can show nothing costs nothing.

Source: pkg/kubelet/pleg/generic.go, GenericPLEG; pkg/kubelet/container/cache.go, GetNewerThan.
"""

from collections.abc import Callable, Mapping
from typing import Any

from podproof.simulator.control.kubelet.runtime_view import PodRuntime, look_at
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.containers import ContainerState
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.times import Nanos

Look = Callable[[PodRuntime], None]
NEVER = Nanos(-1)


class Grid:
    """Moments one period apart, the first at `phase`."""

    def __init__(self, period: Nanos, phase: int) -> None:
        self._period, self._phase = period, phase

    def after(self, moment: Nanos) -> Nanos:
        """Return the first tick later than `moment`."""
        return Nanos(self.until(moment) + self._period)

    def until(self, moment: Nanos) -> Nanos:
        """Return the last tick not later than `moment`."""
        return Nanos(moment - (moment - self._phase) % self._period)


class Pleg:
    """Looks at one node's runtime.

    `on_event` gets the uid of each pod in which something started or died, `on_death` also the container's name.
    """

    def __init__(
        self,
        agenda: Agenda,
        runtime: Runtime,
        phase: int,
        on_event: Callable[[str], None],
        on_death: Callable[[str, str], None],
    ) -> None:
        self._agenda = agenda
        self._runtime = runtime
        self._grid = Grid(span("kubelet", "relist_period"), phase)
        self._on_event, self._on_death = on_event, on_death
        self._looks: dict[str, PodRuntime] = {}
        self._observed: dict[str, Nanos] = {}
        self._changed: dict[str, None] = {}
        self._waiting: dict[str, tuple[Nanos, Look]] = {}
        self._scheduled = False

    def look(self, uid: str) -> PodRuntime:
        """Return the pod as the last relist with news saw it."""
        return self._looks.get(uid, PodRuntime())

    def look_newer_than(self, uid: str, moment: Nanos, then: Look) -> None:
        """Hand over the cached look as soon as a relist later than `moment` has confirmed it."""
        confirmed = max(self._observed.get(uid, NEVER), self._grid.until(self._agenda.now))
        if moment < confirmed or moment == NEVER:
            then(self.look(uid))
            return
        self._waiting[uid] = (moment, then)
        self._schedule()

    def relist_soon(self, uid: str) -> None:
        """Look at one pod at once, without waiting for the next tick.

        Source: pkg/kubelet/pleg/generic.go, RequestRelist (gate PLEGOnDemandRelist, on).
        """
        self._agenda.after(span("kubelet", "relist"), lambda: self._relist_pod(uid))

    def forget(self, uid: str) -> None:
        """Drop a pod that is gone."""
        self._looks.pop(uid, None)
        self._observed.pop(uid, None)
        self._changed.pop(uid, None)

    def note(self, uid: str) -> None:
        """Compare this pod at the next tick: its runtime changed."""
        self._changed[uid] = None
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._agenda.at(self._grid.after(self._agenda.now), self._tick)

    def _tick(self) -> None:
        self._scheduled = False
        changed, self._changed = self._changed, {}
        for uid in changed:
            self._reconcile(uid)
        for uid in list(self._waiting):
            self._serve(uid)
        if self._waiting:
            self._schedule()

    def _relist_pod(self, uid: str) -> None:
        self._changed.pop(uid, None)
        self._observed[uid] = self._agenda.now
        self._reconcile(uid)
        if uid in self._waiting:
            self._serve(uid)

    def _serve(self, uid: str) -> None:
        """Hand the look to who waits for it, unless it is only waited for since this very relist."""
        moment, then = self._waiting[uid]
        if moment < self._agenda.now:
            del self._waiting[uid]
            then(self.look(uid))

    def _reconcile(self, uid: str) -> None:
        """Compare a pod with the last look at it; news replace the look and wake its worker once.

        Source: pkg/kubelet/pleg/generic.go, reconcilePodRecord, generateEvents; pkg/kubelet/kubelet.go,
        isSyncPodWorthy (a removed container is no reason to sync).
        """
        old = self.look(uid)
        new = look_at(self._runtime, uid)
        before, now = _states(old), _states(new)
        resized = _is_resized(old, new)
        if before == now and not resized:
            return
        self._looks[uid] = new
        if resized or _happened(before, now):
            self._on_event(uid)
        for status in new.containers:
            if status.state is ContainerState.EXITED and _state_in(old, status.id) is not ContainerState.EXITED:
                self._on_death(uid, status.name)


def _states(runtime: PodRuntime) -> dict[str, object]:
    found: dict[str, object] = {sandbox.id: sandbox.ready for sandbox in runtime.sandboxes}
    for status in runtime.containers:
        found[status.id] = status.state
    return found


def _is_resized(old: PodRuntime, new: PodRuntime) -> bool:
    before = _resources(old)
    return any(before.get(identity, given) != given for identity, given in _resources(new).items())


def _resources(runtime: PodRuntime) -> dict[str, Mapping[str, Any]]:
    found = {sandbox.id: sandbox.resources for sandbox in runtime.sandboxes}
    for status in runtime.containers:
        found[status.id] = status.resources
    return found


def _happened(before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Return whether anything started or died between the states of two looks, and not merely was removed."""
    noticed = any(state is not ContainerState.CREATED and before.get(key) != state for key, state in after.items())
    return noticed or any(key not in after and state in (True, ContainerState.RUNNING) for key, state in before.items())


def _state_in(runtime: PodRuntime, container_id: str) -> ContainerState | None:
    return next((status.state for status in runtime.containers if status.id == container_id), None)

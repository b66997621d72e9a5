"""The eviction manager of one node: it looks every 10 s, and at once where an eviction has made room.

A look is only scheduled while something can come of it: while the node is short of something, or a pod's disk is
limited.
Source: pkg/kubelet/eviction/eviction_manager.go, synchronize, waitForPodsCleanup.
"""

from collections.abc import Callable, Mapping
from typing import Any

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.eviction.clearing import Clearing, Disk
from podproof.simulator.control.kubelet.eviction.rules import (
    DISK,
    MEMORY,
    PodUsage,
    Shortage,
    has_limits,
    is_critical,
    limit_message,
    ranked,
    shortage_message,
)  # fmt: skip
from podproof.simulator.control.kubelet.pleg import Grid
from podproof.simulator.control.kubelet.pods import Ending, LocalPod
from podproof.simulator.control.timings import figure, span
from podproof.simulator.kernel.agenda import Agenda, Entry
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.machine.containers import ContainerState
from podproof.simulator.machine.disk import bytes_below
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.pod_conditions import BY_EVICTION
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.times import Nanos

RESOURCES = {"memory": MEMORY, "disk": DISK}
"""By the word for a shortage: the resource that pods request."""


class Evictions:
    """Evicts pods of one node.

    `evict` turns a pod to its end, `is_over` says of one whether it has come to it, `room` is what the node has in all.
    """

    def __init__(
        self,
        agenda: Agenda,
        runtime: Runtime,
        recorder: EventRecorder,
        pods: Mapping[str, LocalPod],
        node: str,
        room: Mapping[str, str],
        evict: Callable[[LocalPod], None],
        is_over: Callable[[str], bool],
        chance: Chance,
    ) -> None:
        self.on_pressure: Callable[[], None] = lambda: None
        self._agenda, self._runtime, self._recorder = agenda, runtime, recorder
        self._pods, self._room, self._evict = pods, room, evict
        meta = {"name": node, "uid": node, "resourceVersion": ""}
        self._about = {"apiVersion": "v1", "kind": "Node", "metadata": meta}
        period = span("eviction", "period")
        self._grid = Grid(period, chance.below(period))
        self._clearing = Clearing(runtime, recorder, pods, is_over, self._about)
        self._collections = Grid(collected := span("image_garbage", "period"), chance.below(collected))
        self._collects = False
        self._taken: dict[str, int] = {}
        self._short: dict[str, Nanos] = {}
        self._going: set[str] = set()
        self._next: Entry | None = None

    @property
    def pressures(self) -> tuple[str, ...]:
        """What the node says it is short of, now and for a while after it was."""
        return tuple(self._short)

    def starve(self, what: str, by: int) -> None:
        """Let something else on the node take so much that `by` bytes are missing to the threshold."""
        self._taken[what] = 0
        self._taken[what] = self._available(what) - self._threshold(what) + by
        self._schedule(self._grid.after(self._agenda.now))
        if what == "disk" and not self._collects:
            self._collects = True
            self._agenda.at(self._collections.after(self._agenda.now), self._collect)

    def relieve(self, what: str) -> None:
        """Let nothing else on the node take anything any more."""
        self._taken.pop(what, None)
        self._schedule(self._grid.after(self._agenda.now))

    def watch(self, local: LocalPod) -> None:
        """Take notice of a pod whose use of disk is limited."""
        if has_limits(local.pod):
            self._schedule(self._grid.after(self._agenda.now))

    def cleaned_up(self, uid: str) -> None:
        """An evicted pod is gone: look at once what that has brought."""
        if uid in self._going:
            self._going.discard(uid)
            self._schedule(Nanos(self._agenda.now + span("eviction", "clean_up_poll")))

    def _collect(self) -> None:
        """Clear images away with each period; it is only looked while something else on the node takes disk."""
        self._collects = "disk" in self._taken
        if self._collects:
            self._clearing.collect(Disk(int(parse(self._room[DISK]).value), max(self._available("disk"), 0)))
            self._agenda.at(self._collections.after(self._agenda.now), self._collect)

    def _schedule(self, due: Nanos) -> None:
        if self._next is None or self._next.action is None or due < self._next.due:
            if self._next is not None:
                self._next.cancel()
            self._next = self._agenda.at(due, self._look)

    def _look(self) -> None:
        self._next = None
        self._note_pressures()
        if not self._going and not self._evict_over_limits():
            self._evict_for_shortage()
        alive = [local for local in self._pods.values() if _is_alive(local)]
        if self._taken or self._short or any(has_limits(local.pod) for local in alive):
            self._schedule(self._grid.after(self._agenda.now))

    def _note_pressures(self) -> None:
        """A pressure is told at once, and taken back once it has been over for a while.

        Source: eviction_manager.go, synchronize; EvictionPressureTransitionPeriod.
        """
        now, before = self._agenda.now, self.pressures
        for what in RESOURCES:
            if self._available(what) < self._threshold(what):
                self._short[what] = now
            elif what in self._short and now - self._short[what] >= span("eviction", "pressure_transition"):
                del self._short[what]
        if set(before) != set(self.pressures):
            self.on_pressure()

    def _evict_over_limits(self) -> bool:
        evicted = False
        for local in [each for each in self._pods.values() if _is_alive(each) and has_limits(each.pod)]:
            message = limit_message(self._usage(local))
            if message and not is_critical(local.pod):
                self._end(local, Ending("Evicted", message))
                evicted = True
        return evicted

    def _evict_for_shortage(self) -> None:
        """Evict one pod for the first thing the node is short of: what is left is seen when it is gone."""
        for what, resource in RESOURCES.items():
            shortage = Shortage(resource, self._threshold(what), max(self._available(what), 0))
            if shortage.available >= shortage.threshold:
                continue
            self._recorder.emit(self._about, "Warning", "EvictionThresholdMet", f"Attempting to reclaim {resource}")
            if what == "disk" and self._reclaims():
                return
            usages = [self._usage(local) for local in self._pods.values() if _is_alive(local)]
            for usage in ranked(usages, resource):
                if not is_critical(usage.pod):
                    local = self._pods[usage.pod["metadata"]["uid"]]
                    self._end(local, Ending("Evicted", shortage_message(usage, shortage), disrupts=True))
                    return

    def _reclaims(self) -> bool:
        """Clear the disk of what nobody needs; return whether that is enough.

        Source: eviction_manager.go, reclaimNodeLevelResources; helpers.go, buildSignalToNodeReclaimFuncs.
        """
        self._clearing.remove_dead_containers()
        self._clearing.remove_unused_images()
        return self._available("disk") >= self._threshold("disk")

    def _end(self, local: LocalPod, ending: Ending) -> None:
        self._recorder.emit(local.pod, "Warning", ending.reason, ending.message)
        local.ending, local.grace_override = ending, span("eviction", "grace")
        self._going.add(local.uid)
        self._evict(local)

    def _threshold(self, what: str) -> int:
        if what == "memory":
            return int(figure("eviction", "memory_available"))
        return int(parse(self._room[DISK]).value * figure("eviction", "disk_available"))

    def _available(self, what: str) -> int:
        resource = RESOURCES[what]
        used = sum(self._usage(local).total(resource) for local in self._pods.values())
        used += self._clearing.disk_of_images() if what == "disk" else 0
        return int(parse(self._room[resource]).value) - used - self._taken.get(what, 0)

    def _usage(self, local: LocalPod) -> PodUsage:
        containers: dict[str, dict[str, int]] = {}
        for status in self._runtime.containers(local.uid):
            running = status.state is ContainerState.RUNNING
            memory = self._runtime.memory_of(status.id) + int(figure("eviction", "idle_memory")) if running else 0
            containers[status.name] = {MEMORY: memory, DISK: self._runtime.disk_of(status.id)}
        empty = {volume["name"] for volume in local.pod["spec"].get("volumes") or () if "emptyDir" in volume}
        volumes = {name: bytes_below(local.volumes[name]) for name in empty if name in local.volumes}
        return PodUsage(local.pod, containers, volumes)


def _is_alive(local: LocalPod) -> bool:
    return local.ending is None and not local.ended and local.published.get("phase") not in TERMINAL


def with_disruption(status: dict[str, Any], local: LocalPod, may_run: bool) -> dict[str, Any]:
    """Return a pod's status with the condition that says the kubelet ended it for want of something.

    Source: pkg/kubelet/eviction/eviction_manager.go, synchronize (DisruptionTarget).
    """
    if local.ending is None or not local.ending.disrupts or may_run:
        return status
    condition = {
        "type": "DisruptionTarget",
        "observedGeneration": local.pod["metadata"].get("generation", 1),
        "status": "True",
        "reason": BY_EVICTION,
        "message": local.ending.message,
    }
    others = [each for each in status["conditions"] if each["type"] != "DisruptionTarget"]
    return {**status, "conditions": [condition, *others]}

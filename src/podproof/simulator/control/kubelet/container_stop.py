"""Stopping containers: each is told its stop signal when its turn has come, and killed when its grace is over.

Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer, killContainersWithSyncResult.
"""

from collections.abc import Generator, Sequence

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.hooks import HookRun, Hooks
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.worker import Until
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine.containers import ContainerState, ContainerStatus
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.restart_rules import RESTART_ALL, is_sidecar
from podproof.simulator.model.times import Nanos, seconds

_PROBES = {"LivenessProbe": "livenessProbe", "StartupProbe": "startupProbe"}


def grace_of(local: LocalPod, name: str = "", reason: str = "") -> Nanos:
    """Return how long (ns) a container may take to end once it is to be stopped.

    A probe that has it killed (`reason`) may give it a time of its own; a pod that is being deleted or evicted has one
    for all, at least a second; and a restart of all containers leaves none.
    Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, setTerminationGracePeriod; pkg/kubelet/pod_workers.go,
    calculateEffectiveGracePeriod.
    """
    if reason == RESTART_ALL:
        return Nanos(0)
    deleted = local.pod["metadata"].get("deletionGracePeriodSeconds")
    told = [*([] if deleted is None else [seconds(deleted)]), *filter(None, [local.grace_override])]
    if told:
        return max(min(told), seconds(1))
    own = _grace_of_probe(local, name, reason)
    return seconds(own or local.pod["spec"].get("terminationGracePeriodSeconds", 30))


def _grace_of_probe(local: LocalPod, name: str, reason: str) -> int | None:
    field = _PROBES.get(reason)
    grace: int | None = at(local.container(name)[0], field, "terminationGracePeriodSeconds") if field else None
    return grace


def waits_for(spec: Object, name: str) -> frozenset[str]:
    """Return the containers that end before `name` is told to: a sidecar goes after the apps and the later sidecars.

    Source: pkg/kubelet/kuberuntime/kuberuntime_termination_order.go, newTerminationOrdering.
    """
    sidecars = [container["name"] for container in spec.get("initContainers") or () if is_sidecar(container)]
    if name not in sidecars:
        return frozenset()
    apps = (container["name"] for container in spec["containers"])
    return frozenset((*apps, *sidecars[sidecars.index(name) + 1 :]))


class ContainerStops:
    """Stops the containers of one node."""

    def __init__(self, agenda: Agenda, runtime: Runtime, recorder: EventRecorder, hooks: Hooks) -> None:
        self._agenda, self._runtime, self._recorder, self._hooks = agenda, runtime, recorder, hooks

    def stop(
        self, local: LocalPod, containers: Sequence[ContainerStatus], message: str = "", reason: str = ""
    ) -> Generator[Nanos | Until, None, None]:
        """Stop containers and wait until all have ended.

        A hook, and whoever waits for its turn, takes its time out of the container's own grace.

        Source: kuberuntime_termination_order.go, waitForTurn.
        """
        for status in containers:
            text = message or f"Stopping container {status.name}"
            self._recorder.emit(local.pod, "Normal", "Killing", text, local.container(status.name)[1])
        began, told = self._agenda.now, dict[str, Nanos]()
        hooks = {each.id: self._hook(local, each, reason) for each in containers}
        while running := self._running(local.uid, containers):
            ends = {status.id: Nanos(began + grace_of(local, status.name, reason)) for status in running}
            names = {status.name for status in running}
            for status in running:
                end = ends[status.id]
                has_turn = hooks[status.id].done and waits_for(local.pod["spec"], status.name).isdisjoint(names)
                if told.get(status.id) != end and (has_turn or self._agenda.now >= end):
                    told[status.id] = end
                    self._tell(status, end)
            yield Until(min((ends[status.id] for status in running if status.id not in told), default=None))

    def _hook(self, local: LocalPod, status: ContainerStatus, reason: str) -> HookRun:
        """Begin a container's hook; who has no grace has no time for one."""
        if grace_of(local, status.name, reason) == 0:
            return HookRun(done=True)
        return self._hooks.before_stop(local, status.name, status.id)

    def _running(self, uid: str, among: Sequence[ContainerStatus]) -> list[ContainerStatus]:
        known = {status.id for status in among}
        return [
            status
            for status in self._runtime.containers(uid)
            if status.id in known and status.state is ContainerState.RUNNING
        ]

    def _tell(self, status: ContainerStatus, end: Nanos) -> None:
        """Send the stop signal; even who has no time left gets a moment to end in.

        Source: kuberuntime_container.go, killContainer, minimumGracePeriodInSeconds.
        """
        grace = Nanos(max(end - self._agenda.now, span("kubelet", "minimum_grace")))
        self._runtime.stop_container(status.id, grace)

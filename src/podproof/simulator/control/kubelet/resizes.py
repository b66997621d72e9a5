"""In-place resizes on one node: granting them, carrying them out, and what a pod's status says of its resources."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any

from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.kubelet.actions import Actions, Stop
from podproof.simulator.control.kubelet.allocation import (
    WHOLE_POD,
    Amounts,
    Pending,
    Progress,
    asked,
    memory_limit,
    refusal,
    resize_conditions,
    summary,
    with_given,
)  # fmt: skip
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.runtime_view import PodRuntime, look_at
from podproof.simulator.control.timings import span
from podproof.simulator.machine.containers import ContainerState, ContainerStatus
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.qos import pod_limits
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.times import Nanos

_RESIZED = ("cpu", "memory")


class Grants:
    """Decides on the resizes of one node's pods; `room` is what the node can give in all."""

    def __init__(self, pods: Mapping[str, LocalPod], recorder: EventRecorder, room: Mapping[str, str]) -> None:
        self._pods, self._recorder, self._room = pods, recorder, room

    def admit(self, local: LocalPod) -> None:
        """Give a new pod what it asks for."""
        local.allocation.given = asked(local.pod)

    def decide(self, local: LocalPod) -> bool:
        """Decide on a pod's resize, if it asks for one; return whether anything about it changed.

        Source: pkg/kubelet/allocation/allocation_manager.go, handlePodResourcesResize.
        """
        allocation, pod = local.allocation, local.pod
        wanted, before = asked(pod), allocation.pending
        if wanted == allocation.given:
            allocation.pending = None
            return before is not None
        generation = int(pod["metadata"].get("generation", 1))
        refused = refusal(pod, self._others(local), self._room)
        if refused is None:
            allocation.given, allocation.pending, allocation.progress = wanted, None, Progress(generation)
            self._recorder.emit(pod, "Normal", "ResizeStarted", f"Pod resize started: {summary(pod, generation)}")
            return True
        allocation.pending = Pending(refused.reason, refused.message, generation)
        if allocation.pending != before:
            text = f"Pod resize {refused.reason}: {summary(pod, generation, refused.message)}"
            self._recorder.emit(pod, "Warning", f"Resize{refused.reason}", text)
        return allocation.pending != before

    def retry(self) -> list[str]:
        """Decide again on the resizes that wait for room; return the uids of the pods that changed."""
        waiting = [local for local in self._pods.values() if local.allocation.pending is not None]
        waiting.sort(key=lambda local: -int(local.pod["spec"].get("priority") or 0))
        return [local.uid for local in waiting if self.decide(local)]

    def _others(self, local: LocalPod) -> list[Object]:
        alive = (each for each in self._pods.values() if each is not local and not _has_ended(each))
        return [with_given(each.pod, each.allocation.given) for each in alive]


def _has_ended(local: LocalPod) -> bool:
    return local.ended or local.published.get("phase") in TERMINAL


class ContainerResizes:
    """Brings running containers to what their pod was given."""

    def __init__(self, runtime: Runtime, recorder: EventRecorder) -> None:
        self._runtime, self._recorder = runtime, recorder

    def observe(self, local: LocalPod, runtime: PodRuntime) -> bool:
        """Notice that a resize has been carried out, before the status says so; return whether one has.

        Source: pkg/kubelet/kubelet.go, SyncPod (the resize conditions).
        """
        progress = local.allocation.progress
        if progress is None:
            return False
        differs = any(_differs(local, status.name, status.resources) for status in runtime.running)
        if differs or _differs(local, WHOLE_POD, runtime.resources):
            return False
        local.allocation.progress = None
        given = with_given(local.pod, local.allocation.given)
        text = f"Pod resize completed: {summary(given, progress.generation)}"
        self._recorder.emit(local.pod, "Normal", "ResizeCompleted", text)
        return True

    def carry_out(self, local: LocalPod, uids: tuple[str, ...]) -> Generator[Nanos, None, bool]:
        """Change the resources of a pod and its running containers; return whether that went well.

        Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, doPodResizeAction, validateMemoryResizeAction.
        """
        for _ in uids:
            yield span("runtime", "update")
        running = [each for each in look_at(self._runtime, local.uid).running if each.id in uids]
        faults = [*self._pod_faults(local), *self._container_faults(local, running)] if uids else []
        if faults:
            told = f"[{', '.join(faults)}]" if len(faults) > 1 else faults[0]
            self._failed(local, f"cannot decrease memory limits: {told}")
            return False
        for sandbox in self._runtime.sandboxes(local.uid):
            if sandbox.id in uids:
                self._runtime.update_sandbox(sandbox.id, memory_limit(local.resources), local.resources)
        for status in running:
            given = local.allocation.given[status.name]
            self._runtime.update_container(status.id, own_memory_limit(local, given), given)
        return True

    def _pod_faults(self, local: LocalPod) -> Iterator[str]:
        """Yield why a pod as a whole cannot have less: its limit is its own, or what all its containers may use."""
        before, after = (_limit_of_pod(local, amounts) for amounts in (self._actual(local), local.allocation.given))
        if after is None or (before is not None and after >= before):
            return
        used = sum(self._runtime.memory_of(each.id) for each in self._runtime.containers(local.uid))
        if used > after:
            yield f"attempting to set pod memory limit ({after}) below current usage ({used})"

    def _container_faults(self, local: LocalPod, running: Iterable[ContainerStatus]) -> Iterator[str]:
        for status in running:
            limit, used = memory_limit(local.allocation.given[status.name]), self._runtime.memory_of(status.id)
            if limit is not None and used > limit:
                what = f'container "{status.name}" memory limit ({limit})'
                yield f"attempting to set {what} below current usage ({used})"

    def _actual(self, local: LocalPod) -> dict[str, Amounts]:
        """Return what the containers that run have, and the pod as a whole."""
        seen = look_at(self._runtime, local.uid)
        actual = {status.name: status.resources for status in seen.running}
        return {**local.allocation.given, **actual, **({WHOLE_POD: seen.resources} if seen.resources else {})}

    def _failed(self, local: LocalPod, error: str) -> None:
        progress = local.allocation.progress
        if progress is None or progress.error == error:
            return
        local.allocation.progress = progress._replace(error=error)
        given = with_given(local.pod, local.allocation.given)
        text = f"Pod resize error: {summary(given, progress.generation, error)}"
        self._recorder.emit(local.pod, "Warning", "ResizeError", text)


def with_resizes(actions: Actions, local: LocalPod, runtime: PodRuntime) -> Actions:
    """Add to a sync's actions the containers whose resources are to change, in place or by a restart.

    Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, computePodResizeAction.
    """
    if local.allocation.progress is None or actions.kill_pod or actions.reset:
        return actions
    stopped = {stop.id for stop in actions.stop}
    of_pod = runtime.sandboxes and _differs(local, WHOLE_POD, runtime.resources)
    if of_pod:
        actions = actions._replace(resize=(*actions.resize, runtime.sandboxes[0].id))
    for status in runtime.running:
        inherits = of_pod and memory_limit(status.resources) is None
        if status.id in stopped or not (inherits or _differs(local, status.name, status.resources)):
            continue
        container, path = local.container(status.name)
        if not _restarts(container, status.resources):
            actions = actions._replace(resize=(*actions.resize, status.id))
            continue
        stop = Stop(status.id, status.name, f"Container {status.name} resize requires restart", "")
        actions = actions._replace(stop=(*actions.stop, stop))
        if path.startswith("spec.containers"):
            actions = actions._replace(start=(*actions.start, status.name))
        else:
            actions = actions._replace(start_init=(*actions.start_init, status.name))
    return actions


def _differs(local: LocalPod, name: str, actual: Amounts) -> bool:
    given = local.allocation.given.get(name)
    return given is not None and any(_changed(given, actual, resource) for resource in _RESIZED)


def _changed(given: Amounts, actual: Amounts, name: str) -> bool:
    sides = ("requests", "limits")
    return any(_amount(given, side, name) != _amount(actual, side, name) for side in sides)


def _amount(amounts: Amounts, side: str, name: str) -> int | None:
    text = at(amounts, side, name)
    return None if text is None else parse(text).nano


def _restarts(container: Object, actual: Amounts) -> bool:
    given = container.get("resources") or {}
    return any(
        policy["restartPolicy"] == "RestartContainer" and _changed(given, actual, policy["resourceName"])
        for policy in container.get("resizePolicy") or ()
    )


def own_memory_limit(local: LocalPod, given: Amounts) -> int | None:
    """Return what a container may take (bytes): its own limit, else that of its pod as a whole, None without either.

    Source: pkg/kubelet/kuberuntime/kuberuntime_container_linux.go, getMemoryLimit.
    """
    own = memory_limit(given)
    return memory_limit(local.resources) if own is None else own


def _limit_of_pod(local: LocalPod, amounts: Mapping[str, Amounts]) -> int | None:
    """Return the memory (bytes) of a pod's cgroup; None where not every container has a limit, and the pod none.

    Source: pkg/kubelet/cm/helpers_linux.go, ResourceConfigForPod.
    """
    pod = with_given(local.pod, amounts)
    if WHOLE_POD not in amounts and any(memory_limit(each) is None for each in amounts.values()):
        return None
    limit = pod_limits(pod).get("memory")
    return None if limit is None else int(limit.value)


def with_resource_status(status: dict[str, Any], local: LocalPod, runtime: PodRuntime) -> dict[str, Any]:
    """Return a pod's status with what its containers were given and have, and the conditions of a resize.

    Source: pkg/kubelet/kubelet_pods.go, convertContainerStatusResources, determinePodResizeStatus.
    """
    if not any(local.allocation.given.values()):
        return status
    found = dict(status)
    if local.resources:
        shown = {"resources": runtime.resources or local.resources}
        allocated = {"allocatedResources": local.resources["requests"]} if local.resources.get("requests") else {}
        found |= shown | allocated
    for group in ("initContainerStatuses", "containerStatuses"):
        if group in found:
            found[group] = [_with_resources(row, local, runtime) for row in found[group]]
    conditions = resize_conditions(local.allocation)
    if conditions:
        found["conditions"] = [*conditions, *found["conditions"]]
    return found


def _with_resources(row: dict[str, Any], local: LocalPod, runtime: PodRuntime) -> dict[str, Any]:
    seen = runtime.latest(row["name"])
    given = local.allocation.given.get(row["name"])
    if seen is None or not given:
        return row
    shown = seen.resources if seen.state is ContainerState.RUNNING else given
    allocated = {"allocatedResources": given["requests"]} if given.get("requests") else {}
    return {**row, **allocated, "resources": shown}

"""What a node has given its pods, and whether it can give what a resize asks for.

A pod gets what it asks for when it arrives; a resize changes that only where the node can bear it, else it is pending.
Source: pkg/kubelet/allocation/allocation_manager.go.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.qos import Resources, pod_requests, resources
from podproof.simulator.model.quantities import parse

Amounts = Mapping[str, Any]
"""The resources of one container, as a manifest writes them."""
DEFERRED, INFEASIBLE = "Deferred", "Infeasible"
WHOLE_POD = ""
"""Stands for the pod as a whole where resources are kept by container name."""
_COUNTED = ("cpu", "memory")
_KINDS = ("initContainers", "containers")


class Pending(NamedTuple):
    """A resize the node has not granted, and the generation that asks for it."""

    reason: str
    message: str
    generation: int


class Progress(NamedTuple):
    """A resize that was granted and is being carried out; `error` is why that failed, "" where it did not."""

    generation: int
    error: str = ""


@dataclass(slots=True)
class Allocation:
    """What one pod's containers have, by name, and the pod as a whole; and how its resize stands."""

    given: Mapping[str, Amounts] = field(default_factory=dict)
    pending: Pending | None = None
    progress: Progress | None = None


class Refused(NamedTuple):
    """Why a node does not grant a resize."""

    reason: str
    message: str


def asked(pod: Object) -> dict[str, Amounts]:
    """Return what each container of a pod's spec asks for, and the pod as a whole, if it does."""
    whole = pod["spec"].get("resources")
    found = {each["name"]: each.get("resources") or {} for _, each in _containers(pod)}
    return {**found, WHOLE_POD: whole} if whole else found


def with_given(pod: Object, given: Mapping[str, Amounts]) -> Object:
    """Return a pod that asks for what it has."""
    if given == asked(pod):
        return pod
    spec = pod["spec"]
    changed = {kind: [with_resources(each, given) for each in spec[kind]] for kind in _KINDS if spec.get(kind)}
    whole = {"resources": given[WHOLE_POD]} if WHOLE_POD in given else {}
    return {**pod, "spec": {**spec, **changed, **whole}}


def with_resources(container: Object, given: Mapping[str, Amounts]) -> Object:
    """Return a container with the resources it was given."""
    own = given.get(container["name"])
    if own is None or own == (container.get("resources") or {}):
        return container
    return {**container, "resources": own}


def memory_limit(amounts: Amounts) -> int | None:
    """Return the memory limit (bytes) among a container's resources, None where there is none."""
    limit = at(amounts, "limits", "memory")
    return int(parse(limit).value) if limit is not None else None


def refusal(pod: Object, others: Iterable[Object], allocatable: Mapping[str, str]) -> Refused | None:
    """Return why a node cannot give a pod what it asks for beside the `others`; None where it can.

    Source: pkg/kubelet/lifecycle/predicate.go, Admit; pkg/kubelet/allocation/allocation_manager.go, canAdmitPod.
    """
    wanted, room = _plain(pod_requests(pod)), _plain(resources(allocatable))
    for name in reversed(_COUNTED):
        if wanted[name] > room[name]:
            seen = f"{name}, requested: {wanted[name]}, capacity: {room[name]}"
            return Refused(INFEASIBLE, f"Node didn't have enough capacity: {seen}")
    used = [_plain(pod_requests(other)) for other in others]
    for name in _COUNTED:
        taken = sum(each[name] for each in used)
        if wanted[name] > room[name] - taken:
            seen = f"{name}, requested: {wanted[name]}, used: {taken}, capacity: {room[name]}"
            return Refused(DEFERRED, f"Node didn't have enough resource: {seen}")
    return None


def resize_conditions(allocation: Allocation) -> list[dict[str, Any]]:
    """Return the conditions of a resize under way, without times.

    Source: pkg/kubelet/status/status_manager.go, GetPodResizeConditions.
    """
    found: list[dict[str, Any]] = []
    if allocation.pending is not None:
        waits = allocation.pending
        told = {"observedGeneration": waits.generation, "reason": waits.reason, "message": waits.message}
        found.append({"type": "PodResizePending", "status": "True", **told})
    if allocation.progress is not None:
        goes = allocation.progress
        told = {"reason": "Error", "message": goes.error} if goes.error else {}
        found.append({"type": "PodResizeInProgress", "status": "True", "observedGeneration": goes.generation, **told})
    return found


def summary(pod: Object, generation: int, error: str = "") -> str:
    """Return the JSON that the events of a resize carry.

    Source: pkg/kubelet/events/resize_events.go, podResizeMessage.
    """
    told: dict[str, Any] = {}
    for kind, each in _containers(pod):
        told.setdefault(kind, []).append({"name": each["name"], "resources": _sorted(each.get("resources") or {})})
    told["generation"] = generation
    if error:
        told["error"] = error
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


def _sorted(amounts: Amounts) -> dict[str, Any]:
    sides = ("limits", "requests")
    told = {side: dict(sorted(amounts[side].items())) for side in sides if amounts.get(side)}
    return told | ({"claims": amounts["claims"]} if amounts.get("claims") else {})


def _containers(pod: Object) -> list[tuple[str, Object]]:
    return [(kind, each) for kind in _KINDS for each in pod["spec"].get(kind) or ()]


def _plain(amounts: Resources) -> dict[str, int]:
    """Return cpu in thousandths and memory in bytes, as the messages tell them."""
    cpu, memory = amounts.get("cpu"), amounts.get("memory")
    return {"cpu": cpu.milli_value if cpu else 0, "memory": memory.value if memory else 0}

"""What a kubelet says of its node: how ready it is, and what it runs short of.

Source: pkg/kubelet/nodestatus/setters.go, ReadyCondition, MemoryPressureCondition, DiskPressureCondition,
PIDPressureCondition.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from podproof.simulator.machine.images import Image
from podproof.simulator.model.objects import Object

MEMORY, DISK = "memory", "disk"
_PRESSURES: Mapping[str, tuple[str, tuple[str, str], tuple[str, str]]] = {
    MEMORY: (
        "MemoryPressure",
        ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
        ("KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ),
    DISK: (
        "DiskPressure",
        ("KubeletHasDiskPressure", "kubelet has disk pressure"),
        ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ),
    "pid": (
        "PIDPressure",
        ("KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
        ("KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ),
}
"""By what is short: the condition, and its reason and message where it is short and where it is not."""


_MOST_IMAGES = 50
"""Source: pkg/kubelet/apis/config/v1beta1/defaults.go, NodeStatusMaxImages."""


def node_images(present: Iterable[Image]) -> list[dict[str, Any]]:
    """Return what a node says of its images: the largest ones, each by its digest and its tag.

    Source: pkg/kubelet/nodestatus/setters.go, Images; pkg/kubelet/images/image_gc_manager.go, GetImageList.
    """
    largest = sorted(present, key=lambda each: (-each.size, str(each.name)))[:_MOST_IMAGES]
    return [
        {"names": list(dict.fromkeys((each.repo_digest, str(each.name)))), "sizeBytes": each.size} for each in largest
    ]


def node_conditions(
    short_of: Collection[str], before: Sequence[Object], now_text: str, fault: str = ""
) -> list[dict[str, Any]]:
    """Return the conditions of a node whose kubelet runs; `before` are those it had, `fault` why it is not ready."""
    known = {each["type"]: each for each in before}
    rows = [
        (kind, "True" if what in short_of else "False", *(bad if what in short_of else good))
        for what, (kind, bad, good) in _PRESSURES.items()
    ]
    rows.append(("Ready", "False", "KubeletNotReady", fault) if fault else _READY)
    return [_condition(*row, known.get(row[0]), now_text) for row in rows]


_READY = ("Ready", "True", "KubeletReady", "kubelet is posting ready status")
_EVENTS: Mapping[tuple[str, str], str] = {
    ("Ready", "True"): "NodeReady",
    ("Ready", "False"): "NodeNotReady",
    ("MemoryPressure", "True"): "NodeHasInsufficientMemory",
    ("MemoryPressure", "False"): "NodeHasSufficientMemory",
    ("DiskPressure", "True"): "NodeHasDiskPressure",
    ("DiskPressure", "False"): "NodeHasNoDiskPressure",
    ("PIDPressure", "True"): "NodeHasInsufficientPID",
    ("PIDPressure", "False"): "NodeHasSufficientPID",
}


def news(before: Sequence[Object], now: Sequence[Object]) -> list[str]:
    """Return the reasons of the events that tell what has changed about a node's conditions.

    Source: pkg/kubelet/nodestatus/setters.go (recordEventFunc of each condition).
    """
    known = {each["type"]: each["status"] for each in before}
    changed = [each for each in now if known.get(each["type"]) != each["status"]]
    return [_EVENTS[each["type"], each["status"]] for each in changed if (each["type"], each["status"]) in _EVENTS]


def _condition(
    kind: str, status: str, reason: str, message: str, before: Object | None, now_text: str
) -> dict[str, Any]:
    same = before is not None and before["status"] == status
    since = before["lastTransitionTime"] if same and before is not None else now_text
    times = {"lastHeartbeatTime": now_text, "lastTransitionTime": since}
    return {"type": kind, "status": status, **times, "reason": reason, "message": message}

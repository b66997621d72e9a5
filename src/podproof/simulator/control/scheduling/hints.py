"""Which change of the cluster may help a pod that a plugin rejected.

Source: EventsToRegister of each plugin in pkg/scheduler/framework/plugins.
"""

from collections.abc import Iterator

from podproof.simulator.model.objects import Object, at

_NODE_ADDED = (
    "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
    "PodTopologySpread", "InterPodAffinity", "VolumeBinding", "VolumeZone", "NodeVolumeLimits", "VolumeRestrictions",
)  # fmt: skip
_POD_GONE = (
    "NodeResourcesFit",
    "NodePorts",
    "PodTopologySpread",
    "InterPodAffinity",
    "VolumeRestrictions",
    "NodeVolumeLimits",
)
_POD_CAME = ("PodTopologySpread", "InterPodAffinity")


def helped_by_node(old: Object | None, new: Object | None) -> Iterator[str]:
    """Yield the plugins whose verdict a node's change may turn."""
    if new is None:
        yield "PodTopologySpread"
    elif old is None:
        yield from _NODE_ADDED
    else:
        yield from _helped_by_update(old, new)


def _helped_by_update(old: Object, new: Object) -> Iterator[str]:
    if at(old, "status", "allocatable") != at(new, "status", "allocatable"):
        yield from ("NodeResourcesFit", "NodeVolumeLimits")
    if old["metadata"].get("labels") != new["metadata"].get("labels"):
        yield from ("NodeAffinity", "PodTopologySpread", "InterPodAffinity", "VolumeBinding", "VolumeZone")
    if at(old, "spec", "taints") != at(new, "spec", "taints"):
        yield from ("TaintToleration", "NodeUnschedulable", "PodTopologySpread")
    if at(old, "spec", "unschedulable") != at(new, "spec", "unschedulable"):
        yield "NodeUnschedulable"


def helped_by_pod(*, came: bool) -> tuple[str, ...]:
    """Return the plugins whose verdict a pod that came to a node, or left one, may turn."""
    return _POD_CAME if came else _POD_GONE

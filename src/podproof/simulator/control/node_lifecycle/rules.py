"""What a node's conditions mean for its taints and its pods: pure rules.

Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go; pkg/controller/util/node/controller_utils.go.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from podproof.simulator.model.objects import Object, at

NO_SCHEDULE, NO_EXECUTE = "NoSchedule", "NoExecute"
_PREFIX = "node.kubernetes.io/"
_NOT_READY, _UNREACHABLE = f"{_PREFIX}not-ready", f"{_PREFIX}unreachable"
_UNSCHEDULABLE = f"{_PREFIX}unschedulable"
_OF_CONDITION = {
    ("Ready", "False"): _NOT_READY,
    ("Ready", "Unknown"): _UNREACHABLE,
    ("MemoryPressure", "True"): f"{_PREFIX}memory-pressure",
    ("DiskPressure", "True"): f"{_PREFIX}disk-pressure",
    ("PIDPressure", "True"): f"{_PREFIX}pid-pressure",
    ("NetworkUnavailable", "True"): f"{_PREFIX}network-unavailable",
}
"""Source: node_lifecycle_controller.go, nodeConditionToTaintKeyStatusMap."""
_OURS = {*_OF_CONDITION.values(), _UNSCHEDULABLE}
_UNHEALTHY_SHARE = 0.55
"""Source: pkg/controller/nodelifecycle/config/v1alpha1/defaults.go, UnhealthyZoneThreshold."""
_SEVERAL = 2
"""Source: node_lifecycle_controller.go, ComputeZoneState: fewer nodes down are no disruption."""


def ready_of(node: Object) -> str:
    """Return the status of a node's condition Ready."""
    conditions = at(node, "status", "conditions") or ()
    return next((str(each["status"]) for each in conditions if each["type"] == "Ready"), "Unknown")


def silenced(node: Object, now_text: str) -> dict[str, Any]:
    """Return a node whose kubelet has not been heard of for too long: nothing is known of it.

    Source: node_lifecycle_controller.go, tryUpdateNodeHealth.
    """
    unknown = {
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped posting node status.",
        "lastTransitionTime": now_text,
    }
    conditions = [{**each, **unknown} for each in at(node, "status", "conditions") or ()]
    return {**node, "status": {**(node.get("status") or {}), "conditions": conditions}}


def unready(pod: Object, now_text: str) -> dict[str, Any] | None:
    """Return a pod marked as not ready because its node is not; None where it is not ready anyway.

    Source: pkg/controller/util/node/controller_utils.go, MarkPodsNotReady.
    """
    conditions = at(pod, "status", "conditions") or ()
    if not any(each["type"] == "Ready" and each["status"] == "True" for each in conditions):
        return None
    change = {"status": "False", "lastTransitionTime": now_text}
    marked = [{**each, **change} if each["type"] == "Ready" else each for each in conditions]
    return {**pod, "status": {**pod["status"], "conditions": marked}}


def taints_of(node: Object, effect: str) -> list[Object]:
    """Return a node's taints of one effect."""
    return [taint for taint in at(node, "spec", "taints") or () if taint["effect"] == effect]


def with_no_schedule(node: Object, now_text: str) -> dict[str, Any] | None:
    """Return a node with the NoSchedule taints its conditions ask for; None where it has them.

    Source: node_lifecycle_controller.go, doNoScheduleTaintingPass.
    """
    conditions = at(node, "status", "conditions") or ()
    wanted = [_OF_CONDITION[row] for each in conditions if (row := (each["type"], each["status"])) in _OF_CONDITION]
    if at(node, "spec", "unschedulable"):
        wanted.append(_UNSCHEDULABLE)
    return _tainted(node, NO_SCHEDULE, wanted, now_text)


def with_no_execute(node: Object, evicts: bool, now_text: str) -> dict[str, Any] | None:
    """Return a node with the NoExecute taint its readiness asks for, or with none; None where it is so.

    `evicts` is whether pods may be driven away now.
    """
    taint = _OF_CONDITION.get(("Ready", ready_of(node)))
    return _tainted(node, NO_EXECUTE, [taint] if taint and evicts else [], now_text)


def _tainted(node: Object, effect: str, wanted: Iterable[str], now_text: str) -> dict[str, Any] | None:
    """Return a node nearer to having, of the taints that conditions rule, exactly the wanted ones of `effect`.

    What is missing is added first; what is too much goes with the next look.
    Source: pkg/controller/util/node/controller_utils.go, SwapNodeControllerTaint.
    """
    keys, before = list(wanted), list(at(node, "spec", "taints") or ())
    known = {each["key"] for each in before if each["effect"] == effect}
    added = [{"key": key, "effect": effect, "timeAdded": now_text} for key in keys if key not in known]
    kept = [each for each in before if each["effect"] != effect or each["key"] not in _OURS or each["key"] in keys]
    taints = [*before, *added] if added else kept
    if taints == before:
        return None
    spec = {key: value for key, value in node["spec"].items() if key != "taints"}
    return {**node, "spec": {**spec, "taints": taints} if taints else spec}


def zone_of(node: Object) -> str:
    """Return the zone a node says it is in, "" where it says none."""
    return str((node["metadata"].get("labels") or {}).get("topology.kubernetes.io/zone", ""))


class Zones:
    """How each zone is, kept up to date: "full" where no node is ready, "partial" where most are not, else "".

    Source: node_lifecycle_controller.go, ComputeZoneState.
    """

    def __init__(self) -> None:
        self._all: Counter[str] = Counter()
        self._down: Counter[str] = Counter()
        self.states: dict[str, str] = {}

    def changed(self, old: Object | None, new: Object | None) -> bool:
        """Count a node's new version in place of its old one; return whether any zone is otherwise now."""
        before = dict(self.states)
        for node, sign in ((old, -1), (new, 1)):
            if node is not None:
                self._count(node, sign)
        return self.states != before

    def _count(self, node: Object, sign: int) -> None:
        zone = zone_of(node)
        self._all[zone] += sign
        self._down[zone] += sign * (ready_of(node) != "True")
        if self._all[zone]:
            self.states[zone] = _disruption(self._down[zone], self._all[zone])
        else:
            self.states.pop(zone, None)


def _disruption(down: int, total: int) -> str:
    if down == total:
        return "full"
    return "partial" if down > _SEVERAL and down / total >= _UNHEALTHY_SHARE else ""

"""A claim that asks for more than its volume has: what is said of it on its way to the larger volume.

Source: kubernetes-csi/external-resizer, pkg/controller/controller.go, pvcNeedResize; pkg/util/util.go (conditions);
pkg/volume/util/operationexecutor/node_expander.go.
"""

from typing import Any

from podproof.simulator.control.storage.facts import capacity, phase_of, requested
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import BINARY, Quantity, parse
from podproof.simulator.model.times import Nanos, timestamp

RESIZING, ON_NODE = "Resizing", "FileSystemResizePending"
_ON_NODE_TOLD = "Waiting for user to (re-)start a pod to finish file system resize of volume on node."


def is_growing(claim: Object, volume: Object, driver: str) -> bool:
    """Say whether a bound claim asks this driver for more than its volume has."""
    bound = phase_of(claim) == "Bound" and claim["spec"].get("volumeName") == volume["metadata"]["name"]
    return bound and at(volume, "spec", "csi", "driver") == driver and requested(claim) > capacity(volume)


def waits_for_node(claim: Object) -> bool:
    """Say whether only the file system of a claim's volume has still to grow."""
    return any(each["type"] == ON_NODE for each in at(claim, "status", "conditions") or ())


def resizing(claim: Object, now: Nanos) -> dict[str, Any]:
    """Return a claim whose volume is being made larger."""
    return _with(claim, RESIZING, "", now, {"storage": "ControllerResizeInProgress"})


def pending_on_node(claim: Object, now: Nanos) -> dict[str, Any]:
    """Return a claim whose volume is larger, and its file system not yet."""
    return _with(claim, ON_NODE, _ON_NODE_TOLD, now, {"storage": "NodeResizePending"})


def grown(claim: Object, volume: Object) -> dict[str, Any]:
    """Return a claim that has all its volume has."""
    gone = ("conditions", "allocatedResourceStatuses")
    others = [each for each in at(claim, "status", "conditions") or () if each["type"] not in (RESIZING, ON_NODE)]
    status = {key: value for key, value in claim["status"].items() if key not in gone}
    conditions = {"conditions": others} if others else {}
    return {**claim, "status": {**status, **conditions, "capacity": dict(volume["spec"]["capacity"])}}


def larger(volume: Object, claim: Object) -> dict[str, Any]:
    """Return a volume that has what a claim asks for."""
    amounts = {**volume["spec"]["capacity"], "storage": _asked(claim)}
    return {**volume, "spec": {**volume["spec"], "capacity": amounts}}


def _with(claim: Object, kind: str, message: str, now: Nanos, statuses: dict[str, str]) -> dict[str, Any]:
    """Return a claim with one of the conditions of a resize, and what has been allocated to it."""
    others = [each for each in at(claim, "status", "conditions") or () if each["type"] not in (RESIZING, ON_NODE)]
    condition = {"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": timestamp(now)}
    told = {**condition, "message": message} if message else condition
    allocated = {"storage": _asked(claim)}
    new = {"conditions": [*others, told], "allocatedResources": allocated, "allocatedResourceStatuses": statuses}
    return {**claim, "status": {**claim["status"], **new}}


def _asked(claim: Object) -> str:
    return str(Quantity(parse(claim["spec"]["resources"]["requests"]["storage"]).nano, BINARY))

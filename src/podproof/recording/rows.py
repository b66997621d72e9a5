"""One version of an object, or one event, as a row of a recording."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.tables import table
from podproof.simulator.model.times import SECOND, Nanos, moment
from podproof.timeline import Version

_NOTHING: Mapping[str, Any] = {}


def rounded(span: Nanos, digits: int) -> float:
    """Return seconds as recordings write them."""
    return round(span / SECOND, digits)


def version_row(kind: str, version: Version) -> dict[str, Any]:
    """Return a version without its time."""
    if version.object is None:
        return {"deleted": True}
    if kind == "Pod":
        return _pod_row(version, version.object)
    return _ROWS.get(kind, _plain_row)(version.object)


def _pod_row(version: Version, pod: Object) -> dict[str, Any]:
    status, view = pod.get("status") or _NOTHING, version.pod
    row = {
        "ready": view.ready,
        "status": view.status,
        "restarts": view.restarts,
        "phase": status.get("phase"),
        "reason": status.get("reason"),
        "message": status.get("message"),
        "qos": status.get("qosClass"),
        "has_ip": bool(status.get("podIP")) or None,
        "deleting": at(pod, "metadata", "deletionTimestamp") is not None or None,
        "conditions": {each["type"]: _told(each) for each in status.get("conditions") or ()} or None,
        "init": _containers(status.get("initContainerStatuses") or ()),
        "containers": _containers(status.get("containerStatuses") or ()),
    }
    return {key: value for key, value in row.items() if value is not None}


def _told(condition: Object) -> list[Any]:
    return [condition["status"], condition.get("reason") or None, condition.get("message") or None]


def _containers(statuses: Any) -> dict[str, Any] | None:
    return {row["name"]: _container(row) for row in statuses} or None


def _container(status: Object) -> dict[str, Any]:
    name, state = next(iter((status.get("state") or {"waiting": {}}).items()))
    last = at(status, "lastState", "terminated")
    row = {
        "state": name,
        "ready": status.get("ready", False),
        "started": status.get("started", False),
        "restarts": status.get("restartCount", 0),
        "reason": state.get("reason"),
        "exitCode": state.get("exitCode"),
        "signal": state.get("signal"),
        "message": state.get("message"),
        "last": {"reason": last.get("reason"), "exitCode": last.get("exitCode")} if last else None,
    }
    return {key: value for key, value in row.items() if value not in (None, "")}


def _plain_row(item: Object) -> dict[str, Any]:
    """Return what recordings show of a kind that has no shape of its own: the columns that move, and its status."""
    status = {key: value for key, value in (item.get("status") or {}).items() if key not in _NOT_STATUS}
    return {"cells": dict(_cells(item)), "status": status, "conditions": _pairs(item)}


_MOVING = {
    "Deployment": ("READY", "UP-TO-DATE", "AVAILABLE"),
    "ReplicaSet": ("DESIRED", "CURRENT", "READY"),
    "StatefulSet": ("READY",),
    "Job": ("STATUS", "COMPLETIONS"),
    "PersistentVolume": ("STATUS",),
    "PersistentVolumeClaim": ("STATUS", "VOLUME"),
}
"""The printed columns a recording keeps of a kind: those that its status moves."""


def _cells(item: Object) -> Iterator[tuple[str, Any]]:
    names = _MOVING.get(item["kind"])
    if names:
        made = table(item["kind"], [item], Nanos(0))
        shown = dict(zip(made.columns, made.rows[0], strict=True))
        yield from ((name.capitalize(), shown[name]) for name in names)


_NOT_STATUS = (
    "conditions",
    "observedGeneration",
    "startTime",
    "completionTime",
    "uncountedTerminatedPods",
    "currentRevision",
    "updateRevision",
    "lastPhaseTransitionTime",
)
"""What differs from run to run, or stands elsewhere in a row."""


def _pairs(item: Object) -> dict[str, Any]:
    return {each["type"]: [each["status"], each.get("reason")] for each in at(item, "status", "conditions") or ()}


def _slice_row(item: Object) -> dict[str, Any]:
    endpoints = [{"pod": at(each, "targetRef", "name"), **_flags(each)} for each in item.get("endpoints") or ()]
    return {"endpoints": endpoints, "ports": [_port(each) for each in item.get("ports") or ()]}


def _port(port: Object) -> dict[str, Any]:
    return {key: port[key] for key in ("port", "protocol", "name") if key in port}


def _flags(endpoint: Object) -> dict[str, Any]:
    conditions = endpoint.get("conditions") or _NOTHING
    return {key: conditions.get(key, False) for key in ("ready", "serving", "terminating")}


def _node_row(item: Object) -> dict[str, Any]:
    conditions = _pairs(item)
    ready = {"True": "Ready", None: "Unknown"}.get(conditions.get("Ready", [None])[0], "NotReady")
    if at(item, "spec", "unschedulable"):
        ready += ",SchedulingDisabled"
    taints = [[each["key"], each.get("value"), each["effect"]] for each in at(item, "spec", "taints") or ()]
    return {"ready": ready, "taints": taints, "conditions": conditions}


_ROWS: Mapping[str, Callable[[Object], dict[str, Any]]] = {"EndpointSlice": _slice_row, "Node": _node_row}


def event_row(event: Object, began: Nanos) -> dict[str, Any]:
    """Return an event; its times are printed in whole seconds, or exactly where it has an eventTime of its own."""
    about: Mapping[str, Any] = event.get("involvedObject") or {}
    own = event.get("eventTime")
    first = event.get("firstTimestamp") or own
    last = at(event, "series", "lastObservedTime") or event.get("lastTimestamp") or own
    return {
        "first": rounded(Nanos(moment(first) - began), 1) if first else None,
        "last": rounded(Nanos(moment(last) - began), 1) if last else None,
        "count": event.get("count") or at(event, "series", "count") or 1,
        "type": event.get("type"),
        "reason": event.get("reason"),
        "message": event.get("message"),
        "object": f"{about.get('kind')}/{about.get('name')}",
        "fieldPath": about.get("fieldPath"),
        "component": at(event, "source", "component") or event.get("reportingComponent"),
    }

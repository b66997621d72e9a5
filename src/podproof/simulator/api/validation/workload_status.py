"""Checks of the counts in a controller's status that somebody writes.

Source: pkg/apis/apps/validation/validation.go, Validate{Deployment,ReplicaSet,StatefulSet,DaemonSet}Status;
pkg/apis/core/validation/validation.go, ValidateReplicationControllerStatus.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from podproof.simulator.api.faults import Fault, invalid
from podproof.simulator.api.validation.scalars import not_negative
from podproof.simulator.model.objects import Object


class _Counts(NamedTuple):
    """The counts of a kind in the order they are looked at, and those that are parts of `replicas`."""

    counts: Sequence[str]
    parts: Sequence[str] = ()
    ready: str = "readyReplicas"
    """What the server calls the count that no fewer than the available ones may be."""


_REPLICATED = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
_COUNTS: Mapping[str, _Counts] = {
    "Deployment": _Counts(
        (
            "observedGeneration",
            "replicas",
            "updatedReplicas",
            "readyReplicas",
            "availableReplicas",
            "unavailableReplicas",
            "terminatingReplicas",
            "collisionCount",
        ),
        ("updatedReplicas", "readyReplicas", "availableReplicas"),
    ),
    "ReplicaSet": _Counts(("replicas", *_REPLICATED, "terminatingReplicas", "observedGeneration"), _REPLICATED),
    "ReplicationController": _Counts(("replicas", *_REPLICATED, "observedGeneration"), _REPLICATED),
    "StatefulSet": _Counts(
        (
            "replicas",
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "availableReplicas",
            "observedGeneration",
            "collisionCount",
        ),
        ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"),
        "status.readyReplicas",
    ),
    "DaemonSet": _Counts(
        (
            "currentNumberScheduled",
            "numberMisscheduled",
            "desiredNumberScheduled",
            "numberReady",
            "observedGeneration",
            "updatedNumberScheduled",
            "numberAvailable",
            "numberUnavailable",
            "collisionCount",
        )
    ),
    "HorizontalPodAutoscaler": _Counts(("currentReplicas", "desiredReplicas")),
}
_COLLIDING = ("Deployment", "StatefulSet", "DaemonSet")


def count_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with the counts of a status that replaces another."""
    kind, status, known = item["kind"], item.get("status") or {}, old.get("status") or {}
    counts, parts, ready = _COUNTS[kind]
    for key in counts:
        yield from not_negative(status.get(key), f"status.{key}")
    for key in parts:
        if status.get(key, 0) > status.get("replicas", 0):
            yield invalid(f"status.{key}", status[key], "cannot be greater than status.replicas")
    if parts and status.get("availableReplicas", 0) > status.get("readyReplicas", 0):
        yield invalid("status.availableReplicas", status["availableReplicas"], f"cannot be greater than {ready}")
    if kind in _COLLIDING and status.get("collisionCount", 0) < known.get("collisionCount", 0):
        yield invalid("status.collisionCount", status.get("collisionCount", 0), "cannot be decremented")

"""What a Deployment's status says: counts, and how its rollout goes.

Source: pkg/controller/deployment/sync.go, calculateStatus; progress.go, syncRolloutStatus, requeueStuckDeployment;
pkg/controller/deployment/util/deployment_util.go, DeploymentComplete, DeploymentProgressing, DeploymentTimedOut.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from podproof.simulator.control.workloads.deployment.scaling import counted, max_unavailable, wanted
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos, moment, timestamp

_NO_DEADLINE = 2**31 - 1
AVAILABLE = "Available"
PROGRESSING = "Progressing"
FAILURE = "ReplicaFailure"
_COMPLETE = "NewReplicaSetAvailable"
_TIMED_OUT = "ProgressDeadlineExceeded"

Conditions = tuple[Object, ...]


def conditions_of(item: Object) -> Conditions:
    """Return the conditions of an object's status."""
    return tuple((item.get("status") or {}).get("conditions") or ())


def condition(conditions: Iterable[Object], kind: str) -> Object | None:
    """Return the condition of a type, None where there is none."""
    return next((each for each in conditions if each["type"] == kind), None)


def without(conditions: Iterable[Object], kind: str) -> Conditions:
    """Return the conditions but for one type."""
    return tuple(each for each in conditions if each["type"] != kind)


def with_condition(conditions: Conditions, kind: str, status: str, reason: str, message: str, now: Nanos) -> Conditions:
    """Return conditions with one said anew; where status and reason stay the same, so does the condition.

    Source: deployment_util.go, SetDeploymentCondition.
    """
    known, time = condition(conditions, kind), timestamp(now)
    if known is not None and (known["status"], known.get("reason")) == (status, reason):
        return conditions
    changed = known["lastTransitionTime"] if known is not None and known["status"] == status else time
    said = {"type": kind, "status": status, "lastUpdateTime": time, "lastTransitionTime": changed}
    return (*without(conditions, kind), {**said, "reason": reason, "message": message})


def has_deadline(deployment: Object) -> bool:
    """Say whether a rollout can be too slow."""
    return int(deployment["spec"].get("progressDeadlineSeconds", _NO_DEADLINE)) != _NO_DEADLINE


def plain_status(deployment: Object, sets: Sequence[Object], new: Object | None, now: Nanos) -> dict[str, Any]:
    """Return the counts over all sets, and whether enough pods are available."""
    available = sum(counted(each, "availableReplicas") for each in sets)
    numbers = {
        "observedGeneration": int(deployment["metadata"].get("generation", 0)),
        "replicas": sum(counted(each, "replicas") for each in sets),
        "updatedReplicas": counted(new, "replicas") if new else 0,
        "readyReplicas": sum(counted(each, "readyReplicas") for each in sets),
        "availableReplicas": available,
        "unavailableReplicas": max(sum(wanted(each) for each in sets) - available, 0),
        "collisionCount": counted(deployment, "collisionCount"),
    }
    enough = available >= wanted(deployment) - max_unavailable(deployment)
    said = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    lacking = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    told = with_condition(conditions_of(deployment), AVAILABLE, *(said if enough else lacking), now)
    going = sum(counted(each, "terminatingReplicas") for each in sets)
    counts = {name: number for name, number in numbers.items() if number}
    return {**counts, "terminatingReplicas": going, "conditions": list(told)}


def rollout_status(deployment: Object, sets: Sequence[Object], new: Object | None, now: Nanos) -> dict[str, Any]:
    """Return the status with what it says of the rollout: complete, on its way, or too slow."""
    status = plain_status(deployment, sets, new, now)
    told: Conditions = tuple(status["conditions"])
    if not has_deadline(deployment):
        told = without(told, PROGRESSING)
    elif not _was_complete(deployment, status):
        told = _progress(deployment, status, told, new, now)
    return {**status, "conditions": list(_with_failure(told, sets, new))}


def _was_complete(deployment: Object, status: Object) -> bool:
    known = condition(conditions_of(deployment), PROGRESSING)
    return (
        known is not None
        and known.get("reason") == _COMPLETE
        and status.get("replicas", 0) == status.get("updatedReplicas", 0)
    )


def _progress(deployment: Object, status: Object, told: Conditions, new: Object | None, now: Nanos) -> Conditions:
    name = f'ReplicaSet "{new["metadata"]["name"]}"' if new else f'Deployment "{deployment["metadata"]["name"]}"'
    if is_complete(deployment, status):
        return with_condition(told, PROGRESSING, "True", _COMPLETE, f"{name} has successfully progressed.", now)
    if _has_moved(deployment.get("status") or {}, status):
        return _moved(told, f"{name} is progressing.", now)
    if _is_late(deployment, status, now):
        return with_condition(told, PROGRESSING, "False", _TIMED_OUT, f"{name} has timed out progressing.", now)
    return told


def is_complete(deployment: Object, status: Object) -> bool:
    """Say whether all pods wanted are there, new and available, and no other."""
    names = ("updatedReplicas", "replicas", "availableReplicas")
    all_there = all(status.get(name, 0) == wanted(deployment) for name in names)
    seen = int(status.get("observedGeneration", 0)) >= int(deployment["metadata"].get("generation", 0))
    return all_there and seen


def _has_moved(old: Object, new: Object) -> bool:
    def outdated(status: Object) -> int:
        return int(status.get("replicas", 0)) - int(status.get("updatedReplicas", 0))

    grown = any(
        new.get(name, 0) > old.get(name, 0) for name in ("updatedReplicas", "readyReplicas", "availableReplicas")
    )
    return grown or outdated(new) < outdated(old)


def _moved(told: Conditions, message: str, now: Nanos) -> Conditions:
    """Say anew that the rollout moves: the deadline counts from here."""
    known = condition(told, PROGRESSING)
    began = known["lastTransitionTime"] if known is not None and known["status"] == "True" else timestamp(now)
    said = {"type": PROGRESSING, "status": "True", "lastUpdateTime": timestamp(now), "lastTransitionTime": began}
    return (*without(told, PROGRESSING), {**said, "reason": "ReplicaSetUpdated", "message": message})


def _is_late(deployment: Object, status: Object, now: Nanos) -> bool:
    known = condition(status["conditions"], PROGRESSING)
    if known is None or known.get("reason") == _COMPLETE:
        return False
    return known.get("reason") == _TIMED_OUT or _deadline(deployment, known) < now


def _deadline(deployment: Object, known: Object) -> int:
    return moment(known["lastUpdateTime"]) + int(deployment["spec"]["progressDeadlineSeconds"]) * SECOND


def next_check(deployment: Object, status: Object, now: Nanos) -> Nanos | None:
    """Return when a rollout that does not move must be looked at again, None where none need be."""
    known = condition(conditions_of(deployment), PROGRESSING)
    if not has_deadline(deployment) or known is None or is_complete(deployment, status):
        return None
    if known.get("reason") == _TIMED_OUT:
        return None
    return Nanos(max(_deadline(deployment, known), now) + SECOND)


def _with_failure(told: Conditions, sets: Sequence[Object], new: Object | None) -> Conditions:
    """Take over why a set cannot make its pods, from the new set before any other."""
    for each in [*([new] if new else []), *sets]:
        failure = condition(conditions_of(each), FAILURE)
        if failure is not None:
            known = condition(told, FAILURE)
            if known is not None and (known["status"], known.get("reason")) == (
                failure["status"],
                failure.get("reason"),
            ):
                return told
            return (*without(told, FAILURE), {**failure, "lastUpdateTime": failure["lastTransitionTime"]})
    return without(told, FAILURE)

"""What a StatefulSet's status counts.

Source: pkg/controller/statefulset/stateful_set_control.go, computeReplicaStatus, completeRollingUpdate.
"""

from collections.abc import Iterable
from typing import Any

from podproof.simulator.control.workloads.pods import is_available, phase_of, ready_since
from podproof.simulator.control.workloads.stateful_set.identity import revision_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

_ALWAYS = ("replicas", "availableReplicas", "collisionCount")


def is_healthy(pod: Object) -> bool:
    """Say whether a pod runs and is ready. Source: isRunningAndReady."""
    return phase_of(pod) == "Running" and ready_since(pod) is not None


def is_up(pod: Object, owner: Object, now: Nanos) -> bool:
    """Say whether a pod is healthy, and has been so for long enough. Source: isRunningAndAvailable."""
    return is_healthy(pod) and is_available(pod, int(owner["spec"].get("minReadySeconds", 0)), now)


def is_going(pod: Object) -> bool:
    """Say whether a pod is on its way out."""
    return "deletionTimestamp" in pod["metadata"]


def status_of(owner: Object, pods: Iterable[Object], current: str, update: str, now: Nanos) -> dict[str, Any]:
    """Return the status; pods nobody has made yet are not among `pods`. `current`, `update`: names of revisions."""
    pods, old = list(pods), owner.get("status") or {}
    staying = [pod for pod in pods if not is_going(pod)]
    numbers = {
        "observedGeneration": int(owner["metadata"].get("generation", 0)),
        "replicas": len(pods),
        "readyReplicas": sum(is_healthy(pod) for pod in pods),
        "availableReplicas": sum(is_up(pod, owner, now) for pod in pods),
        "currentReplicas": sum(revision_of(pod) == current for pod in staying),
        "updatedReplicas": sum(revision_of(pod) == update for pod in staying),
        "collisionCount": int(old.get("collisionCount") or 0),
    }
    counts: dict[str, Any] = {name: number for name, number in numbers.items() if number or name in _ALWAYS}
    return counts | {"currentRevision": current, "updateRevision": update}


def completed(owner: Object, status: dict[str, Any]) -> dict[str, Any]:
    """Return a status in which a rolling update that has reached every pod is the current state."""
    strategy = (owner["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate")
    total = int(owner["spec"].get("replicas", 1))
    counts = (status.get(name, 0) for name in ("updatedReplicas", "readyReplicas", "replicas"))
    if strategy != "RollingUpdate" or any(count != total for count in counts):
        return status
    new = {**status, "currentRevision": status["updateRevision"]}
    if total:
        new["currentReplicas"] = total
    return new

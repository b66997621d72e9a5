"""How far a rollout is, in kubectl's judgement, and the template it would go back to."""

from typing import Any

from podproof.cluster import Cluster
from podproof.simulator.model.objects import Object, Ref, at

_REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"


def state_of(item: Object) -> tuple[bool, str]:
    """Return whether an object's rollout is complete, and what is lacking.

    Source: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go, Status of each kind.
    """
    if int(at(item, "status", "observedGeneration") or 0) < int(at(item, "metadata", "generation") or 0):
        return False, "its controller has not seen its spec yet"
    return _daemons_told(item) if item["kind"] == "DaemonSet" else _replicas_told(item)


def _replicas_told(item: Object) -> tuple[bool, str]:
    total, partition = int(at(item, "spec", "replicas") or 0), 0
    if item["kind"] == "StatefulSet":
        partition = int(at(item, "spec", "updateStrategy", "rollingUpdate", "partition") or 0)
    updated, there, available = (_count(item, f"{word}eplicas") for word in ("updatedR", "r", "availableR"))
    done = updated >= max(total - partition, 0) and there <= total and available >= total
    return done and _is_settled(item), f"of {total} pods {updated} are updated, {available} available, {there} there"


def _is_settled(item: Object) -> bool:
    """Say whether a rollout to all pods has become the current state, where that is told."""
    whole = item["kind"] == "StatefulSet" and not at(item, "spec", "updateStrategy", "rollingUpdate", "partition")
    return not whole or at(item, "status", "currentRevision") == at(item, "status", "updateRevision")


def _daemons_told(item: Object) -> tuple[bool, str]:
    words = ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    wanted, updated, available = (_count(item, word) for word in words)
    return updated >= wanted <= available, f"of {wanted} pods {updated} are updated, {available} available"


def _count(item: Object, name: str) -> int:
    return int(at(item, "status", name) or 0)


def earlier_template(cluster: Cluster, ref: Ref) -> dict[str, Any] | None:
    """Return the template of the revision before the present one, None where there is none.

    Source: staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollback.go, deploymentRevision, findHistory.
    """
    kept = _of_sets(cluster, ref) if ref.kind == "Deployment" else _of_history(cluster, ref)
    revisions = sorted(kept, key=lambda each: each[0])
    return revisions[-2][1] if len(revisions) > 1 else None


def _of_sets(cluster: Cluster, ref: Ref) -> list[tuple[int, dict[str, Any]]]:
    found = []
    for each in cluster.list("ReplicaSet"):
        number = at(each, "metadata", "annotations", _REVISION)
        if number is not None and _is_owned(each, ref):
            template = each["spec"]["template"]
            labels = {key: text for key, text in template["metadata"]["labels"].items() if key != _HASH}
            found.append((int(number), {**template, "metadata": {**template["metadata"], "labels": labels}}))
    return found


def _of_history(cluster: Cluster, ref: Ref) -> list[tuple[int, dict[str, Any]]]:
    owned = [each for each in cluster.list("ControllerRevision") if _is_owned(each, ref)]
    return [
        (each["revision"], {key: part for key, part in each["data"]["spec"]["template"].items() if key != "$patch"})
        for each in owned
    ]


def _is_owned(item: Object, ref: Ref) -> bool:
    owners = at(item, "metadata", "ownerReferences") or ()
    return any((each["kind"], each["name"]) == (ref.kind, ref.name) for each in owners)

"""Which ReplicaSet is a Deployment's new one, which are old, and how they are numbered.

Source: pkg/controller/deployment/sync.go, getNewReplicaSet, cleanupDeployment;
pkg/controller/deployment/util/deployment_util.go, FindNewReplicaSet, SetNewReplicaSetAnnotations.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from podproof.simulator.control.plans import Command, Delete
from podproof.simulator.control.workloads.deployment.scaling import (
    DESIRED,
    MAX,
    SETS,
    annotations_of,
    counted,
    new_replicas,
    scale_notes,
    wanted,
)
from podproof.simulator.control.workloads.owners import controller_reference
from podproof.simulator.model.objects import Object

HASH = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
_OWN = (
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MAX,
    "deprecated.deployment.rollback.to",
)
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""Source: staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go, alphanums."""


def by_age(sets: Iterable[Object]) -> list[Object]:
    """Return sets, the oldest first; those of one second by name."""
    return sorted(sets, key=lambda each: (str(each["metadata"]["creationTimestamp"]), str(each["metadata"]["name"])))


def new_set(deployment: Object, sets: Iterable[Object]) -> Object | None:
    """Return the oldest set whose template is the Deployment's, None where there is none."""
    template = _without_hash(deployment["spec"]["template"])
    return next((each for each in by_age(sets) if _without_hash(each["spec"]["template"]) == template), None)


def _without_hash(template: Object) -> dict[str, Any]:
    meta = {**(template.get("metadata") or {})}
    meta["labels"] = {key: value for key, value in (meta.get("labels") or {}).items() if key != HASH}
    meta.pop("creationTimestamp", None)
    return {**template, "metadata": meta}


def template_hash(template: Object, collisions: int) -> str:
    """Return the short word that tells templates apart.

    Kubernetes hashes its Go structs, which nobody else has: the word is another one here, of the same letters.
    Source: pkg/controller/controller_utils.go, ComputeHash; rand.SafeEncodeString.
    """
    number = 0x811C9DC5
    for byte in (json.dumps(template, sort_keys=True) + (str(collisions) if collisions else "")).encode():
        number = ((number ^ byte) * 0x01000193) & 0xFFFFFFFF
    return "".join(_ALPHABET[ord(digit) % len(_ALPHABET)] for digit in str(number))


def revision_of(item: Object) -> int:
    """Return the revision an object is annotated with, 0 where it has none or no number."""
    text = annotations_of(item).get(REVISION, "")
    return int(text) if text.isdigit() else 0


def next_revision(old: Iterable[Object]) -> int:
    """Return the number that comes after all of the old sets'."""
    return max((revision_of(each) for each in old), default=0) + 1


def annotated(deployment: Object, each: Object, revision: int) -> dict[str, str]:
    """Return the annotations of the new set: the Deployment's own, its number, and the numbers it had before."""
    known = annotations_of(each)
    notes = {**known, **{key: text for key, text in annotations_of(deployment).items() if key not in _OWN}}
    if revision_of(each) < revision:
        notes[REVISION] = str(revision)
        if REVISION in known:
            notes[HISTORY] = ",".join([*filter(None, [known.get(HISTORY, "")]), known[REVISION]])
    return notes


def new_body(deployment: Object, old: Sequence[Object], revision: int) -> dict[str, Any]:
    """Return the set to create for a template that has none."""
    spec, collisions = deployment["spec"], counted(deployment, "collisionCount")
    word = template_hash(spec["template"], collisions)
    meta = spec["template"].get("metadata") or {}
    labels = {**(meta.get("labels") or {}), HASH: word}
    selector = {**spec["selector"], "matchLabels": {**(spec["selector"].get("matchLabels") or {}), HASH: word}}
    body: dict[str, Any] = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{deployment['metadata']['name']}-{word}",
            "namespace": deployment["metadata"]["namespace"],
            "labels": labels,
            "ownerReferences": [controller_reference(deployment)],
        },
        "spec": {
            "replicas": 0,
            "selector": selector,
            "template": {**spec["template"], "metadata": {**meta, "labels": labels}},
            **({"minReadySeconds": spec["minReadySeconds"]} if spec.get("minReadySeconds") else {}),
        },
    }
    body["spec"]["replicas"] = new_replicas(deployment, [*old, body], body)
    body["metadata"]["annotations"] = {**annotated(deployment, body, revision), **scale_notes(deployment)}
    return body


def cleaned_up(deployment: Object, old: Iterable[Object]) -> Iterator[Command]:
    """Yield the deletion of the oldest empty sets beyond the history's limit."""
    alive = [each for each in old if "deletionTimestamp" not in each["metadata"]]
    surplus = len(alive) - int(deployment["spec"].get("revisionHistoryLimit", 10))
    for each in sorted(alive, key=revision_of)[: max(surplus, 0)]:
        meta = each["metadata"]
        is_seen = counted(each, "observedGeneration") >= int(meta.get("generation", 0))
        if is_seen and not counted(each, "replicas") and not wanted(each):
            yield Delete(SETS, meta["namespace"], meta["name"])

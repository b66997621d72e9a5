"""What snapshots, their contents and their classes say of themselves.

Source: kubernetes-csi/external-snapshotter, pkg/utils/util.go.
"""

from typing import Any

from podproof.simulator.control.storage.facts import notes
from podproof.simulator.model.objects import Object, at

GROUP = "snapshot.storage.k8s.io"
KIND = "VolumeSnapshot"
SNAPSHOTS, CONTENTS, CLASSES = (
    f"{each}.{GROUP}" for each in ("volumesnapshots", "volumesnapshotcontents", "volumesnapshotclasses")
)

_PREFIX = "snapshot.storage.kubernetes.io/"
AS_SOURCE = f"{_PREFIX}volumesnapshot-as-source-protection"
BOUND = f"{_PREFIX}volumesnapshot-bound-protection"
CONTENT_BOUND = f"{_PREFIX}volumesnapshotcontent-bound-protection"
CLAIM_AS_SOURCE = f"{_PREFIX}pvc-as-source-protection"
BEING_CREATED, BEING_DELETED = f"{_PREFIX}volumesnapshot-being-created", f"{_PREFIX}volumesnapshot-being-deleted"
_DEFAULT = f"{_PREFIX}is-default-class"


def key_of(snapshot: Object) -> str:
    """Return a snapshot's name as messages write it."""
    return f"{snapshot['metadata']['namespace']}/{snapshot['metadata']['name']}"


def claim_of(snapshot: Object) -> str:
    """Return the claim a snapshot is to be taken of, "" where its content is there already."""
    return str(snapshot["spec"]["source"].get("persistentVolumeClaimName") or "")


def content_named(snapshot: Object) -> str:
    """Return the content that a snapshot names as its source, "" where one is made for it."""
    return str(snapshot["spec"]["source"].get("volumeSnapshotContentName") or "")


def content_made_for(snapshot: Object) -> str:
    """Return the name of the content that is made for a snapshot."""
    return f"snapcontent-{snapshot['metadata']['uid']}"


def bound_content(snapshot: Object) -> str:
    """Return the content a snapshot says it is bound to, "" where it says none."""
    return str(at(snapshot, "status", "boundVolumeSnapshotContentName") or "")


def is_ready(item: Object) -> bool:
    """Say whether a volume can be made of a snapshot or content."""
    return bool(at(item, "status", "readyToUse"))


def refers_to(content: Object, snapshot: Object) -> bool:
    """Say whether a content is bound to this very snapshot. Source: IsVolumeSnapshotRefSet."""
    named, meta = content["spec"]["volumeSnapshotRef"], snapshot["metadata"]
    return all(named.get(key) == meta[key] for key in ("namespace", "name", "uid"))


def is_default(snapshot_class: Object, driver: str) -> bool:
    """Say whether a class is one that snapshots of a driver's volumes have that name none."""
    return notes(snapshot_class).get(_DEFAULT) == "true" and snapshot_class["driver"] == driver


def finalizers(item: Object) -> list[str]:
    """Return an object's finalizers."""
    return list(item["metadata"].get("finalizers") or ())


def with_finalizers(item: Object, known: list[str]) -> dict[str, Any]:
    """Return an object with other finalizers."""
    return {**item, "metadata": {**item["metadata"], "finalizers": known}}


def is_going(snapshot: Object) -> bool:
    """Say whether a snapshot is deleted and held by its own finalizers. Source: IsSnapshotDeletionCandidate."""
    held = {AS_SOURCE, BOUND} & set(finalizers(snapshot))
    return "deletionTimestamp" in snapshot["metadata"] and bool(held)


def restores(claim: Object, snapshot: Object) -> bool:
    """Say whether a volume is being made of a snapshot for a claim. Source: isVolumeBeingCreatedFromSnapshot."""
    source = claim["spec"].get("dataSource") or {}
    named = source.get("kind"), source.get("apiGroup"), source.get("name")
    return named == (KIND, GROUP, snapshot["metadata"]["name"]) and at(claim, "status", "phase") == "Pending"

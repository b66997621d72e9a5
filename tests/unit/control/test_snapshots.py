"""What one look at a snapshot or at a content decides."""

from typing import Any

import pytest

from podproof.simulator.control.plans import Create, Delete, Emit, Plan, Update, UpdateStatus
from podproof.simulator.control.storage.snapshots import binding, removal
from podproof.simulator.control.storage.snapshots.binding import status_of
from podproof.simulator.control.storage.snapshots.looks import Look
from podproof.simulator.control.storage.snapshots.sidecar import is_to_go
from podproof.simulator.model.times import seconds

SOURCE, BOUND = (f"snapshot.storage.kubernetes.io/volumesnapshot-{each}-protection" for each in ("as-source", "bound"))
CLASS = {"metadata": {"name": "daily"}, "driver": "disk", "deletionPolicy": "Delete"}
VOLUME: dict[str, Any] = {
    "metadata": {"name": "pv"},
    "spec": {
        "csi": {"driver": "disk", "volumeHandle": "h"},
        "claimRef": {"namespace": "ns", "name": "data", "uid": "c1"},
    },
}


def claim(phase: str = "Bound", **meta: Any) -> dict[str, Any]:
    named = {"name": "data", "namespace": "ns", "uid": "c1", **meta}
    return {"metadata": named, "spec": {"volumeName": "pv"}, "status": {"phase": phase}}


BOUND_CLAIM = claim()


def snapshot(status: Any = None, spec: Any = None, **meta: Any) -> dict[str, Any]:
    named = {"name": "s", "namespace": "ns", "uid": "u1", "resourceVersion": "7", "finalizers": [SOURCE], **meta}
    wanted = spec or {"source": {"persistentVolumeClaimName": "data"}, "volumeSnapshotClassName": "daily"}
    return {"kind": "VolumeSnapshot", "metadata": named, "spec": wanted, **({"status": status} if status else {})}


def content(status: Any = None, policy: str = "Delete", uid: str = "u1", **meta: Any) -> dict[str, Any]:
    ref = {"name": "s", "namespace": "ns", **({"uid": uid} if uid else {})}
    spec = {"source": {"volumeHandle": "h"}, "driver": "disk", "deletionPolicy": policy, "volumeSnapshotRef": ref}
    named, said = {"name": "snapcontent-u1", **meta}, {"status": status} if status else {}
    return {"metadata": named, "spec": {**spec, "volumeSnapshotClassName": "daily"}, **said}


def look(of: dict[str, Any], contents: Any = (), claims: Any = (BOUND_CLAIM,), classes: Any = (CLASS,)) -> Look:
    def find(items: Any) -> Any:
        return lambda name: next((each for each in items if each["metadata"]["name"] == name), None)

    found = (lambda: classes), (lambda: claims), (lambda: [of])
    return Look(of, find(contents), find(classes), find([VOLUME]), *found, seconds(60))


def told(plan: Plan) -> list[str]:
    """Return what a plan does, in words."""
    words = []
    for each in plan.commands:
        match each:
            case Emit(_, _, reason, _, _):
                words.append(reason)
            case Update(resource, _) | UpdateStatus(resource, _) | Create(resource, _) | Delete(resource, _, _):
                words.append(f"{type(each).__name__} {resource.partition('.')[0]}")
    return words


READY = {"readyToUse": True, "boundVolumeSnapshotContentName": "snapcontent-u1"}
NEW = {"boundVolumeSnapshotContentName": "snapcontent-u1"}
DONE = {"snapshotHandle": "x", "readyToUse": True, "creationTime": 60_000_000_000, "restoreSize": 2**30}
SYNCS: dict[str, tuple[Look, list[str], bool]] = {
    "one without its finalizer gets it first": (look(snapshot(finalizers=[])), ["Update volumesnapshots"], False),
    "then its claim is held and its content made": (
        look(snapshot()),
        ["Update persistentvolumeclaims", "Create volumesnapshotcontents", "CreatingSnapshot"],
        False,
    ),
    "a class that is missing is told, and looked for again": (
        look(snapshot(), classes=()),
        ["UpdateStatus volumesnapshots", "GetSnapshotClassFailed"],
        True,
    ),
    "a claim that is missing is told, and looked for again": (
        look(snapshot(), claims=()),
        ["UpdateStatus volumesnapshots", "SnapshotContentCreationFailed"],
        True,
    ),
    "a claim that waits for its volume is held nevertheless": (
        look(snapshot(), claims=(claim("Pending"),)),
        ["Update persistentvolumeclaims", "UpdateStatus volumesnapshots", "SnapshotContentCreationFailed"],
        True,
    ),
    "a content that is done is reported": (
        look(snapshot(NEW, finalizers=[SOURCE, BOUND]), [content(DONE)]),
        ["SnapshotCreated", "SnapshotReady", "UpdateStatus volumesnapshots"],
        False,
    ),
    "one that is bound is held by a second finalizer": (
        look(snapshot(READY), [content(DONE)]),
        ["Update volumesnapshots"],
        False,
    ),
    "but not where its content stays": (look(snapshot(READY), [content(DONE, "Retain")]), [], False),
    "a ready one that has lost its content says so, and no more": (
        look(snapshot(READY)),
        ["UpdateStatus volumesnapshots", "SnapshotContentMissing"],
        False,
    ),
    "another's content is not taken": (
        look(snapshot(), [content(DONE, uid="u2")]),
        ["UpdateStatus volumesnapshots", "SnapshotContentMisbound", "SnapshotFinalizerError"],
        True,
    ),
}


@pytest.mark.parametrize(("seen", "done", "again"), SYNCS.values(), ids=SYNCS.keys())
def test_a_snapshot_that_stays(seen: Look, done: list[str], again: bool) -> None:
    plan = binding.reconcile(seen)

    assert (told(plan), plan.failed) == (done, again)


def test_an_error_that_is_written_already_is_not_told_again() -> None:
    message = 'Failed to get snapshot class with error volumesnapshotclass.snapshot.storage.k8s.io "daily" not found'

    plan = binding.reconcile(look(snapshot({"error": {"message": message}}), classes=()))

    assert (plan.commands, plan.failed) == ((), True)


GOING = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
RESTORING = claim("Pending", name="copy")
RESTORING["spec"] = {"dataSource": {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s"}}
REMOVALS: dict[str, tuple[Look, list[str]]] = {
    "its content is marked and deleted before it": (
        look(snapshot(READY, finalizers=[SOURCE, BOUND], **GOING), [content(DONE)]),
        ["Update volumesnapshotcontents", "Delete volumesnapshotcontents", "Update volumesnapshots"],
    ),
    "a content that stays is only marked": (
        look(snapshot(READY, **GOING), [content(DONE, "Retain")]),
        ["Update volumesnapshotcontents", "Update volumesnapshots"],
    ),
    "without a content it just goes": (look(snapshot(**GOING)), ["Update volumesnapshots"]),
    "not while a volume is made of it": (
        look(snapshot(READY, **GOING), [content(DONE)], claims=(RESTORING,)),
        ["SnapshotDeletePending"],
    ),
}


@pytest.mark.parametrize(("seen", "done"), REMOVALS.values(), ids=REMOVALS.keys())
def test_a_snapshot_that_goes(seen: Look, done: list[str]) -> None:
    assert told(removal.reconcile(seen)) == done


def test_what_a_snapshot_says_follows_its_content() -> None:
    known = {"error": {"message": "no"}, "readyToUse": False}

    assert status_of(known, content(DONE)) == {
        "boundVolumeSnapshotContentName": "snapcontent-u1",
        "creationTime": "1970-01-01T00:01:00Z",
        "readyToUse": True,
        "restoreSize": "1Gi",
    }


MARKED, CREATED = (f"snapshot.storage.kubernetes.io/volumesnapshot-being-{each}" for each in ("deleted", "created"))
ENDS: dict[str, tuple[dict[str, Any], bool]] = {
    "one that nobody has deleted stays": (content(annotations={MARKED: "yes"}), False),
    "one whose snapshot stays stays": (content(**GOING), False),
    "one whose snapshot goes goes": (content(annotations={MARKED: "yes"}, **GOING), True),
    "not while the driver may still be at it": (content(annotations={MARKED: "yes", CREATED: "yes"}, **GOING), False),
}


@pytest.mark.parametrize(("seen", "goes"), ENDS.values(), ids=ENDS.keys())
def test_a_content_that_is_deleted(seen: dict[str, Any], goes: bool) -> None:
    assert is_to_go(seen) is goes

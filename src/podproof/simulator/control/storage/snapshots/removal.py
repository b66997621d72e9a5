"""One look at a snapshot on its way out: what becomes of its content, and what lets it go.

Source: kubernetes-csi/external-snapshotter, pkg/common-controller/snapshot_controller.go,
processSnapshotWithDeletionTimestamp, checkandRemoveSnapshotFinalizersAndCheckandDeleteContent.
"""

from collections.abc import Iterator

from podproof.simulator.control.plans import Command, Delete, Emit, Plan, Update
from podproof.simulator.control.storage.facts import notes, with_notes
from podproof.simulator.control.storage.snapshots.facts import (
    AS_SOURCE,
    BEING_DELETED,
    BOUND,
    CONTENT_BOUND,
    CONTENTS,
    SNAPSHOTS,
    bound_content,
    claim_of,
    content_made_for,
    finalizers,
    is_going,
    refers_to,
    restores,
    with_finalizers,
)
from podproof.simulator.control.storage.snapshots.looks import Look, claim_let_go
from podproof.simulator.model.objects import Object


def reconcile(look: Look) -> Plan:
    """Let a deleted snapshot go, with its content or without, once no volume is made of it any more."""
    snapshot = look.snapshot
    if not is_going(snapshot):
        return Plan()
    content = _content(look)
    if content is not None and any(restores(each, snapshot) for each in look.claims()):
        told = "Snapshot is being used to restore a PVC"
        return Plan((Emit(snapshot, "Warning", "SnapshotDeletePending", told, ""),))
    return Plan((*_content_goes(content), *_let_go(look, content)))


def _content(look: Look) -> Object | None:
    """Return the content a snapshot is bound to, where it is bound to the snapshot too."""
    made = content_made_for(look.snapshot) if claim_of(look.snapshot) else ""
    found = look.content(bound_content(look.snapshot) or made)
    return found if found is not None and refers_to(found, look.snapshot) else None


def _content_goes(content: Object | None) -> Iterator[Command]:
    if content is None:
        return
    if BEING_DELETED not in notes(content):
        yield Update(CONTENTS, marked(content))
    if content["spec"]["deletionPolicy"] == "Delete" and "deletionTimestamp" not in content["metadata"]:
        yield Delete(CONTENTS, "", content["metadata"]["name"])


def _let_go(look: Look, content: Object | None) -> Iterator[Command]:
    """Yield what lets the claim and the snapshot go; a content that goes too goes first."""
    yield from claim_let_go(look)
    first = content is not None and content["spec"]["deletionPolicy"] == "Delete"
    gone = (AS_SOURCE,) if first else (AS_SOURCE, BOUND)
    kept = [each for each in finalizers(look.snapshot) if each not in gone]
    if kept != finalizers(look.snapshot):
        yield Update(SNAPSHOTS, with_finalizers(look.snapshot, kept))


def marked(content: Object) -> Object:
    """Return a content whose snapshot is being deleted."""
    return with_notes(content, {BEING_DELETED: "yes"})


def keep_content(content: Object, snapshot: Object | None) -> Plan:
    """Hold a bound content, and mark it once its snapshot is deleted. Source: syncContent."""
    if not content["spec"]["volumeSnapshotRef"].get("uid"):
        return Plan()
    known = finalizers(content)
    if CONTENT_BOUND not in known and "deletionTimestamp" not in content["metadata"]:
        return Plan((Update(CONTENTS, with_finalizers(content, [*known, CONTENT_BOUND])),))
    goes = snapshot is not None and refers_to(content, snapshot) and is_going(snapshot)
    return Plan((Update(CONTENTS, marked(content)),)) if goes and BEING_DELETED not in notes(content) else Plan()

"""A content for a snapshot that is to be taken.

Source: kubernetes-csi/external-snapshotter, pkg/common-controller/snapshot_controller.go, createSnapshotContent,
ensurePVCFinalizer, getCreateSnapshotInput, getVolumeFromVolumeSnapshot.
"""

from dataclasses import replace
from typing import Any

from podproof.simulator.control.plans import Command, Create, Emit, Outcome, Plan, Update, UpdateStatus
from podproof.simulator.control.storage.facts import CLAIMS, is_bound_to, phase_of
from podproof.simulator.control.storage.snapshots.facts import (
    CLAIM_AS_SOURCE,
    CONTENTS,
    GROUP,
    KIND,
    SNAPSHOTS,
    claim_of,
    content_made_for,
    finalizers,
    key_of,
    with_finalizers,
)
from podproof.simulator.control.storage.snapshots.looks import Look, wrong
from podproof.simulator.control.storage.words import quoted
from podproof.simulator.model.objects import Object


class SourceError(Exception):
    """No snapshot can be taken of what a snapshot names; the text is the controller's own."""


def volume_of(look: Look) -> Object:
    """Return the volume behind the claim of a snapshot.

    Raises:
        SourceError: the claim, its volume, or the bond between them is not there.
    """
    name, claim = claim_of(look.snapshot), look.claim()
    if claim is None:
        missing = quoted(f'persistentvolumeclaim "{name}" not found')
        raise SourceError(f"failed to retrieve PVC {name} from the lister: {missing}")
    if phase_of(claim) != "Bound":
        raise SourceError(f"the PVC {name} is not yet bound to a PV, will not attempt to take a snapshot")
    bound = claim["spec"]["volumeName"]
    volume = look.volume(bound)
    if volume is None:
        missing = quoted(f'persistentvolumes "{bound}" not found')
        raise SourceError(f"failed to retrieve PV {bound} from the API server: {missing}")
    if not is_bound_to(volume, claim):
        raise SourceError("claim in dataSource not bound or invalid")
    return volume


def make_content(look: Look) -> Plan:
    """Hold the claim, make the content and say what is waited for; or say why that cannot be."""
    snapshot = look.snapshot
    held: tuple[Command, ...] = ()
    try:
        held = _claim_held(look)
        content = _content(look)
    except SourceError as error:
        told = f"Failed to create snapshot content with error {error}"
        failed = wrong(look, "SnapshotContentCreationFailed", told)
        return replace(failed, commands=(*held, *failed.commands))
    said = f"Waiting for a snapshot {key_of(snapshot)} to be created by the CSI driver."
    waiting = Emit(snapshot, "Normal", "CreatingSnapshot", said, "")
    return Plan((*held, Create(CONTENTS, content), waiting), then=lambda outcome: _bound(snapshot, outcome))


def _bound(snapshot: Object, outcome: Outcome) -> Plan:
    if outcome.refusal is not None:
        return Plan()
    name = content_made_for(snapshot)
    known = {key: value for key, value in (snapshot.get("status") or {}).items() if key != "error"}
    status = {**known, "boundVolumeSnapshotContentName": name, "readyToUse": False}
    return Plan((UpdateStatus(SNAPSHOTS, {**snapshot, "status": status}),))


def _claim_held(look: Look) -> tuple[Command, ...]:
    """Return what keeps the claim while its snapshot is taken."""
    meta, claim = look.snapshot["metadata"], look.claim()
    failed = "snapshot controller failed to update {} on API server: {}"
    if claim is None:
        raise SourceError(failed.format(meta["name"], "cannot get claim from snapshot"))
    if CLAIM_AS_SOURCE in finalizers(claim):
        return ()
    if "deletionTimestamp" in claim["metadata"]:
        why = "cannot add finalizer on claim because it is being deleted"
        raise SourceError(failed.format(claim["metadata"]["name"], why))
    return (Update(CLAIMS, with_finalizers(claim, [*finalizers(claim), CLAIM_AS_SOURCE])),)


def _content(look: Look) -> dict[str, Any]:
    """Return the content of a snapshot that is to be taken."""
    snapshot = look.snapshot
    meta = snapshot["metadata"]
    found = look.find_class(snapshot["spec"]["volumeSnapshotClassName"])
    assert found is not None
    try:
        volume = volume_of(look)
    except SourceError as error:
        why = f"failed to get input parameters to create snapshot {meta['name']}: {quoted(str(error))}"
        raise SourceError(why) from None
    if "csi" not in volume["spec"]:
        raise SourceError(f"cannot find CSI PersistentVolumeSource for volume {volume['metadata']['name']}")
    ref = {"apiVersion": f"{GROUP}/v1", "kind": KIND, "name": meta["name"], "namespace": meta["namespace"]}
    spec = {
        "deletionPolicy": found["deletionPolicy"],
        "driver": found["driver"],
        "source": {"volumeHandle": volume["spec"]["csi"]["volumeHandle"]},
        "sourceVolumeMode": volume["spec"].get("volumeMode", "Filesystem"),
        "volumeSnapshotClassName": found["metadata"]["name"],
        "volumeSnapshotRef": {**ref, "uid": meta["uid"], "resourceVersion": meta["resourceVersion"]},
    }
    own = {"name": content_made_for(snapshot)}
    return {"apiVersion": f"{GROUP}/v1", "kind": "VolumeSnapshotContent", "metadata": own, "spec": spec}

"""What a claim's new volume shall hold: what a snapshot kept, or what another claim's volume holds.

Source: kubernetes-csi/external-provisioner, pkg/controller/controller.go, getVolumeContentSource, getSnapshotSource,
getPVCSource, setCloneFinalizer, setSnapshotFinalizer; clone_controller.go; snapshot_finalizer_controller.go.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from podproof.simulator.control.plans import Update
from podproof.simulator.control.storage.drivers.driver import Content
from podproof.simulator.control.storage.facts import CLAIMS, mode_of, phase_of, requested
from podproof.simulator.control.storage.snapshots.facts import (
    CONTENTS,
    GROUP,
    KIND,
    SNAPSHOTS,
    bound_content,
    finalizers,
    is_ready,
    refers_to,
    with_finalizers,
)
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import NANO, parse

CLONED = "provisioner.storage.kubernetes.io/cloning-protection"
RESTORED = "provisioner.storage.kubernetes.io/volumesnapshot-as-source-protection"
Find = Callable[[str, str, str], Object]
"""An object by resource, namespace and name; raises `LookupError` with the server's words where it is not there."""
_UNBOUND = "claim in dataSource not bound or invalid"


class SourceError(Exception):
    """No volume can be made of a claim's source; the text is the provisioner's own."""


def source_of(claim: Object) -> Mapping[str, str]:
    """Return the snapshot or claim that a claim's volume shall be made of, empty where it is to be empty."""
    source: Mapping[str, str] = claim["spec"].get("dataSource") or {}
    kinds = (KIND, GROUP), ("PersistentVolumeClaim", "")
    return source if (source.get("kind"), source.get("apiGroup") or "") in kinds else {}


def is_populated(claim: Object) -> bool:
    """Say whether somebody else fills a claim's volume: its source is neither a snapshot nor a claim."""
    return bool(claim["spec"].get("dataSourceRef")) and not source_of(claim)


def content_for(claim: Object, storage_class: Object, find: Find) -> Content | None:
    """Return what a claim's volume shall begin with, None for nothing.

    Raises:
        SourceError: its source is not there, not ready, too large, or of another driver.
    """
    source = source_of(claim)
    if not source:
        return None
    made = _of_snapshot if source["kind"] == KIND else _of_claim
    try:
        return made(claim, source["name"], storage_class, find)
    except SourceError as error:
        said = f"error getting handle for DataSource Type {source['kind']} by Name {source['name']}: {error}"
        raise SourceError(said) from None


def _of_snapshot(claim: Object, name: str, storage_class: Object, find: Find) -> Content:
    snapshot = _found(find, SNAPSHOTS, claim["metadata"]["namespace"], name, f"error getting snapshot {name}")
    if "deletionTimestamp" in snapshot["metadata"] and RESTORED not in finalizers(snapshot):
        raise SourceError(f"snapshot {name} is being deleted")
    content = _content(snapshot, find)
    bound = content is not None and refers_to(content, snapshot)
    if content is None or not bound or content["spec"]["driver"] != storage_class["provisioner"]:
        raise SourceError(f"snapshot {name} not bound")
    if not is_ready(snapshot):
        raise SourceError(f"snapshot {name} is not Ready")
    handle = at(content, "status", "snapshotHandle")
    if handle is None:
        raise SourceError(f"snapshot handle {name} is not available")
    _large_enough(claim, snapshot)
    return Content("snapshot", handle)


def _content(snapshot: Object, find: Find) -> Object | None:
    try:
        return find(CONTENTS, "", bound_content(snapshot)) if bound_content(snapshot) else None
    except LookupError:
        return None


def _large_enough(claim: Object, snapshot: Object) -> None:
    wanted, size = requested(claim) // NANO, at(snapshot, "status", "restoreSize")
    kept = parse(size).value if size is not None else 0
    if wanted < kept:
        why = f"requested volume size {wanted} is less than the size {kept} for the source snapshot"
        raise SourceError(f"{why} {snapshot['metadata']['name']}")


def _of_claim(claim: Object, name: str, storage_class: Object, find: Find) -> Content:
    space = claim["metadata"]["namespace"]
    other = _found(find, CLAIMS, space, name, f'error getting PVC {name} (namespace "{space}")')
    if phase_of(other) != "Bound":
        status = f"{{{phase_of(other)} [] map[] [] map[] map[] <nil> <nil>}}"
        raise SourceError(f"the PVC DataSource {name} must have a status of Bound.  Got {status}")
    if "deletionTimestamp" in other["metadata"]:
        raise SourceError(f"the PVC DataSource {name} is currently being deleted")
    wanted, size = requested(claim) // NANO, requested(other) // NANO
    if wanted < size:
        why = "new PVC request must be greater than or equal in size to the specified PVC data source"
        raise SourceError(f"error, {why}, requested {wanted} but source is {size}")
    try:
        volume = find("persistentvolumes", "", other["spec"]["volumeName"])
    except LookupError:
        raise SourceError(_UNBOUND) from None
    if at(volume, "spec", "csi", "driver") != storage_class["provisioner"] or phase_of(volume) != "Bound":
        raise SourceError(_UNBOUND)
    if mode_of(volume) != mode_of(claim):
        why = "the source PVC and destination PVCs must have the same volume mode for cloning."
        raise SourceError(f"{why}  Source is {mode_of(volume)}, but new PVC requested {mode_of(claim)}")
    return Content("volume", volume["spec"]["csi"]["volumeHandle"])


def _found(find: Find, resource: str, namespace: str, name: str, what: str) -> Object:
    try:
        return find(resource, namespace, name)
    except LookupError as error:
        raise SourceError(f"{what} from api server: {error.args[0]}") from None


def protected(claim: Object, find: Find) -> Update | None:
    """Return what keeps a claim's source while a volume is made of it."""
    source = source_of(claim)
    if not source:
        return None
    resource, mark = (SNAPSHOTS, RESTORED) if source["kind"] == KIND else (CLAIMS, CLONED)
    item = find(resource, claim["metadata"]["namespace"], source["name"])
    known = finalizers(item)
    return None if mark in known else Update(resource, with_finalizers(item, [*known, mark]))


def let_go(item: Object, claims: Iterable[Object]) -> dict[str, Any] | None:
    """Return a source that no volume is being made of any more, None where it is held or was not held."""
    meta, known = item["metadata"], finalizers(item)
    is_snapshot = item["kind"] == KIND
    mark = RESTORED if is_snapshot else CLONED
    if mark not in known or (not is_snapshot and "deletionTimestamp" not in meta):
        return None
    waiting = (source_of(each) for each in claims if phase_of(each) in ("", "Pending"))
    if any((each.get("kind"), each.get("name")) == (item["kind"], meta["name"]) for each in waiting):
        return None
    return with_finalizers(item, [each for each in known if each != mark])

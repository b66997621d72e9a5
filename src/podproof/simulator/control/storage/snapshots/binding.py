"""One look at a snapshot that is to stay: give it a class, a content, and what its content says.

Source: kubernetes-csi/external-snapshotter, pkg/common-controller/snapshot_controller_base.go,
checkAndUpdateSnapshotClass; snapshot_controller.go, syncSnapshot, syncUnreadySnapshot, syncReadySnapshot.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.control.plans import Command, Emit, Plan, Update, UpdateStatus
from podproof.simulator.control.storage.snapshots.facts import (
    AS_SOURCE,
    BOUND,
    CONTENTS,
    SNAPSHOTS,
    bound_content,
    content_made_for,
    content_named,
    finalizers,
    is_default,
    is_ready,
    key_of,
    refers_to,
    with_finalizers,
)
from podproof.simulator.control.storage.snapshots.looks import Look, wrong
from podproof.simulator.control.storage.snapshots.making import SourceError, make_content, volume_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import BINARY, NANO, Quantity
from podproof.simulator.model.times import Nanos, timestamp


class ContentError(Exception):
    """A content cannot be a snapshot's; `reason`, `told` to users, and `why` in the controller's own words."""

    def __init__(self, reason: str, told: str, why: str) -> None:
        super().__init__(reason, told, why)
        self.reason, self.told, self.why = reason, told, why


def class_missing(name: str) -> str:
    """Return what is said of a class that is not there."""
    return f'volumesnapshotclass.snapshot.storage.k8s.io "{name}" not found'


def reconcile(look: Look) -> Plan:
    """Bring a snapshot one step further."""
    name = look.snapshot["spec"].get("volumeSnapshotClassName")
    if name is not None and look.find_class(name) is None:
        told = f"Failed to get snapshot class with error {class_missing(name)}"
        return wrong(look, "GetSnapshotClassFailed", told, unready=False)
    if name is None and not content_named(look.snapshot):
        return _classed(look)
    try:
        content = _content(look)
    except ContentError as error:
        return _misfit(look, error)
    held = _held(look.snapshot, content)
    if held is not look.snapshot:
        return Plan((Update(SNAPSHOTS, held),))
    if is_ready(look.snapshot) and bound_content(look.snapshot):
        return _kept(look)
    return _bound(look, content) if content is not None else _made(look)


def _classed(look: Look) -> Plan:
    """Give a snapshot the default class of its volume's driver. Source: SetDefaultSnapshotClass."""
    try:
        driver = _driver(look)
        found = [each["metadata"]["name"] for each in look.classes() if is_default(each, driver)]
        if len(found) != 1:
            several = f"{len(found)} default snapshot classes were found"
            raise SourceError(several if found else "cannot find default snapshot class")
    except SourceError as error:
        told = f"Failed to set default snapshot class with error {error}"
        return wrong(look, "SetDefaultSnapshotClassFailed", told, unready=False)
    spec = {**look.snapshot["spec"], "volumeSnapshotClassName": found[0]}
    return Plan((Update(SNAPSHOTS, {**look.snapshot, "spec": spec}),))


def _driver(look: Look) -> str:
    """Return the driver of a snapshot's volume. Source: pvDriverFromSnapshot."""
    volume = volume_of(look)
    if "csi" not in volume["spec"]:
        raise SourceError(f"snapshotting non-CSI volumes is not supported, snapshot:{key_of(look.snapshot)}")
    return str(volume["spec"]["csi"]["driver"])


def _misfit(look: Look, error: ContentError) -> Plan:
    plan = wrong(look, error.reason, error.told)
    said = f"Failed to check and update snapshot: {error.why}"
    return Plan((*plan.commands, Emit(look.snapshot, "Warning", "SnapshotFinalizerError", said, "")), failed=True)


def _content(look: Look) -> Object | None:
    """Return the content a snapshot has or asks for, None where there is none yet.

    Raises:
        ContentError: it is of the wrong sort, or another's.
    Source: getPreprovisionedContentFromStore, getDynamicallyProvisionedContentFromStore.
    """
    given = content_named(look.snapshot)
    name = given or content_made_for(look.snapshot)
    content = look.content(name)
    if content is None:
        return None
    if ("snapshotHandle" in content["spec"]["source"]) != bool(given):
        raise _wrong_sort(look.snapshot, name, given)
    ref, meta = content["spec"]["volumeSnapshotRef"], look.snapshot["metadata"]
    free = bool(given) and not ref.get("uid")
    named = all(ref.get(key) == meta[key] for key in ("name", "namespace"))
    if not named or not (free or ref.get("uid") == meta["uid"]):
        told = f"VolumeSnapshotContent [{name}] is bound to a different snapshot"
        raise ContentError("SnapshotContentMisbound", told, told)
    return content


def _wrong_sort(snapshot: Object, name: str, given: str) -> ContentError:
    sorts = "dynamically provisioned", "pre-provisioned"
    is_of, wanted = sorts if given else sorts[::-1]
    named = "VolumeSnapshotContent" if given else f"VolumeSnapshotContent {name}"
    told = f"{named} is {is_of} while expecting a {wanted} one"
    why = f"snapshot {key_of(snapshot)} expects a {wanted} VolumeSnapshotContent {name} but gets a {is_of} one"
    return ContentError("SnapshotContentMismatch", told, why)


def _held(snapshot: Object, content: Object | None) -> Object:
    """Return a snapshot that is kept from going while a volume is made of it, or while its content would go too.

    Source: checkandAddSnapshotFinalizers.
    """
    goes_too = content is not None and content["spec"]["deletionPolicy"] == "Delete" and bool(bound_content(snapshot))
    wanted = (AS_SOURCE, BOUND) if goes_too else (AS_SOURCE,)
    known = finalizers(snapshot)
    missing = [each for each in wanted if each not in known]
    return with_finalizers(snapshot, known + missing) if missing else snapshot


def _kept(look: Look) -> Plan:
    """Look after a snapshot that is ready. Source: syncReadySnapshot."""
    content = look.content(bound_content(look.snapshot))
    if content is None:
        return wrong(look, "SnapshotContentMissing", "VolumeSnapshotContent is missing", again=False)
    if not refers_to(content, look.snapshot):
        told = "VolumeSnapshotContent is not bound to the VolumeSnapshot correctly"
        return wrong(look, "SnapshotMisbound", told, again=False)
    return Plan()


def _made(look: Look) -> Plan:
    """Have a content made, or say that the one that was named is not there."""
    if content_named(look.snapshot):
        return wrong(look, "SnapshotContentMissing", "VolumeSnapshotContent is missing")
    return make_content(look)


def _bound(look: Look, content: Object) -> Plan:
    """Let a content name the snapshot, and the snapshot say what its content says."""
    named = _naming(content, look.snapshot)
    commands = (Update(CONTENTS, named),) if named is not content else ()
    return Plan((*commands, *_reported(look, content)))


def _naming(content: Object, snapshot: Object) -> Object:
    """Return a content that names the very snapshot, and its class. Source: checkandBindSnapshotContent."""
    ref, chosen = content["spec"]["volumeSnapshotRef"], snapshot["spec"].get("volumeSnapshotClassName")
    if ref.get("uid") and (content["spec"].get("volumeSnapshotClassName") or chosen is None):
        return content
    new = {**content["spec"], "volumeSnapshotRef": {**ref, "uid": snapshot["metadata"]["uid"]}}
    return {**content, "spec": {**new, **({"volumeSnapshotClassName": chosen} if chosen is not None else {})}}


def _reported(look: Look, content: Object) -> Iterator[Command]:
    """Yield what brings a snapshot's status to what its content says, with the events of it."""
    old: Object = look.snapshot.get("status") or {}
    new = status_of(old, content)
    if new == old:
        return
    key = key_of(look.snapshot)
    if "creationTime" in new and "creationTime" not in old:
        said = f"Snapshot {key} was successfully created by the CSI driver."
        yield Emit(look.snapshot, "Normal", "SnapshotCreated", said, "")
    if new["readyToUse"] and not old.get("readyToUse"):
        yield Emit(look.snapshot, "Normal", "SnapshotReady", f"Snapshot {key} is ready to use.", "")
    yield UpdateStatus(SNAPSHOTS, {**look.snapshot, "status": new})


def status_of(known: Object, content: Object) -> dict[str, Any]:
    """Return a snapshot's status by its content's: what was said once stays, readiness and error follow.

    Source: updateSnapshotStatus.
    """
    said = content.get("status") or {}
    new: dict[str, Any] = {key: value for key, value in known.items() if key != "error"}
    new.setdefault("boundVolumeSnapshotContentName", content["metadata"]["name"])
    new["readyToUse"] = bool(said.get("readyToUse"))
    if "creationTime" in said:
        new.setdefault("creationTime", timestamp(Nanos(said["creationTime"])))
    if "restoreSize" in said:
        new.setdefault("restoreSize", str(Quantity(said["restoreSize"] * NANO, BINARY)))
    return {**new, "error": said["error"]} if "error" in said else new

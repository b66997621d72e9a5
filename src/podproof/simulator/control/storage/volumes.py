"""One look at a volume: available, bound, or released and then kept or deleted by its policy.

Source: pkg/controller/volume/persistentvolume/pv_controller.go, syncVolume, reclaimVolume.
"""

from collections.abc import Iterator

from podproof.errors import NotModelledError
from podproof.simulator.control.plans import Command, Delete, Emit, Plan, Update
from podproof.simulator.control.storage.claims import volume_phase
from podproof.simulator.control.storage.facts import (
    BOUND_BY_CONTROLLER,
    PROVISIONED_BY,
    VOLUMES,
    is_bound_to,
    mode_of,
    notes,
)
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


def reconcile(volume: Object, claim: Object | None, now: Nanos) -> Plan:
    """Bring a volume one step further; `claim` is the one it names, None where that is not there.

    Raises:
        NotModelledError: it shall be recycled.
    """
    named = volume["spec"].get("claimRef")
    if not named:
        return Plan(tuple(volume_phase(volume, "Available", now)))
    if not named.get("uid"):
        return Plan(tuple(volume_phase(volume, "Available", now)))
    if claim is None or not is_bound_to(volume, claim):
        return Plan(tuple(_released(volume, now)))
    if claim["spec"].get("volumeName") == volume["metadata"]["name"]:
        return Plan(tuple(volume_phase(volume, "Bound", now)))
    if not claim["spec"].get("volumeName"):
        return Plan(tuple(_mode_told(volume, claim)))
    return Plan(tuple(_bound_elsewhere(volume, now)))


def _mode_told(volume: Object, claim: Object) -> Iterator[Command]:
    if mode_of(volume) != mode_of(claim):
        pair = f'PersistentVolume "{volume["metadata"]["name"]}" to requested PersistentVolumeClaim "{_name(claim)}"'
        yield Emit(volume, "Warning", "VolumeMismatch", f"Cannot bind {pair} due to incompatible volumeMode.", "")


def _name(item: Object) -> str:
    return str(item["metadata"]["name"])


def _released(volume: Object, now: Nanos) -> Iterator[Command]:
    """Yield what becomes of a volume whose claim is gone."""
    yield from volume_phase(volume, "Released", now)
    policy = volume["spec"].get("persistentVolumeReclaimPolicy", "Retain")
    if policy == "Recycle":
        raise NotModelledError("the reclaim policy Recycle", f"persistentvolume {volume['metadata']['name']}")
    if policy == "Delete" and PROVISIONED_BY not in notes(volume):
        why = f'error getting deleter volume plugin for volume "{_name(volume)}": no deletable volume plugin matched'
        if any(key in volume["spec"] for key in _SOURCES):
            yield from volume_phase(volume, "Failed", now, why)
            yield Emit(volume, "Warning", "VolumeFailedDelete", why, "")


_SOURCES = ("hostPath", "local", "nfs")


def _bound_elsewhere(volume: Object, now: Nanos) -> Iterator[Command]:
    """Yield what frees a volume whose claim has another: one made for it goes, one found for it is free again."""
    if PROVISIONED_BY in notes(volume) and volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
        yield from volume_phase(volume, "Released", now)
        yield Delete(VOLUMES, "", volume["metadata"]["name"])
    elif BOUND_BY_CONTROLLER in notes(volume):
        kept = {key: text for key, text in notes(volume).items() if key != BOUND_BY_CONTROLLER}
        spec = {key: value for key, value in volume["spec"].items() if key != "claimRef"}
        freed = {**volume, "metadata": {**volume["metadata"], "annotations": kept}, "spec": spec}
        yield Update(VOLUMES, freed)

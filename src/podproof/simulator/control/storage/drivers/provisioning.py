"""What a provisioner is asked for, and what it makes of the answer.

Source: sigs.k8s.io/sig-storage-lib-external-provisioner, controller/controller.go, shouldProvision, shouldDelete;
kubernetes-csi/external-provisioner, pkg/controller/controller.go, Provision; pkg/controller/topology.go,
GenerateAccessibilityRequirements, flatten.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from podproof.simulator.control.storage.drivers.driver import Place
from podproof.simulator.control.storage.facts import (
    PROVISIONED_BY,
    PROVISIONER,
    SELECTED_NODE,
    FindClass,
    class_of,
    mode_of,
    notes,
    phase_of,
    reference_to,
    requested,
    waits_for_consumer,
)
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import BINARY, Quantity
from podproof.simulator.model.selectors import Labels

_FS_TYPE = "csi.storage.k8s.io/fstype"
_IDENTITY = "storage.kubernetes.io/csiProvisionerIdentity"
_SECRETS = tuple(f"volume.kubernetes.io/provisioner-deletion-secret-{each}" for each in ("name", "namespace"))
FINALIZER = "external-provisioner.volume.kubernetes.io/finalizer"


class TopologyError(Exception):
    """No topology can be said for a volume; the text is the provisioner's own."""


class GoneError(TopologyError):
    """The chosen node is not there any more: the scheduler shall choose again."""


def wants(claim: Object, find_class: FindClass, provisioner: str) -> bool:
    """Say whether a claim waits for this provisioner to make it a volume."""
    if claim["spec"].get("volumeName") or "deletionTimestamp" in claim["metadata"]:
        return False
    if notes(claim).get(PROVISIONER) != provisioner:
        return False
    return not waits_for_consumer(claim, find_class) or SELECTED_NODE in notes(claim)


def topology(claim: Object, storage_class: Object, keys: Sequence[str], nodes: Iterable[Object]) -> Place:
    """Return where a claim's volume shall be: where its node is, else one of the places its class or the nodes have.

    A driver without keys does not care, and gets no place.

    Raises:
        GoneError: its node is not there.
        TopologyError: its node, or every node, lacks a label that the driver asks for.
    """
    if not keys:
        return ()
    labels = {each["metadata"]["name"]: each["metadata"].get("labels") or {} for each in nodes}
    chosen = notes(claim).get(SELECTED_NODE)
    if chosen is not None and chosen not in labels:
        raise GoneError(
            f'error getting CSINode for selected node "{chosen}": csinode.storage.k8s.io "{chosen}" not found'
        )
    if chosen is not None:
        return _of_node(labels[chosen], keys)
    terms = sorted(_allowed(storage_class)) or sorted(filter(None, (place_of(each, keys) for each in labels.values())))
    if not terms:
        raise TopologyError(f"topologyKeys [{' '.join(keys)}] were not found on any nodes")
    distinct = sorted(set(terms))
    return distinct[_offset(claim["metadata"]["name"]) % len(distinct)]


def _offset(name: str) -> int:
    """Return where a claim begins to look: a StatefulSet's claims go round, and those of one of its pods stay together.

    Source: pkg/controller/topology.go, getPVCNameHashAndIndexOffset.
    """
    base, _, last = name.rpartition("-")
    if not (base and last.isdecimal()):
        return _fnv(name)
    return _fnv(base.rpartition("-")[2]) + int(last)


def _fnv(text: str) -> int:
    """Return a text's 32-bit hash. Source: Go's hash/fnv, New32."""
    value = 2166136261
    for byte in text.encode():
        value = value * 16777619 % 2**32 ^ byte
    return value


def _of_node(labels: Labels, keys: Sequence[str]) -> Place:
    found = place_of(labels, keys)
    if not found:
        has = " ".join(f"{key}:{labels[key]}" for key in sorted(labels))
        said = f"topology labels from selected node map[{has}] does not match topology keys from CSINode"
        raise TopologyError(f"{said} [{' '.join(keys)}]")
    return found


def place_of(labels: Labels, keys: Sequence[str]) -> Place:
    """Return the topology labels say, none where a key is missing."""
    return tuple(sorted((key, labels[key]) for key in keys)) if all(key in labels for key in keys) else ()


def _allowed(storage_class: Object) -> list[Place]:
    """Return each single topology that a class allows."""
    found: list[Place] = []
    for each in storage_class.get("allowedTopologies") or ():
        terms: list[Place] = [()]
        for row in each.get("matchLabelExpressions") or ():
            terms = [(*term, (row["key"], value)) for value in row["values"] for term in terms]
        found += [tuple(sorted(term)) for term in terms if term]
    return found


def volume_for(claim: Object, storage_class: Object, driver: str, where: Place, identity: str) -> dict[str, Any]:
    """Return the volume that was made for a claim; `identity` is the provisioner's own."""
    name = volume_name(claim)
    kind = (storage_class.get("parameters") or {}).get(_FS_TYPE, "ext4")
    source = {"driver": driver, "volumeHandle": name, "fsType": kind, "volumeAttributes": {_IDENTITY: identity}}
    spec: dict[str, Any] = {
        "capacity": {"storage": str(Quantity(requested(claim), BINARY))},
        "accessModes": claim["spec"]["accessModes"],
        "claimRef": reference_to(claim),
        "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy", "Delete"),
        "storageClassName": class_of(claim),
        "volumeMode": mode_of(claim),
        "csi": source,
    }
    if where:
        rows = [{"key": key, "operator": "In", "values": [value]} for key, value in where]
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": rows}]}}
    if storage_class.get("mountOptions"):
        spec["mountOptions"] = storage_class["mountOptions"]
    said = {PROVISIONED_BY: driver, **dict.fromkeys(_SECRETS, "")}
    meta = {"name": name, "annotations": said, "finalizers": [FINALIZER]}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": meta, "spec": spec}


def volume_name(claim: Object) -> str:
    """Return the name, and handle, of the volume that is made for a claim."""
    return f"pvc-{claim['metadata']['uid']}"


def made_by(volume: Object, provisioner: str) -> bool:
    """Say whether a volume is this provisioner's work."""
    return notes(volume).get(PROVISIONED_BY) == provisioner


def is_to_go(volume: Object) -> bool:
    """Say whether a volume's data is to be thrown away: nobody claims it any more, and its policy says so."""
    policy = volume["spec"].get("persistentVolumeReclaimPolicy")
    return policy == "Delete" and phase_of(volume) == "Released" and FINALIZER in _finalizers(volume)


def is_let_go(volume: Object) -> bool:
    """Say whether a volume goes and its data stays: it is deleted, claimed by nobody, and its policy keeps the data."""
    policy = volume["spec"].get("persistentVolumeReclaimPolicy")
    going = "deletionTimestamp" in volume["metadata"] and phase_of(volume) != "Bound"
    return going and policy != "Delete" and FINALIZER in _finalizers(volume)


def other_finalizers(volume: Object) -> list[str]:
    """Return the finalizers of a volume besides its provisioner's."""
    return [each for each in _finalizers(volume) if each != FINALIZER]


def _finalizers(volume: Object) -> Sequence[str]:
    return volume["metadata"].get("finalizers") or ()

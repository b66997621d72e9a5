"""What claims, volumes and classes say of themselves.

Source: staging/src/k8s.io/component-helpers/storage/volume/helpers.go, pv_helpers.go; pkg/apis/core/v1/helper.
"""

from collections.abc import Callable, Mapping
from typing import Any

from podproof.simulator.control.scheduling.asking import NodeTerm
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.selectors import Labels

CLAIMS, VOLUMES, CLASSES = "persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io"
CSI_NODES, DRIVERS = "csinodes.storage.k8s.io", "csidrivers.storage.k8s.io"
CAPACITIES, ATTACHMENTS = "csistoragecapacities.storage.k8s.io", "volumeattachments.storage.k8s.io"
COMPLETED = "pv.kubernetes.io/bind-completed"
BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
PROVISIONER = "volume.kubernetes.io/storage-provisioner"
OLD_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
SELECTED_NODE = "volume.kubernetes.io/selected-node"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"

FindClass = Callable[[str], Object | None]


def notes(item: Object) -> Mapping[str, str]:
    """Return an object's annotations."""
    return item["metadata"].get("annotations") or {}


def with_notes(item: Object, said: Mapping[str, str], gone: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an object with some annotations more, and some fewer."""
    kept = {key: text for key, text in {**notes(item), **said}.items() if key not in gone}
    return {**item, "metadata": {**item["metadata"], "annotations": kept}}


def class_of(item: Object) -> str:
    """Return the class a claim or volume names, "" where it names none."""
    old = notes(item).get(_OLD_CLASS)
    return old if old is not None else str(item["spec"].get("storageClassName") or "")


def waits_for_consumer(claim: Object, find_class: FindClass) -> bool:
    """Say whether a claim's class binds it only once a pod is placed."""
    found = find_class(class_of(claim)) if class_of(claim) else None
    return found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"


def requested(claim: Object) -> int:
    """Return the storage a claim asks for, in nanos of a byte."""
    return parse(at(claim, "spec", "resources", "requests", "storage") or "0").nano


def capacity(volume: Object) -> int:
    """Return the storage a volume has, in nanos of a byte."""
    return parse(at(volume, "spec", "capacity", "storage") or "0").nano


def mode_of(item: Object) -> str:
    """Return Filesystem or Block."""
    return str(item["spec"].get("volumeMode") or "Filesystem")


def is_bound_to(volume: Object, claim: Object) -> bool:
    """Say whether a volume names a claim, and (where it names a uid) this very one. Source: IsVolumeBoundToClaim."""
    named, meta = volume["spec"].get("claimRef"), claim["metadata"]
    if not named or (named.get("namespace"), named.get("name")) != (meta["namespace"], meta["name"]):
        return False
    return named.get("uid") in (None, "", meta["uid"])


def phase_of(item: Object) -> str:
    """Return the phase, "" where nobody has said one."""
    return str(at(item, "status", "phase") or "")


def reaches(volume: Object, name: str, labels: Labels) -> bool:
    """Say whether a node can have a volume. Source: volume/util/util.go, CheckNodeAffinity."""
    terms = at(volume, "spec", "nodeAffinity", "required", "nodeSelectorTerms")
    return terms is None or any(NodeTerm.of(term).holds(name, labels) for term in terms)


def allows(storage_class: Object, labels: Labels) -> bool:
    """Say whether a class may make volumes for a node of these labels: one of its topology terms holds, if any."""
    terms = storage_class.get("allowedTopologies") or ()
    return not terms or any(_term_holds(term, labels) for term in terms)


def _term_holds(term: Object, labels: Labels) -> bool:
    return all(labels.get(row["key"]) in row["values"] for row in term.get("matchLabelExpressions") or ())


def reference_to(claim: Object) -> dict[str, Any]:
    """Return the claimRef that names a claim."""
    meta = claim["metadata"]
    named = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": meta["namespace"], "name": meta["name"]}
    return {**named, "uid": meta["uid"], "resourceVersion": meta.get("resourceVersion", "")}

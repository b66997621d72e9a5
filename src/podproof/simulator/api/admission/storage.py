"""What is admitted about storage: the default class, the finalizers of what is in use, claims that may grow.

Source: plugin/pkg/admission/storage/{storageclass/setdefault,storageobjectinuseprotection,persistentvolume/resize}/
admission.go.
"""

from podproof.simulator.api.admission.asking import UPDATE, Asking, Plugin
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.storage_classes import default_class

CLASSES = "storageclasses.storage.k8s.io"
_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
_FINALIZERS = {
    "PersistentVolume": "kubernetes.io/pv-protection",
    "PersistentVolumeClaim": "kubernetes.io/pvc-protection",
    "VolumeAttributesClass": "kubernetes.io/vac-protection",
}


def _annotations(item: Object) -> Object:
    found: Object = item["metadata"].get("annotations") or {}
    return found


def _name_class(asking: Asking) -> None:
    claim = asking.draft
    if _OLD_CLASS in _annotations(claim) or claim["spec"].get("storageClassName") is not None:
        return
    name = default_class(asking.around.store.list(CLASSES))
    if name is not None:
        claim["spec"]["storageClassName"] = name


def _protect(asking: Asking) -> None:
    meta, finalizer = asking.draft["metadata"], _FINALIZERS[asking.resource.kind]
    finalizers = meta.get("finalizers") or []
    if finalizer not in finalizers:
        meta["finalizers"] = [*finalizers, finalizer]


def _judge_growth(asking: Asking) -> tuple[str, ...]:
    claim, old = asking.draft, asking.old
    asked = ("spec", "resources", "requests", "storage")
    new, known = at(claim, *asked), at(old, *asked)
    if new is None or known is None or parse(new).nano <= parse(known).nano:
        return ()
    name = _class_of(claim)
    found = asking.around.store.get(CLASSES, "", name) if name and name == _class_of(asking.old) else None
    if found is None or not found.get("allowVolumeExpansion"):
        why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must"
        raise asking.refusal(f"{why} support resize")
    return ()


def _class_of(claim: Object | None) -> str:
    if claim is None:
        return ""
    return str(_annotations(claim).get(_OLD_CLASS, claim["spec"].get("storageClassName") or ""))


DEFAULT_STORAGE_CLASS = Plugin("DefaultStorageClass", kinds=("PersistentVolumeClaim",), admit=_name_class)
OBJECT_IN_USE = Plugin("StorageObjectInUseProtection", kinds=tuple(_FINALIZERS), admit=_protect)
CLAIM_RESIZE = Plugin(
    "PersistentVolumeClaimResize", kinds=("PersistentVolumeClaim",), operations=(UPDATE,), validate=_judge_growth
)

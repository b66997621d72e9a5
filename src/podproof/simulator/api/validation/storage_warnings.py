"""Warnings about volumes, claims and classes: what the API server takes but advises against.

Source: pkg/api/persistentvolume/util.go, pkg/api/persistentvolumeclaim/util.go, pkg/api/storage/util.go.
"""

from collections.abc import Iterator

from podproof.simulator.api.validation.label_warnings import DEPRECATED, term_warnings
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import NANO, parse

_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
_OLD_OPTIONS = "volume.beta.kubernetes.io/mount-options"
_NOTES = {
    _OLD_CLASS: 'deprecated since v1.8; use "storageClassName" attribute instead',
    _OLD_OPTIONS: 'deprecated since v1.31; use "mountOptions" attribute instead',
}
_RECYCLING = (
    "The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning."
)
_SOURCES = {
    "photonPersistentDisk": ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    "scaleIO": ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    "storageos": ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    "glusterfs": ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    "cephfs": ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    "rbd": ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
}


def volume_warnings(volume: Object) -> Iterator[str]:
    """Yield what the real server warns of when it takes a persistent volume."""
    spec, notes = volume.get("spec") or {}, volume["metadata"].get("annotations") or {}
    for index, term in enumerate(at(spec, "nodeAffinity", "required", "nodeSelectorTerms") or ()):
        yield from term_warnings(term, f"spec.nodeAffinity.required.nodeSelectorTerms[{index}]")
    for key, text in _NOTES.items():
        if key in notes:
            yield f"metadata.annotations[{key}]: {text}"
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        yield f"spec.persistentVolumeReclaimPolicy: {_RECYCLING}"
    for source, (field, text) in _SOURCES.items():
        if source in spec:
            yield f"spec.{field}: {text}"


def claim_warnings(claim: Object) -> Iterator[str]:
    """Yield what the real server warns of when it takes a claim."""
    if _OLD_CLASS in (claim["metadata"].get("annotations") or {}):
        yield f"metadata.annotations[{_OLD_CLASS}]: {_NOTES[_OLD_CLASS]}"
    yield from claim_spec_warnings(claim.get("spec") or {}, "spec")


def claim_spec_warnings(spec: Object, field: str) -> Iterator[str]:
    """Yield a warning for each amount of storage that is no whole number of bytes."""
    for side in ("requests", "limits"):
        amount = at(spec, "resources", side, "storage")
        if amount is not None and parse(amount).nano % NANO:
            place = f"{field}.resources.{side}[storage]"
            yield f'{place}: fractional byte value "{amount}" is invalid, must be an integer'


def class_warnings(storage_class: Object) -> Iterator[str]:
    """Yield a warning for each label of the topologies that has another name now."""
    for index, term in enumerate(storage_class.get("allowedTopologies") or ()):
        for place, demand in enumerate(term.get("matchLabelExpressions") or ()):
            if text := DEPRECATED.get(demand.get("key", "")):
                yield f"allowedTopologies[{index}].matchLabelExpressions[{place}].key: {text}"

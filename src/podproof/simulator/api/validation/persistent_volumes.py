"""Checks of PersistentVolumes.

Source: pkg/apis/core/validation/validation.go, ValidatePersistentVolumeSpec, ValidatePersistentVolumeUpdate.
"""

import posixpath
from collections.abc import Iterator, Sequence
from typing import Any

from podproof.simulator.api.faults import Fault, forbidden, required, unsupported
from podproof.simulator.api.validation.access_modes import VOLUME_MODES, access_mode_faults
from podproof.simulator.api.validation.go_values import difference, internal
from podproof.simulator.api.validation.persistent_sources import ORDER, persistent_source_faults
from podproof.simulator.api.validation.placement import node_selector_faults
from podproof.simulator.api.validation.scalars import basic_quantity, named, positive_quantity, unchanged
from podproof.simulator.model.names import dns_subdomain
from podproof.simulator.model.objects import Object, at

_POLICIES = ("Delete", "Recycle", "Retain")
_INLINE = "in the context of inline volumes"
_RENAMED = {
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
}
"""Labels that got another name; an affinity may follow. Source: pkg/apis/core/validation, validatePvNodeAffinity."""


def volume_faults(volume: Object) -> Iterator[Fault]:
    """Yield what is wrong with a persistent volume, besides its metadata."""
    yield from _spec_faults(volume.get("spec") or {}, volume["metadata"].get("name", ""), "spec")


def inline_volume_faults(spec: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a volume's spec that stands in an attachment instead of a volume of its own."""
    for key in ("claimRef", "capacity"):
        if spec.get(key):
            yield forbidden(f"{field}.{key}", f"may not be specified {_INLINE}")
    if "csi" not in spec:
        yield required(f"{field}.csi", f"has to be specified {_INLINE}")
    yield from access_mode_faults(spec.get("accessModes") or (), f"{field}.accessModes")
    if spec.get("persistentVolumeReclaimPolicy", "Retain") not in ("", "Retain"):
        yield forbidden(f"{field}.persistentVolumeReclaimPolicy", f"may only be Retain {_INLINE}")
    if "nodeAffinity" in spec:
        yield forbidden(f"{field}.nodeAffinity", f"may not be specified {_INLINE}")
    yield from persistent_source_faults(spec, "", field, affine=False)
    yield from _recycling_faults(spec, field)
    if spec.get("storageClassName"):
        yield forbidden(f"{field}.storageClassName", f"may not be specified {_INLINE}")
    if spec.get("volumeMode", "Filesystem") != "Filesystem":
        detail = f"may not specify volumeMode other than Filesystem {_INLINE}"
        yield forbidden(f"{field}.volumeMode", detail)


def _spec_faults(spec: Object, name: str, field: str) -> Iterator[Fault]:
    yield from access_mode_faults(spec.get("accessModes") or (), f"{field}.accessModes")
    yield from _capacity_faults(spec.get("capacity") or {}, f"{field}.capacity")
    policy = spec.get("persistentVolumeReclaimPolicy", "")
    if policy and policy not in _POLICIES:
        yield unsupported(f"{field}.persistentVolumeReclaimPolicy", policy, _POLICIES)
    affinity = spec.get("nodeAffinity")
    if affinity is not None:
        yield from _affinity_faults(affinity, f"{field}.nodeAffinity")
    yield from persistent_source_faults(spec, name, field, affine=affinity is not None)
    yield from _recycling_faults(spec, field)
    if class_name := spec.get("storageClassName"):
        yield from named(class_name, dns_subdomain, f"{field}.storageClassName")
    if "volumeMode" in spec and spec["volumeMode"] not in VOLUME_MODES:
        yield unsupported(f"{field}.volumeMode", spec["volumeMode"], VOLUME_MODES)
    if "volumeAttributesClassName" in spec:
        yield from _attributes_faults(spec, field)


def _capacity_faults(capacity: Object, field: str) -> Iterator[Fault]:
    if not capacity:
        yield required(field)
    if "storage" not in capacity or len(capacity) > 1:
        yield unsupported(field, dict(sorted(capacity.items())) or None, ("storage",))
    for name, amount in sorted(capacity.items()):
        yield from basic_quantity(amount, f"{field}[{name}]")
        yield from positive_quantity(amount, f"{field}[{name}]")


def _affinity_faults(affinity: Object, field: str) -> Iterator[Fault]:
    if "required" in affinity:
        yield from node_selector_faults(affinity["required"], f"{field}.required")
    else:
        yield required(f"{field}.required", "must specify required node constraints")


def _recycling_faults(spec: Object, field: str) -> Iterator[Fault]:
    path = at(spec, "hostPath", "path")
    recycled = spec.get("persistentVolumeReclaimPolicy") == "Recycle"
    if path and recycled and posixpath.normpath(path).lstrip("/") == "":
        yield forbidden(f"{field}.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'")


def _attributes_faults(spec: Object, field: str) -> Iterator[Fault]:
    name, place = spec["volumeAttributesClassName"], f"{field}.volumeAttributesClassName"
    if not name:
        yield required(place, "an empty string is disallowed")
    else:
        yield from named(name, dns_subdomain, place)
    if "csi" not in spec:
        yield required(f"{field}.csi", "has to be specified when using volumeAttributesClassName")


def volume_update_faults(volume: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a persistent volume that replaces another."""
    yield from volume_faults(volume)
    spec, known = volume.get("spec") or {}, old.get("spec") or {}
    compared = _without_expansion(spec, known)
    if _source(compared) != _source(known):
        shown = difference("PersistentVolumeSource", known, compared)
        detail = f"spec.persistentvolumesource is immutable after creation\n{shown}"
        yield forbidden("spec.persistentvolumesource", detail)
    yield from unchanged(spec.get("volumeMode"), known.get("volumeMode"), "volumeMode")
    if "nodeAffinity" in known:
        yield from _affinity_update_faults(spec.get("nodeAffinity"), known["nodeAffinity"])
    if "volumeAttributesClassName" in known and "volumeAttributesClassName" not in spec:
        yield forbidden("spec.volumeAttributesClassName", "update from non-nil value to nil is forbidden")


def _source(spec: Object) -> dict[str, Any]:
    return {kind: spec[kind] for kind in ORDER if kind in spec}


def _without_expansion(spec: Object, known: Object) -> Object:
    """Return the new spec without the secret for expansion, which may still be given once."""
    key = "controllerExpandSecretRef"
    if "csi" not in spec or "csi" not in known or key in known["csi"]:
        return spec
    return {**spec, "csi": {name: value for name, value in spec["csi"].items() if name != key}}


def _affinity_update_faults(new: Object | None, old: Object) -> Iterator[Fault]:
    if new != old and _followed(old, new or {}) != new:
        shown = internal("VolumeNodeAffinity", new) if new is not None else None
        yield from unchanged(new, old, "nodeAffinity", shown)


def _followed(old: Object, new: Object) -> dict[str, Any]:
    """Return the old affinity with each renamed label under the name that the new one has in the same place."""
    wanted = at(new, "required", "nodeSelectorTerms") or ()
    terms = [
        {**term, "matchExpressions": _renamed(term.get("matchExpressions") or (), _expressions(wanted, index))}
        if "matchExpressions" in term
        else term
        for index, term in enumerate(at(old, "required", "nodeSelectorTerms") or ())
    ]
    return {**old, "required": {**old.get("required", {}), "nodeSelectorTerms": terms}}


def _expressions(terms: Sequence[Object], index: int) -> Sequence[Object]:
    return (terms[index].get("matchExpressions") or ()) if index < len(terms) else ()


def _renamed(old: Sequence[Object], new: Sequence[Object]) -> list[Object]:
    keys = [each.get("key") for each in new] + [None] * len(old)
    return [
        {**each, "key": key} if key is not None and _RENAMED.get(each.get("key", "")) == key else each
        for each, key in zip(old, keys, strict=False)
    ]

"""Checks of PersistentVolumeClaims, and of the templates that claims are made from.

Source: pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimSpec, ValidatePersistentVolumeClaimUpdate.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation.access_modes import VOLUME_MODES, mode_choice_faults
from podproof.simulator.api.validation.go_values import difference
from podproof.simulator.api.validation.metadata import IMMUTABLE, annotation_faults, label_faults
from podproof.simulator.api.validation.scalars import named, positive_quantity, unchanged
from podproof.simulator.api.validation.selectors import selector_faults
from podproof.simulator.model.names import dns_label, dns_subdomain
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse

_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
_ATTRIBUTES = "volumeAttributesClassName"
_REQUEST = ("resources", "requests", "storage")


def claim_faults(claim: Object) -> Iterator[Fault]:
    """Yield what is wrong with a claim, besides its metadata."""
    yield from claim_spec_faults(claim.get("spec") or {}, "spec")


def claim_template_faults(template: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the template of an ephemeral volume's claim."""
    meta = template.get("metadata") or {}
    yield from annotation_faults(meta.get("annotations"), f"{field}.metadata.annotations")
    yield from label_faults(meta.get("labels"), f"{field}.metadata.labels")
    for key in meta:
        if key not in ("annotations", "labels"):
            yield forbidden(f"{field}.metadata.{key}", "cannot be set")
    yield from claim_spec_faults(template.get("spec") or {}, f"{field}.spec")


def claim_spec_faults(spec: Object, field: str, *, any_group: bool = False) -> Iterator[Fault]:
    """Yield what is wrong with a claim's spec; with `any_group` the group of a data source goes unchecked."""
    if not spec.get("accessModes"):
        yield required(f"{field}.accessModes", "at least 1 access mode is required")
    yield from selector_faults(spec.get("selector"), f"{field}.selector")
    yield from mode_choice_faults(spec.get("accessModes") or (), f"{field}.accessModes")
    asked = at(spec, *_REQUEST)
    if asked is None:
        yield required(f"{field}.resources[storage]")
    else:
        yield from positive_quantity(asked, f"{field}.resources[storage]")
    if class_name := spec.get("storageClassName"):
        yield from named(class_name, dns_subdomain, f"{field}.storageClassName")
    if "volumeMode" in spec and spec["volumeMode"] not in VOLUME_MODES:
        yield unsupported(f"{field}.volumeMode", spec["volumeMode"], VOLUME_MODES)
    yield from _data_source_faults(spec, field, any_group=any_group)
    if attributes := spec.get(_ATTRIBUTES):
        yield from named(attributes, dns_subdomain, f"{field}.{_ATTRIBUTES}")


def _data_source_faults(spec: Object, field: str, *, any_group: bool) -> Iterator[Fault]:
    source, reference = spec.get("dataSource"), spec.get("dataSourceRef")
    for key in ("dataSource", "dataSourceRef"):
        if key in spec:
            yield from _reference_faults(spec[key], f"{field}.{key}", any_group=any_group)
    if source is None or reference is None:
        return
    # The real server shows the path object it meant as the bad value; its one exported field set is none.
    if reference.get("namespace"):
        yield invalid(field, {}, "may not be specified when dataSourceRef.namespace is specified")
    elif any(source.get(key) != reference.get(key) for key in ("apiGroup", "kind", "name")):
        yield invalid(field, {}, "must match dataSourceRef")


def _reference_faults(source: Object, field: str, *, any_group: bool) -> Iterator[Fault]:
    for key in ("name", "kind"):
        if not source.get(key):
            yield required(f"{field}.{key}")
    group = source.get("apiGroup") or ""
    if not group and source.get("kind") != "PersistentVolumeClaim":
        detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
        yield invalid(field, source.get("kind", ""), detail)
    if group and not any_group:
        yield from named(group, dns_subdomain, f"{field}.apiGroup")
    if source.get("namespace"):
        yield from named(source["namespace"], dns_label, f"{field}.namespace")


def claim_update_faults(claim: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a claim that replaces another."""
    spec, known = claim.get("spec") or {}, old.get("spec") or {}
    grouped = any((known.get(key) or {}).get("apiGroup") for key in ("dataSource", "dataSourceRef"))
    yield from claim_spec_faults(spec, "spec", any_group=grouped)
    upgraded = _is_upgraded(claim, old)
    if not upgraded:
        new_note, old_note = _note(claim), _note(old)
        if new_note != old_note:
            yield invalid(f"metadata.annotations.{_OLD_CLASS}", new_note, IMMUTABLE)
    after, before = _compared(claim, old, upgraded=upgraded)
    if after != before:
        shown = difference("PersistentVolumeClaimSpec", before, after)
        what = "spec is immutable after creation except resources.requests and volumeAttributesClassName"
        yield forbidden("spec", f"{what} for bound claims\n{shown}")
    yield from _shrinking_faults(spec, old)
    yield from unchanged(spec.get("volumeMode"), known.get("volumeMode"), "volumeMode")
    yield from _attributes_update_faults(spec, old)


def _note(claim: Object) -> str:
    return str((claim["metadata"].get("annotations") or {}).get(_OLD_CLASS, ""))


def _is_upgraded(claim: Object, old: Object) -> bool:
    """Say whether the class moves from the old annotation to its field.

    Source: validation.go, validateStorageClassUpgradeFromAnnotation.
    """
    known, new = old["metadata"].get("annotations") or {}, claim["metadata"].get("annotations") or {}
    if _OLD_CLASS not in known or "storageClassName" in old["spec"]:
        return False
    noted = known[_OLD_CLASS]
    return bool(claim["spec"].get("storageClassName") == noted == new.get(_OLD_CLASS, noted))


def _may_be_named(claim: Object, old: Object) -> bool:
    """Say whether a claim that had no class gets one.

    Source: validation.go, validateStorageClassUpgradeFromNil.
    """
    new, notes = claim["spec"].get("storageClassName"), old["metadata"].get("annotations") or {}
    return new is not None and "storageClassName" not in old["spec"] and notes.get(_OLD_CLASS, new) == new


def _compared(claim: Object, old: Object, *, upgraded: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the new and the old spec, made alike in what may change."""
    after, before = dict(claim["spec"]), dict(old["spec"])
    if not before.get("volumeName") and "volumeName" in after:
        before["volumeName"] = after["volumeName"]
    if upgraded:
        after.pop("storageClassName", None)
    elif _may_be_named(claim, old):
        after.pop("storageClassName")
    if at(claim, "status", "phase") == "Bound":
        requests = at(after, "resources", "requests")
        if requests:
            storage = {"storage": at(before, *_REQUEST)}
            after["resources"] = {**after["resources"], "requests": {**requests, **storage}}
        after.pop(_ATTRIBUTES, None)
        if _ATTRIBUTES in before:
            after[_ATTRIBUTES] = before[_ATTRIBUTES]
    return after, before


def _shrinking_faults(spec: Object, old: Object) -> Iterator[Fault]:
    """Yield a fault where a claim asks for less than it has; back from what it asked for but did not get it may go."""
    new, known, has = (
        parse(at(spec, *_REQUEST) or 0),
        parse(at(old, "spec", *_REQUEST) or 0),
        parse(at(old, "status", "capacity", "storage") or 0),
    )
    if new.nano < known.nano and new.nano <= has.nano:
        yield forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")


def _attributes_update_faults(spec: Object, old: Object) -> Iterator[Fault]:
    applied = at(old, "status", "currentVolumeAttributesClassName") is not None
    if not applied or old["spec"].get(_ATTRIBUTES) == spec.get(_ATTRIBUTES) or spec.get(_ATTRIBUTES):
        return
    what = "empty string" if _ATTRIBUTES in spec else "nil"
    detail = f"update to {what} is forbidden when status.currentVolumeAttributesClassName is not nil"
    yield forbidden(f"spec.{_ATTRIBUTES}", detail)

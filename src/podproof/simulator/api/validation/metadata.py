"""Checks of metadata, which all kinds share.

Source: staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.faults import Fault, FaultType, forbidden, invalid, required, unsupported
from podproof.simulator.model.names import Faults, dns_label, dns_subdomain, generated, path_segment, qualified_name
from podproof.simulator.model.names import label_value as label_value_faults
from podproof.simulator.model.objects import Object

IMMUTABLE = "field is immutable"
_ANNOTATION_LIMIT = 256 * 1024
STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")
_ASKED_AGAIN = ("Pod", "Service", "ConfigMap", "Secret", "PersistentVolume", "ServiceAccount", "Endpoints")
"""Kinds whose update is also judged as a new object would be."""
_NAME_RULES: Mapping[str, Callable[[str], Faults]] = {
    "subdomain": dns_subdomain,
    "label": dns_label,
    "path": path_segment,
}


def metadata_faults(resource: Resource, item: Object) -> Iterator[Fault]:
    """Yield what is wrong with the metadata of a new object."""
    meta, name_rule = item["metadata"], _NAME_RULES[resource.names]
    if prefix := meta.get("generateName"):
        for detail in name_rule(generated(prefix)):
            yield invalid("metadata.generateName", prefix, detail)
    if not meta.get("name"):
        yield required("metadata.name", "name or generateName is required")
    else:
        for detail in name_rule(meta["name"]):
            yield invalid("metadata.name", meta["name"], detail)
    yield from _common_faults(resource, meta)
    yield from _plain_finalizer_faults(meta)


def metadata_update_faults(resource: Resource, item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with the metadata of an object that replaces another.

    The real server asks two to four times; the message tells each fault once, the causes as often as it is found.

    Source: objectmeta.go, ValidateObjectMetaAccessorUpdate; staging/src/k8s.io/apiserver/pkg/registry/rest/update.go,
    validateCommonFields; pkg/apis/core/validation/validation.go, ValidateObjectMetaUpdate.
    """
    meta, known = item["metadata"], old["metadata"]
    yield from _common_faults(resource, meta)
    for _ in ("all kinds", "this kind"):
        yield from _new_finalizer_faults(meta, known)
        yield from _note_faults(meta)
        yield from _owner_faults(meta)
    yield from _plain_finalizer_faults(meta)
    if resource.kind in _ASKED_AGAIN and resource.custom is None:
        yield from _common_faults(resource, meta)
        yield from _plain_finalizer_faults(meta)


def embedded_metadata_faults(meta: Object) -> Iterator[Fault]:
    """Yield what is wrong with the metadata of an object that stands inside another: it needs no name."""
    if meta.get("name"):
        for detail in path_segment(meta["name"]):
            yield invalid("metadata.name", meta["name"], detail)
    if meta.get("namespace"):
        for detail in dns_label(meta["namespace"]):
            yield invalid("metadata.namespace", meta["namespace"], detail)
    yield from _note_faults(meta)
    yield from _owner_faults(meta)
    yield from _finalizer_faults(meta)
    yield from _plain_finalizer_faults(meta)


def _common_faults(resource: Resource, meta: Object) -> Iterator[Fault]:
    """Yield what is wrong with everything but the name.

    Source: objectmeta.go, validateObjectMetaAccessorWithOptsCommon.
    """
    if resource.namespaced:
        for detail in dns_label(meta["namespace"]):
            yield invalid("metadata.namespace", meta["namespace"], detail)
    yield from _note_faults(meta)
    yield from _owner_faults(meta)
    yield from _finalizer_faults(meta)


def _note_faults(meta: Object) -> Iterator[Fault]:
    yield from label_faults(meta.get("labels"), "metadata.labels")
    yield from annotation_faults(meta.get("annotations"), "metadata.annotations")


def label_faults(labels: Mapping[str, str] | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with labels.

    Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go, ValidateLabels.
    """
    for key, value in sorted((labels or {}).items()):
        yield from label_key_faults(key, field)
        for detail in label_value_faults(value):
            yield invalid(field, value, detail)


def label_key_faults(key: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the key of a label."""
    for detail in qualified_name(key):
        yield invalid(field, key, detail)


def annotation_faults(annotations: Mapping[str, str] | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with annotations: their keys, and their size all together."""
    size = 0
    for key, value in sorted((annotations or {}).items()):
        for detail in qualified_name(key.lower()):
            yield invalid(field, key, detail)
        size += len(key.encode()) + len(value.encode())
    if size > _ANNOTATION_LIMIT:
        yield Fault(FaultType.TOO_LONG, field, detail=f"may not be more than {_ANNOTATION_LIMIT} bytes")


def _owner_faults(meta: Object) -> Iterator[Fault]:
    """Yield what is wrong with the owners; at most one of them is the controller. They are all told at one field.

    Source: objectmeta.go, ValidateOwnerReferences.
    """
    owners, controller = meta.get("ownerReferences") or (), ""
    for owner in owners:
        yield from _reference_faults(owner, "metadata.ownerReferences")
        if not owner.get("controller"):
            continue
        name = f"{owner.get('kind', '')}/{owner.get('name', '')}"
        if controller:
            detail = (
                "Only one reference can have Controller set to true. "
                f'Found "true" in references for {controller} and {name}'
            )
            yield invalid("metadata.ownerReferences", [_shown_owner(each) for each in owners], detail)
        controller = controller or name


def _reference_faults(owner: Object, field: str) -> Iterator[Fault]:
    version, kind = owner.get("apiVersion", ""), owner.get("kind", "")
    if not version.rpartition("/")[2]:
        yield invalid(f"{field}.apiVersion", version, "version must not be empty")
    for key in ("kind", "name", "uid"):
        if not owner.get(key):
            yield invalid(f"{field}.{key}", "", "must not be empty")
    if (version, kind) == ("v1", "Event"):
        yield invalid(field, _shown_owner(owner), "/v1, Kind=Event is disallowed from being an owner")


def _shown_owner(owner: Object) -> dict[str, Any]:
    """Return a reference as the server prints it: the fields it always has, then those that were set."""
    fixed = {key: owner.get(key, "") for key in ("apiVersion", "kind", "name", "uid")}
    return fixed | {key: owner[key] for key in ("controller", "blockOwnerDeletion") if key in owner}


def _finalizer_faults(meta: Object) -> Iterator[Fault]:
    finalizers = meta.get("finalizers") or ()
    for finalizer in finalizers:
        for detail in qualified_name(finalizer):
            yield invalid("metadata.finalizers", finalizer, detail)
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        detail = "finalizer orphan and foregroundDeletion cannot be both set"
        yield invalid("metadata.finalizers", list(finalizers), detail)


def _plain_finalizer_faults(meta: Object) -> Iterator[Fault]:
    """Yield a fault for each finalizer without a domain that is none of Kubernetes' own.

    Source: pkg/apis/core/validation/validation.go, validateKubeFinalizerName.
    """
    for index, finalizer in enumerate(meta.get("finalizers") or ()):
        if "/" not in finalizer and finalizer not in STANDARD_FINALIZERS:
            detail = "name is neither a standard finalizer name nor is it fully qualified"
            yield invalid(f"metadata.finalizers[{index}]", finalizer, detail)


def _new_finalizer_faults(meta: Object, known: Object) -> Iterator[Fault]:
    """Yield a fault where an object that is being deleted gets something more to wait for."""
    if "deletionTimestamp" not in known:
        return
    added = sorted({*(meta.get("finalizers") or ())} - {*(known.get("finalizers") or ())})
    if added:
        listed = "[]string{" + ", ".join(f'"{each}"' for each in added) + "}"
        detail = f"no new finalizers can be added if the object is being deleted, found new finalizers {listed}"
        yield forbidden("metadata.finalizers", detail)


def one_of(value: str, supported: tuple[str, ...], field: str, *, may_be_empty: bool = False) -> Iterator[Fault]:
    """Yield a fault where a value is missing or none of those there are."""
    if not value:
        if not may_be_empty:
            yield required(field)
    elif value not in supported:
        yield unsupported(field, value, supported)

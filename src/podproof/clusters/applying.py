"""What kubectl apply asks of the API server: create with the manifest remembered, or patch what has changed since.

Source: staging/src/k8s.io/kubectl/pkg/util/apply.go (the annotation) and
staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go, CreateThreeWayMergePatch.
"""

import json
from collections.abc import Mapping
from typing import Any

from podproof.simulator.api.discovery import Resource
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.model.objects import Object, Ref, at, replaced
from podproof.simulator.model.patches import merge_key
from podproof.simulator.model.schema import element_of

MANAGER = "kubectl-client-side-apply"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def apply_request(resource: Resource, ref: Ref, item: Object, current: Object | None, field_validation: str) -> Request:
    """Return the request that applies a manifest's object to what is there, if anything is."""
    modified, name = _remembering(item, ref.namespace), resource.requested
    params = {"fieldManager": MANAGER, "fieldValidation": field_validation}
    if current is None:
        return Request("create", name, ref.namespace, body=modified, params=params)
    original = json.loads(at(current, "metadata", "annotations", _LAST_APPLIED) or "{}")
    patch = _patch(resource.struct, original, modified)
    params["patchType"] = "merge" if resource.custom else "strategic"
    return Request("patch", name, ref.namespace, ref.name, body=patch, params=params)


def without_change(before: Object | None, response: Response) -> bool:
    """Say whether a request left its object as it was."""
    if before is None or response.code >= 400:
        return False
    return bool(at(before, "metadata", "resourceVersion") == at(response.body, "metadata", "resourceVersion"))


def _remembering(item: Object, namespace: str) -> dict[str, Any]:
    """Return the object with its own text as an annotation, as kubectl writes it."""
    meta: Mapping[str, Any] = item["metadata"]
    annotations = {key: value for key, value in (meta.get("annotations") or {}).items() if key != _LAST_APPLIED}
    placed = {**meta, "annotations": annotations, **({"namespace": namespace} if namespace else {})}
    plain = {**item, "metadata": placed}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    return replaced(plain, ("metadata", "annotations"), {**annotations, _LAST_APPLIED: text})


def _patch(struct: str, original: Mapping[str, Any], modified: Mapping[str, Any]) -> dict[str, Any]:
    """Return the strategic merge patch that sets all of `modified` and takes away what only `original` has."""
    patch: dict[str, Any] = {key: None for key in original if key not in modified}
    for key, value in modified.items():
        old, inner = original.get(key), element_of(struct, key)
        told_by = merge_key(struct, key)
        if isinstance(value, Mapping):
            patch[key] = _patch(inner, old if isinstance(old, Mapping) else {}, value)
        elif isinstance(value, list) and isinstance(old, list) and told_by is not None:
            patch |= _list_patch(inner, key, told_by, old, value)
        else:
            patch[key] = value
    return patch


def _list_patch(struct: str, key: str, told_by: str, original: list[Any], modified: list[Any]) -> dict[str, Any]:
    """Return the fields of a patch that bring a merging list from one manifest's to the other's."""
    if not told_by:
        dropped = [value for value in original if value not in modified]
        return {key: modified, **({f"$deleteFromPrimitiveList/{key}": dropped} if dropped else {})}
    before = {each.get(told_by): each for each in original}
    after = {each.get(told_by) for each in modified}
    kept = [_patch(struct, before.get(each.get(told_by)) or {}, each) for each in modified]
    return {key: [*kept, *({"$patch": "delete", told_by: name} for name in before if name not in after)]}

"""Server-side apply: what a manager states is merged into the object; what others own and it changes is a conflict.

Source: structured-merge-diff merge/update.go, Updater.Apply; staging/src/k8s.io/apimachinery/pkg/util/managedfields/
internal/{fieldmanager.go, skipnonapplied.go, lastappliedmanager.go, lastappliedupdater.go, conflict.go}.
"""

import json
from collections.abc import Mapping
from typing import Any

from podproof.simulator.api import bodies, statuses
from podproof.simulator.api.decoding import typed
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.field_managers.managers import (
    APPLY,
    UPDATE,
    Manager,
    Managers,
    Owned,
    all_fields,
    entries,
    managers_of,
    shape_of,
    without,
    without_servers,
)
from podproof.simulator.api.field_managers.tracking import manager_of
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.merging.applying import merged, pruned
from podproof.simulator.model.merging.comparing import added, compare, fields_of
from podproof.simulator.model.merging.field_sets import NONE, Fields, difference, intersection, paths, printed, union
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.schema import DecodeError

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST_ANNOTATION = 262144
_KUBECTL = "kubectl"
_BEFORE = "before-first-apply"


def check_applied(request: Request, resource: Resource) -> dict[str, Any]:
    """Return the object a request applies.

    Raises:
        ApiError: 400 or 500, it is none, or one that cannot be applied.
    """
    body = request.body
    if not isinstance(body, Mapping) or not body.get("apiVersion") or not body.get("kind"):
        raise statuses.bad_request("Object 'Kind' is missing in the applied patch")
    if body["apiVersion"] != resource.api_version:
        why = f"Specified patch version: {body['apiVersion']}, expected: {resource.api_version}"
        raise statuses.bad_request(f"Incorrect version specified in apply patch. {why}")
    if bodies.is_too_deep(body):
        raise statuses.bad_request(bodies.TOO_DEEP)
    if at(body, "metadata", "managedFields") is not None:
        raise statuses.bad_request("metadata.managedFields must be nil")
    try:
        found = typed(resource, body)
    except DecodeError as error:
        raise statuses.failure(
            500, "", f"failed to create typed patch object {_where(request, resource)}: {error}"
        ) from None
    if found.unknown:
        faults = [f".{path}: field not declared in schema" for path in found.unknown]
        listed = faults[0] if len(faults) == 1 else "errors:\n" + "\n".join(f"  {each}" for each in faults)
        raise statuses.failure(500, "", f"failed to create typed patch object {_where(request, resource)}: {listed}")
    meta = found.draft.setdefault("metadata", {})
    if meta.setdefault("name", request.name) != request.name:
        seen = f"the name of the object ({meta['name']}) does not match the name on the URL ({request.name})"
        raise statuses.bad_request(seen)
    return found.draft


def _where(request: Request, resource: Resource) -> str:
    place = f"{request.namespace}/{request.name}" if request.namespace else f"/{request.name}"
    return f"({place}; {resource.group}/{resource.version}, Kind={resource.kind})"


def applied(request: Request, resource: Resource, old: Object | None, config: Object, now_text: str) -> dict[str, Any]:
    """Return the object with what is applied in it, and its managed fields; `old` is None where there is none.

    Raises:
        ApiError: 409, others own what it would change, and it does not force them.
    """
    force = request.params.get("force") == "true"
    manager, shape = manager_of(request, resource, APPLY), shape_of(resource)
    managers = _managers(resource, old)
    live = _plain(old) if old is not None else {}
    last = managers[manager].fields if manager in managers else NONE
    stated = without_servers(fields_of(shape, config))
    others = {each: owned for each, owned in managers.items() if each != manager}
    new = merged(shape, live, config)
    if last:
        new = pruned(shape, new, last, union(all_fields(others), stated))
    changed, removed = compare(shape, live, new)
    conflicts = _conflicts(others, changed)
    if conflicts and not force and not _is_kubectl_s_own(manager, live, conflicts, resource):
        raise _refusal(conflicts)
    left: dict[Manager, Owned] = without(others, union(changed, removed))
    same = not changed and not removed and last == stated and left == others
    time = managers[manager].time if same and manager in managers else now_text
    left[manager] = Owned(stated, resource.api_version, time)
    meta = {**new["metadata"], "managedFields": entries(left)}
    return _remembered(manager, {**new, "metadata": meta}, config)


def _managers(resource: Resource, old: Object | None) -> Managers:
    """Return who owns what so far; of an object that nobody was tracked on, one manager owns all."""
    if old is None:
        return {}
    found = managers_of(old)
    if found:
        return found
    fields = without_servers(added(shape_of(resource), _plain(old), present=True))
    before = Manager(_BEFORE, UPDATE, resource.api_version)
    return {before: Owned(fields, resource.api_version, old["metadata"].get("creationTimestamp", ""))}


def _conflicts(others: Managers, changed: Fields) -> dict[Manager, Fields]:
    found = {manager: intersection(owned.fields, changed) for manager, owned in others.items()}
    return {manager: fields for manager, fields in found.items() if fields}


def _is_kubectl_s_own(manager: Manager, live: Object, conflicts: Mapping[Manager, Fields], resource: Resource) -> bool:
    """Say whether all conflicts are about what kubectl itself has set by its client-side apply.

    Source: lastappliedmanager.go, allowedConflictsFromLastApplied.
    """
    text = at(live, "metadata", "annotations", _LAST_APPLIED)
    if manager.name != _KUBECTL or not text:
        return False
    remembered, shape = json.loads(text), shape_of(resource)
    changed = compare(shape, remembered, live).changed
    allowed = difference(without_servers(fields_of(shape, remembered)), changed)
    return not any(difference(fields, allowed) for fields in conflicts.values())


def _remembered(manager: Manager, new: dict[str, Any], config: Object) -> dict[str, Any]:
    """Return the object with kubectl's own annotation brought up to date, where it has one."""
    annotations = at(new, "metadata", "annotations") or {}
    if manager.name != _KUBECTL or _LAST_APPLIED not in annotations:
        return new
    text = json.dumps(config, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    if len(text) > _LONGEST_ANNOTATION:
        text = ""
    return {**new, "metadata": {**new["metadata"], "annotations": {**annotations, _LAST_APPLIED: text}}}


def _refusal(conflicts: Mapping[Manager, Fields]) -> Exception:
    named = [(str(manager), printed(path)) for manager, fields in conflicts.items() for path in paths(fields)]
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {manager}", "field": path}
        for manager, path in named
    ]
    if len(named) == 1:
        told = f"1 conflict: conflict with {named[0][0]}: {named[0][1]}"
    else:
        lines = []
        for manager in sorted({manager for manager, _ in named}):
            lines += [f"conflicts with {manager}:", *(f"- {path}" for owner, path in named if owner == manager)]
        told = f"{len(named)} conflicts: " + "\n".join(lines)
    return statuses.failure(409, "Conflict", f"Apply failed with {told}", {"causes": causes})


def _plain(item: Object) -> dict[str, Any]:
    meta = {key: value for key, value in item["metadata"].items() if key != "managedFields"}
    return {**item, "metadata": meta}

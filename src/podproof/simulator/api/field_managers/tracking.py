"""What a write makes of an object's managers: an update takes the fields it changes.

What the cluster's own components create or report is not tracked, which a real server does, for its cost; where they
change what somebody else is known to own, they take it over as everybody does.
Source: structured-merge-diff merge/update.go, Updater.Update; staging/src/k8s.io/apimachinery/pkg/util/managedfields/
internal/{fieldmanager.go, managedfieldsupdater.go}.
"""

from typing import Any

from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.field_managers.managers import (
    UPDATE,
    Manager,
    Managers,
    Owned,
    entries,
    managers_of,
    shape_of,
    without,
    without_servers,
)
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.merging.comparing import added, compare
from podproof.simulator.model.merging.field_sets import NONE, Fields, difference, union
from podproof.simulator.model.objects import Object

_STATUS: Fields = {"f:status": {".": {}}}
_NAMES = {"system:controller": "kube-controller-manager", "system:kube-scheduler": "kube-scheduler"}


def manager_of(request: Request, resource: Resource, operation: str) -> Manager:
    """Return who writes: the manager that the request names, else the user."""
    name = request.params.get("fieldManager") or _NAMES.get(request.user, request.user.removeprefix("system:"))
    return Manager(name, operation, resource.api_version if operation == UPDATE else "", request.subresource)


def created(request: Request, resource: Resource, draft: Object, now_text: str) -> list[dict[str, Any]]:
    """Return the managed fields of a new object: everything its creator said, and what that defaults to."""
    fields = without_servers(added(shape_of(resource), draft, present=True))
    if "status" in resource.subresources:
        fields = {key: node for key, node in fields.items() if key not in _STATUS}
    manager = manager_of(request, resource, UPDATE)
    return entries({manager: Owned(fields, resource.api_version, now_text)})


def updated(request: Request, resource: Resource, old: Object, new: Object, now_text: str) -> list[dict[str, Any]]:
    """Return the managed fields after an update: what it changed is its manager's, what it took away is nobody's."""
    managers = _stated(new, old)
    manager = manager_of(request, resource, UPDATE)
    changed, removed = compare(shape_of(resource), _plain(old), _plain(new))
    changed, removed = without_servers(changed), without_servers(removed)
    left = without(managers, union(changed, removed), manager)
    known = managers.get(manager)
    fields = union(difference(known.fields if known else NONE, removed), changed)
    time = now_text if changed or known is None else known.time
    left.pop(manager, None)
    return entries({**left, **({manager: Owned(fields, resource.api_version, time)} if fields else {})})


def _stated(new: Object, old: Object) -> Managers:
    """Return the managers to go on from: those a request states, else those there are; [{}] means none.

    Source: managedfields/internal/fieldmanager.go, decodeLiveOrNew, isResetManagedFields.
    """
    stated = new["metadata"].get("managedFields")
    if stated == [{}]:
        return {}
    return managers_of(new) if stated else managers_of(old)


def _plain(item: Object) -> Object:
    """Return an object without its managed fields."""
    return {**item, "metadata": {key: value for key, value in item["metadata"].items() if key != "managedFields"}}

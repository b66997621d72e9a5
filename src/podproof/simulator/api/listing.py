"""Lists: of now, of a moment that has passed, and in parts.

Source: staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go, GetList; etcd3/errors.go, interpretListError.
"""

from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.list_options import ListOptions, list_options, token
from podproof.simulator.api.selection import chosen, selection
from podproof.simulator.api.versions import shown
from podproof.simulator.kernel.requests import Request
from podproof.simulator.kernel.store import ExpiredError, Store
from podproof.simulator.model.objects import Object

_TOO_OLD = "The resourceVersion for the provided list is too old."
_CUT_OFF = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


def listed(request: Request, resource: Resource, store: Store) -> dict[str, Any]:
    """Return the list a request asks for.

    Raises:
        ApiError: options or selectors that are none, or a version that is past or still to come.
    """
    if not request.params:
        return _body(resource, chosen(request, resource, store), {"resourceVersion": str(store.version)})
    options = list_options(request)
    version = store.version if options.version is None else options.version
    if version > store.version:
        raise statuses.too_large_version(version, store.version)
    if not options.exact or version == store.version:
        version, items = store.version, chosen(request, resource, store)
    else:
        items = _as_it_was(request, resource, store, options)
    if options.start:
        items = [item for item in items if _key(request, item) >= options.start]
    return _body(resource, *_cut(request, items, options.limit, version))


def _cut(request: Request, items: list[Object], limit: int, version: int) -> tuple[list[Object], dict[str, Any]]:
    """Return the first part of the items, and what the list says of the rest."""
    meta: dict[str, Any] = {"resourceVersion": str(version)}
    if not limit or len(items) <= limit:
        return items, meta
    meta["continue"] = token(version, f"{_key(request, items[limit - 1])}\0")
    if not request.params.get("labelSelector") and not request.params.get("fieldSelector"):
        # What a selector would leave of the rest is not counted.
        meta["remainingItemCount"] = len(items) - limit
    return items[:limit], meta


def _as_it_was(request: Request, resource: Resource, store: Store, options: ListOptions) -> list[Object]:
    test = selection(request, resource)
    try:
        return [item for item in store.past(resource.storage, options.version or 0) if test(item)]
    except ExpiredError:
        if not options.start:
            raise statuses.expired(_TOO_OLD) from None
        raise statuses.expired(_CUT_OFF, {"continue": token(-1, options.start)}) from None


def _key(request: Request, item: Object) -> str:
    """Return what a list is ordered by, as far as its objects differ in it."""
    meta = item["metadata"]
    whole = meta.get("namespace") and not request.namespace
    return f"{meta['namespace']}/{meta['name']}" if whole else str(meta["name"])


def _body(resource: Resource, items: list[Object], meta: dict[str, Any]) -> dict[str, Any]:
    if resource.is_converted:
        items = [shown(resource, item) for item in items]
    return {"kind": resource.list_kind, "apiVersion": resource.api_version, "metadata": meta, "items": items}

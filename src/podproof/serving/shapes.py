"""Objects in other shapes than their own: tables as kubectl prints them, and objects of metadata only.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go, transformObject, asTable;
pkg/printers/storage/storage.go, TableConvertor.ConvertToTable.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from podproof.errors import NotModelledError
from podproof.serving.negotiation import Wanted
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.versions import stored
from podproof.simulator.model import tables
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

GROUP = "meta.k8s.io"
TABLE, METADATA, METADATA_LIST = "Table", "PartialObjectMetadata", "PartialObjectMetadataList"
_WIDE_ONLY = 1


def shapes_of(resource: Resource) -> tuple[tuple[str, str, str], ...]:
    """Return what objects of a resource can be turned into, as (group, version, kind)."""
    metadata = (GROUP, "v1", METADATA), (GROUP, "v1", METADATA_LIST)
    return metadata if columns_of(resource) is None else ((GROUP, "v1", TABLE), *metadata)


def columns_of(resource: Resource) -> Sequence[Mapping[str, Any]] | None:
    """Return the column definitions of a resource's table, None where its columns are not known."""
    try:
        narrow = set(tables.table(resource.kind, (), Nanos(0), custom=resource.custom).columns)
        every = tables.table(resource.kind, (), Nanos(0), wide=True, custom=resource.custom).columns
    except NotModelledError:
        return None
    return [_column(name, 0 if name in narrow else _WIDE_ONLY) for name in every]


def _column(title: str, priority: int) -> dict[str, Any]:
    form = "name" if title == "NAME" else ""
    return {"name": _spoken(title), "type": "string", "format": form, "description": "", "priority": priority}


def _spoken(title: str) -> str:
    """Return a column's name as the API gives it: kubectl prints it in capitals."""
    return " ".join(word.capitalize() for word in title.split(" "))


def shaped(form: Wanted, resource: Resource, body: Object, params: Mapping[str, str], now: Nanos) -> Object:
    """Return an object or a list in the shape that is wanted; refusals stay what they are."""
    if not form.shape or body.get("kind") == "Status":
        return body
    items = body.get("items")
    if form.shape == TABLE:
        meta = {} if items is None else body["metadata"]
        return table(resource, [body] if items is None else items, meta, params, now)
    if items is None:
        return _metadata(body)
    api_version = f"{GROUP}/v1"
    listed = [_metadata(item) for item in items]
    return {"kind": METADATA_LIST, "apiVersion": api_version, "metadata": body["metadata"], "items": listed}


def table(
    resource: Resource, items: Sequence[Object], meta: Object, params: Mapping[str, str], now: Nanos,
    headed: bool = True,
) -> Object:  # fmt: skip
    """Return objects as a Table; `headed` gives it its column definitions."""
    kept = params.get("includeObject", "Metadata")
    printed = [stored(resource, item) for item in items] if resource.stored_as else items
    made = tables.table(resource.kind, printed, now, wide=True, custom=resource.custom)
    rows = [
        {"cells": list(cells), **_kept(item, kept)}
        for cells, item in zip(made.rows, items, strict=True)
    ]  # fmt: skip
    columns = columns_of(resource) if headed else []
    head = {"kind": TABLE, "apiVersion": f"{GROUP}/v1", "metadata": _list_meta(items, meta)}
    return {**head, "columnDefinitions": columns, "rows": rows}


def _list_meta(items: Sequence[Object], meta: Object) -> Object:
    if meta or len(items) != 1:
        return meta
    return {"resourceVersion": items[0]["metadata"].get("resourceVersion", "")}


def _kept(item: Object, kept: str) -> dict[str, Any]:
    if kept == "None":
        return {}
    return {"object": item if kept == "Object" else _metadata(item)}


def _metadata(item: Object) -> Object:
    return {"kind": METADATA, "apiVersion": f"{GROUP}/v1", "metadata": item["metadata"]}

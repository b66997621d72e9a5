"""Lists that are sets or maps hold nothing twice.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from podproof.simulator.api.faults import Fault, duplicate
from podproof.simulator.model.custom.types import Schema, items_of, property_of


def list_faults(schema: Schema, value: Any, path: str) -> Iterator[Fault]:
    """Yield each item that a set or map of a value has twice."""
    if isinstance(value, Mapping):
        dot = f"{path}." if path else ""
        for key, each in value.items():
            if inner := property_of(schema, key):
                yield from list_faults(inner, each, f"{dot}{key}")
    elif isinstance(value, list):
        yield from _twice(schema, value, path)
        inner = items_of(schema) or {}
        for index, each in enumerate(value):
            yield from list_faults(inner, each, f"{path}[{index}]")


def _twice(schema: Schema, value: list[Any], path: str) -> Iterator[Fault]:
    form = schema.get("x-kubernetes-list-type")
    if form not in ("set", "map"):
        return
    seen = set()
    for index, each in enumerate(value):
        told = each if form == "set" else _keys(schema, each)
        text = json.dumps(told, sort_keys=True)
        if text in seen:
            yield duplicate(f"{path}[{index}]", told)
        seen.add(text)


def _keys(schema: Schema, item: Any) -> Any:
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    return {key: item[key] for key in keys if key in item} if isinstance(item, Mapping) else item

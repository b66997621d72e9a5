"""Pruning and defaulting: what a structural schema takes from a value, and what it adds.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning/algorithm.go;
schema/defaulting/{algorithm.go, prunenulls.go}.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from podproof.simulator.model.custom.types import Schema, items_of, property_of
from podproof.simulator.model.schema import spelled

_HEAD = ("apiVersion", "kind", "metadata")
_Path = tuple[str | int, ...]


def pruned(schema: Schema, item: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a copy of an object without what its schema does not know, and the paths of that."""
    unknown: list[_Path] = []
    found: dict[str, Any] = _pruned(schema, item, (), unknown, is_resource=True)
    return found, tuple(spelled(path) for path in unknown)


def unknown_in(schema: Schema, value: Any) -> tuple[str, ...]:
    """Return the paths of what a schema does not know in a value."""
    unknown: list[_Path] = []
    _inner(schema, value, (), unknown)
    return tuple(spelled(path) for path in unknown)


def _pruned(schema: Schema | None, value: Any, path: _Path, unknown: list[_Path], is_resource: bool = False) -> Any:
    if isinstance(value, Mapping):
        return _pruned_object(schema, value, path, unknown, is_resource)
    if isinstance(value, (list, tuple)):
        if (schema or {}).get("x-kubernetes-preserve-unknown-fields") and items_of(schema) is None:
            return deepcopy(list(value))
        inner = items_of(schema)
        return [_inner(inner, each, (*path, index), unknown) for index, each in enumerate(value)]
    return value


def _inner(schema: Schema | None, value: Any, path: _Path, unknown: list[_Path]) -> Any:
    return _pruned(schema, value, path, unknown, bool((schema or {}).get("x-kubernetes-embedded-resource")))


def _pruned_object(
    schema: Schema | None, value: Mapping[str, Any], path: _Path, unknown: list[_Path], is_resource: bool
) -> dict[str, Any]:
    keeps = bool((schema or {}).get("x-kubernetes-preserve-unknown-fields"))
    found: dict[str, Any] = {}
    for key, each in value.items():
        inner = property_of(schema, key)
        if is_resource and key in _HEAD:
            found[key] = deepcopy(each)
        elif inner is not None:
            found[key] = _inner(inner, each, (*path, key), unknown)
        elif keeps:
            found[key] = deepcopy(each)
        else:
            unknown.append((*path, key))
    return found


def default(schema: Schema, value: Any) -> None:
    """Give a value, in place, what its schema says of what it leaves out; nulls that may not be are left out first."""
    if isinstance(value, dict):
        for key in [key for key, each in value.items() if each is None and _is_stray(property_of(schema, key))]:
            del value[key]
        for key, inner in (schema.get("properties") or {}).items():
            if key not in value and "default" in inner:
                value[key] = deepcopy(inner["default"])
        for key, each in value.items():
            default(property_of(schema, key) or {}, each)
    elif isinstance(value, list):
        inner = items_of(schema) or {}
        for index, each in enumerate(value):
            if each is None and "default" in inner and not inner.get("nullable"):
                value[index] = deepcopy(inner["default"])
            default(inner, value[index])


def _is_stray(schema: Schema | None) -> bool:
    """Say whether null is no value of a schema."""
    return schema is not None and bool(schema) and not schema.get("nullable")

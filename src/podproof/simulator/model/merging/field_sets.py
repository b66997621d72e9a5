"""Sets of fields as trees: a node's keys are path elements, and "." says that the node itself is a member.

The tree is metav1.FieldsV1 but for one thing: a leaf is {".": {}} here and {} there. Trees are never changed in place.
Source: structured-merge-diff fieldpath/{set.go, serialize.go, serialize-pe.go}.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Fields: TypeAlias = Mapping[str, Any]

SELF = "."
LEAF: Fields = {SELF: {}}
NONE: Fields = {}

_compact = json.JSONEncoder(separators=(",", ":")).encode


def union(one: Fields, other: Fields) -> Fields:
    """Return what is in either set."""
    if not one or not other:
        return one or other
    merged = dict(one)
    for key, node in other.items():
        merged[key] = node if key == SELF or key not in merged else union(merged[key], node)
    return merged


def difference(one: Fields, other: Fields) -> Fields:
    """Return what is in the first set only."""
    left: dict[str, Any] = {}
    for key, node in one.items():
        if key not in other:
            left[key] = node
        elif key != SELF and (rest := difference(node, other[key])):
            left[key] = rest
    return left


def intersection(one: Fields, other: Fields) -> Fields:
    """Return what is in both sets."""
    both: dict[str, Any] = {}
    for key, node in one.items():
        if key == SELF and key in other:
            both[key] = node
        elif key != SELF and key in other and (shared := intersection(node, other[key])):
            both[key] = shared
    return both


def paths(fields: Fields, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the members as paths: those directly below a node first, each sorted."""
    children = sorted((key, node) for key, node in fields.items() if key != SELF)
    for key, node in children:
        if SELF in node:
            yield (*prefix, key)
    for key, node in children:
        yield from (path for path in paths(node, (*prefix, key)))


def printed(path: tuple[str, ...]) -> str:
    """Return a path as conflicts name it: `.spec.containers[name="app"].image`.

    Source: structured-merge-diff fieldpath/element.go, PathElement.String.
    """
    return "".join(_printed(element) for element in path)


def _printed(element: str) -> str:
    kind, _, text = element.partition(":")
    if kind == "f":
        return f".{text}"
    if kind == "v":
        return f"[={text}]"
    return f"[{','.join(f'{key}={json.dumps(value)}' for key, value in json.loads(text).items())}]"


def written(fields: Fields) -> dict[str, Any]:
    """Return a set as metav1.FieldsV1 writes it, sorted."""
    return {key: {} if key == SELF or node == LEAF else written(node) for key, node in sorted(fields.items())}


def read(text: Mapping[str, Any]) -> Fields:
    """Return the set that a metav1.FieldsV1 is.

    Raises:
        ValueError: it is none: something in it is no set.
    """
    if not isinstance(text, Mapping):
        raise ValueError(f"no set of fields: {text!r}")
    return {key: {} if key == SELF else read(node) or LEAF for key, node in text.items()}


def key_element(item: Mapping[str, Any], keys: tuple[str, ...], defaults: Mapping[str, Any]) -> str:
    """Return the path element of an item that is told by the values of its keys."""
    told = {key: item.get(key, defaults.get(key)) for key in sorted(keys)}
    shown = {key: value for key, value in told.items() if value is not None}
    return f"k:{_compact(shown)}"


def value_element(value: Any) -> str:
    """Return the path element of a member of a set."""
    return f"v:{json.dumps(value)}"

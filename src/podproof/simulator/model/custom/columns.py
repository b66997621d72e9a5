"""The printer columns of a custom kind, and the paths they read.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go;
staging/src/k8s.io/client-go/util/jsonpath/parser.go (the part of it that columns use).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from podproof.simulator.model.custom.types import CustomType
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.table_cells import Cell, since
from podproof.simulator.model.times import Nanos

_STEP = re.compile(
    r"""\.?(?:(?P<name>(?:[^.\[\]\\]|\\.)+)
      |\[['"](?P<quoted>[^'"]+)['"]\]
      |\[(?P<index>-?\d+)\]
      |\[(?P<every>\*)\]
      |\[\?\(@\.(?P<key>[\w.]+)\s*==\s*['"](?P<value>[^'"]*)['"]\)\])""",
    re.VERBOSE,
)
_AGE: Object = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}


class PathError(ValueError):
    """A JSONPath that is none, or says what columns cannot."""


class Column(NamedTuple):
    """One column: its title, and whether it is of the wide table only."""

    title: str
    is_wide: bool


def found(item: Any, path: str) -> list[Any]:
    """Return what a path of an object leads to.

    Raises:
        PathError: it is none.
    """
    values, place = [item], 0
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None:
            raise PathError(f"{path!r} is no path of a column at {path[place:]!r}")
        values, place = [each for value in values for each in _below(value, step)], step.end()
    return values


def _below(value: Any, step: re.Match[str]) -> list[Any]:
    name = (step["name"] or step["quoted"] or "").replace("\\", "")
    if name:
        return [value[name]] if isinstance(value, dict) and name in value else []
    if not isinstance(value, list):
        return list(value.values()) if step["every"] and isinstance(value, dict) else []
    if step["every"]:
        return value
    if step["key"]:
        return [each for each in value if at(each, *step["key"].split(".")) == step["value"]]
    index = int(step["index"])
    return [value[index]] if -len(value) <= index < len(value) else []


def columns_of(custom: CustomType) -> Sequence[Column]:
    """Return the columns of a kind: its name, then what its definition says, or its age."""
    rows = _rows(custom)
    return (Column("NAME", False), *(Column(each["name"].upper(), each.get("priority", 0) > 0) for each in rows))


def cells(custom: CustomType, items: Iterable[Object], now: Nanos) -> list[tuple[Cell, ...]]:
    """Return a row for each object, its name first."""
    rows = _rows(custom)
    return [(item["metadata"]["name"], *(_cell(item, each, now) for each in rows)) for item in items]


def _rows(custom: CustomType) -> Sequence[Object]:
    return custom.columns or (_AGE,)


def _cell(item: Object, column: Object, now: Nanos) -> Cell:
    values = found(item, column["jsonPath"])
    if not values:
        return ""
    value, kind = values[0], column["type"]
    if kind == "date":
        return since(value, now) if isinstance(value, str) else ""
    if kind == "string":
        return _text(value)
    fits = isinstance(value, bool) if kind == "boolean" else isinstance(value, (int, float)) and value is not True
    return value if fits else ""


def _text(value: Any) -> str:
    import json

    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, separators=(",", ":")) if isinstance(value, (dict, list)) else str(value)

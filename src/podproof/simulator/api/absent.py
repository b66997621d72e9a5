"""What a pod may ask for that the simulator's nodes do not do: rows of `data/absent.yaml`.

A pod that asks for it is refused by name, once the API server itself would have taken it; it never silently succeeds.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from podproof.errors import NotModelledError
from podproof.simulator.api.discovery import Resource
from podproof.simulator.data import rows
from podproof.simulator.model.objects import Object, at


def refuse_absent(resource: Resource, item: Object, old: Object | None = None) -> None:
    """Refuse an object that asks for what is absent; what the stored object asks for already is past refusing.

    Raises:
        NotModelledError: it names every field met.
    """
    if resource.struct == "CustomResourceDefinition" and at(item, "spec", "conversion", "strategy") == "Webhook":
        raise NotModelledError("conversion by a webhook", f"definition {item['metadata'].get('name', '')}")
    if resource.struct != "Pod":
        return
    known = unmodelled(old) if old is not None else ()
    met = [field for field in unmodelled(item) if field not in known]
    if met:
        raise NotModelledError(", ".join(met), f"pod {item['metadata'].get('name', '')}")


def unmodelled(pod: Object) -> tuple[str, ...]:
    """Return the paths of the fields a pod sets that the simulator does not act on."""
    return tuple(_met(pod, _tree(), ""))


class _Row(NamedTuple):
    """One row of the table: a path, and the values or keys that pass."""

    pattern: tuple[str, ...]
    allowed: tuple[Any, ...]
    allowed_keys: tuple[str, ...]
    refused: tuple[Any, ...]


@cache
def _table() -> tuple[_Row, ...]:
    lists = ("allowed", "allowed_keys", "refused")
    return tuple(
        _Row(tuple(row["path"].split(".")), *(tuple(row.get(key, ())) for key in lists))
        for row in rows("absent")["rows"]
    )


def _asks(value: Any) -> bool:
    return value is not False and value is not None and value not in ("", [], {})


class _Branch:
    """The rows of the table below one field: a pod is walked once beside this tree, whatever the number of rows."""

    def __init__(self) -> None:
        self.fields: dict[str, _Branch] = {}
        self.elements: _Branch | None = None
        self.rows: list[_Row] = []

    def below(self, part: str) -> "list[_Branch]":
        """Return the branches a part of a pattern means, made where they are not there yet."""
        names = part.removesuffix("[]").strip("{}").split(",")
        branches = [self.fields.setdefault(name, _Branch()) for name in names]
        return [branch.every() for branch in branches] if part.endswith("[]") else branches

    def every(self) -> "_Branch":
        """Return the branch of each element of a list."""
        self.elements = self.elements or _Branch()
        return self.elements


@cache
def _tree() -> _Branch:
    root = _Branch()
    for row in _table():
        branches = [root]
        for part in row.pattern:
            branches = [below for branch in branches for below in branch.below(part)]
        for branch in branches:
            branch.rows.append(row)
    return root


def _met(value: Any, branch: _Branch, path: str) -> Iterator[str]:
    for row in branch.rows:
        if row.allowed_keys:
            yield from (f"{path}.{key}" for key in value if key not in row.allowed_keys and _asks(value[key]))
        elif value in row.refused or (_asks(value) and value not in row.allowed):
            yield path
    if branch.elements is not None:
        for index, each in enumerate(value):
            yield from _met(each, branch.elements, f"{path}[{index}]")
    for name, below in branch.fields.items():
        found = value.get(name)
        if found is not None:
            yield from _met(found, below, f"{path}.{name}" if path else name)

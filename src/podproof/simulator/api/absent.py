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
    if resource.kind != "Pod":
        return
    known = unmodelled(old) if old is not None else ()
    met = [field for field in unmodelled(item) if field not in known]
    if met:
        raise NotModelledError(", ".join(met), f"pod {item['metadata'].get('name', '')}")


def unmodelled(pod: Object) -> tuple[str, ...]:
    """Return the paths of the fields a pod sets that the simulator does not act on."""
    found: list[str] = []
    for row in _table():
        for path, value in _matches(pod, row.pattern, ""):
            if row.allowed_keys:
                found.extend(f"{path}.{key}" for key in value if key not in row.allowed_keys and _asks(value[key]))
            elif value in row.refused or (_asks(value) and value not in row.allowed):
                found.append(path)
    return tuple(found)


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


def _matches(item: Any, pattern: tuple[str, ...], path: str) -> Iterator[tuple[str, Any]]:
    """Yield every place (path, value) of `item` that a pattern means."""
    head, rest = pattern[0], pattern[1:]
    for name in head.removesuffix("[]").strip("{}").split(","):
        value = at(item, name)
        if value is None:
            continue
        where = f"{path}.{name}" if path else name
        places: tuple[tuple[str, Any], ...] = ((where, value),)
        if head.endswith("[]"):
            places = tuple((f"{where}[{index}]", each) for index, each in enumerate(value))
        for place, each in places:
            yield from _matches(each, rest, place) if rest else ((place, each),)

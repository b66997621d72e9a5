"""What a pod may ask for that the simulator's nodes do not do: rows of `data/absent.yaml`.

A pod that asks for it is refused by name, once the API server itself would have taken it; it never silently succeeds.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

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
    for pattern, allowed, keys in _patterns():
        for path, value in _matches(pod, pattern, ""):
            if keys:
                found.extend(f"{path}.{key}" for key in value if key not in keys)
            elif _asks(value) and value not in allowed:
                found.append(path)
    return tuple(found)


@cache
def _patterns() -> tuple[tuple[tuple[str, ...], tuple[Any, ...], tuple[str, ...]], ...]:
    """Return each row's path, the values that pass, and the keys that pass where a row is about any other key."""
    return tuple(
        (tuple(row["path"].split(".")), tuple(row.get("allowed", ())), tuple(row.get("allowed_keys", ())))
        for row in rows("absent")["rows"]
    )


def _asks(value: Any) -> bool:
    return value is not False and value is not None and value not in ("", [], {})


def _matches(item: Any, pattern: tuple[str, ...], path: str) -> Iterator[tuple[str, Any]]:
    head, rest = pattern[0], pattern[1:]
    name = head.removesuffix("[]")
    value = at(item, name)
    if value is None:
        return
    where = f"{path}.{name}" if path else name
    if not head.endswith("[]"):
        yield from _matches(value, rest, where) if rest else ((where, value),)
        return
    for index, each in enumerate(value):
        place = f"{where}[{index}]"
        yield from _matches(each, rest, place) if rest else ((place, each),)

"""What a Kubernetes object is here: plain JSON, never changed once stored.

A writer builds a new object that shares the unchanged parts; see `replaced`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Object = Mapping[str, Any]


class Ref(NamedTuple):
    """Names one object: kind as in a manifest ("Pod"), namespace ("" when cluster-scoped) and name."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


def at(item: Any, *path: str | int) -> Any:
    """Return the value at `path`, or None where any part of it is absent."""
    for part in path:
        if isinstance(item, dict):
            item = item.get(part)
        elif isinstance(item, list | tuple) and isinstance(part, int) and part < len(item):
            item = item[part]
        else:
            return None
    return item


def replaced(item: Object, path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return `item` with `value` at `path`; everything off the path is shared, nothing is changed in place."""
    head, *rest = path
    if not rest:
        return {**item, head: value}
    return {**item, head: replaced(item.get(head) or {}, tuple(rest), value)}


def containers_of(spec: Object) -> Iterator[Object]:
    """Yield every init, then every app container of a pod spec, in the order of the spec."""
    yield from spec.get("initContainers") or ()
    yield from spec.get("containers") or ()

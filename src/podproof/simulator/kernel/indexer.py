"""The cache of an informer: its objects by key, and by whatever else somebody wants to find them by.

Source: staging/src/k8s.io/client-go/tools/cache/thread_safe_store.go, threadSafeMap; index.go, Indexer.
"""

from collections.abc import Callable, Iterable, Iterator

from podproof.simulator.kernel.delta_fifo import Key
from podproof.simulator.model.objects import Object

IndexKeys = Callable[[Object], Iterable[str]]
"""The values of an index an object is found under."""
NAMESPACE = "namespace"
"""Source: client-go/tools/cache/index.go, NamespaceIndex."""


class Indexer:
    """Objects by (namespace, name), in the order in which they came."""

    def __init__(self) -> None:
        self._items: dict[Key, Object] = {}
        self._indexes: dict[str, tuple[IndexKeys, dict[str, dict[Key, Object]]]] = {}

    def __len__(self) -> int:
        """How many objects there are."""
        return len(self._items)

    def add_index(self, name: str, keys: IndexKeys) -> None:
        """Let objects be found by what `keys` says of them; an index that is there already stays as it is.

        Source: client-go/tools/cache/thread_safe_store.go, AddIndexers.
        """
        if name not in self._indexes:
            found: dict[str, dict[Key, Object]] = {}
            self._indexes[name] = (keys, found)
            for key, item in self._items.items():
                for value in keys(item):
                    found.setdefault(value, {})[key] = item

    def by_index(self, name: str, value: str) -> Iterable[Object]:
        """Return the objects an index has under a value, in the order they came to be there."""
        return tuple(self._indexes[name][1].get(value, {}).values())

    def keys(self) -> Iterable[Key]:
        """Return the keys of all objects."""
        return self._items.keys()

    def get(self, key: Key) -> Object | None:
        """Return an object."""
        return self._items.get(key)

    def list(self, namespace: str | None = None) -> Iterator[Object]:
        """Yield the objects of one namespace, or of all."""
        if namespace is None:
            yield from self._items.values()
            return
        self.add_index(NAMESPACE, _namespace)
        yield from self._indexes[NAMESPACE][1].get(namespace, {}).values()

    def put(self, key: Key, item: Object) -> Object | None:
        """Add or replace an object; return what was there before."""
        old = self._items.get(key)
        self._items[key] = item
        for keys, found in self._indexes.values():
            after = tuple(keys(item))
            if old is not None:
                _drop(key, found, (value for value in keys(old) if value not in after))
            for value in after:
                found.setdefault(value, {})[key] = item
        return old

    def delete(self, key: Key) -> Object | None:
        """Remove an object; return it, None where there was none."""
        old = self._items.pop(key, None)
        if old is not None:
            for keys, found in self._indexes.values():
                _drop(key, found, keys(old))
        return old


def _drop(key: Key, found: dict[str, dict[Key, Object]], values: Iterable[str]) -> None:
    for value in values:
        found[value].pop(key, None)
        if not found[value]:
            del found[value]


def _namespace(item: Object) -> Iterable[str]:
    return (item["metadata"].get("namespace", ""),)

"""An informer: the cache of one resource that a controller reads instead of the API server.

Changes are pushed by the watch, folded per key while they wait, and handed over in the order the keys first changed.
Handlers get the old and the new object (None where there is none) and only enqueue keys; of an object that is gone
the old one is what it was in the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.requests import OnEvent, WatchEvent
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

Handler = Callable[[Object | None, Object | None], None]
Key = tuple[str, str]
"""(namespace, name)"""


Subscribe = Callable[[OnEvent], None]
IndexKeys = Callable[[Object], Iterable[str]]
"""The values of an index an object is found under."""


class Informer:
    """Follows one resource. `subscribe` opens the watch; `latency` is from a commit to the cache."""

    def __init__(self, agenda: Agenda, subscribe: Subscribe, latency: Nanos) -> None:
        self._agenda = agenda
        self._subscribe = subscribe
        self._latency = latency
        self._cache: dict[Key, Object] = {}
        self._waiting: dict[Key, WatchEvent] = {}
        self._handlers: list[Handler] = []
        self._indexes: dict[str, tuple[IndexKeys, dict[str, dict[Key, Object]]]] = {}

    def add_index(self, name: str, keys: IndexKeys) -> None:
        """Let objects be found by what `keys` says of them; an index that is there already stays as it is.

        Source: staging/src/k8s.io/client-go/tools/cache/thread_safe_store.go, AddIndexers.
        """
        if name not in self._indexes:
            found: dict[str, dict[Key, Object]] = {}
            self._indexes[name] = (keys, found)
            for key, item in self._cache.items():
                for value in keys(item):
                    found.setdefault(value, {})[key] = item

    def by_index(self, name: str, value: str) -> Iterable[Object]:
        """Return the cached objects an index has under a value, in the order they came to be there."""
        return tuple(self._indexes[name][1].get(value, {}).values())

    def on_change(self, handler: Handler) -> None:
        """Hand every change to `handler`, from now on."""
        self._handlers.append(handler)

    def start(self) -> None:
        """Begin to follow; what exists already arrives as additions."""
        self._subscribe(self._pushed)

    def get(self, namespace: str, name: str) -> Object | None:
        """Return the object as the cache knows it."""
        return self._cache.get((namespace, name))

    def list(self, namespace: str | None = None) -> Iterator[Object]:
        """Yield the cached objects of one namespace, or of all."""
        for (space, _), item in self._cache.items():
            if namespace is None or space == namespace:
                yield item

    def _pushed(self, change: WatchEvent) -> None:
        if not self._waiting:
            self._agenda.after(self._latency, self._drain)
        self._waiting[key_of(change.object)] = change

    def _drain(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for key, change in waiting.items():
            old = self._cache.get(key)
            if change.type == "DELETED":
                self._cache.pop(key, None)
            else:
                self._cache[key] = change.object
            self._index(key, old, self._cache.get(key))
            for known, now in _steps(old, change):
                for handler in self._handlers:
                    handler(known, now)

    def _index(self, key: Key, old: Object | None, new: Object | None) -> None:
        for keys, found in self._indexes.values():
            before, after = set(keys(old)) if old else set(), list(keys(new)) if new else []
            for value in before.difference(after):
                found[value].pop(key)
                if not found[value]:
                    del found[value]
            for value in after:
                found.setdefault(value, {})[key] = new  # type: ignore[assignment]


def key_of(item: Object) -> Key:
    """Return the namespace and name of an object."""
    meta: Mapping[str, str] = item["metadata"]
    return meta.get("namespace", ""), meta["name"]


def _steps(old: Object | None, change: WatchEvent) -> Iterator[tuple[Object | None, Object | None]]:
    """Yield one step, or two where the object was replaced by another of its name while the change waited.

    What came and went in that time is told as gone: who counts on it would wait for it otherwise.
    """
    gone, new = change.type == "DELETED", change.object
    same = old is not None and old["metadata"]["uid"] == new["metadata"]["uid"]
    if gone and old is None:
        yield new, None
    elif old is not None and (gone or not same):
        yield (new if same else old), None
    if not gone:
        yield (old if same else None), new

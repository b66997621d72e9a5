"""A queue of what happened to each object, between the reflector that fills it and the informer that empties it.

Source: staging/src/k8s.io/client-go/tools/cache/delta_fifo.go, DeltaFIFO. Approximated: with the gate InOrderInformers,
on by default, client-go puts RealFIFO in its place, which keeps the order between objects too and folds nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple, Protocol

from podproof.simulator.model.objects import Object

Key = tuple[str, str]
"""(namespace, name)"""
Kind = Literal["Added", "Updated", "Deleted", "Replaced", "Sync"]


class Delta(NamedTuple):
    """One thing that happened to an object. `unknown` marks the deletion of one whose last state nobody saw.

    Source: client-go/tools/cache/delta_fifo.go, Delta, DeletedFinalStateUnknown.
    """

    kind: Kind
    object: Object
    unknown: bool = False


class KnownObjects(Protocol):
    """What the informer knows already."""

    def get(self, key: Key) -> Object | None:
        """Return an object."""

    def keys(self) -> Iterable[Key]:
        """Return the keys of all objects."""


Batch = dict[Key, list[Delta]]


class DeltaFifo:
    """Deltas by key, in the order in which the keys came to wait; `on_first` is called when the first one does."""

    def __init__(self, known: KnownObjects, on_first: Callable[[], None]) -> None:
        self._known, self._on_first = known, on_first
        self._items: Batch = {}

    def __len__(self) -> int:
        """How many keys wait."""
        return len(self._items)

    def add(self, key: Key, delta: Delta) -> None:
        """Queue what happened to an object; the deletion of one that nobody knows is nothing."""
        waiting = self._items.get(key)
        if waiting is None:
            if delta.kind == "Deleted" and self._known.get(key) is None:
                return
            if not self._items:
                self._on_first()
            self._items[key] = [delta]
        elif delta.kind == "Deleted" and waiting[-1].kind == "Deleted":
            waiting[-1] = waiting[-1] if delta.unknown else delta
        else:
            waiting.append(delta)

    def replace(self, items: Iterable[tuple[Key, Object]]) -> None:
        """Queue a whole list: each object as Replaced, and what is known and not in it as deleted, its end unseen.

        Source: client-go/tools/cache/delta_fifo.go, Replace.
        """
        listed = dict(items)
        for key, item in listed.items():
            self.add(key, Delta("Replaced", item))
        for key in [key for key in (*self._items, *self._known.keys()) if key not in listed]:
            last = self._items[key][-1].object if key in self._items else self._known.get(key)
            if last is not None:
                self.add(key, Delta("Deleted", last, unknown=True))

    def resync(self) -> None:
        """Queue every known object again as Sync, but those of which there is news anyway."""
        for key in list(self._known.keys()):
            item = self._known.get(key)
            if key not in self._items and item is not None:
                self.add(key, Delta("Sync", item))

    def pop_all(self) -> Iterator[tuple[Key, list[Delta]]]:
        """Yield each key that waits now with what happened to it; what is added meanwhile waits for the next time."""
        waiting, self._items = self._items, {}
        yield from waiting.items()

"""An informer: the cache of one resource that controllers read instead of the API server, and how it is kept.

    API server ──▶ Reflector ──▶ DeltaFIFO ──▶ Indexer
                                     └──────▶ ring ──▶ handler ──▶ work queue

Handlers get the old and the new object (None where there is none) and only enqueue keys; of an object that is gone
the old one is what it was in the end, or what it was last known as where nobody saw its end.
"""

from collections.abc import Iterable, Iterator

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.delta_fifo import Delta, DeltaFifo
from podproof.simulator.kernel.delta_fifo import Key as Key
from podproof.simulator.kernel.indexer import Indexer, IndexKeys
from podproof.simulator.kernel.listeners import Handler, Listener
from podproof.simulator.kernel.reflector import ListerWatcher, Reflector, named
from podproof.simulator.kernel.reflector import key_of as key_of
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


class Informer:
    """Follows one resource; `latency` (ns) is from a commit to the cache.

    Source: staging/src/k8s.io/client-go/tools/cache/shared_informer.go, sharedIndexInformer; controller.go,
    processDeltas.
    """

    def __init__(self, agenda: Agenda, source: ListerWatcher, latency: Nanos, chance: Chance) -> None:
        self._agenda, self._latency, self.resource = agenda, latency, source.resource
        self._indexer = Indexer()
        self._fifo = DeltaFifo(self._indexer, self._has_first)
        self.reflector = Reflector(agenda, source, self._fifo, chance, self._tell)
        self.listeners: list[Listener] = []
        self._to_all = False
        """Whether what is the same is told to all."""

    def add_index(self, name: str, keys: IndexKeys) -> None:
        """Let objects be found by what `keys` says of them; an index that is there already stays as it is."""
        self._indexer.add_index(name, keys)

    def by_index(self, name: str, value: str) -> Iterable[Object]:
        """Return the cached objects an index has under a value, in the order they came to be there."""
        return self._indexer.by_index(name, value)

    def on_change(self, handler: Handler, resync: Nanos | None = None, who: str = "") -> None:
        """Hand every change to `handler`, from now on; with `resync` every object again each time that has passed.

        `who` is whose handler it is, for those who look ("": the class of the controller).
        """
        self.listeners.append(Listener(handler, who, resyncs=resync is not None))
        if resync is not None:
            self._resync_every(resync)

    def start(self) -> None:
        """Begin to follow; what exists already arrives as additions."""
        self.reflector.run()

    def get(self, namespace: str, name: str) -> Object | None:
        """Return the object as the cache knows it."""
        return self._indexer.get((namespace, name))

    def list(self, namespace: str | None = None) -> Iterator[Object]:
        """Yield the cached objects of one namespace, or of all."""
        return self._indexer.list(namespace)

    def resync(self, *, everybody: bool = False) -> None:
        """Hand every known object again to the handlers that resync, or to everybody.

        Source: client-go/tools/cache/delta_fifo.go, Resync.
        """
        self._to_all = everybody
        if self._agenda.journal is not None:
            self._tell("Reflector", "resync")
        self._fifo.resync()

    def _resync_every(self, period: Nanos) -> None:
        def again() -> None:
            self.resync()
            self._agenda.after(period, again)

        self._agenda.after(period, again)

    def _has_first(self) -> None:
        self._agenda.after(self._latency, self._drain)

    def _drain(self) -> None:
        for key, deltas in self._fifo.pop_all():
            if self._agenda.journal is not None:
                self._tell("DeltaFIFO", f"{named(key)}: {', '.join(each.kind for each in deltas)}")
            for delta in deltas:
                self._process(key, delta)
        self._to_all = False

    def _process(self, key: Key, delta: Delta) -> None:
        """Bring the cache up to date, then tell those who listen.

        Approximated: where an object was replaced by another of its name and nobody saw it, client-go's handlers are
        told of an update from the one to the other and each takes that apart; here they are told of both.
        """
        new = delta.object
        if delta.kind == "Deleted":
            if self._indexer.delete(key) is not None:
                self._distribute(key, new, None)
            return
        old = self._indexer.put(key, new)
        if old is not None and old["metadata"]["uid"] != new["metadata"]["uid"]:
            self._distribute(key, old, None)
            old = None
        self._distribute(key, old, new)

    def _distribute(self, key: Key, old: Object | None, new: Object | None) -> None:
        if self._agenda.journal is not None:
            self._told(key, old, new)
        if old is not None and new is not None and _version(old) == _version(new):
            self._distribute_again(old, new)
            return
        for listener in self.listeners:
            listener.notify(old, new)

    def _distribute_again(self, old: Object, new: Object) -> None:
        """Tell those who resync of an object that is the same; nobody else is told what is no news."""
        for listener in self.listeners:
            if listener.resyncs or self._to_all:
                listener.notify(old, new)

    def _told(self, key: Key, old: Object | None, new: Object | None) -> None:
        """Tell what the cache does, and who hears of it."""
        verb, call = _words(old, new)
        self._tell("Indexer", f"{verb} {named(key)} ({len(self._indexer)} known)")
        same = old is not None and new is not None and _version(old) == _version(new) and not self._to_all
        told = [each for each in self.listeners if each.resyncs or not same]
        waits = [f"{each.name} ({len(each.ring) + 1} wait)" if each.is_held else each.name for each in told]
        takers = [each.name for each in told if not each.is_held]
        for stage, text, names in (("ring", named(key), waits), ("handler", f"{call} {named(key)}", takers)):
            if names:
                self._tell(stage, f"{text}: {', '.join(names)}")

    def _tell(self, stage: str, what: str) -> None:
        if self._agenda.journal is not None:
            self._agenda.journal.tell(self._agenda.now, self.resource, stage, what)


def _version(item: Object) -> str:
    version: str = item["metadata"].get("resourceVersion", "")
    return version


def _words(old: Object | None, new: Object | None) -> tuple[str, str]:
    """Return what the cache does about a change, and which of its functions a handler is called by."""
    if old is None:
        return "add", "OnAdd"
    return ("delete", "OnDelete") if new is None else ("update", "OnUpdate")

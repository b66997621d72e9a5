"""A reflector: lists a resource, watches it from there, and keeps a queue up to date, whatever becomes of the watch.

A watch that breaks is opened again at the last resourceVersion that was seen, so nothing is lost; where the server
reaches back no further (410 Gone), the list is read anew and replaces what the queue knows.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from podproof.simulator.kernel.agenda import Agenda, Entry
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.delta_fifo import Delta, DeltaFifo, Key, Kind
from podproof.simulator.kernel.requests import ApiError, Watch, WatchEvent
from podproof.simulator.kernel.wire import Wire
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos

FIRST_RETRY, RETRY_CEILING, FORGOTTEN_AFTER = Nanos(800_000_000), Nanos(30 * SECOND), Nanos(120 * SECOND)
"""Source: staging/src/k8s.io/client-go/tools/cache/reflector.go, NewReflectorWithOptions (the exponential backoff)."""
_KINDS: Mapping[str, Kind] = {"ADDED": "Added", "MODIFIED": "Updated", "DELETED": "Deleted"}
Tell = Callable[[str, str], None]
"""Told what a stage does: the stage and what."""


class ListerWatcher(Protocol):
    """How the objects of one resource are listed and watched. Source: client-go/tools/cache/listwatch.go."""

    resource: str

    def list(self) -> tuple[list[Object], str]:
        """Return all objects, and the resourceVersion they were listed at."""

    def watch(self, since: str) -> Watch:
        """Open a watch that begins after a resourceVersion and sends bookmarks."""


class ListWatch:
    """Lists and watches a resource through a client."""

    def __init__(self, client: Client, resource: str) -> None:
        self._client, self.resource = client, resource

    def list(self) -> tuple[list[Object], str]:
        """Return all objects, and the resourceVersion they were listed at."""
        items, version = self._client.list(self.resource)
        return list(items), version

    def watch(self, since: str) -> Watch:
        """Open a watch that begins after a resourceVersion and sends bookmarks."""
        return self._client.watch(self.resource, since=since, bookmarks=True)


class Reflector:
    """Keeps `fifo` up to date. `wire` is what lies between the server and it, and can be disturbed.

    Source: staging/src/k8s.io/client-go/tools/cache/reflector.go, Reflector.ListAndWatch, watch, watchHandler.
    Approximated: a list and then a watch, where the gate WatchListClient makes one stream of both; and watches have
    no time-out after which they are opened again, for nothing would be seen of that.
    """

    def __init__(self, agenda: Agenda, source: ListerWatcher, fifo: DeltaFifo, chance: Chance, tell: Tell) -> None:
        self._agenda, self._source, self._fifo, self._chance, self._tell = agenda, source, fifo, chance, tell
        self.wire = Wire(agenda, self._received, self._broken)
        self.version = ""
        self._watch: Watch | None = None
        self._failures, self._failed_at = 0, Nanos(0)
        self._retry: Entry | None = None

    def run(self) -> None:
        """List, and watch from there; try again later where the server refuses."""
        try:
            if self.wire.is_cut:
                raise ConnectionRefusedError
            items, self.version = self._source.list()
        except (ApiError, ConnectionRefusedError) as error:
            self._again(self.run, f"list: {error or 'connection refused'}")
            return
        if self._agenda.journal is not None:
            self._tell("Reflector", f"list: {len(items)} at {self.version}")
        self._fifo.replace((key_of(item), item) for item in items)
        self._open()

    def _open(self) -> None:
        if self.wire.is_cut:
            self._again(self._open, "watch: connection refused")
            return
        if self._agenda.journal is not None:
            self._tell("Reflector", f"watch from {self.version}")
        self._watch = self._source.watch(self.version)
        self._watch.subscribe(self.wire.carry)

    def _broken(self) -> None:
        """The connection of the watch is gone: open it again where it ended."""
        self._stop()
        self._again(self._open, f"watch ended at {self.version}")

    def _received(self, event: WatchEvent) -> None:
        kind, item = _KINDS.get(event.type), event.object
        if event.type == "ERROR":
            self._stop()
            self._again(self.run, f"watch: {item.get('code')} {item.get('reason')}: {item.get('message')}")
            return
        self.version = item["metadata"]["resourceVersion"]
        if self._agenda.journal is not None:
            name = "" if kind is None else f" {named(key_of(item))}"
            self._tell("Reflector", f"{event.type}{name} at {self.version}")
        if kind is not None:
            self._fifo.add(key_of(item), Delta(kind, item))

    def _stop(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def _again(self, action: Callable[[], None], why: str) -> None:
        """Do something after a delay that doubles with each failure, and is short again after two quiet minutes."""
        now = self._agenda.now
        if now - self._failed_at > FORGOTTEN_AFTER:
            self._failures = 0
        base = min(FIRST_RETRY << min(self._failures, 10), RETRY_CEILING)
        self._failures, self._failed_at = self._failures + 1, now
        self._tell("Reflector", why)
        if self._retry is not None:
            self._retry.cancel()
        self._retry = self._agenda.after(Nanos(self._chance.jitter(base, 1.0)), action)


def key_of(item: Object) -> Key:
    """Return the namespace and name of an object."""
    meta: Mapping[str, str] = item["metadata"]
    return meta.get("namespace", ""), meta["name"]


def named(key: Key) -> str:
    """Return a key as it is written: namespace/name, or the name alone. Source: cache.MetaNamespaceKeyFunc."""
    return "/".join(part for part in key if part)

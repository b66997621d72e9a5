"""What becomes of one resource, from a list and a watch that is resumed whenever it ends.

Source: staging/src/k8s.io/client-go/tools/cache/reflector.go, ListAndWatch and watchHandler.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Event
from typing import Any, Final, NamedTuple, Protocol

import urllib3

from podproof.clusters.live.transport import Transport, UnreachableError, asked_to_wait, path_of
from podproof.simulator.api.discovery import Resource
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos

FIRST_WAIT: Final = 0.8
LONGEST_WAIT: Final = 30.0
"""Seconds between attempts, doubled each time. Source: reflector.go, NewReflectorWithOptions (backoffManager)."""
WATCH_SECONDS: Final = 300
"""How long a watch is asked to last. Source: reflector.go, defaultMinWatchTimeout."""
PAGE: Final = "500"
"""Source: staging/src/k8s.io/client-go/tools/pager/pager.go, defaultPageSize."""
_NOT_FOR_US = (403, 404, 405)


class Seen(NamedTuple):
    """A version of an object (None: it is gone), when it came (our time) and the revision that orders it."""

    ref: Ref
    object: Object | None
    revision: int
    moment: Nanos


class Lost(NamedTuple):
    """A time of ours of which nothing is known, since what was missed cannot be asked for any more."""

    since: Nanos
    until: Nanos


Tell = Callable[[Seen | Lost], None]


class Reflector:
    """Follows one resource until `stop`. `now` is our own time; `tell` and `moved` are called by its thread."""

    def __init__(
        self, transport: Transport, resource: Resource, namespace: str, now: Callable[[], Nanos], tell: Tell,
        moved: Callable[[], None],
    ) -> None:  # fmt: skip
        self.resource = resource
        self.revision = 0
        """How far the watch has come; 0 where nothing was listed yet."""
        self.refused = ""
        """Why this resource is not for us, "" where it is."""
        self.down_since: Nanos | None = now()
        """Since when (our time) no watch is open; None while one is."""
        self.fault = ""
        """Why the last attempt failed."""
        self._transport, self._path = transport, path_of(resource, namespace)
        self._now, self._tell, self._moved = now, tell, moved
        self._known: dict[Ref, int] = {}
        self._since: Nanos | None = None
        self._last = now()
        self._wait = FIRST_WAIT
        self._stopped = Event()
        self._reply: _Reply = _Nothing()

    def run(self) -> None:
        """List, then watch, again and again."""
        while not (self._stopped.is_set() or self.refused):
            try:
                if not self.revision:
                    self._list()
                if self.revision and not self._stopped.is_set():
                    self._watch()
            except (UnreachableError, urllib3.exceptions.HTTPError, ValueError) as error:
                self._failed(str(error))

    def stop(self) -> None:
        """End the watch; one that ends by itself in the same moment has nothing left to shut down."""
        self._stopped.set()
        with suppress(ValueError, RuntimeError):
            self._reply.shutdown()

    def _list(self) -> None:
        found: dict[Ref, int] = {}
        params = {"limit": PAGE}
        while True:
            response = self._transport.call("GET", self._path, params)
            if response.code in _NOT_FOR_US:
                self.refused = str(response.body.get("message", response.code))
                self._moved()
                return
            if response.code != 200:
                self._failed(str(response.body.get("message", response.code)))
                return
            for item in response.body["items"]:
                seen = self._seen(item)
                found[seen.ref] = seen.revision
                if self._known.get(seen.ref) != seen.revision:
                    self._tell(seen)
            meta = response.body["metadata"]
            if not meta.get("continue"):
                break
            params = {"limit": PAGE, "continue": meta["continue"]}
        self._listed(found, int(meta["resourceVersion"]))

    def _listed(self, found: dict[Ref, int], revision: int) -> None:
        for ref in self._known.keys() - found.keys():
            self._tell(Seen(ref, None, revision, self._now()))
        if self._since is not None:
            self._tell(Lost(self._since, self._now()))
            self._since = None
        self._known = found
        self._reach(revision)

    def _watch(self) -> None:
        """Read one watch to its end; what it has not said comes with the next, which goes on from the same revision."""
        params = {
            "watch": "true", "allowWatchBookmarks": "true", "resourceVersion": str(self.revision),
            "timeoutSeconds": str(WATCH_SECONDS),
        }  # fmt: skip
        reply = self._transport.opened(self._path, params, WATCH_SECONDS + 30)
        try:
            if reply.status != 200:
                self._unwatched(reply)
                return
            self._reply = reply
            if self._stopped.is_set():
                return
            self._open(True)
            if not self._read(reply):
                self._failed("the watch ended before it said anything")
        finally:
            self._reply = _Nothing()
            self._open(False)
            reply.close()

    def _read(self, reply: urllib3.BaseHTTPResponse) -> int:
        """Take a watch's events until it ends or has expired, and return how many there were."""
        count = 0
        for count, event in enumerate(_events(reply), 1):  # noqa: B007 (the last count is what is wanted)
            self._take(event)
            if not self.revision:
                break
        return count

    def _unwatched(self, reply: urllib3.BaseHTTPResponse) -> None:
        if reply.status == 410:
            self._expired()
            return
        wait = asked_to_wait(reply)
        self._failed(f"HTTP {reply.status}", wait)

    def _take(self, event: Any) -> None:
        kind, item = event["type"], event["object"]
        if kind == "ERROR":
            if item.get("code") == 410:
                self._expired()
                return
            raise ValueError(str(item.get("message", item)))
        self._wait = FIRST_WAIT
        if kind != "BOOKMARK":
            seen = self._seen(item)
            self._tell(seen._replace(object=None) if kind == "DELETED" else seen)
            if kind == "DELETED":
                self._known.pop(seen.ref, None)
            else:
                self._known[seen.ref] = seen.revision
        self._reach(int(item["metadata"]["resourceVersion"]))

    def _expired(self) -> None:
        """Begin anew with a list: what happened since the last word is not to be had any more."""
        self._since = self._last if self.down_since is None else self.down_since
        self.revision = 0

    def _seen(self, item: Object) -> Seen:
        meta = item["metadata"]
        ref = Ref(self.resource.kind, meta.get("namespace", ""), meta["name"])
        whole = {"apiVersion": self.resource.api_version, "kind": self.resource.kind, **item}
        return Seen(ref, whole, int(meta["resourceVersion"]), self._now())

    def _reach(self, revision: int) -> None:
        self.revision, self._last = revision, self._now()
        self._moved()

    def _open(self, is_open: bool) -> None:
        if is_open:
            self.down_since = None
        elif self.down_since is None:
            self.down_since = self._now()
        self._moved()

    def _failed(self, why: str, wait: float | None = None) -> None:
        self.fault = why
        self._stopped.wait(self._wait if wait is None else wait)
        self._wait = min(self._wait * 2, LONGEST_WAIT)


class _Reply(Protocol):
    """What is open, and may have to be shut down by another thread."""

    def shutdown(self) -> None:
        """Let whoever reads it read no more."""


class _Nothing:
    """The reply of a watch that was never opened."""

    def shutdown(self) -> None:
        """There is nothing to shut down."""


def _events(reply: urllib3.BaseHTTPResponse) -> Iterator[Any]:
    """Yield a watch's events; a line that was cut short is none, and is asked for again."""
    rest = b""
    while chunk := reply.read1():
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (json.loads(line) for line in lines if line.strip())

"""Everything that is watched of a cluster for one scenario, and the record that becomes of it."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Condition, Thread
from typing import Final

from podproof.clusters.live.reflecting import Lost, Reflector, Seen
from podproof.clusters.live.transport import Transport, UnreachableError
from podproof.simulator.api.discovery import Resource, resources
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record

PATIENCE: Final = 20.0
"""Seconds of our time in which what is known to have happened must be seen."""


class Watching:
    """One reflector for each resource. `now` is our own time; `moment` says when in the cluster's time that was."""

    def __init__(
        self, transport: Transport, namespace: str, record: Record, now: Callable[[], Nanos],
        moment: Callable[[Nanos], Nanos], kinds: Iterable[Resource] | None = None,
    ) -> None:  # fmt: skip
        self._record, self._now, self._moment = record, now, moment
        self._inbox: SimpleQueue[Seen | Lost] = SimpleQueue()
        self._news = Condition()
        self._latest = Nanos(0)
        self._ended = False
        self._transport, self._namespace = transport, namespace
        chosen = resources() if kinds is None else kinds
        self._reflectors = [self._reflector(each) for each in chosen]
        self._threads = [_thread(each) for each in self._all]

    @property
    def _all(self) -> list[Reflector]:
        return [each for each in self._reflectors if not each.refused]

    def begin(self) -> None:
        """Watch, and take in what is there.

        Raises:
            UnreachableError: the cluster could not be listed in time.
        """
        for thread in self._threads:
            thread.start()
        if not self._until(lambda: all(each.revision and each.down_since is None for each in self._all)):
            late = next(each for each in self._all if each.down_since is not None)
            raise UnreachableError(
                f"list and watch {late.resource.name}", self._transport.url, late.fault or "it took too long"
            )
        self.take_in()

    def follow(self, resource: Resource) -> None:
        """Watch one more kind from now on, if it is not watched yet, and take in what is there of it."""
        if any(each.resource.kind == resource.kind for each in self._reflectors) or self._ended:
            return
        added = self._reflector(resource)
        self._reflectors.append(added)
        self._threads.append(_thread(added))
        self._threads[-1].start()
        self._until(lambda: bool(added.refused) or (added.revision > 0 and added.down_since is None))
        self.take_in()

    def end(self) -> None:
        """Watch no more."""
        self._ended = True
        for each in self._reflectors:
            each.stop()
        for thread in self._threads:
            thread.join(PATIENCE)
        self._reflectors.clear()

    def take_in(self) -> None:
        """Write what has come since into the record, in the order in which it happened."""
        news: list[Seen | Lost] = []
        with suppress(Empty):
            while True:
                news.append(self._inbox.get_nowait())
        for seen in sorted((each for each in news if isinstance(each, Seen)), key=lambda each: each.revision):
            self._latest = max(self._latest, self._moment(seen.moment))
            self._record.see(seen.ref, seen.object, self._latest)
        for each in news:
            if isinstance(each, Lost):
                self._record.lost(self._moment(each.since), self._moment(each.until))

    def caught_up(self, revision: int, kind: str = "") -> bool:
        """Wait until everything up to a revision was seen, of one kind or of all; return whether it was in time."""
        return self._until(lambda: all(each.revision >= revision for each in self._of(kind)))

    def gone(self, ref: Ref, uid: str) -> bool:
        """Wait until an object was seen to be gone; return whether it was in time."""

        def is_gone() -> bool:
            self.take_in()
            found = self._record.latest(ref)
            return found is None or (bool(uid) and found["metadata"].get("uid") != uid)

        return not self._of(ref.kind) or self._until(is_gone)

    def wait(self, seconds: float) -> None:
        """Wait for news, at most so long."""
        with self._news:
            self._news.wait_for(lambda: not self._inbox.empty(), seconds)

    def assure(self) -> None:
        """Make sure that everything is being watched now; where it is not, that is a gap in the record."""
        if self._until(lambda: all(each.down_since is None for each in self._all)):
            return
        since = min(each.down_since for each in self._all if each.down_since is not None)
        self._record.lost(self._moment(since), self._moment(self._now()))

    def _of(self, kind: str) -> list[Reflector]:
        return [each for each in self._all if not kind or each.resource.kind == kind]

    def _reflector(self, resource: Resource) -> Reflector:
        namespace = self._namespace if resource.namespaced else ""
        return Reflector(self._transport, resource, namespace, self._now, self._told, self._moved)

    def _until(self, so: Callable[[], bool], patience: float = PATIENCE) -> bool:
        with self._news:
            return self._news.wait_for(so, patience)

    def _told(self, news: Seen | Lost) -> None:
        self._inbox.put(news)
        with self._news:
            self._news.notify_all()

    def _moved(self) -> None:
        with self._news:
            self._news.notify_all()


def _thread(reflector: Reflector) -> Thread:
    return Thread(target=reflector.run, daemon=True, name=f"watch {reflector.resource.name}")

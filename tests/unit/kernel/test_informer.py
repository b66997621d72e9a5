"""What becomes of a resource's changes on their way to a handler: list, watch, deltas, cache, ring."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.kernel.journal import Journal
from podproof.simulator.kernel.requests import OnEvent, Watch, WatchEvent
from podproof.simulator.kernel.store import Change, ExpiredError, Store
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds

THINGS = "things"
Told = list[tuple[Any, Any]]
LATENCY = Nanos(1)


class Server:
    """A store of things, listed and watched as an API server would; `asked` is what was asked of it."""

    resource = THINGS

    def __init__(self, log: int = 100) -> None:
        self.store = Store(watch_log=log)
        self.asked: list[str] = []
        self._bookmarks: list[OnEvent] = []

    def list(self) -> tuple[list[Object], str]:
        self.asked.append("list")
        return self.store.list(THINGS), str(self.store.version)

    def watch(self, since: str) -> Watch:
        self.asked.append(f"watch from {since}")
        return Watch(lambda on_event: self._start(int(since), on_event))

    def bookmark(self) -> None:
        for each in self._bookmarks:
            each(WatchEvent("BOOKMARK", {"metadata": {"resourceVersion": str(self.store.version)}}))

    def put(self, name: str, uid: str = "1", **said: Any) -> None:
        self.store.put(THINGS, {"metadata": {"namespace": "default", "name": name, "uid": uid}, **said})

    def remove(self, name: str) -> None:
        self.store.remove(THINGS, "default", name)

    def _start(self, since: int, on_event: OnEvent) -> Callable[[], None]:
        def push(change: Change) -> None:
            on_event(WatchEvent(change.type, change.object))

        try:
            stop = self.store.watch(THINGS, push, since)
        except ExpiredError as error:
            on_event(WatchEvent("ERROR", {"code": 410, "reason": "Expired", "message": str(error)}))
            return lambda: None
        self._bookmarks = [on_event]
        return stop


class Seen:
    """An informer of things and what its handler was told, as (old, new) in short."""

    def __init__(self, server: Server) -> None:
        self.agenda, self.told = Agenda(Nanos(0)), list[tuple[str, str]]()
        self.informer = Informer(self.agenda, server, LATENCY, Chance("seed"))
        self.informer.on_change(self._told)
        self.informer.start()
        self.wire = self.informer.reflector.wire

    def let_pass(self, span: float = 0.1) -> list[tuple[str, str]]:
        """Let seconds pass and return what was told in them."""
        del self.told[:]
        self.agenda.run_until(Nanos(self.agenda.now + seconds(span)))
        return list(self.told)

    def _told(self, old: Object | None, new: Object | None) -> None:
        self.told.append((_short(old), _short(new)))


def _short(item: Object | None) -> str:
    return "" if item is None else f"{item['metadata']['name']}{item['metadata']['uid']}{item.get('says', '')}"


def do(server: Server, *things: str) -> None:
    """Let things happen: "put NAME UID SAYS", "remove NAME", "other" (another kind's object changes), "compact"."""
    for thing in things:
        match thing.split():
            case ["put", name, uid, says]:
                server.put(name, uid, says=says)
            case ["remove", name]:
                server.remove(name)
            case ["other"]:
                server.store.put("others", {"metadata": {"name": "o"}})
            case _:
                server.store.compact()


FOLDED: dict[str, tuple[list[str], list[tuple[str, str]]]] = {
    "each change is told, the cache is at the last": (
        ["put p 1 b", "put p 1 c"],
        [("p1a", "p1b"), ("p1b", "p1c")],
    ),
    "who is gone is told as it was in the end": (
        ["put p 1 b", "remove p"],
        [("p1a", "p1b"), ("p1b", "")],
    ),
    "another of its name is a new one": (
        ["remove p", "put p 2 a"],
        [("p1a", ""), ("", "p2a")],
    ),
    "what came and went meanwhile is told as that": (
        ["put q 1 a", "remove q"],
        [("", "q1a"), ("q1a", "")],
    ),
    "changes of one object stay together where it first changed": (
        ["put p 1 b", "put q 1 a", "put p 1 c"],
        [("p1a", "p1b"), ("p1b", "p1c"), ("", "q1a")],
    ),
}


@pytest.mark.parametrize(("changes", "told"), FOLDED.values(), ids=FOLDED.keys())
def test_changes_that_wait_together(changes: list[str], told: list[tuple[str, str]]) -> None:
    server = Server()
    do(server, "put p 1 a")
    seen = Seen(server)
    assert seen.let_pass() == [("", "p1a")]

    do(server, *changes)

    assert seen.let_pass() == told


BROKEN: dict[str, tuple[list[str], list[tuple[str, str]], list[str]]] = {
    "nothing happens: the watch goes on where it ended": ([], [], ["watch from 3"]),
    "what happens meanwhile comes with the new watch": (
        ["put p 1 b", "remove q"],
        [("p1a", "p1b"), ("q1a", "")],
        ["watch from 3"],
    ),
    "versions forgotten and nothing changed: a list that brings no news": (
        ["other", "compact"],
        [],
        ["watch from 3", "list", "watch from 4"],
    ),
    "versions forgotten: the list replaces what was known, and who is not in it is gone": (
        ["put p 1 b", "remove q", "put r 1 a", "compact"],
        [("p1a", "p1b"), ("", "r1a"), ("q1a", "")],
        ["watch from 3", "list", "watch from 6"],
    ),
    "replaced by another of its name, unseen": (
        ["remove p", "put p 2 a", "compact"],
        [("p1a", ""), ("", "p2a")],
        ["watch from 3", "list", "watch from 5"],
    ),
}


@pytest.mark.parametrize(("meanwhile", "told", "asked"), BROKEN.values(), ids=BROKEN.keys())
def test_while_the_watch_is_broken(meanwhile: list[str], told: list[tuple[str, str]], asked: list[str]) -> None:
    server = Server()
    do(server, "put p 1 a", "put q 1 a")
    seen = Seen(server)
    seen.let_pass()

    seen.wire.cut()
    do(server, *meanwhile)
    assert seen.let_pass() == []
    seen.wire.mend()
    del server.asked[:]

    assert seen.let_pass(10) == told
    assert server.asked == asked


def test_a_bookmark_spares_a_list_where_only_other_things_changed() -> None:
    server = Server(log=3)
    server.put("p")
    seen = Seen(server)
    seen.let_pass()

    for number in range(10):
        server.store.put("others", {"metadata": {"name": f"o{number}"}})
    server.bookmark()
    seen.wire.cut()
    seen.wire.mend()
    del server.asked[:]

    assert seen.let_pass(10) == []
    assert server.asked == ["watch from 12"]


def test_retries_of_a_broken_watch_come_ever_later() -> None:
    server = Server()
    seen = Seen(server)
    seen.agenda.journal = journal = Journal()
    seen.wire.cut()

    seen.let_pass(120)

    refused = [sight.moment / 1e9 for sight in journal.sights if "refused" in sight.what]
    waits = [later - sooner for sooner, later in pairwise(refused)]
    assert 0.8 <= refused[0] <= 1.6
    assert all(base <= wait <= 2 * base for wait, base in zip(waits, (1.6, 3.2, 6.4, 12.8, 25.6), strict=False))
    assert len(refused) < 8


def test_a_wire_that_lags_lets_events_arrive_late_and_in_order() -> None:
    server = Server()
    seen = Seen(server)
    seen.wire.lag = seconds(5)
    server.put("p")
    assert seen.let_pass(2) == []
    seen.wire.mend()
    server.put("q")

    assert seen.let_pass(2) == []
    assert seen.let_pass(2) == [("", "p1"), ("", "q1")]


def test_an_event_that_is_lost_shows_with_the_next_list() -> None:
    server = Server()
    seen = Seen(server)
    seen.wire.lose = 1
    server.put("p")
    server.put("q")
    assert seen.let_pass() == [("", "q1")]

    seen.wire.cut()
    server.store.compact()
    server.put("r")
    server.store.compact()
    seen.wire.mend()

    assert seen.let_pass(10) == [("", "p1"), ("", "r1")]


def test_a_resync_tells_those_who_want_it_of_what_is_the_same() -> None:
    server, again = Server(), list[tuple[str, str]]()
    server.put("p")
    seen = Seen(server)
    seen.informer.on_change(lambda old, new: again.append((_short(old), _short(new))), resync=seconds(15))
    assert seen.let_pass(1) == [("", "p1")]

    assert seen.let_pass(31) == []
    assert again == [("", "p1"), ("p1", "p1"), ("p1", "p1")]


def test_what_a_handler_does_not_take_waits_in_its_ring_and_keeps_nobody_else() -> None:
    server, slow = Server(), list[str]()
    seen = Seen(server)
    seen.informer.on_change(lambda _, new: slow.append(_short(new)))
    seen.informer.listeners[1].hold()
    for number in range(3_000):
        server.put(f"p{number}")
    assert len(seen.let_pass()) == 3_000
    assert (slow, len(seen.informer.listeners[1].ring), seen.informer.listeners[1].ring.size) == ([], 3_000, 4096)

    seen.informer.listeners[1].release()

    assert slow == [f"p{number}1" for number in range(3_000)]

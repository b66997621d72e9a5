"""Whatever becomes of a watch, an informer ends with what the server has, and its handlers hear of it in order."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.informer import Informer, Key, key_of
from podproof.simulator.kernel.requests import OnEvent, Watch, WatchEvent
from podproof.simulator.kernel.store import Change, ExpiredError, Store
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds

THINGS = "things"
NAMES = ("a", "b", "c")


class Server:
    """A store of things with a short memory; every object that is made anew has a uid of its own."""

    resource = THINGS

    def __init__(self) -> None:
        self.store, self._made = Store(watch_log=6), 0
        self.watches = 0

    def list(self) -> tuple[list[Object], str]:
        return self.store.list(THINGS), str(self.store.version)

    def watch(self, since: str) -> Watch:
        return Watch(lambda on_event: self._begin(int(since), on_event))

    def put(self, name: str) -> None:
        known = self.store.get(THINGS, "default", name)
        self._made += known is None
        uid = known["metadata"]["uid"] if known is not None else str(self._made)
        self.store.put(THINGS, {"metadata": {"namespace": "default", "name": name, "uid": uid}})

    def remove(self, name: str) -> None:
        if self.store.get(THINGS, "default", name) is not None:
            self.store.remove(THINGS, "default", name)

    def _begin(self, since: int, on_event: OnEvent) -> Callable[[], None]:
        def push(change: Change) -> None:
            on_event(WatchEvent(change.type, change.object))

        try:
            stop = self.store.watch(THINGS, push, since)
        except ExpiredError as error:
            on_event(WatchEvent("ERROR", {"code": 410, "reason": "Expired", "message": str(error)}))
            return lambda: None
        self.watches += 1
        return lambda: self._end(stop)

    def _end(self, stop: Callable[[], None]) -> None:
        self.watches -= 1
        stop()


class View:
    """What a handler makes of what it is told; it minds what does not follow from what it was told before."""

    def __init__(self) -> None:
        self.known: dict[Key, Object] = {}

    def told(self, old: Object | None, new: Object | None) -> None:
        key = key_of(new or old or {})
        before = self.known.pop(key, None)
        assert (old is None) == (before is None)
        if old is not None and before is not None:
            assert old["metadata"]["uid"] == before["metadata"]["uid"]
        if new is not None:
            assert before is None or _version(before) <= _version(new)
            self.known[key] = new


def _version(item: Object) -> int:
    return int(item["metadata"]["resourceVersion"])


THINGS_THAT_HAPPEN = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(NAMES)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES)),
    st.tuples(st.sampled_from(["cut", "mend", "compact", "lag", "resync", "pass", "hold", "release"]), st.just("")),
)


def do(what: str, name: str, server: Server, informer: Informer, agenda: Agenda) -> None:
    wire, listener = informer.reflector.wire, informer.listeners[0]
    actions: dict[str, Callable[[], object]] = {
        "put": lambda: server.put(name),
        "remove": lambda: server.remove(name),
        "cut": wire.cut,
        "mend": wire.mend,
        "compact": server.store.compact,
        "lag": lambda: setattr(wire, "lag", seconds(2)),
        "resync": lambda: informer.resync(everybody=True),
        "pass": lambda: agenda.run_until(Nanos(agenda.now + seconds(1))),
        "hold": listener.hold,
        "release": listener.release,
    }
    actions[what]()


@given(st.lists(THINGS_THAT_HAPPEN, max_size=40))
def test_a_cache_ends_with_what_the_server_has(happened: list[tuple[str, str]]) -> None:
    agenda, server, view = Agenda(Nanos(0)), Server(), View()
    informer = Informer(agenda, server, Nanos(1), Chance("seed"))
    informer.on_change(view.told)
    informer.start()
    for what, name in happened:
        do(what, name, server, informer, agenda)
    informer.reflector.wire.mend()
    informer.listeners[0].release()
    agenda.run_until(Nanos(agenda.now + seconds(300)))

    there = {key_of(each): each for each in server.store.list(THINGS)}
    assert {key_of(each): each for each in informer.list()} == there
    assert view.known == there
    assert server.watches <= 1

"""What becomes of the record when the network, or the server, does not behave."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from podproof.claims import Outcome, StaysFor, shows
from podproof.clusters.live import reflecting
from podproof.clusters.live.clocks import ours
from podproof.clusters.live.contexts import client_of
from podproof.clusters.live.transport import Transport, UnreachableError
from podproof.clusters.live.watching import Watching
from podproof.simulator.api.discovery import resources
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos, seconds
from podproof.timeline import Record
from tests.live.scripted_server import Answer, ScriptedServer

FOO = Ref("Pod", "n", "foo")
PODS = [each for each in resources() if each.kind == "Pod"]
HOLD = Answer(then="hold")
GONE = {"kind": "Status", "status": "Failure", "code": 410, "reason": "Expired", "message": "too old"}


def pod(version: int, status: str = "Running", name: str = "foo") -> dict[str, Any]:
    meta = {"name": name, "namespace": "n", "uid": name, "resourceVersion": str(version)}
    return {"metadata": meta, "status": {"phase": "Running", "reason": status}, "spec": {"containers": []}}


def listed(version: int, *pods: Any, more: str = "") -> Answer:
    return Answer([{"metadata": {"resourceVersion": str(version), "continue": more}, "items": pods}])


def event(kind: str, item: Any) -> dict[str, Any]:
    return {"type": kind, "object": item}


def bookmark(version: int) -> dict[str, Any]:
    return event("BOOKMARK", {"metadata": {"resourceVersion": str(version)}})


class Watched:
    """A record of the pods of a scripted server."""

    def __init__(self, lists: Sequence[Answer], watches: Sequence[Answer]) -> None:
        self.server = ScriptedServer(lists, watches)
        self.waits: list[float] = []
        transport = Transport(client_of(self.server.config), self.waits.append)
        start = ours()
        self.record = Record(lambda: Nanos(ours() - start), start)
        self.watching = Watching(transport, "n", self.record, ours, lambda moment: Nanos(moment - start), PODS)
        self.watching.begin()
        self.record.began = True

    def seen(self, version: int, name: str = "foo") -> list[str]:
        """Return what was shown of the pod, once the watch has come so far."""
        assert self.watching.caught_up(version)
        self.watching.take_in()
        timeline = self.record.timeline(Ref("Pod", "n", name))
        return ["gone" if each.object is None else each.pod.status for each in timeline]

    def stop(self) -> None:
        self.server.stop()
        self.watching.end()


Watch = Callable[..., Watched]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Watch a server that is scripted."""
    monkeypatch.setattr(reflecting, "FIRST_WAIT", 0.001)
    made: list[Watched] = []

    def start(lists: Sequence[Answer], watches: Sequence[Answer]) -> Watched:
        made.append(Watched(lists, watches))
        return made[-1]

    yield start
    for each in made:
        each.stop()


def test_a_watch_that_ends_goes_on_where_it_was(watched: Watch) -> None:
    first = Answer([event("MODIFIED", pod(6, "B")), bookmark(9)])
    it = watched([listed(5, pod(3, "A"))], [first, Answer([event("MODIFIED", pod(11, "C"))], then="hold")])

    assert it.seen(11) == ["A", "B", "C"]
    assert [each.get("resourceVersion") for each in it.server.asked] == [None, "5", "9"]
    assert it.record.timeline(FOO).gaps == ()


def test_a_line_that_was_cut_is_asked_for_again(watched: Watch) -> None:
    cut = Answer([event("MODIFIED", pod(6, "B"))], then="cut")
    it = watched([listed(5, pod(3, "A"))], [cut, Answer([event("MODIFIED", pod(7, "C"))], then="hold")])

    assert it.seen(7) == ["A", "B", "C"]
    assert it.server.asked[-1]["resourceVersion"] == "6"


EXPIRED = {
    "as an event of the watch": Answer([event("ERROR", GONE)]),
    "as the answer to one": Answer([GONE], status=410),
}


@pytest.mark.parametrize("expired", EXPIRED.values(), ids=EXPIRED.keys())
def test_what_expired_is_listed_again_and_leaves_a_gap(watched: Watch, expired: Answer) -> None:
    lists = [listed(5, pod(3, "A"), pod(4, "A", "bar")), listed(20, pod(15, "B"))]
    it = watched(lists, [Answer([bookmark(6)]), expired, HOLD])

    assert it.seen(20) == ["A", "B"]
    assert it.seen(20, "bar") == ["A", "gone"]
    assert len(it.record.timeline(FOO).gaps) == 1


def test_a_claim_over_a_gap_is_inconclusive(watched: Watch) -> None:
    until = Answer([bookmark(6)], then="hold until told")
    it = watched([listed(5, pod(3, "A")), listed(20, pod(3, "A"))], [until, EXPIRED["as the answer to one"], HOLD])
    judge = StaysFor(FOO, shows("A"), seconds(60)).begin(it.record)
    assert judge.look().outcome is Outcome.PENDING

    it.server.go_on.set()
    it.seen(20)

    verdict = judge.look()
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "the cluster could not be watched" in verdict.reason


def test_a_list_comes_in_parts(watched: Watch) -> None:
    it = watched([listed(5, pod(3, "A"), more="next"), listed(5, pod(4, "B", "bar"))], [HOLD])

    assert (it.seen(5), it.seen(5, "bar")) == (["A"], ["B"])
    assert it.server.asked[1]["continue"] == "next"


def test_a_server_that_is_busy_is_left_alone_as_long_as_it_says(watched: Watch) -> None:
    busy = Answer([{"kind": "Status", "code": 429}], status=429, headers={"Retry-After": "3"})
    it = watched([busy, busy, listed(5, pod(3, "A"))], [HOLD])

    assert it.seen(5) == ["A"]
    assert it.waits == [3.0, 3.0]


def test_errors_of_the_server_pass(watched: Watch) -> None:
    broken = Answer([{"kind": "Status", "code": 500, "message": "etcd"}], status=500)
    it = watched(
        [broken, listed(5, pod(3, "A"))], [broken, broken, Answer([event("MODIFIED", pod(6, "B"))], then="hold")]
    )

    assert it.seen(6) == ["A", "B"]


def test_a_kind_we_may_not_see_is_left_out(watched: Watch) -> None:
    it = watched([Answer([{"kind": "Status", "code": 403, "message": "no"}], status=403)], [])

    assert it.record.refs() == ()


def test_another_object_of_the_same_name_is_another_one(watched: Watch) -> None:
    new = pod(8, "B") | {"metadata": {**pod(8)["metadata"], "uid": "other"}}
    it = watched([listed(5, pod(3, "A"))], [Answer([event("DELETED", pod(7, "A")), event("ADDED", new)], then="hold")])

    assert it.seen(8) == ["A", "gone", "B"]


def test_a_server_that_is_not_there_is_named() -> None:
    server = ScriptedServer([], [])
    config = server.config
    server.stop()

    with pytest.raises(
        UnreachableError, match=r"GET /api/v1/namespaces/n/pods: the API server at http://127.* refused"
    ):
        Transport(client_of(config), lambda _: None).handle(Request("list", "pods", "n"))

"""The record: what was seen, in the order it was seen."""

from typing import Any

import pytest

from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos, seconds
from podproof.timeline import PodView, Record

FOO = Ref("Pod", "default", "foo")


def pod(uid: str = "1", **status: Any) -> Object:
    containers = [{"name": "app"}]
    meta = {"name": "foo", "namespace": "default", "uid": uid}
    spec = {"containers": containers}
    return {"kind": "Pod", "metadata": meta, "spec": spec, "status": {"phase": "Pending", **status}}


def event(name: str, about: str, reason: str) -> Object:
    involved = {"kind": "Pod", "namespace": "default", "name": about}
    return {"kind": "Event", "metadata": {"name": name}, "involvedObject": involved, "reason": reason}


@pytest.fixture
def record() -> Record:
    moments = iter(range(100))
    return Record(lambda: seconds(next(moments)), Nanos(0))


def test_a_timeline_does_not_grow_after_it_was_asked_for(record: Record) -> None:
    record.see(FOO, pod())
    before = record.timeline(FOO)

    record.see(FOO, pod(phase="Running"))

    assert (len(before), len(before.versions), len(record.timeline(FOO))) == (1, 1, 2)


def test_a_timeline_reads_like_a_sequence(record: Record) -> None:
    for _ in range(3):
        record.see(FOO, pod())
    timeline = record.timeline(FOO)

    assert [version.serial for version in timeline[1:]] == [2, 3]
    assert timeline[-1] is timeline.last
    with pytest.raises(IndexError):
        timeline[3]


def test_what_was_never_seen_has_an_empty_timeline(record: Record) -> None:
    timeline = record.timeline(FOO)

    assert (timeline.versions, timeline.last, record.latest(FOO)) == ((), None, None)


def test_deletion_is_a_version_without_an_object(record: Record) -> None:
    record.see(FOO, pod())
    record.see(FOO, None)
    last = record.timeline(FOO)[-1]

    assert (last.object, last.uid, record.latest(FOO)) == (None, "", None)
    with pytest.raises(ValueError, match="shows no columns"):
        last.pod  # noqa: B018 (reading it is what fails)


def test_recreation_is_another_uid(record: Record) -> None:
    record.see(FOO, pod("1"))
    record.see(FOO, None)
    record.see(FOO, pod("2"))

    assert [version.uid for version in record.timeline(FOO)] == ["1", "", "2"]


def test_versions_of_all_objects_have_one_order(record: Record) -> None:
    other = Ref("Pod", "default", "bar")
    record.see(FOO, pod())
    record.see(other, pod())
    record.see(FOO, pod())

    assert [version.serial for version in record.timeline(FOO)] == [1, 3]
    assert record.refs("Pod") == (FOO, other)


def test_whatever_is_new_raises_the_revision(record: Record) -> None:
    record.see(FOO, pod())
    record.lost(seconds(1), seconds(2))

    assert record.revision == 2


GAPS = {
    "before the span": (3, 5, False),
    "up to its beginning": (3, 2, False),
    "over its beginning": (1.5, 9, True),
    "inside it": (0, 9, True),
    "after it": (0, 1, False),
}


@pytest.mark.parametrize(("since", "until", "touches"), GAPS.values(), ids=GAPS.keys())
def test_a_gap_from_one_to_two_seconds_lies(record: Record, since: float, until: float, touches: bool) -> None:
    record.lost(seconds(1), seconds(2))

    assert (record.timeline(FOO).gap_within(seconds(since), seconds(until)) is not None) is touches


def test_events_are_found_by_what_they_are_about_as_last_seen(record: Record) -> None:
    record.see(Ref("Event", "default", "a"), event("a", "foo", "Pulled"))
    record.see(Ref("Event", "default", "b"), event("b", "bar", "Created"))
    record.see(Ref("Event", "default", "a"), {**event("a", "foo", "Pulled"), "count": 2})

    assert [each.get("count") for each in record.events(FOO)] == [2]
    assert [each["reason"] for each in record.events()] == ["Pulled", "Created"]


def test_an_event_that_expired_was_shown_all_the_same(record: Record) -> None:
    record.see(Ref("Event", "default", "a"), event("a", "foo", "Pulled"))
    record.see(Ref("Event", "default", "a"), None)

    assert [each["reason"] for each in record.events(FOO)] == ["Pulled"]


def state(**container: Any) -> Object:
    return pod(containerStatuses=[{"name": "app", "ready": False, "restartCount": 4, **container}])


VIEWS: dict[str, tuple[Object, tuple[str, str, int, str, str, dict[str, int]]]] = {
    "a pod nobody has seen yet": (pod(), ("Pending", "0/1", 0, "Pending", "", {})),
    "a container that waits": (
        state(state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState={"terminated": {"exitCode": 3}}),
        ("CrashLoopBackOff", "0/1", 4, "Pending", "CrashLoopBackOff", {"app": 3}),
    ),
    "a container that ended": (
        state(state={"terminated": {"reason": "Error", "exitCode": 2}}),
        ("Error", "0/1", 4, "Pending", "Error", {"app": 2}),
    ),
    "a container that ended well gives no reason": (
        state(state={"terminated": {"reason": "Completed", "exitCode": 0}}),
        ("Completed", "0/1", 4, "Pending", "", {"app": 0}),
    ),
    "a pod with a reason of its own": (
        pod(phase="Failed", reason="Evicted"),
        ("Evicted", "0/1", 0, "Failed", "Evicted", {}),
    ),
}


@pytest.mark.parametrize(("item", "wanted"), VIEWS.values(), ids=VIEWS.keys())
def test_a_pod_is_read_as_on_the_terminal(item: Object, wanted: tuple[Any, ...]) -> None:
    view = PodView(item)

    assert (view.status, view.ready, view.restarts, view.phase, view.reason, dict(view.exit_codes)) == wanted

"""A record as lanes: what each container did and when, and what happened to it."""

from typing import Any

import pytest

from podproof.report.picture import Lane, Mark, Picture, Span, picture_of
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos, seconds
from podproof.timeline import Record

FOO = Ref("Pod", "default", "foo")


def pod(
    state: Object | None, restarts: int = 0, ready: bool = False, spec: Object | None = None, **more: Any
) -> Object:
    rows = [] if state is None else [{"name": "app", "ready": ready, "restartCount": restarts, "state": state, **more}]
    return {
        "kind": "Pod",
        "metadata": {"name": "foo", "namespace": "default", "uid": "1"},
        "spec": spec or {"containers": [{"name": "app", "image": "busybox"}]},
        "status": {"phase": "Running" if rows and "running" in (state or {}) else "Pending", "containerStatuses": rows},
    }


def event(reason: str, path: str = "", kind: str = "Normal", count: int = 1) -> Object:
    about = {"kind": "Pod", "namespace": "default", "name": "foo", "fieldPath": path}
    return {
        "kind": "Event",
        "type": kind,
        "reason": reason,
        "message": "so  it\nis",
        "count": count,
        "involvedObject": about,
    }


def drawn(*moments: tuple[float, Ref, Object | None], until: float) -> Picture:
    clock = [Nanos(0)]
    record = Record(lambda: clock[0], Nanos(0))
    record.began = True
    for when, ref, item in moments:
        clock[0] = seconds(when)
        record.see(ref, item)
    clock[0] = seconds(until)
    return picture_of(record, "default")


def spans(lane: Lane) -> list[tuple[float, float, str, str]]:
    return [(each.since / 1e9, each.until / 1e9, each.state, each.label) for each in lane.spans]


PULLING = {"waiting": {"reason": "ContainerCreating"}}
RUNS: Object = {"running": {}}
FAILED = {"terminated": {"exitCode": 3, "reason": "Error"}}
DONE = {"terminated": {"exitCode": 0, "reason": "Completed"}}
LAST: dict[str, Any] = {"lastState": FAILED}

LIVES: dict[str, tuple[list[tuple[float, Object | None]], list[tuple[float, float, str, str]]]] = {
    "a container waits, runs, and is ready": (
        [(0, pod(None)), (1, pod(PULLING)), (2, pod(RUNS)), (5, pod(RUNS, ready=True))],
        [(1, 2, "waiting", "ContainerCreating"), (2, 5, "running", "Running, not ready"), (5, 9, "ready", "Running")],
    ),
    "its end tells its exit code": (
        [(0, pod(RUNS, ready=True)), (4, pod(FAILED))],
        [(0, 4, "ready", "Running"), (4, 9, "failed", "Error (3)")],
    ),
    "an end with 0 is no failure": ([(0, pod(DONE))], [(0, 9, "done", "Completed (0)")]),
    "a back-off is a failure that waits": (
        [(0, pod({"waiting": {"reason": "CrashLoopBackOff"}}))],
        [(0, 9, "failed", "CrashLoopBackOff")],
    ),
    "a run that follows another unseen is a run of its own": (
        [(0, pod(RUNS, ready=True)), (4, pod(RUNS, 1, ready=True, **LAST))],
        [(0, 4, "ready", "Running"), (4, 9, "ready", "Running")],
    ),
    "versions that show the same are one span": (
        [(0, pod(RUNS, ready=True)), (1, pod(RUNS, ready=True)), (2, pod(RUNS, ready=True))],
        [(0, 9, "ready", "Running")],
    ),
    "where the pod is gone nothing is drawn": ([(0, pod(RUNS, ready=True)), (3, None)], [(0, 3, "ready", "Running")]),
}


@pytest.mark.parametrize(("shown", "wanted"), LIVES.values(), ids=LIVES.keys())
def test_a_containers_lane(
    shown: list[tuple[float, Object | None]], wanted: list[tuple[float, float, str, str]]
) -> None:
    picture = drawn(*((when, FOO, item) for when, item in shown), until=9)

    assert spans(picture.lanes[1]) == wanted


def test_a_pods_lane_shows_its_status_column() -> None:
    picture = drawn((0, FOO, pod(None)), (1, FOO, pod(RUNS)), (2, FOO, pod(RUNS, ready=True)), (3, FOO, None), until=4)

    assert spans(picture.lanes[0]) == [
        (0, 1, "waiting", "Pending"),
        (1, 2, "running", "Running"),
        (2, 3, "ready", "Running"),
    ]


def test_restarts_and_events_are_marks_of_the_container_they_are_about() -> None:
    picture = drawn(
        (0, FOO, pod(RUNS)),
        (1, Ref("Event", "default", "a"), event("Scheduled")),
        (2, Ref("Event", "default", "b"), event("Unhealthy", "spec.containers{app}", "Warning")),
        (3, Ref("Event", "default", "b"), event("Unhealthy", "spec.containers{app}", "Warning", count=2)),
        (4, FOO, pod(RUNS, 1, **LAST)),
        (5, Ref("Event", "default", "c"), event("BackOff", "spec.containers{app}", "Warning")),
        until=6,
    )

    assert picture.lanes[0].marks == (Mark(seconds(1), "event", "Scheduled", "so it is"),)
    assert picture.lanes[1].marks == (
        Mark(seconds(2), "probe", "Unhealthy", "so it is"),
        Mark(seconds(3), "probe", "Unhealthy", "so it is (×2)"),
        Mark(seconds(4), "restart", "restart 1", "the run before ended with exit code 3 (Error)"),
        Mark(seconds(5), "warning", "BackOff", "so it is"),
    )


def test_lanes_stand_in_the_order_of_the_spec_and_name_their_kind() -> None:
    spec = {
        "initContainers": [{"name": "first"}, {"name": "beside", "restartPolicy": "Always"}],
        "containers": [{"name": "app"}],
        "ephemeralContainers": [{"name": "look"}],
    }
    picture = drawn((0, FOO, pod(None, spec=spec)), (0, Ref("Service", "default", "web"), {"kind": "Service"}), until=1)

    assert [(lane.kind, lane.name) for lane in picture.lanes] == [
        ("pod", "foo"),
        ("init", "first"),
        ("sidecar", "beside"),
        ("container", "app"),
        ("ephemeral", "look"),
        ("Service", "web"),
    ]


def test_other_objects_are_there_or_not_and_those_of_the_cluster_itself_are_left_out() -> None:
    clock = [Nanos(0)]
    record = Record(lambda: clock[0], Nanos(0))
    record.see(Ref("Service", "default", "kubernetes"), {"kind": "Service"})
    record.began = True
    record.see(Ref("Service", "default", "web"), {"kind": "Service"})
    clock[0] = seconds(2)
    record.see(Ref("Service", "default", "web"), None)
    record.see(Ref("Service", "elsewhere", "other"), {"kind": "Service"})

    lanes = picture_of(record, "default").lanes

    assert lanes == (Lane("web", "Service", "", (Span(0, seconds(2), "there", "exists"),)),)


def test_what_could_not_be_watched_is_a_gap() -> None:
    record = Record(lambda: seconds(9), Nanos(0))
    record.lost(seconds(2), seconds(3))

    assert picture_of(record, "default").gaps == ((seconds(2), seconds(3)),)


def test_a_crowd_is_cut_and_says_so() -> None:
    crowd = [(0, Ref("Pod", "default", f"p{number}"), pod(None)) for number in range(42)]

    picture = drawn(*crowd, until=1)

    assert sum(lane.kind == "pod" for lane in picture.lanes) == 40
    assert picture.left_out == "2 more pods"


def test_nobody_expects_an_init_container_to_be_ready() -> None:
    spec = {"initContainers": [{"name": "app"}]}

    picture = drawn((0, FOO, pod(RUNS, spec=spec)), until=1)

    assert spans(picture.lanes[1]) == [(0, 1, "running", "Running")]

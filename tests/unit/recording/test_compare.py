"""Where recordings differ: each check has a planted difference, and what two real runs differ in is none."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from podproof.recording.compare import Tolerance, compare

Change = Callable[[Any], object]


def pod(t: float, status: str, restarts: int = 0, **more: Any) -> dict[str, Any]:
    running = status == "Running"
    container = {"state": "running" if running else "waiting", "ready": running, "restarts": restarts, **more}
    conditions = {"Ready": ["True" if running else "False", None if running else "ContainersNotReady", None]}
    told = {"ready": "1/1" if running else "0/1", "status": status, "restarts": restarts, "phase": "Running"}
    return {"t": t, **told, "qos": "BestEffort", "conditions": conditions, "containers": {"app": container}}


def event(first: float, reason: str, count: int = 1, message: str = "said", about: str = "Pod/foo") -> dict[str, Any]:
    told = {"first": first, "last": first, "count": count, "type": "Normal", "reason": reason, "message": message}
    return {**told, "object": about, "fieldPath": None, "component": "kubelet"}


RECORDING: dict[str, Any] = {
    "id": "foo",
    "steps": [{"at": 0, "apply": {"kind": "Pod", "metadata": {"name": "foo"}}}],
    "duration": 100,
    "runs": [
        {
            "responses": [{"t": 0.01, "apply": "Pod/foo", "status": 201}],
            "timelines": {
                "Pod/foo": [pod(0, "Pending"), pod(2, "Running"), pod(30, "Error", exitCode=3), pod(60, "Running", 1)]
            },
            "events": [event(0, "Scheduled"), event(2, "Started", 2), event(40, "BackOff", 10)],
            "logs": {"foo/app": "hello\n", "foo/app/previous": {"error": 400, "message": "not found"}},
        }
    ],
}


def changed(change: Change) -> dict[str, Any]:
    recording = deepcopy(RECORDING)
    change(recording["runs"][0])
    return recording


def story(run: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run["timelines"]["Pod/foo"]
    return rows


SAME: dict[str, Change] = {
    "nothing": lambda run: None,
    "times by a second and a half": lambda run: story(run)[1].update(t=3.5),
    "times by three tenths": lambda run: story(run)[3].update(t=77),
    "the end, cut off": lambda run: story(run).pop(),
    "an equal neighbour more": lambda run: story(run).insert(1, pod(0.1, "Pending")),
    "how long a version before the last of its kind was shown": (
        lambda run: story(run).insert(0, {**pod(0, "Pending"), "conditions": {}})
    ),
    "an event's count by three tenths": lambda run: run["events"][2].update(count=13),
    "an event's count by one": lambda run: run["events"][1].update(count=3),
    "an event's time by a whole second": lambda run: run["events"][0].update(first=-1),
    "an event that the end may have cut off": lambda run: run["events"].append(event(90, "Killing")),
    "what a program printed": lambda run: run["logs"].update({"foo/app": "hallo\n"}),
    "the order of events": lambda run: run["events"].reverse(),
    "when a response came": lambda run: run["responses"][0].update(t=0.4),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_no_difference_is_made_by(change: Change) -> None:
    assert compare(RECORDING, changed(change)) == []


DIFFERENT: dict[str, tuple[Change, str]] = {
    "another status": (
        lambda run: story(run)[2].update(status="Completed"),
        "Pod/foo at 30 s: wanted 0/1 Error 0, after 1/1 Running 0, seen 0/1 Completed 0, after 1/1 Running 0",
    ),
    "a status between": (
        lambda run: story(run).insert(1, pod(1, "ContainerCreating")),
        "Pod/foo at 1 s: wanted 1/1 Running 0, after 0/1 Pending 0, seen 0/1 ContainerCreating 0, after 0/1 Pending 0",
    ),
    "another number of restarts": (lambda run: story(run)[3].update(restarts=2), "seen 1/1 Running 2"),
    "another READY": (lambda run: story(run)[1].update(ready="0/1"), "seen 0/1 Running 0"),
    "a deletion": (lambda run: story(run).insert(2, {"t": 20, "deleted": True}), "seen deletion"),
    "another time": (
        lambda run: story(run)[1].update(t=3.6),
        "Pod/foo: time of 1/1 Running 0 at 3.6 s: wanted about 2 s, seen 3.6 s",
    ),
    "another phase": (
        lambda run: story(run)[1].update(phase="Pending"),
        "Pod/foo 1/1 Running 0: phase at 2 s: wanted Running, seen Pending",
    ),
    "another exit code": (
        lambda run: story(run)[2]["containers"]["app"].update(exitCode=2),
        "container app exitCode at 30 s: wanted 3, seen 2",
    ),
    "an exit code that is missing": (
        lambda run: story(run)[2]["containers"]["app"].pop("exitCode"),
        "container app exitCode at 30 s: wanted 3, seen none",
    ),
    "another reason of a condition": (
        lambda run: story(run)[2]["conditions"]["Ready"].__setitem__(1, "PodCompleted"),
        "condition Ready at 30 s: wanted ['False', 'ContainersNotReady'], seen ['False', 'PodCompleted']",
    ),
    "another qos class": (lambda run: story(run)[1].update(qos="Burstable"), "qos at 2 s: wanted BestEffort"),
    "an event that is missing": (
        lambda run: run["events"].pop(0),
        "event Normal Scheduled of Pod/foo (said) at 0 s: wanted the event, seen none",
    ),
    "an event too many": (
        lambda run: run["events"].append(event(5, "Killing")),
        "event Normal Killing of Pod/foo (said) at 5 s: wanted no such event, seen 1 of it",
    ),
    "another message": (lambda run: run["events"][0].update(message="other"), "(other) at 0 s: wanted no such event"),
    "another type": (lambda run: run["events"][0].update(type="Warning"), "event Warning Scheduled"),
    "another object": (lambda run: run["events"][0].update(object="Pod/bar"), "event Normal Scheduled of Pod/bar"),
    "another count": (lambda run: run["events"][2].update(count=14), "wanted about 10 times, seen 14 times"),
    "another time of an event": (lambda run: run["events"][0].update(first=3), "first time at 3 s: wanted about 0 s"),
    "a timeline that is missing": (
        lambda run: run["timelines"].clear(),
        "Pod/foo: wanted it from 0 s on, seen nothing of it",
    ),
    "a timeline too many": (
        lambda run: run["timelines"].update({"Pod/bar": [pod(1, "Running")]}),
        "Pod/bar: wanted nothing of it, seen it from 1 s on",
    ),
    "another response": (
        lambda run: run["responses"][0].update(status=422),
        "response to apply Pod/foo: status at 0.01 s: wanted 201, seen 422",
    ),
    "a response too many": (
        lambda run: run["responses"].append({"t": 1, "delete": "Pod/foo"}),
        "responses: wanted 1, seen 2",
    ),
    "a log where a refusal was": (
        lambda run: run["logs"].update({"foo/app/previous": "x"}),
        "log foo/app/previous: wanted {'error': 400",
    ),
    "a log that is missing": (lambda run: run["logs"].pop("foo/app"), "log foo/app: wanted hello\n, seen none"),
}


@pytest.mark.parametrize(("change", "said"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_a_difference_is_made_by(change: Change, said: str) -> None:
    found = [str(each) for each in compare(RECORDING, changed(change))]

    assert any(said in each for each in found), found


def test_a_time_may_be_that_of_any_run() -> None:
    other = deepcopy(RECORDING["runs"][0])
    story(other)[2]["t"] = 80
    both = {**RECORDING, "runs": [RECORDING["runs"][0], other]}

    assert compare(both, changed(lambda run: story(run)[2].update(t=75))) == []
    assert len(compare(both, changed(lambda run: story(run)[2].update(t=45)))) == 1


def test_an_event_that_not_every_run_has_may_be_missing_or_there() -> None:
    other = deepcopy(RECORDING["runs"][0])
    other["events"].append(event(5, "Pulling"))
    both = {**RECORDING, "runs": [RECORDING["runs"][0], other]}

    assert compare(both, RECORDING) == []
    assert compare(both, {**RECORDING, "runs": [other]}) == []


def test_every_run_is_compared() -> None:
    bad = changed(lambda run: story(run)[2].update(status="Completed"))["runs"][0]

    assert len(compare(RECORDING, {**RECORDING, "runs": [RECORDING["runs"][0], bad]})) == 1


def test_generated_names_are_told_by_their_order() -> None:
    def with_pod(name: str) -> dict[str, Any]:
        made = event(1, "SuccessfulCreate", message=f"Created pod: {name}", about="ReplicaSet/rs")
        run = {"timelines": {f"Pod/{name}": [pod(1, "Running")]}, "events": [made], "responses": [], "logs": {}}
        return {**RECORDING, "runs": [run]}

    assert compare(with_pod("rs-7wdc8"), with_pod("rs-x2bq4")) == []
    assert compare(with_pod("rs-7wdc8"), with_pod("other-x2bq4")) != []


def test_a_name_the_scenario_gives_is_not_generated() -> None:
    def named(name: str) -> dict[str, Any]:
        run = {"timelines": {f"Pod/{name}": [pod(1, "Running")]}, "events": [], "responses": [], "logs": {}}
        step = {"at": 0, "apply": {"metadata": {"name": "web-bbbbb"}}}
        return {**RECORDING, "steps": [step], "runs": [run]}

    assert compare(named("web-bbbbb"), named("web-ccccc")) != []


def test_what_a_runtime_says_of_a_failed_pull_is_its_own() -> None:
    def pulling(words: str) -> dict[str, Any]:
        said = event(1, "Failed", message=f'Failed to pull image "x": {words}')
        return changed(lambda run: run["events"].append(said))

    assert compare(pulling("no such host"), pulling("not found")) == []


def test_tolerance_is_the_larger_of_both() -> None:
    assert (Tolerance().of(1), Tolerance().of(100), Tolerance(0, 0.1).of(50)) == (1.5, 30, 5)


def test_other_kinds_are_compared_as_a_whole() -> None:
    def slices(*ready: bool) -> dict[str, Any]:
        rows = [{"t": place, "endpoints": [{"pod": "foo", "ready": each}]} for place, each in enumerate(ready)]
        return changed(lambda run: run["timelines"].update({"EndpointSlice/web": rows}))

    assert compare(slices(False, True), slices(False, False, True)) == []
    assert len(compare(slices(False, True), slices(False, True, False))) == 0
    assert len(compare(slices(False, True), slices(True, False))) == 1

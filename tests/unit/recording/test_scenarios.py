"""Scenario files: what is one, and what a recording of it holds."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from podproof.recording.run import record
from podproof.recording.scenario import ScenarioError, check, read, recording
from podproof.simulator.model.times import seconds

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "foo"},
    "spec": {
        "containers": [{"name": "app", "image": "busybox:1.28", "command": ["sh", "-c", "echo hello; exit 3"]}],
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 1,
    },
}
SCENARIO: dict[str, Any] = {
    "id": "foo",
    "name": "a pod that fails",
    "steps": [{"at": 0, "apply": POD}],
    "watch": ["Pod"],
    "duration": 10,
}


def scenario(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**SCENARIO, "steps": [*SCENARIO["steps"], *steps], **more}


def test_steps_are_done_in_the_order_of_their_times() -> None:
    pod = {"kind": "Pod", "name": "foo"}
    found = check(scenario({"at": 9, "delete": pod}, {"at": 2.5, "delete": pod}), "x")

    assert [step.at for step in found.steps] == [seconds(0), seconds(2.5), seconds(9)]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no id": ({"id": ""}, "id must be a name"),
    "an id that leads elsewhere": ({"id": "../x"}, "id must be a name"),
    "no duration": ({"duration": "long"}, "duration must be a number of seconds"),
    "no steps": ({"steps": []}, "steps must be a list of things to do"),
    "a step without a time": ({"steps": [{"apply": POD}]}, "steps[0]: at must be a number of seconds"),
    "a step that does nothing": ({"steps": [{"at": 0}]}, "steps[0]: one of apply, patch, delete"),
    "a step nobody knows": ({"steps": [{"at": 0, "explode": 1}]}, "is wanted, not explode"),
    "a step that does two things": ({"steps": [{"at": 0, "apply": POD, "node": "stops"}]}, "not apply, node"),
    "a patch without a body": ({"steps": [{"at": 0, "patch": {"kind": "Pod", "name": "foo"}}]}, "patch needs body"),
    "an apply of something else": ({"steps": [{"at": 0, "apply": "foo.yaml"}]}, "apply takes a manifest"),
    "a cluster that is none": ({"cluster": "big"}, "cluster must be an object"),
}


@pytest.mark.parametrize(("change", "said"), BAD.values(), ids=BAD.keys())
def test_what_is_no_scenario_is_told(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        check({**SCENARIO, **change}, "foo.json")

    assert said in str(caught.value)


def test_a_file_that_is_no_json_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "foo.json"
    path.write_text('{"id": "foo",\n "steps": [,]}')

    with pytest.raises(ScenarioError, match=r"foo\.json:2:12: this is no JSON"):
        read(path)


def test_a_scenario_without_runs_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "foo.json"
    path.write_text(json.dumps(SCENARIO))

    with pytest.raises(ScenarioError, match="it has no runs: this is a scenario, not a recording"):
        recording(path)


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    """What the simulator shows of a pod that fails."""
    return record(check(SCENARIO, "foo.json"))


def test_a_recording_repeats_its_scenario(recorded: dict[str, Any]) -> None:
    assert {key: recorded[key] for key in SCENARIO} == SCENARIO


def test_a_run_has_the_keys_of_recorded_ones(recorded: dict[str, Any]) -> None:
    (run,) = recorded["runs"]

    assert list(run) == ["images_on_node", "responses", "timelines", "events", "logs"]
    assert run["responses"] == [{"t": 0.0, "apply": "Pod/foo", "status": 201}]
    assert list(run["timelines"]) == ["Pod/foo"]


def test_the_last_version_tells_how_it_ended(recorded: dict[str, Any]) -> None:
    last = recorded["runs"][0]["timelines"]["Pod/foo"][-1]

    assert {key: last[key] for key in ("ready", "status", "restarts", "phase", "qos", "has_ip")} == {
        "ready": "0/1",
        "status": "Error",
        "restarts": 0,
        "phase": "Failed",
        "qos": "BestEffort",
        "has_ip": True,
    }
    assert last["containers"]["app"] == {
        "state": "terminated",
        "ready": False,
        "started": False,
        "restarts": 0,
        "reason": "Error",
        "exitCode": 3,
    }


def test_equal_neighbours_are_folded(recorded: dict[str, Any]) -> None:
    rows = [{**row, "t": 0} for row in recorded["runs"][0]["timelines"]["Pod/foo"]]

    assert all(one != other for one, other in pairwise(rows))


def test_names_that_differ_from_run_to_run_are_normalised(recorded: dict[str, Any]) -> None:
    events = {event["reason"]: event for event in recorded["runs"][0]["events"]}

    assert events["Scheduled"]["message"] == "Successfully assigned NAMESPACE/foo to node1"
    assert events["Pulled"]["message"].endswith("in DURATION (DURATION including waiting). Image size: SIZE bytes.")
    assert events["Started"]["fieldPath"] == "spec.containers{app}"


def test_logs_and_refusals_are_there(recorded: dict[str, Any]) -> None:
    logs = recorded["runs"][0]["logs"]

    assert logs["foo/app"] == "hello\n"
    assert logs["foo/app/previous"] == {
        "error": 400,
        "message": 'previous terminated container "app" in pod "foo" not found',
    }


def test_a_deleted_pod_is_told_as_deleted_and_its_log_as_not_found() -> None:
    run = record(check(scenario({"at": 5, "delete": {"kind": "Pod", "name": "foo"}}), "x"))["runs"][0]

    assert run["timelines"]["Pod/foo"][-1]["deleted"] is True
    assert run["responses"][1] == {"t": 5.0, "delete": "Pod/foo", "status": 200}
    assert run["logs"]["foo/app"] == {"error": 404, "message": 'pods "foo" not found'}


def test_a_refusal_is_told_with_its_causes() -> None:
    bad = {**POD, "spec": {"containers": [{"name": "A", "image": "busybox:1.28"}]}}
    run = record(check({**SCENARIO, "steps": [{"at": 0, "apply": bad}]}, "x"))["runs"][0]

    (response,) = run["responses"]
    assert (response["status"], response["response"]["reason"]) == (422, "Invalid")
    assert response["response"]["causes"][0]["field"] == "spec.containers[0].name"


def test_objects_that_were_there_before_are_left_out() -> None:
    run = record(check(scenario(watch=["Pod", "Service", "Node"]), "x"))["runs"][0]

    assert sorted(run["timelines"]) == ["Node/node1", "Pod/foo"]


def test_the_cluster_is_as_the_scenario_says() -> None:
    cluster = {
        "nodes": [{"name": "n7", "cpu": "1", "memory": "1Gi", "pods": "3", "labels": {}}],
        "registry": ["busybox:1.28"],
        "images_on_node": ["busybox:1.28"],
    }
    run = record(check(scenario(cluster=cluster, watch=["Node"]), "x"))["runs"][0]

    assert (run["images_on_node"], list(run["timelines"])) == (["busybox:1.28"], ["Node/n7"])


STEPS = {
    "a node that stops": {"at": 1, "node": "stops"},
    "a second node": {"at": 1, "peer_node": "node2"},
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_step_that_asks_nothing_of_the_api_is_answered_with_success(step: dict[str, Any]) -> None:
    run = record(check(scenario(step), "x"))["runs"][0]

    assert {**step, "t": 1, "status": 0}.items() >= run["responses"][-1].items()


def test_a_node_is_in_one_of_two_states() -> None:
    with pytest.raises(ScenarioError, match="node is one of stops, returns, not 'explodes'"):
        check(scenario({"at": 1, "node": "explodes"}), "x")

"""Conditions of pods."""

from typing import Any

import pytest

from podproof.simulator.model import pod_conditions as conditions

POD: dict[str, Any] = {
    "metadata": {"name": "p", "generation": 2},
    "spec": {"initContainers": [{"name": "i"}], "containers": [{"name": "b"}, {"name": "a"}]},
}


def status(name: str, ready: bool = False, **state: Any) -> dict[str, Any]:
    return {"name": name, "ready": ready, "state": state or {"waiting": {}}}


ALL_READY = [status("i", True), status("a", True, running={}), status("b", True, running={})]

READY: dict[str, tuple[list[dict[str, Any]] | None, str, dict[str, str]]] = {
    "all containers are": (ALL_READY, "Running", {"status": "True"}),
    "names stand in the order of the spec": (
        [status("a"), status("b")],
        "Pending",
        {"status": "False", "reason": "ContainersNotReady", "message": "containers with unready status: [b a]"},
    ),
    "an unknown one is told apart": (
        [status("a")],
        "Pending",
        {
            "status": "False",
            "reason": "ContainersNotReady",
            "message": "containers with unknown status: [b], containers with unready status: [a]",
        },
    ),
    "nothing known": (None, "Pending", {"status": "False", "reason": "UnknownContainerStatuses"}),
    "ended well": ([status("a"), status("b")], "Succeeded", {"status": "False", "reason": "PodCompleted"}),
    "ended badly, even if a container still runs": (ALL_READY, "Failed", {"status": "False", "reason": "PodFailed"}),
}


@pytest.mark.parametrize(("statuses", "phase", "wanted"), READY.values(), ids=READY.keys())
def test_readiness(statuses: list[dict[str, Any]] | None, phase: str, wanted: dict[str, str]) -> None:
    made = conditions.containers_ready(POD, statuses, phase)

    assert made == {"type": "ContainersReady", "observedGeneration": 2, **wanted}
    assert conditions.ready(POD, [], statuses, phase) == {**made, "type": "Ready"}


def test_a_readiness_gate_holds_a_pod_back() -> None:
    gates = [{"conditionType": "x"}, {"conditionType": "y"}]
    pod = {"metadata": {}, "spec": {"containers": [], "readinessGates": gates}}

    made = conditions.ready(pod, [{"type": "x", "status": "False"}], [], "Running")

    assert made["reason"] == "ReadinessGatesNotReady"
    assert made["message"] == (
        'the status of pod readiness gate "x" is not "True", but False, '
        'corresponding condition of pod readiness gate "y" does not exist.'
    )


NOT_DONE = {
    "status": "False",
    "reason": "ContainersNotInitialized",
    "message": "containers with incomplete status: [i]",
}

INITIALIZED: dict[str, tuple[list[dict[str, Any]], str, dict[str, str]]] = {
    "an init container is not done": ([status("i"), status("a"), status("b")], "Pending", NOT_DONE),
    "all are done": ([status("i", True)], "Pending", {"status": "True"}),
    "an app container has started, so they were": (
        [status("i"), status("a", running={})],
        "Running",
        {"status": "True"},
    ),
    "the pod is done": ([status("i", True)], "Succeeded", {"status": "True", "reason": "PodCompleted"}),
}


@pytest.mark.parametrize(("statuses", "phase", "wanted"), INITIALIZED.values(), ids=INITIALIZED.keys())
def test_initialization(statuses: list[dict[str, Any]], phase: str, wanted: dict[str, str]) -> None:
    assert conditions.initialized(POD, statuses, phase) == {"type": "Initialized", "observedGeneration": 2, **wanted}


def test_a_pod_once_initialized_stays_so() -> None:
    before = [{"type": "Initialized", "status": "True"}]

    assert conditions.initialized(POD, [status("i")], "Pending", before)["status"] == "True"


def test_the_kubelet_writes_its_conditions_in_its_order_and_keeps_those_of_others() -> None:
    gate = {"type": "mine", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    pod = {**POD, "status": {"conditions": [gate, {"type": "Ready", "status": "True"}]}}
    made = conditions.kubelet_conditions(pod, {}, {"phase": "Pending", "containerStatuses": [status("a")]}, False, {})

    assert [row["type"] for row in made] == [
        "mine",
        "PodReadyToStartContainers",
        "Initialized",
        "Ready",
        "ContainersReady",
        "PodScheduled",
    ]
    assert [row["status"] for row in made] == ["True", "False", "False", "False", "False", "True"]


def test_a_time_moves_only_with_the_status() -> None:
    old = [
        {"type": "Ready", "status": "False", "lastTransitionTime": "then"},
        {"type": "Initialized", "status": "True", "lastTransitionTime": "then"},
    ]
    new = [
        {"type": "Ready", "status": "True"},
        {"type": "Initialized", "status": "True", "reason": "PodCompleted"},
        {"type": "PodScheduled", "status": "True"},
    ]

    merged = conditions.merge_conditions(old, new, "now")

    assert [row["lastTransitionTime"] for row in merged] == ["now", "then", "now"]
    assert merged[1]["reason"] == "PodCompleted"
    assert all(row["lastProbeTime"] is None for row in merged)

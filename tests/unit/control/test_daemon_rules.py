"""The rules of a DaemonSet: which nodes suit it, which pods are missing or too many, the next step of an update."""

from typing import Any

import pytest

from podproof.simulator.control.workloads.daemon_set.look import Look
from podproof.simulator.control.workloads.daemon_set.managing import managed
from podproof.simulator.control.workloads.daemon_set.nodes import Fit, body_of, by_node, fit, target
from podproof.simulator.control.workloads.daemon_set.reconcile import status_of
from podproof.simulator.control.workloads.daemon_set.rolling import rolled
from podproof.simulator.model.times import moment

NOW = moment("2026-01-01T01:00:00Z")
NAMES = ("a", "b", "c", "d")


def owner(spec: dict[str, Any] | None = None, **rolling: Any) -> dict[str, Any]:
    """Return a DaemonSet; `spec` is that of its pods, `rolling` its maxSurge and maxUnavailable."""
    template = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [], **(spec or {})}}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    meta = {"name": "agent", "namespace": "default", "uid": "u", "generation": 2}
    whole = {"selector": {}, "template": template, "updateStrategy": strategy}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": meta, "spec": whole}


def node(name: str, labels: dict[str, str] | None = None, **taints: str) -> dict[str, Any]:
    """Return a node with taints by their effect."""
    listed = [{"key": key, "effect": effect} for effect, key in taints.items()]
    return {"metadata": {"name": name, "labels": labels or {}}, "spec": {"taints": listed}}


FITS = {
    "any node by default": ({}, node("a"), Fit(True, True)),
    "one of another label": ({"nodeSelector": {"disk": "fast"}}, node("a"), Fit(False, False)),
    "one of the label": ({"nodeSelector": {"disk": "fast"}}, node("a", {"disk": "fast"}), Fit(True, True)),
    "one of another name": ({"nodeName": "b"}, node("a"), Fit(False, False)),
    "a new taint keeps new pods off": ({}, node("a", NoSchedule="broken"), Fit(False, True)),
    "a taint that drives away": ({}, node("a", NoExecute="broken"), Fit(False, False)),
    "a taint that only advises": ({}, node("a", PreferNoSchedule="broken"), Fit(True, True)),
    "a taint that is tolerated": (
        {"tolerations": [{"key": "broken", "operator": "Exists"}]}, node("a", NoExecute="broken"), Fit(True, True),
    ),
    "a cordoned node": ({}, node("a", NoSchedule="node.kubernetes.io/unschedulable"), Fit(True, True)),
    "a node out of memory": ({}, node("a", NoSchedule="node.kubernetes.io/memory-pressure"), Fit(True, True)),
    "a lost node keeps its pod": ({}, node("a", NoExecute="node.kubernetes.io/unreachable"), Fit(True, True)),
    "no network": ({}, node("a", NoSchedule="node.kubernetes.io/network-unavailable"), Fit(False, True)),
    "no network, for those who use the host's": (
        {"hostNetwork": True}, node("a", NoSchedule="node.kubernetes.io/network-unavailable"), Fit(True, True),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "there", "found"), FITS.values(), ids=FITS.keys())
def test_which_nodes_suit(spec: dict[str, Any], there: dict[str, Any], found: Fit) -> None:
    assert fit(owner(spec), there) == found


def test_a_pod_asks_for_its_node_and_no_other() -> None:
    wish = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"x": 1}]}}}
    made = body_of(owner({"affinity": wish}), "b", "hash")

    assert target(made) == "b"
    assert made["metadata"]["labels"] == {"app": "x", "controller-revision-hash": "hash"}
    assert [each["key"].rpartition("/")[2] for each in made["spec"]["tolerations"]] == [
        "not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable",
    ]  # fmt: skip


def pod(text: str, place: int, on: str) -> dict[str, Any]:
    """Return a pod from a word: new or old, then up or down, going, failed or done."""
    kind, state = text.split()
    ready = {
        "type": "Ready",
        "status": "True" if state == "up" else "False",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    phase = {"failed": "Failed", "done": "Succeeded"}.get(state, "Running")
    going = {"deletionTimestamp": "2026-01-01T00:00:00Z"} if state == "going" else {}
    stamp = f"2026-01-01T00:00:0{place}Z"
    meta = {"name": f"{on}{place}", "namespace": "default", "creationTimestamp": stamp, **going}
    labels = {"controller-revision-hash": "hash" if kind == "new" else "before"}
    status = {"phase": phase, "conditions": [ready]}
    return {"metadata": {**meta, "labels": labels}, "spec": {"nodeName": on}, "status": status}


def look(nodes: list[list[str]], held: str = "", **rolling: Any) -> Look:
    """Return what is seen when the pods of each node are these."""
    pods = [pod(text, place, on) for on, texts in zip(NAMES, nodes, strict=False) for place, text in enumerate(texts)]
    seen = [node(name) for name in NAMES[: len(nodes)]]
    return Look(owner(**rolling), seen, by_node(pods), "hash", frozenset(held), NOW)


SURGE = {"maxSurge": 1, "maxUnavailable": 0}
NEEDS = {
    "a node without a pod gets one": ([["new up"], []], {}, ["b"], []),
    "one that is going still has the place": ([["new going"]], {}, [], []),
    "of two the younger is too many": ([["new up", "new up"]], {}, [], ["a1"]),
    "an old one and a new one are two": ([["old up", "new up"]], {}, [], ["a1"]),
    "with surge they may be two": ([["old up", "new down"]], SURGE, [], []),
    "until the new one is available": ([["old up", "new up"]], SURGE, [], ["a0"]),
    "or the old one is not ready": ([["old down", "new down"]], SURGE, [], ["a0"]),
    "with surge two of a kind are too many": ([["old up", "old up"]], SURGE, [], ["a1"]),
    "one that failed goes": ([["new failed"]], {}, [], ["a0"]),
    "one that succeeded goes, too": ([["new done"]], {}, [], ["a0"]),
}  # fmt: skip


@pytest.mark.parametrize(("nodes", "rolling", "made", "gone"), NEEDS.values(), ids=NEEDS.keys())
def test_who_is_missing_and_who_is_too_many(
    nodes: list[list[str]], rolling: dict[str, Any], made: list[str], gone: list[str]
) -> None:
    need = managed(look(nodes, **rolling))

    assert (list(need.nodes), [each["metadata"]["name"] for each in need.pods]) == (made, gone)


def test_a_failed_pod_waits_for_the_end_of_its_nodes_back_off() -> None:
    assert managed(look([["new failed"], ["new failed"]], held="a")).pods[0]["metadata"]["name"] == "b0"


STEPS = {
    "one at a time": ([["old up"], ["old up"]], {}, [], ["a0"]),
    "none while another is missing": ([["new down"], ["old up"]], {}, [], []),
    "none while another is going": ([["old going"], ["old up"]], {}, [], []),
    "one that is down goes whatever is missing": ([["new down"], ["old down"], ["old up"]], {}, [], ["b0"]),
    "as many as may be missing": ([["old up"]] * 4, {"maxUnavailable": "50%"}, [], ["a0", "b0"]),
    "a percentage is rounded up": ([["old up"]] * 4, {"maxUnavailable": "30%"}, [], ["a0", "b0"]),
    "surge: a new one beside the old": ([["old up"], ["old up"]], SURGE, ["a"], []),
    "surge: not while another is on its way": ([["old up", "new down"], ["old up"]], SURGE, [], []),
    "surge: the old goes when the new is up": ([["old up", "new up"], ["old up"]], SURGE, ["b"], ["a0"]),
    "surge: beside one that is down at any time": ([["old up", "new down"], ["old down"]], SURGE, ["b"], []),
    "neither surge nor absence is as one absence": ([["old up"]], {"maxSurge": 0, "maxUnavailable": 0}, [], ["a0"]),
}


@pytest.mark.parametrize(("nodes", "rolling", "made", "gone"), STEPS.values(), ids=STEPS.keys())
def test_the_next_step_of_an_update(
    nodes: list[list[str]], rolling: dict[str, Any], made: list[str], gone: list[str]
) -> None:
    need = rolled(look(nodes, **rolling))

    assert (list(need.nodes), [each["metadata"]["name"] for each in need.pods]) == (made, gone)


def test_nothing_is_updated_on_delete_alone() -> None:
    seen = look([["old up"]])
    seen.owner["spec"]["updateStrategy"]["type"] = "OnDelete"

    assert rolled(seen).is_met


def test_the_status_counts_nodes() -> None:
    assert status_of(look([["new up"], ["old down", "new up"], []])) == {
        "observedGeneration": 2,
        "desiredNumberScheduled": 3,
        "currentNumberScheduled": 2,
        "numberMisscheduled": 0,
        "numberReady": 1,
        "numberAvailable": 1,
        "numberUnavailable": 2,
        "updatedNumberScheduled": 1,
    }

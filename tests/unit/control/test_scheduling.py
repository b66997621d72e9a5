"""Where a pod may go, and what the scheduler says when it may go nowhere."""

from typing import Any

import pytest

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.deciding import Decider, message
from podproof.simulator.control.scheduling.nodes import Cluster, Usage
from podproof.simulator.control.scheduling.preempting import preempt
from podproof.simulator.control.scheduling.profiles import Profile


def node(name: str = "node1", cpu: str = "4", pods: str = "110", **spec: Any) -> dict[str, Any]:
    allocatable = {"cpu": cpu, "memory": "16Gi", "pods": pods}
    labels = {"kubernetes.io/hostname": name}
    return {"metadata": {"name": name, "labels": labels}, "spec": spec, "status": {"allocatable": allocatable}}


def pod(cpu: str = "100m", memory: str = "1Mi", uid: str = "new", **spec: Any) -> dict[str, Any]:
    container = {"name": "app", "resources": {"requests": {"cpu": cpu, "memory": memory}}}
    return {"metadata": {"name": uid, "uid": uid}, "spec": {"containers": [container], **spec}}


def decided(what: Any, nodes: Any, placed: Any) -> tuple[str | None, str]:
    """Return where a pod goes, or what is said of it."""
    cluster = Cluster()
    for each in nodes:
        cluster.node_changed(each["metadata"]["name"], each)
    for name, pods in placed.items():
        for each in pods:
            cluster.add(Asking(each), name)
    decider = Decider(cluster, Profile())
    decision = decider.decide(Asking(what))
    if decision.node is not None:
        return decision.node, ""
    return None, message(decision, preempt(Asking(what), decision, cluster, decider, list).words)


ALONE = "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
CASES: dict[
    str, tuple[dict[str, Any], list[dict[str, Any]], dict[str, list[dict[str, Any]]], tuple[str | None, str]]
] = {
    "a pod that fits goes to the node": (pod(), [node()], {}, ("node1", "")),
    "without nodes there is nowhere to go": (pod(), [], {}, (None, "no nodes available to schedule pods")),
    "a request beyond the node is named": (
        pod(cpu="64"),
        [node()],
        {},
        (None, f"0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, {ALONE}"),
    ),
    "all shortages of a node are named, sorted": (
        pod(cpu="64", memory="1Ti"),
        [node()],
        {},
        (
            None,
            f"0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory. no new claims to deallocate, {ALONE}",
        ),
    ),
    "what others requested is taken": (
        pod(cpu="1"),
        [node()],
        {"node1": [pod(cpu="3500m", uid="other")]},
        (
            None,
            "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, "
            "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
        ),
    ),
    "an exact fit fits": (
        pod(cpu="500m"),
        [node()],
        {"node1": [pod(cpu="3500m", uid="other")]},
        ("node1", ""),
    ),
    "the emptier node wins": (
        pod(),
        [node("node1"), node("node2")],
        {"node1": [pod(cpu="1", uid="other")]},
        ("node2", ""),
    ),
    "a selector nobody matches is named": (
        pod(nodeSelector={"disk": "ssd"}),
        [node()],
        {},
        (
            None,
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. "
            f"no new claims to deallocate, {ALONE}",
        ),
    ),
    "a cordoned node takes nothing": (
        pod(),
        [node(unschedulable=True)],
        {},
        (None, f"0/1 nodes are available: 1 node(s) were unschedulable. no new claims to deallocate, {ALONE}"),
    ),
    "a taint without a toleration is named without its key": (
        pod(),
        [node(taints=[{"key": "gpu", "value": "yes", "effect": "NoSchedule"}])],
        {},
        (None, f"0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate, {ALONE}"),
    ),
    "a toleration lets the pod in": (
        pod(tolerations=[{"key": "gpu", "operator": "Exists"}]),
        [node(taints=[{"key": "gpu", "value": "yes", "effect": "NoSchedule"}])],
        {},
        ("node1", ""),
    ),
    "a node that is full of pods says so": (
        pod(),
        [node(pods="1")],
        {"node1": [pod(uid="other")]},
        (
            None,
            "0/1 nodes are available: 1 Too many pods. no new claims to deallocate, "
            "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
        ),
    ),
}


@pytest.mark.parametrize(("what", "nodes", "placed", "wanted"), CASES.values(), ids=CASES.keys())
def test_decision(what: Any, nodes: Any, placed: Any, wanted: tuple[str | None, str]) -> None:
    assert decided(what, nodes, placed) == wanted


def test_a_pod_that_leaves_gives_its_room_back() -> None:
    cluster = Cluster()
    cluster.node_changed("node1", node())
    cluster.add(Asking(pod(cpu="4", uid="other")), "node1")

    cluster.remove("other", "node1")

    assert Decider(cluster, Profile()).decide(Asking(pod(cpu="4"))).node == "node1"


def test_a_resized_pod_counts_for_what_its_spec_asks_not_for_what_it_still_has() -> None:
    had = {"containerStatuses": [{"name": "app", "allocatedResources": {"cpu": "3", "memory": "1Mi"}}]}
    usage = Usage()

    usage.add({**pod(cpu="1"), "status": had})

    assert usage.total["cpu"] == 1_000_000_000

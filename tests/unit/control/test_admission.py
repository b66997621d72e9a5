"""What a kubelet makes of pods that do not fit its node."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.control.kubelet.admission import Admission, refused_under_pressure
from podproof.simulator.control.kubelet.allocation import Refused
from podproof.simulator.control.kubelet.pods import LocalPod

ROOM = {"cpu": "2", "memory": "1Gi", "pods": "2", "ephemeral-storage": "1Gi"}
NODE = {"metadata": {"name": "node1", "labels": {"disk": "ssd"}}, "spec": {}}
TAINT = {"key": "gone", "effect": "NoExecute"}


def pod(uid: str = "new", node: str = "node1", requests: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    container = {"name": "app", "resources": {"requests": requests or {}}, **spec.pop("container", {})}
    meta = {"name": uid, "namespace": "default", "uid": uid, **spec.pop("metadata", {})}
    return {"metadata": meta, "spec": {"nodeName": node, "containers": [container], **spec}}


def port(number: int) -> dict[str, Any]:
    return {"ports": [{"containerPort": 80, "hostPort": number}]}


def must_have(key: str, value: str) -> dict[str, Any]:
    terms = [{"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]}]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


def told(name: str, requested: int, used: int, capacity: int) -> Refused:
    seen = f"{name}, requested: {requested}, used: {used}, capacity: {capacity}"
    return Refused(f"OutOf{name}", f"Node didn't have enough resource: {seen}")


def predicate(name: str, reason: str) -> Refused:
    return Refused(name, f"Predicate {name} failed: {reason}")


FULL = [pod("a", requests={"cpu": "1500m", "memory": "600Mi"}, container=port(8080))]
CASES: dict[str, tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any], Refused | None]] = {
    "there is room": ([], pod(requests={"cpu": "2"}), {}, None),
    "who asks for nothing fits where nothing is left": ([pod("a", requests={"cpu": "2"})], pod(), {}, None),
    "too little cpu, in thousandths": (FULL, pod(requests={"cpu": "501m"}), {}, told("cpu", 501, 1500, 2000)),
    "too little memory, in bytes": (
        FULL,
        pod(requests={"memory": "1Gi"}),
        {},
        told("memory", 1 << 30, 600 << 20, 1 << 30),
    ),
    "too little disk": (
        [],
        pod(requests={"ephemeral-storage": "2Gi"}),
        {},
        told("ephemeral-storage", 2 << 30, 0, 1 << 30),
    ),
    "too many pods are told of before all else": (
        [pod("a", requests={"cpu": "1"}), pod("b", requests={"cpu": "1"})],
        pod(requests={"cpu": "1"}),
        {},
        told("pods", 1, 2, 2),
    ),
    "labels that do not match": (
        [],
        pod(nodeSelector={"disk": "hdd"}),
        {},
        predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector"),
    ),
    "an affinity that is not met": (
        [],
        pod(affinity=must_have("disk", "hdd")),
        {},
        predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector"),
    ),
    "an affinity that is met": ([], pod(affinity=must_have("disk", "ssd")), {}, None),
    "labels that match": ([], pod(nodeSelector={"disk": "ssd"}), {}, None),
    "another node's name": (
        [],
        pod(node="node2"),
        {},
        predicate("NodeName", "node(s) didn't match the requested node name"),
    ),
    "a port that is taken": (
        FULL,
        pod(container=port(8080)),
        {},
        predicate("NodePorts", "node(s) didn't have free ports for the requested pod ports"),
    ),
    "a taint that executes": (
        [],
        pod(),
        {"taints": [TAINT]},
        predicate("TaintToleration", "node(s) had taints that the pod didn't tolerate"),
    ),
    "a taint that is tolerated": ([], pod(tolerations=[{"operator": "Exists"}]), {"taints": [TAINT]}, None),
    "a taint that only bars the scheduler": ([], pod(), {"taints": [{"key": "x", "effect": "NoSchedule"}]}, None),
    "a taint does not bar a static pod": (
        [],
        pod(metadata={"annotations": {"kubernetes.io/config.source": "file"}}),
        {"taints": [TAINT]},
        None,
    ),
}


def admission(known: list[dict[str, Any]], spec: dict[str, Any] | None = None) -> Admission:
    made = Admission(ROOM, lambda: {**NODE, "spec": spec or {}}, lambda: ())
    for each in known:
        made.count(LocalPod(each, {}))
    return made


@pytest.mark.parametrize(("known", "new", "spec", "refused"), CASES.values(), ids=CASES.keys())
def test_a_node_refuses(
    known: list[dict[str, Any]], new: dict[str, Any], spec: dict[str, Any], refused: Refused | None
) -> None:
    assert admission(known, spec).refusal(new) == refused


def test_what_has_ended_takes_no_room() -> None:
    full = admission(FULL)

    full.forget(FULL[0])

    assert full.refusal(pod(requests={"cpu": "2"})) is None


def test_a_critical_pod_without_room_is_not_modelled() -> None:
    with pytest.raises(NotModelledError, match="preempts"):
        admission(FULL).refusal(pod(requests={"cpu": "2"}, priority=2_000_000_000))


BY_BOTH = Refused("Evicted", "The node had condition: [MemoryPressure DiskPressure]. ")
BY_MEMORY = Refused("Evicted", "The node had condition: [MemoryPressure]. ")
TOLERANT = [{"key": "node.kubernetes.io/memory-pressure", "operator": "Exists"}]
PRESSED: dict[str, tuple[dict[str, Any], tuple[str, ...], Refused | None]] = {
    "nothing is short": (pod(), (), None),
    "short of memory, who requests nothing stays out": (pod(), ("memory",), BY_MEMORY),
    "who requests something may come": (pod(requests={"cpu": "1m"}), ("memory",), None),
    "so may who tolerates it": (pod(tolerations=TOLERANT), ("memory",), None),
    "short of disk everybody stays out": (
        pod(requests={"cpu": "1m"}),
        ("disk",),
        Refused("Evicted", "The node had condition: [DiskPressure]. "),
    ),
    "short of both": (
        pod(),
        ("disk", "memory"),
        Refused("Evicted", "The node had condition: [MemoryPressure DiskPressure]. "),
    ),
    "a critical pod may always come": (pod(priority=2_000_000_000), ("disk",), None),
}


@pytest.mark.parametrize(("new", "pressures", "refused"), PRESSED.values(), ids=PRESSED.keys())
def test_under_pressure(new: dict[str, Any], pressures: tuple[str, ...], refused: Refused | None) -> None:
    assert refused_under_pressure(new, pressures) == refused

"""What the control plane makes of nodes that fall silent, as pure rules."""

from typing import Any

import pytest

from podproof.simulator.control.node_lifecycle.rules import (
    Zones,
    silenced,
    unready,
    with_no_execute,
    with_no_schedule,
)  # fmt: skip
from podproof.simulator.control.node_lifecycle.taint_eviction import stay
from podproof.simulator.model.times import seconds

NOW = "2026-01-01T00:00:00Z"
UNREACHABLE = "node.kubernetes.io/unreachable"


def node(ready: str, *taints: tuple[str, str], zone: str = "", **conditions: str) -> dict[str, Any]:
    rows = {"Ready": ready, **conditions}
    return {
        "metadata": {"name": "n", "labels": {"topology.kubernetes.io/zone": zone} if zone else {}},
        "spec": {"taints": [{"key": key, "effect": effect} for key, effect in taints]},
        "status": {"conditions": [{"type": kind, "status": status} for kind, status in rows.items()]},
    }


def taints(changed: dict[str, Any] | None) -> list[str] | None:
    if changed is None:
        return None
    return [f"{each['key'].rpartition('/')[2]}:{each['effect']}" for each in changed["spec"].get("taints") or ()]


NO_SCHEDULE = {
    "a ready node has none": (node("True"), None),
    "an unknown one is unreachable": (node("Unknown"), ["unreachable:NoSchedule"]),
    "one that is not ready says so": (node("False"), ["not-ready:NoSchedule"]),
    "pressure is a taint": (node("True", MemoryPressure="True"), ["memory-pressure:NoSchedule"]),
    "what is missing comes before what is too much goes": (
        node("Unknown", ("node.kubernetes.io/not-ready", "NoSchedule")),
        ["not-ready:NoSchedule", "unreachable:NoSchedule"],
    ),
    "what is too much goes": (node("True", (UNREACHABLE, "NoSchedule")), []),
    "taints of others stay": (node("True", (UNREACHABLE, "NoSchedule"), ("mine", "NoSchedule")), ["mine:NoSchedule"]),
    "those of another effect stay": (node("True", (UNREACHABLE, "NoExecute")), None),
}


@pytest.mark.parametrize(("before", "wanted"), NO_SCHEDULE.values(), ids=NO_SCHEDULE.keys())
def test_conditions_become_taints(before: dict[str, Any], wanted: list[str] | None) -> None:
    assert taints(with_no_schedule(before, NOW)) == wanted


NO_EXECUTE = {
    "an unknown node drives pods away": (node("Unknown"), True, ["unreachable:NoExecute"]),
    "but not in a disruption": (node("Unknown"), False, None),
    "a disruption takes the taint back": (node("Unknown", (UNREACHABLE, "NoExecute")), False, []),
    "a node that is back takes pods": (node("True", (UNREACHABLE, "NoExecute")), True, []),
}


@pytest.mark.parametrize(("before", "evicts", "wanted"), NO_EXECUTE.values(), ids=NO_EXECUTE.keys())
def test_readiness_becomes_a_taint(before: dict[str, Any], evicts: bool, wanted: list[str] | None) -> None:
    assert taints(with_no_execute(before, evicts, NOW)) == wanted


ZONES = {
    "all are ready": ([node("True"), node("True")], {"": ""}),
    "none is": ([node("Unknown"), node("False")], {"": "full"}),
    "two of three are not: too few to be a disruption": ([node("Unknown"), node("Unknown"), node("True")], {"": ""}),
    "three of four are not": ([node("Unknown")] * 3 + [node("True")], {"": "partial"}),
    "zones are judged apart": ([node("Unknown", zone="a"), node("True", zone="b")], {"a": "full", "b": ""}),
}


@pytest.mark.parametrize(("nodes", "wanted"), ZONES.values(), ids=ZONES.keys())
def test_disruptions(nodes: list[dict[str, Any]], wanted: dict[str, str]) -> None:
    zones = Zones()
    for each in nodes:
        zones.changed(None, each)

    assert zones.states == wanted


def test_a_zone_is_otherwise_only_where_its_state_turns() -> None:
    zones, up, down = Zones(), node("True"), node("Unknown")
    first, *others = [zones.changed(None, up), zones.changed(None, up), zones.changed(up, down)]

    assert (first, others) == (True, [False, False])
    assert zones.changed(up, down)
    assert zones.states == {"": "full"}
    assert zones.changed(down, None) is False
    assert zones.changed(down, None)
    assert zones.states == {}


TAINT = {"key": UNREACHABLE, "effect": "NoExecute"}
EXISTS = {"key": UNREACHABLE, "operator": "Exists", "effect": "NoExecute"}
STAYS = {
    "without a toleration a pod goes at once": ([], 0),
    "one without an end lets it stay": ([EXISTS], None),
    "one with seconds lets it stay so long": ([{**EXISTS, "tolerationSeconds": 30}], 30),
    "the shortest counts": ([{**EXISTS, "tolerationSeconds": 30}, {**EXISTS, "tolerationSeconds": 5}], 5),
    "less than none is none": ([{**EXISTS, "tolerationSeconds": -5}], 0),
    "one of another taint does not count": ([{**EXISTS, "key": "other"}], 0),
}


@pytest.mark.parametrize(("tolerations", "wanted"), STAYS.values(), ids=STAYS.keys())
def test_how_long_a_pod_may_stay(tolerations: list[dict[str, Any]], wanted: int | None) -> None:
    assert stay([TAINT], tolerations) == (None if wanted is None else seconds(wanted))


def test_nothing_is_known_of_a_silent_node() -> None:
    conditions = silenced(node("True", DiskPressure="False"), NOW)["status"]["conditions"]

    assert [(each["status"], each["reason"]) for each in conditions] == [("Unknown", "NodeStatusUnknown")] * 2


def test_a_pod_of_a_lost_node_is_not_ready_and_says_no_reason() -> None:
    pod = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}

    assert unready(pod, NOW) == {
        "status": {"conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": NOW}]}
    }


def test_a_pod_that_is_not_ready_is_left_alone() -> None:
    assert unready({"status": {"conditions": [{"type": "Ready", "status": "False"}]}}, NOW) is None

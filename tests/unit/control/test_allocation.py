"""What a node grants of a resize."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.allocation import (
    Allocation,
    Pending,
    Progress,
    refusal,
    resize_conditions,
    summary,
)

ROOM = {"cpu": "2", "memory": "1Gi"}


def pod(cpu: str, memory: str = "64Mi") -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "app", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]}}


ROWS = {
    "there is room": (pod("500m"), [pod("1")], None),
    "more than the node has": (
        pod("3"),
        [],
        ("Infeasible", "Node didn't have enough capacity: cpu, requested: 3000, capacity: 2000"),
    ),
    "more than the others leave": (
        pod("1500m"),
        [pod("1")],
        ("Deferred", "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000"),
    ),
    "too much memory is told before too much cpu": (
        pod("3", "2Gi"),
        [],
        ("Infeasible", "Node didn't have enough capacity: memory, requested: 2147483648, capacity: 1073741824"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("wanted", "others", "refused"), ROWS.values(), ids=ROWS.keys())
def test_what_a_node_grants(wanted: dict[str, Any], others: list[Any], refused: tuple[str, str] | None) -> None:
    assert refusal(wanted, others, ROOM) == refused


def test_the_events_tell_the_resources_as_json() -> None:
    given = {"requests": {"memory": "32Mi", "cpu": "150m"}, "limits": {"memory": "64Mi", "cpu": "300m"}}

    assert summary({"spec": {"containers": [{"name": "app", "resources": given}]}}, 2) == (
        '{"containers":[{"name":"app","resources":{"limits":{"cpu":"300m","memory":"64Mi"},'
        '"requests":{"cpu":"150m","memory":"32Mi"}}}],"generation":2}'
    )


def test_a_pending_resize_stands_beside_one_in_progress() -> None:
    conditions = resize_conditions(Allocation({}, Pending("Deferred", "later", 3), Progress(2, "no")))

    assert [(row["type"], row["observedGeneration"], row.get("reason")) for row in conditions] == [
        ("PodResizePending", 3, "Deferred"),
        ("PodResizeInProgress", 2, "Error"),
    ]

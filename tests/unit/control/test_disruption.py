"""How many pods of a budget may go."""

from typing import Any

import pytest

from podproof.simulator.control.disruption import reconcile
from podproof.simulator.control.plans import UpdateStatus
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.requests import ApiError, Request
from podproof.simulator.model.times import Nanos, moment, seconds
from podproof.simulator.world import World

NOW = moment("2026-01-01T00:10:00Z")
SET = {"metadata": {"uid": "set"}, "spec": {"replicas": 4}}


def budget(status: Any = None, **spec: Any) -> dict[str, Any]:
    meta = {"name": "b", "namespace": "n", "uid": "u", "generation": 2}
    return {
        "kind": "PodDisruptionBudget",
        "apiVersion": "policy/v1",
        "metadata": meta,
        "spec": spec,
        "status": status or {},
    }


def pods(healthy: int, unhealthy: int = 0) -> list[dict[str, Any]]:
    ready = [True] * healthy + [False] * unhealthy
    return [
        {"metadata": {"name": f"p{number}"}, "status": {"conditions": [{"type": "Ready", "status": str(each)}]}}
        for number, each in enumerate(ready)
    ]


def counted(item: Any, found: list[dict[str, Any]], owner: Any = SET) -> dict[str, Any]:
    plan = reconcile(item, found, lambda _: owner, NOW)
    (status,) = [each.body["status"] for each in plan.commands if isinstance(each, UpdateStatus)]
    return dict(status)


SPECS = {
    "so many must stay": ({"minAvailable": 3}, 4, (1, 4, 3, 4)),
    "a part must stay, rounded up": ({"minAvailable": "60%"}, 4, (1, 4, 3, 4)),
    "so many may go": ({"maxUnavailable": 1}, 4, (1, 4, 3, 4)),
    "a part may go, rounded up": ({"maxUnavailable": "30%"}, 4, (2, 4, 2, 4)),
    "more may go than there are": ({"maxUnavailable": 9}, 2, (2, 2, 0, 4)),
    "none may go": ({"minAvailable": 4}, 2, (0, 2, 4, 2)),
    "there are none": ({"minAvailable": 0}, 0, (0, 0, 0, 0)),
}


@pytest.mark.parametrize(("spec", "healthy", "numbers"), SPECS.values(), ids=SPECS.keys())
def test_what_is_allowed(spec: Any, healthy: int, numbers: tuple[int, ...]) -> None:
    status = counted(budget(**spec), pods(healthy))

    keys = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
    assert tuple(status[key] for key in keys) == numbers
    assert (status["conditions"][0]["status"], status["conditions"][0]["reason"]) == (
        ("True", "SufficientPods") if numbers[0] else ("False", "InsufficientPods")
    )


def test_pods_that_nobody_owns_are_no_part_of_a_percentage() -> None:
    assert counted(budget(minAvailable="50%"), pods(2), owner=None)["expectedPods"] == 0


def test_an_eviction_that_is_granted_counts_until_it_is_seen() -> None:
    going = {"disruptedPods": {"p0": "2026-01-01T00:09:00Z", "gone": "2026-01-01T00:09:00Z"}}
    status = counted(budget(going, minAvailable=1), pods(3))

    assert (status["currentHealthy"], status["disruptedPods"]) == (2, {"p0": "2026-01-01T00:09:00Z"})


def test_an_eviction_that_never_came_is_forgotten_after_two_minutes() -> None:
    granted = {"disruptedPods": {"p0": "2026-01-01T00:08:30Z"}}
    plan = reconcile(budget(granted, minAvailable=1), pods(3), lambda _: SET, NOW)
    assert plan.wake_at == moment("2026-01-01T00:10:30Z")

    later = reconcile(budget(granted, minAvailable=1), pods(3), lambda _: SET, Nanos(NOW + seconds(31)))

    assert "disruptedPods" not in later.commands[0].body["status"]  # type: ignore[union-attr]


def test_a_status_that_is_right_is_left_alone() -> None:
    item = budget(minAvailable=1)

    assert reconcile({**item, "status": counted(item, pods(2))}, pods(2), lambda _: SET, NOW).commands == ()


def test_evictions_go_on_until_the_budget_is_used_up() -> None:
    world = World()
    user = Client(world.handle, "kubectl")
    spec = {"containers": [{"name": "c", "image": "busybox:1.28", "command": ["sleep", "3600"]}]}
    for name in ("a", "b"):
        meta = {"name": name, "labels": {"app": "a"}}
        user.create("pods", {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}, "default")
    wanted = {"minAvailable": 1, "selector": {"matchLabels": {"app": "a"}}}
    body = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "b"}, "spec": wanted}
    user.create("poddisruptionbudgets.policy", body, "default")
    world.agenda.run_until(Nanos(world.now + seconds(20)))

    codes = [
        world.handle(Request("create", "pods", "default", name, "eviction", {"metadata": {"name": name}})).code
        for name in ("a", "b")
    ]
    assert codes == [201, 429]

    world.agenda.run_until(Nanos(world.now + seconds(60)))
    with pytest.raises(ApiError, match="not found"):
        user.get("pods", "default", "a")
    assert user.get("poddisruptionbudgets.policy", "default", "b")["status"]["disruptionsAllowed"] == 0

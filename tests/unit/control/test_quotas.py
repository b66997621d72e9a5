"""What the quota controller writes into a quota's status."""

from typing import Any

import pytest

from podproof.simulator.control.plans import UpdateStatus
from podproof.simulator.control.quotas import reconcile
from podproof.simulator.model.times import Nanos, moment, seconds

NOW = moment("2026-01-01T00:00:00Z")
PERIOD = seconds(300)


def quota(limits: Any, **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "q", "namespace": "n"},
        "spec": {"hard": limits},
        **({"status": status} if status else {}),
    }


def pod(cpu: str = "", **status: Any) -> dict[str, Any]:
    asked = {"resources": {"requests": {"cpu": cpu}}} if cpu else {}
    return {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", **asked}]}, "status": status}


def counted(limits: Any, *pods: Any, **status: Any) -> Any:
    plan = reconcile(
        quota(limits, **status), ("pods", "secrets"), lambda name: pods if name == "pods" else (), NOW, PERIOD
    )
    assert plan.wake_at == NOW + PERIOD
    if not plan.commands:
        return None
    (command,) = plan.commands
    assert isinstance(command, UpdateStatus)
    return command.body["status"]


CASES = {
    "nothing is there": ({"pods": "2"}, (), {"pods": "0"}),
    "pods and what they request": ({"pods": "2", "requests.cpu": "1"}, (pod("100m"), pod("1")),
        {"pods": "2", "requests.cpu": "1100m"}),
    "pods that have ended do not count": ({"pods": "2"}, (pod(phase="Succeeded"), pod(phase="Failed")), {"pods": "0"}),
    "but they are objects": ({"count/pods": "2"}, (pod(phase="Succeeded"),), {"count/pods": "1"}),
    "what nobody tracks is left out": ({"pods": "2", "count/leases.coordination.k8s.io": "1"}, (), {"pods": "0"}),
}  # fmt: skip


@pytest.mark.parametrize(("hard", "pods", "used"), CASES.values(), ids=CASES.keys())
def test_what_is_counted(hard: Any, pods: Any, used: Any) -> None:
    assert counted(hard, *pods) == {"hard": hard, "used": used}


def test_nothing_is_written_where_the_status_is_right() -> None:
    assert counted({"pods": "2"}, pod(), hard={"pods": "2"}, used={"pods": "1"}) is None


def test_a_changed_limit_is_written_though_the_usage_is_the_same() -> None:
    assert counted({"pods": "3"}, pod(), hard={"pods": "2"}, used={"pods": "1"}) == {
        "hard": {"pods": "3"},
        "used": {"pods": "1"},
    }


def test_a_pod_past_its_grace_does_not_count() -> None:
    gone = pod(phase="Running")
    gone["metadata"] |= {"deletionTimestamp": "2025-12-31T23:00:00Z", "deletionGracePeriodSeconds": 30}

    assert counted({"pods": "2"}, gone) == {"hard": {"pods": "2"}, "used": {"pods": "0"}}


def test_it_looks_again_after_its_period() -> None:
    plan = reconcile(quota({"pods": "1"}), ("pods",), lambda _: (), Nanos(NOW + 1), PERIOD)

    assert plan.wake_at == NOW + 1 + PERIOD

"""The rule of an autoscaler where nothing is measured."""

from typing import Any

import pytest

from podproof.simulator.control.plans import Emit, Patch, UpdateStatus
from podproof.simulator.control.workloads.autoscaling import AUTOSCALERS, PERIOD, reconcile
from podproof.simulator.model.times import moment

NOW = moment("2026-01-01T01:00:00Z")


def scaler(**spec: Any) -> dict[str, Any]:
    meta = {"name": "h", "namespace": "default"}
    return {"metadata": meta, "spec": {"minReplicas": 2, "maxReplicas": 5, "scaleTargetRef": {"name": "web"}, **spec}}


def target(replicas: int) -> dict[str, Any]:
    return {"metadata": {"name": "web", "namespace": "default"}, "spec": {"replicas": replicas}}


SIZES: dict[str, tuple[int, list[int], list[str]]] = {
    "below": (1, [2], ["SuccessfulRescale"]),
    "above": (9, [5], ["SuccessfulRescale"]),
    "within": (3, [], ["FailedGetResourceMetric", "FailedComputeMetricsReplicas"]),
    "none at all is nobody's business": (0, [], []),
}


@pytest.mark.parametrize(("replicas", "sizes", "said"), SIZES.values(), ids=SIZES.keys())
def test_what_becomes_of_a_size(replicas: int, sizes: list[int], said: list[str]) -> None:
    plan = reconcile(scaler(), target(replicas), "deployments.apps", NOW)

    assert [each.body["spec"]["replicas"] for each in plan.commands if isinstance(each, Patch)] == sizes
    assert [each.reason for each in plan.commands if isinstance(each, Emit)] == said
    assert plan.wake_at == NOW + PERIOD


def test_a_status_that_says_all_already_is_not_written_again() -> None:
    plan = reconcile(scaler(), target(3), "deployments.apps", NOW)
    written = next(each for each in plan.commands if isinstance(each, UpdateStatus))
    again = reconcile(dict(written.body), target(3), "deployments.apps", NOW)

    assert written.resource == AUTOSCALERS
    assert not any(isinstance(each, UpdateStatus) for each in again.commands)

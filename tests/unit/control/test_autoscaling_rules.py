"""The rules of an autoscaler: how many pods metrics ask for, how fast their number may change, what is said of it.

The rows are those of pkg/controller/podautoscaler/replica_calculator_test.go and horizontal_test.go.
"""

from collections.abc import Sequence
from typing import Any

import pytest

from podproof.simulator.control.plans import Emit, Outcome, Patch, UpdateStatus
from podproof.simulator.control.workloads.autoscaler.behaviors import History, normalized
from podproof.simulator.control.workloads.autoscaler.calculator import (
    Tolerances,
    by_average,
    by_share,
    by_utilization,
    by_value,
    grouped,
    requests_of,
)
from podproof.simulator.control.workloads.autoscaler.measurements import Measurements, MetricError, Usage
from podproof.simulator.control.workloads.autoscaler.metrics import Scaled
from podproof.simulator.control.workloads.autoscaler.reconcile import AUTOSCALERS, PERIOD, Look, reconcile
from podproof.simulator.model.times import Nanos, moment, seconds

NOW = moment("2026-01-01T01:00:00Z")
TARGET = ("default", "Deployment", "web")
_NEAR = Tolerances()


def pod(place: int, text: str = "", cpu: str = "1") -> dict[str, Any]:
    """Return a running pod of an hour ago, or from words: unready, young, warming, pending, going, failed."""
    words = text.split()
    phase = "Pending" if "pending" in words else "Failed" if "failed" in words else "Running"
    began = "2026-01-01T00:58:00Z" if {"young", "warming"} & set(words) else "2026-01-01T00:00:00Z"
    turned = "2026-01-01T00:59:50Z" if "warming" in words else began
    ready = {"type": "Ready", "status": "False" if "unready" in words else "True", "lastTransitionTime": turned}
    going = {"deletionTimestamp": began} if "going" in words else {}
    requests = {"cpu": cpu} if cpu else {}
    return {
        "metadata": {"name": f"p{place}", **going},
        "spec": {"containers": [{"name": "c", "image": "own:1", "resources": {"requests": requests}}]},
        "status": {"phase": phase, "startTime": began, "conditions": [ready]},
    }


def pods(states: Sequence[str], requests: Sequence[str] = ()) -> list[dict[str, Any]]:
    whole = requests or ["1"] * len(states)
    return [pod(place, state, cpu) for place, (state, cpu) in enumerate(zip(states, whole, strict=True))]


UNREADY = "unready young"
CPU: dict[str, tuple[int, list[str], list[int | None], tuple[int, int]]] = {
    "more is used than shall be": (30, ["", "", ""], [300, 500, 700], (5, 50)),
    "one that is not ready counts as using nothing": (30, [UNREADY, "", ""], [300, 500, 700], (4, 60)),
    "one that has just become ready as well": (30, ["warming", "", ""], [300, 500, 700], (4, 60)),
    "pending ones as well": (30, ["pending", "", ""], [None, 500, 700], (4, 60)),
    "two of three that are not ready": (30, ["", UNREADY, UNREADY], [400, 500, 700], (3, 40)),
    "one that was never ready counts so after five minutes too": (30, ["unready", "", ""], [300, 500, 700], (4, 60)),
    "failed ones and those on their way out do not count": (30, ["", "", "failed", "going"], [500, 700, 9, 9], (4, 60)),
    "less is used": (50, ["", "", "", "", ""], [100, 300, 500, 250, 250], (3, 28)),
    "near enough": (100, ["", "", ""], [1010, 1030, 1020], (3, 102)),
    "not measured, more is used: it uses nothing": (50, ["", "", ""], [600, 700, None], (3, 65)),
    "not measured, less is used: it uses all it may": (50, ["", "", "", ""], [400, 95, None, None], (4, 24)),
    "not measured and exactly right": (100, ["", ""], [1000, None], (2, 100)),
    "not measured, and more would not be enough": (100, ["", ""], [1900, None], (2, 190)),
    "not measured, and less would not be enough": (100, ["", ""], [600, None], (2, 60)),
    "not measured and not ready, near enough": (50, [UNREADY, "", ""], [100, 450, None], (3, 45)),
    "not measured and not ready, much more is used": (50, [UNREADY, "", ""], [100, 2000, None], (4, 200)),
    "not measured and not ready, less is used": (50, [UNREADY, "", "", ""], [100, 100, 100, None], (3, 10)),
}


@pytest.mark.parametrize(("target", "states", "used", "told"), CPU.values(), ids=CPU.keys())
def test_what_a_share_of_the_requests_asks_for(
    target: int, states: list[str], used: list[int | None], told: tuple[int, int]
) -> None:
    there, metrics = pods(states), {f"p{place}": each for place, each in enumerate(used) if each is not None}
    groups = grouped(there, metrics, "cpu", NOW)
    counted = by_utilization(len(states), target, metrics, requests_of(there, "cpu", ""), groups, _NEAR)

    assert (counted.replicas, counted.utilization) == told


PLAIN: dict[str, tuple[int, int, list[int], int]] = {
    "more than shall be": (3, 15000, [20000, 10000, 30000], 4),
    "less": (5, 20000, [12000] * 5, 3),
    "near enough": (3, 20000, [20000, 21000, 21000], 3),
}


@pytest.mark.parametrize(("current", "target", "seen", "wanted"), PLAIN.values(), ids=PLAIN.keys())
def test_what_an_average_asks_for(current: int, target: int, seen: list[int], wanted: int) -> None:
    metrics = {f"p{place}": each for place, each in enumerate(seen)}
    groups = grouped(pods([""] * current), metrics, "", NOW)

    assert by_average(current, target, metrics, groups, _NEAR).replicas == wanted


VALUES: dict[str, tuple[int, int, int, int]] = {
    "a third more": (3, 15000, 20000, 4),
    "near enough": (3, 20000, 20666, 3),
    "from nothing": (0, 15000, 20000, 2),
    "to nothing": (2, 15000, 0, 0),
}


@pytest.mark.parametrize(("current", "target", "seen", "wanted"), VALUES.values(), ids=VALUES.keys())
def test_what_a_value_asks_for(current: int, target: int, seen: int, wanted: int) -> None:
    assert by_value(current, current, target, seen, _NEAR).replicas == wanted


def test_what_a_share_for_each_pod_asks_for() -> None:
    assert [by_share(4, 50, seen, _NEAR).replicas for seen in (8600, 210, 100)] == [172, 4, 2]
    assert by_share(0, 50, 120, _NEAR).replicas == 3


TOLERATED = {
    "as usual": (_NEAR, [False, True, True, False]),
    "more to be had at once": (Tolerances(up=0), [False, True, False, False]),
    "hard to be taken away": (Tolerances(down=0.5), [True, True, True, False]),
}


@pytest.mark.parametrize(("near", "holds"), TOLERATED.values(), ids=TOLERATED.keys())
def test_what_is_near_enough(near: Tolerances, holds: list[bool]) -> None:
    assert [near.holds(ratio) for ratio in (0.85, 0.95, 1.05, 1.15)] == holds


def test_a_container_without_a_request_is_named() -> None:
    with pytest.raises(MetricError, match="missing request for cpu in container c of Pod p0"):
        requests_of([pod(0, cpu="")], "cpu", "")


def policy(kind: str, value: int, period: int = 60) -> dict[str, Any]:
    return {"type": kind, "value": value, "periodSeconds": period}


def rules(*policies: dict[str, Any], select: str = "Max", window: int = 0) -> dict[str, Any]:
    return {"policies": list(policies), "selectPolicy": select, "stabilizationWindowSeconds": window}


def past(*changes: tuple[int, int]) -> tuple[tuple[Nanos, int], ...]:
    """Return (moment, count) of what was so many seconds ago."""
    return tuple((Nanos(NOW - seconds(ago)), count) for ago, count in changes)


UP_4, UP_HALF = policy("Pods", 4), policy("Percent", 50)
SIZES: dict[str, tuple[Any, History, tuple[int, int], tuple[int, str, str]]] = {
    "at most double": (None, History(), (5, 30), (10, "ReadyForNewScale", "ScaleUpLimit")),
    "or four": (None, History(), (1, 30), (4, "ReadyForNewScale", "ScaleUpLimit")),
    "not more than allowed": (None, History(), (30, 70), (50, "ReadyForNewScale", "TooManyReplicas")),
    "not fewer than allowed": (None, History(), (5, 1), (2, "ReadyForNewScale", "TooFewReplicas")),
    "the highest of five minutes": (
        None, History(past((290, 7))), (8, 3), (7, "ScaleDownStabilized", "DesiredWithinRange"),
    ),
    "not of six": (None, History(past((360, 7))), (8, 3), (3, "ReadyForNewScale", "DesiredWithinRange")),
    "so many pods a minute": ({"scaleUp": rules(UP_4)}, History(), (10, 30), (14, "ReadyForNewScale", "ScaleUpLimit")),
    "those added in this minute count": (
        {"scaleUp": rules(UP_4)}, History(added=past((30, 3))), (13, 30), (14, "ReadyForNewScale", "ScaleUpLimit"),
    ),
    "those of the last do not": (
        {"scaleUp": rules(UP_4)}, History(added=past((61, 3))), (13, 30), (17, "ReadyForNewScale", "ScaleUpLimit"),
    ),
    "those taken away in between do": (
        {"scaleUp": rules(UP_4)}, History(taken=past((30, 2))), (10, 30), (16, "ReadyForNewScale", "ScaleUpLimit"),
    ),
    "the policy that allows more": (
        {"scaleUp": rules(UP_4, UP_HALF)}, History(), (10, 30), (15, "ReadyForNewScale", "ScaleUpLimit"),
    ),
    "or the one that allows less": (
        {"scaleUp": rules(UP_4, UP_HALF, select="Min")}, History(), (10, 30), (14, "ReadyForNewScale", "ScaleUpLimit"),
    ),
    "none at all": (
        {"scaleUp": rules(UP_4, select="Disabled")}, History(), (10, 30), (10, "ReadyForNewScale", "ScaleUpLimit"),
    ),
    "the lowest of a window on the way up": (
        {"scaleUp": rules(UP_4, window=60)}, History(past((30, 11))), (10, 13),
        (11, "ScaleUpStabilized", "DesiredWithinRange"),
    ),
    "so many taken a minute": (
        {"scaleDown": rules(policy("Pods", 2))}, History(), (10, 3), (8, "ReadyForNewScale", "ScaleDownLimit"),
    ),
    "or so many percent, rounded down": (
        {"scaleDown": rules(policy("Percent", 25))}, History(), (10, 3), (7, "ReadyForNewScale", "ScaleDownLimit"),
    ),
    "none is ever taken": (
        {"scaleDown": rules(policy("Pods", 2), select="Disabled")}, History(), (10, 3),
        (10, "ReadyForNewScale", "ScaleDownLimit"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("behavior", "history", "sizes", "told"), SIZES.values(), ids=SIZES.keys())
def test_how_fast_a_size_may_change(
    behavior: Any, history: History, sizes: tuple[int, int], told: tuple[int, str, str]
) -> None:
    spec = {"minReplicas": 2, "maxReplicas": 50, **({"behavior": behavior} if behavior else {})}
    sized = normalized(spec, *sizes, history, NOW)

    assert (sized.replicas, sized.able[1], sized.limited[1]) == told
    assert sized.history.recommended[-1] == (NOW, sizes[1])


CPU_50 = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}
QUEUE = {"type": "External", "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "10"}}}


def scaler(*metrics: Any, **spec: Any) -> dict[str, Any]:
    reference = {"kind": "Deployment", "name": "web"}
    whole = {"minReplicas": 2, "maxReplicas": 5, "scaleTargetRef": reference, "metrics": list(metrics or [CPU_50])}
    return {"metadata": {"name": "h", "namespace": "default"}, "spec": {**whole, **spec}}


def look(item: dict[str, Any], replicas: int, measured: Measurements) -> Look:
    there = pods([""] * replicas)
    return Look(item, Scaled(TARGET, replicas, replicas, there), "deployments.apps", measured, History(), NOW)


def told(item: dict[str, Any], replicas: int, measured: Measurements) -> tuple[list[int], list[str], dict[str, Any]]:
    """Return the sizes asked for, the reasons of the events, and the status that is written."""
    plan, _ = reconcile(look(item, replicas, measured))
    after = plan.then(Outcome((), (), (), None)) if plan.then else plan
    sizes = [each.body["spec"]["replicas"] for each in plan.commands if isinstance(each, Patch)]
    status: Any = next((each.body["status"] for each in after.commands if isinstance(each, UpdateStatus)), {})
    return sizes, [each.reason for each in after.commands if isinstance(each, Emit)], status


UNMEASURED: dict[str, tuple[int, list[int], list[str]]] = {
    "below": (1, [2], ["SuccessfulRescale"]),
    "above": (9, [5], ["SuccessfulRescale"]),
    "within": (3, [], ["FailedGetResourceMetric", "FailedComputeMetricsReplicas"]),
    "none at all is nobody's business": (0, [], []),
}


@pytest.mark.parametrize(("replicas", "sizes", "said"), UNMEASURED.values(), ids=UNMEASURED.keys())
def test_what_becomes_of_a_size_where_nothing_is_measured(replicas: int, sizes: list[int], said: list[str]) -> None:
    assert told(scaler(), replicas, Measurements())[:2] == (sizes, said)


def used(cpu: int) -> Measurements:
    measured = Measurements()
    measured.use(TARGET, "cpu", "", Usage(cpu))
    return measured


def test_the_status_shows_what_was_measured() -> None:
    sizes, _, status = told(scaler(), 3, used(700))
    current = {"averageValue": "700m", "averageUtilization": 70}

    assert sizes == [5]
    assert status["currentMetrics"] == [{"type": "Resource", "resource": {"name": "cpu", "current": current}}]
    assert (status["currentReplicas"], status["desiredReplicas"]) == (3, 5)
    assert {each["type"]: each["reason"] for each in status["conditions"]} == {
        "AbleToScale": "SucceededRescale", "ScalingActive": "ValidMetricFound", "ScalingLimited": "DesiredWithinRange",
    }  # fmt: skip


def test_an_image_may_say_what_it_uses_and_a_scenario_says_it_anew() -> None:
    by_image = Measurements(lambda image: {"cpu": 700} if image == "own:1" else {})
    assert told(scaler(), 3, by_image)[0] == [5]
    by_image.use(TARGET, "cpu", "", Usage(500))

    assert told(scaler(), 3, by_image)[0] == []


def test_one_metric_that_fails_stops_nobody_from_adding() -> None:
    assert told(scaler(CPU_50, QUEUE), 3, used(700))[:2] == ([5], ["FailedGetExternalMetric", "SuccessfulRescale"])


def test_but_from_taking_away() -> None:
    assert told(scaler(CPU_50, QUEUE), 3, used(100))[:2] == (
        [], ["FailedGetExternalMetric", "FailedComputeMetricsReplicas"],
    )  # fmt: skip


def test_the_metric_that_asks_for_most_decides() -> None:
    measured = used(500)
    measured.announce("default", "queue", 16_000)

    assert told(scaler(CPU_50, QUEUE), 3, measured)[0] == [5]


def test_a_status_that_says_all_already_is_not_written_again() -> None:
    plan, _ = reconcile(look(scaler(), 3, Measurements()))
    written = next(each for each in plan.commands if isinstance(each, UpdateStatus))
    again, _ = reconcile(look(dict(written.body), 3, Measurements()))

    assert written.resource == AUTOSCALERS
    assert not any(isinstance(each, UpdateStatus) for each in again.commands)
    assert plan.wake_at == NOW + PERIOD


def test_a_scale_that_does_not_say_which_pods_are_its_own_is_left_alone() -> None:
    there = Scaled(TARGET, 3, 3, pods([""] * 3), selects=False)
    plan, _ = reconcile(Look(scaler(), there, "fleets.example.com", used(900), History(), NOW))

    assert [each.reason for each in plan.commands if isinstance(each, Emit)] == [
        "SelectorRequired", "FailedComputeMetricsReplicas",
    ]  # fmt: skip

"""How many pods a metric asks for.

Source: pkg/controller/podautoscaler/replica_calculator.go; metrics/utilization.go.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from podproof.simulator.control.workloads.autoscaler.measurements import MetricError
from podproof.simulator.control.workloads.pods import phase_of
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.times import SECOND, Nanos, moment

TOLERANCE = 0.1
"""Source: pkg/controller/podautoscaler/config/v1alpha1/defaults.go, HorizontalPodAutoscalerTolerance."""
CPU_INITIALIZATION, INITIAL_READINESS = 300 * SECOND, 30 * SECOND
"""Source: the same, HorizontalPodAutoscalerCPUInitializationPeriod, HorizontalPodAutoscalerInitialReadinessDelay."""
WINDOW = 15 * SECOND
"""Over how long a sample was taken: approximated, as metrics-server's default resolution."""
_NONE = "did not receive metrics for targeted pods (pods might be unready)"
Ratio = Callable[[Mapping[str, int]], float]


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far usage may be from its target, to either side, before anything changes."""

    up: float = TOLERANCE
    down: float = TOLERANCE

    def holds(self, ratio: float) -> bool:
        """Say whether a usage, as a share of its target, changes nothing."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


@dataclass(frozen=True, slots=True)
class Counted:
    """What a metric asks for: pods, the average (in thousandths), and of what was requested so many percent."""

    replicas: int
    average: int
    utilization: int | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """Pods, by what their metrics are worth."""

    ready: int
    unready: frozenset[str]
    missing: frozenset[str]
    ignored: frozenset[str]


def grouped(pods: Iterable[Object], metrics: Mapping[str, int], resource: str, now: Nanos) -> Groups:
    """Sort pods. Source: groupPods."""
    sorts: dict[str, set[str]] = {"ready": set(), "unready": set(), "missing": set(), "ignored": set()}
    for pod in pods:
        sorts[_sort(pod, metrics, resource, now)].add(pod["metadata"]["name"])
    rest = (frozenset(sorts[name]) for name in ("unready", "missing", "ignored"))
    return Groups(len(sorts["ready"]), *rest)


def _sort(pod: Object, metrics: Mapping[str, int], resource: str, now: Nanos) -> str:
    if "deletionTimestamp" in pod["metadata"] or phase_of(pod) == "Failed":
        return "ignored"
    if phase_of(pod) == "Pending":
        return "unready"
    if pod["metadata"]["name"] not in metrics:
        return "missing"
    return "unready" if resource == "cpu" and _warms_up(pod, now) else "ready"


def _warms_up(pod: Object, now: Nanos) -> bool:
    """Say whether a pod's use of processors says nothing yet: it begins, or was never ready."""
    ready = next((each for each in at(pod, "status", "conditions") or () if each["type"] == "Ready"), None)
    began = at(pod, "status", "startTime")
    if ready is None or began is None:
        return True
    is_not, turned = ready["status"] == "False", moment(ready["lastTransitionTime"])
    if moment(began) + CPU_INITIALIZATION > now:
        return is_not or now < turned + WINDOW
    return is_not and moment(began) + INITIAL_READINESS > turned


def by_utilization(
    current: int, target: int, metrics: Mapping[str, int], requests: Mapping[str, int], groups: Groups, near: Tolerances
) -> Counted:
    """Return what a target in percent of the requests asks for. Source: GetResourceReplicas."""
    counting = _counting(metrics, groups)

    def percent(values: Mapping[str, int]) -> int:
        known = [name for name in values if name in requests]
        total = sum(requests[name] for name in known)
        if not total:
            raise MetricError("no metrics returned matched known pods")
        return sum(values[name] for name in known) * 100 // total

    def stand_in(name: str) -> int:
        return requests.get(name, 0) * max(100, target) // 100

    replicas = _replicas(current, counting, groups, lambda values: percent(values) / target, stand_in, near)
    return Counted(replicas, sum(counting.values()) // len(counting), percent(counting))


def by_average(current: int, target: int, metrics: Mapping[str, int], groups: Groups, near: Tolerances) -> Counted:
    """Return what a target for each pod asks for. Source: calcPlainMetricReplicas."""
    counting = _counting(metrics, groups)

    def ratio(values: Mapping[str, int]) -> float:
        return sum(values.values()) // len(values) / target

    replicas = _replicas(current, counting, groups, ratio, lambda _: target, near)
    return Counted(replicas, sum(counting.values()) // len(counting))


def by_value(current: int, ready: int, target: int, usage: int, near: Tolerances) -> Counted:
    """Return what a target for one value asks for. Source: getUsageRatioReplicaCount."""
    ratio = usage / target
    if current == 0:
        return Counted(ceil(ratio), usage)
    return Counted(current if near.holds(ratio) else ceil(ratio * ready), usage)


def by_share(current: int, target: int, usage: int, near: Tolerances) -> Counted:
    """Return what a value asks for of which each pod shall have a share. Source: GetObjectPerPodMetricReplicas."""
    near_enough = current and near.holds(usage / (target * current))
    return Counted(current if near_enough else ceil(usage / target), ceil(usage / current) if current else usage)


def requests_of(pods: Iterable[Object], resource: str, container: str) -> dict[str, int]:
    """Return what pods request, by name.

    Raises:
        MetricError: a container says nothing about it.
    Source: calculatePodRequests.
    """
    return {pod["metadata"]["name"]: _requested(pod, resource, container) for pod in pods}


def _requested(pod: Object, resource: str, container: str) -> int:
    stated = at(pod, "spec", "resources", "requests", resource)
    if stated is not None and not container:
        return parse(stated).milli_value
    sidecars = [each for each in pod["spec"].get("initContainers") or () if each.get("restartPolicy") == "Always"]
    total = 0
    for each in (*pod["spec"]["containers"], *sidecars):
        if container in ("", each["name"]):
            amount = at(each, "resources", "requests", resource)
            if amount is None:
                name = pod["metadata"]["name"]
                raise MetricError(f"missing request for {resource} in container {each['name']} of Pod {name}")
            total += parse(amount).milli_value
    return total


def _counting(metrics: Mapping[str, int], groups: Groups) -> dict[str, int]:
    left = {name: value for name, value in metrics.items() if name not in groups.ignored | groups.unready}
    if not left:
        raise MetricError(_NONE)
    return left


def _replicas(
    current: int,
    metrics: Mapping[str, int],
    groups: Groups,
    ratio: Ratio,
    stand_in: Callable[[str], int],
    near: Tolerances,
) -> int:
    """Return how many pods bring usage to its target; who is not measured is taken to be on the safe side."""
    first = ratio(metrics)
    grows_unready = bool(groups.unready) and first > 1.0
    if not grows_unready and not groups.missing:
        return current if near.holds(first) else ceil(first * groups.ready)
    whole = dict(metrics)
    if first != 1.0:
        whole |= {name: stand_in(name) if first < 1.0 else 0 for name in groups.missing}
    if grows_unready:
        whole |= dict.fromkeys(groups.unready, 0)
    second = ratio(whole)
    if near.holds(second) or (first < 1.0 < second) or (second < 1.0 < first):
        return current
    replicas = ceil(second * len(whole))
    turns = (second < 1.0 and replicas > current) or (second > 1.0 and replicas < current)
    return current if turns else replicas

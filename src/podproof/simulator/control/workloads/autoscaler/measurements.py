"""What the metrics APIs would answer: what a scenario has declared, and nothing else.

Amounts are in thousandths, as the controller counts them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from podproof.simulator.control.workloads.pods import is_active, is_ready, phase_of
from podproof.simulator.model.objects import Object

Target = tuple[str, str, str]
"""(namespace, kind, name) of a workload or another object."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What each pod of a workload uses; `shared` is what all that are ready use together."""

    amount: int
    shared: bool = False


class MetricError(Exception):
    """The metrics API has no answer; the text is its own."""


class Measurements:
    """What is declared. An API that nothing was declared for is not there at all.

    `uses` says what a container of an image uses, by resource; what a scenario declares comes before it.
    """

    def __init__(self, uses: Callable[[str], Mapping[str, int]] = lambda _: {}) -> None:
        self._uses = uses
        self._usages: dict[Target, dict[tuple[str, str], Usage]] = {}
        self._pod_values: dict[Target, dict[str, Usage]] = {}
        self._object_values: dict[Target, dict[str, int]] = {}
        self._external: dict[tuple[str, str], int] = {}

    def use(self, target: Target, resource: str, container: str, usage: Usage) -> None:
        """Declare what the pods of a workload use of a resource, in one container or ("") over all."""
        self._usages.setdefault(target, {})[resource, container] = usage

    def show(self, target: Target, metric: str, usage: Usage) -> None:
        """Declare a metric of each pod of a workload."""
        self._pod_values.setdefault(target, {})[metric] = usage

    def describe(self, target: Target, metric: str, amount: int) -> None:
        """Declare a metric of an object."""
        self._object_values.setdefault(target, {})[metric] = amount

    def announce(self, namespace: str, metric: str, amount: int) -> None:
        """Declare a metric that has nothing to do with the cluster."""
        self._external[namespace, metric] = amount

    def resource(self, target: Target, resource: str, container: str, pods: Iterable[Object]) -> dict[str, int]:
        """Return what pods use, by name: those that run and are measured.

        Raises:
            MetricError: there is no metrics server, or it knows none of the pods.
        Source: pkg/controller/podautoscaler/metrics/client.go, GetResourceMetric.
        """
        pods, usage = list(pods), self._usages.get(target, {}).get((resource, container))
        found = _spread(usage, pods) if usage is not None else self._by_image(resource, container, pods)
        if not found and not self._usages:
            said = "the server could not find the requested resource (get pods.metrics.k8s.io)"
            raise MetricError(f"unable to fetch metrics from resource metrics API: {said}")
        if not found:
            raise MetricError("no metrics returned from resource metrics API")
        return found

    def _by_image(self, resource: str, container: str, pods: Iterable[Object]) -> dict[str, int]:
        found = {}
        for name, pod in _running(pods).items():
            chosen = (each["image"] for each in pod["spec"]["containers"] if container in ("", each["name"]))
            amounts = [uses[resource] for uses in map(self._uses, chosen) if resource in uses]
            if amounts:
                found[name] = sum(amounts)
        return found

    def of_pods(self, target: Target, metric: str, pods: Iterable[Object]) -> dict[str, int]:
        """Return a metric of pods, by name. Raises MetricError where there is none."""
        found = _spread(self._pod_values.get(target, {}).get(metric), pods)
        if not found:
            raise MetricError(self._no_custom(f"the server could not find the metric {metric} for pods"))
        return found

    def of_object(self, target: Target, metric: str) -> int:
        """Return a metric of an object. Raises MetricError where there is none."""
        found = self._object_values.get(target, {}).get(metric)
        if found is None:
            said = f"the server could not find the metric {metric} for {target[1].lower()}s {target[2]}"
            raise MetricError(self._no_custom(said))
        return found

    def external(self, namespace: str, metric: str) -> int:
        """Return a metric from outside. Raises MetricError where there is none."""
        if (namespace, metric) not in self._external:
            said = f"the server could not find the requested resource (get {metric}.external.metrics.k8s.io)"
            raise MetricError(f"unable to fetch metrics from external metrics API: {said}")
        return self._external[namespace, metric]

    def _no_custom(self, said: str) -> str:
        there = self._pod_values or self._object_values
        why = said if there else "no custom metrics API (custom.metrics.k8s.io) registered"
        return f"unable to fetch metrics from custom metrics API: {why}"


def _running(pods: Iterable[Object]) -> Mapping[str, Object]:
    return {pod["metadata"]["name"]: pod for pod in pods if is_active(pod) and phase_of(pod) == "Running"}


def _spread(usage: Usage | None, pods: Iterable[Object]) -> dict[str, int]:
    running = _running(pods)
    if usage is None or not usage.shared:
        return dict.fromkeys(running, usage.amount) if usage is not None else {}
    takers = [name for name, pod in running.items() if is_ready(pod)] or list(running)
    return {name: usage.amount // len(takers) if name in takers else 0 for name in running}

"""What each metric of an autoscaler says: how many pods, what its status shows, or why it cannot be told.

Source: pkg/controller/podautoscaler/horizontal.go, computeReplicasForMetric and the computeStatusFor… it calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from podproof.simulator.control.workloads.autoscaler.calculator import (
    Counted,
    Tolerances,
    by_average,
    by_share,
    by_utilization,
    by_value,
    grouped,
    requests_of,
)
from podproof.simulator.control.workloads.autoscaler.measurements import Measurements, MetricError, Target
from podproof.simulator.control.workloads.pods import is_ready, phase_of
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse, resource_amount
from podproof.simulator.model.times import Nanos

NO_PODS = "no pods returned by selector while calculating replica count"


@dataclass(frozen=True, slots=True)
class Scaled:
    """What an autoscaler scales: its size, how many pods it has, and these."""

    target: Target
    wanted: int
    there: int
    pods: Sequence[Object]
    selects: bool = True
    """Whether its scale says which pods are its own."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a metric says nothing: the reason of the condition and of the event, and its text, short and whole."""

    reason: str
    message: str
    whole: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a metric asks for, how it is called, and its status."""

    replicas: int
    name: str
    status: dict[str, Any]


def proposed(
    metric: Object, scaled: Scaled, measured: Measurements, near: Tolerances, now: Nanos
) -> Proposal | Failure:
    """Return what one metric of an autoscaler's spec asks for."""
    kind = metric["type"]
    source = metric[kind[0].lower() + kind[1:]]
    look = _Look(source, scaled, measured, near, now)
    try:
        match kind:
            case "Resource" | "ContainerResource":
                return look.resource(kind)
            case "Pods":
                return look.of_pods()
            case "Object":
                return look.of_object()
            case _:
                return look.external()
    except MetricError as error:
        return _failure(kind, source, str(error))


def _failure(kind: str, source: Object, why: str) -> Failure:
    name, target = source.get("name") or source["metric"]["name"], source["target"]
    if kind in ("Resource", "ContainerResource"):
        what = "usage" if "averageValue" in target else "utilization"
        said = f"failed to get {name} {what}: {why}"
        of = "resource" if kind == "Resource" else "container"
        return Failure(f"FailedGet{kind}Metric", said, f"failed to get {name} {of} metric value: {said}")
    if kind == "External":
        said = f"failed to get {name} external metric: {why}"
        if "value" in target:
            said = f"failed to get external metric {name}: {why}"
        return Failure("FailedGetExternalMetric", why, f"failed to get external metric value: {said}")
    return Failure(f"FailedGet{kind}Metric", why, f"failed to get {kind.lower()} metric value: {why}")


@dataclass(frozen=True, slots=True)
class _Look:
    """One metric, at one moment."""

    source: Object
    scaled: Scaled
    measured: Measurements
    near: Tolerances
    now: Nanos

    def resource(self, kind: str) -> Proposal:
        name, container, target = self.source["name"], self.source.get("container", ""), self.source["target"]
        try:
            metrics = self.measured.resource(self.scaled.target, name, container, self.scaled.pods)
        except MetricError as error:
            raise MetricError(f"unable to get metrics for resource {name}: {error}") from None
        groups = grouped(self._pods(), metrics, name, self.now)
        if "averageValue" in target:
            counted = by_average(self.scaled.wanted, _milli(target["averageValue"]), metrics, groups, self.near)
            return Proposal(counted.replicas, f"{name} resource", self._shown(kind, counted))
        requests = requests_of(self._pods(), name, container)
        percent = int(target["averageUtilization"])
        counted = by_utilization(self.scaled.wanted, percent, metrics, requests, groups, self.near)
        said = f"{name} {'container ' if container else ''}resource utilization (percentage of request)"
        return Proposal(counted.replicas, said, self._shown(kind, counted))

    def of_pods(self) -> Proposal:
        name = self.source["metric"]["name"]
        try:
            metrics = self.measured.of_pods(self.scaled.target, name, self.scaled.pods)
        except MetricError as error:
            raise MetricError(f"unable to get metric {name}: {error}") from None
        groups, target = grouped(self._pods(), metrics, "", self.now), _milli(self.source["target"]["averageValue"])
        counted = by_average(self.scaled.wanted, target, metrics, groups, self.near)
        return Proposal(counted.replicas, f"pods metric {name}", self._shown("Pods", counted))

    def of_object(self) -> Proposal:
        name, of, namespace = self.source["metric"]["name"], self.source["describedObject"], self.scaled.target[0]
        try:
            usage = self.measured.of_object((namespace, of["kind"], of["name"]), name)
        except MetricError as error:
            whole = f"unable to get metric {name}: {of['kind']} on {namespace} {of['name']}/{error}"
            raise MetricError(whole) from None
        return self._valued("Object", usage, f"{of['kind']} metric {name}", {"describedObject": of})

    def external(self) -> Proposal:
        metric, namespace = self.source["metric"], self.scaled.target[0]
        selector = "nil" if "selector" not in metric else _go(metric["selector"])
        try:
            usage = self.measured.external(namespace, metric["name"])
        except MetricError as error:
            whole = f"unable to get external metric {namespace}/{metric['name']}/{selector}: {error}"
            raise MetricError(whole) from None
        return self._valued("External", usage, f"external metric {metric['name']}({selector})", {})

    def _valued(self, kind: str, usage: int, name: str, more: dict[str, Any]) -> Proposal:
        target = self.source["target"]
        if "value" in target:
            ready = sum(phase_of(pod) == "Running" and is_ready(pod) for pod in self._pods())
            counted = by_value(self.scaled.wanted, ready, _milli(target["value"]), usage, self.near)
            return Proposal(counted.replicas, name, self._shown(kind, counted, "value", more))
        counted = by_share(self.scaled.there, _milli(target["averageValue"]), usage, self.near)
        return Proposal(counted.replicas, name, self._shown(kind, counted, "averageValue", more))

    def _pods(self) -> Sequence[Object]:
        if not self.scaled.pods:
            raise MetricError(NO_PODS)
        return self.scaled.pods

    def _shown(
        self, kind: str, counted: Counted, field: str = "averageValue", more: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return a metric's status."""
        current: dict[str, Any] = {field: resource_amount(f"{counted.average}m")}
        if counted.utilization is not None:
            current["averageUtilization"] = counted.utilization
        named = {key: self.source[key] for key in ("name", "container", "metric") if key in self.source}
        return {"type": kind, kind[0].lower() + kind[1:]: {**named, **(more or {}), "current": current}}


def tolerances(spec: Object) -> Tolerances:
    """Return how far usage may be from its target. Source: the gate HPAConfigurableTolerance, on by default."""
    up, down = (at(spec, "behavior", name, "tolerance") for name in ("scaleUp", "scaleDown"))
    usual = Tolerances()
    return Tolerances(
        usual.up if up is None else parse(up).milli_value / 1000,
        usual.down if down is None else parse(down).milli_value / 1000,
    )


def _milli(text: str | int) -> int:
    return parse(text).milli_value


def _go(selector: Object) -> str:
    """Return a selector as Go prints it."""
    labels = "".join(f"{key}: {value}," for key, value in sorted((selector.get("matchLabels") or {}).items()))
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{}},}}"
    )

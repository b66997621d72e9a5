"""Metrics of autoscalers as autoscaling/v1 writes them into its annotations, and as v2 has them.

Source: staging/src/k8s.io/api/autoscaling/v1/types.go, MetricSpec, MetricStatus; pkg/apis/autoscaling/v1/conversion.go.
"""

from collections.abc import Callable, Mapping
from typing import Any

from podproof.simulator.model.objects import Object, at

_Fields = Mapping[str, tuple[str, ...]]
_SOURCES: Mapping[str, _Fields] = {
    "object": {"target": ("describedObject",), "metricName": ("metric", "name"), "*Value": ("*", "value"),
               "selector": ("metric", "selector"), "averageValue": ("*", "averageValue")},
    "pods": {"metricName": ("metric", "name"), "*AverageValue": ("*", "averageValue"),
             "selector": ("metric", "selector")},
    "resource": {"name": ("name",), "*AverageUtilization": ("*", "averageUtilization"),
                 "*AverageValue": ("*", "averageValue")},
    "containerResource": {"name": ("name",), "*AverageUtilization": ("*", "averageUtilization"),
                          "*AverageValue": ("*", "averageValue"), "container": ("container",)},
    "external": {"metricName": ("metric", "name"), "metricSelector": ("metric", "selector"),
                 "*Value": ("*", "value"), "*AverageValue": ("*", "averageValue")},
}  # fmt: skip
"""By source, in the order of v1: what it calls a field, and where v2 has it; `*` is target or current."""
_ALWAYS = ("*Value",)
"""What v1 writes even where v2 says nothing of it, as 0. Of external metrics it is a pointer, and left out."""
_KINDS = {"Object": "object", "Pods": "pods", "Resource": "resource", "External": "external",
          "ContainerResource": "containerResource"}  # fmt: skip


def metric_text_of(metric: Object, side: str) -> dict[str, Any]:
    """Return a metric of v2 as v1 writes it; `side` is "target" for what is wanted, "current" for what is."""
    source = _KINDS.get(str(metric.get("type")), "")
    told = metric.get(source) or {}
    made: dict[str, Any] = {}
    for key, path in (_SOURCES.get(source) or {}).items():
        value = at(told, *_at_side(path, side))
        if value is None and key in _ALWAYS and source == "object":
            value = "0"
        if value is not None:
            made[_named(key, side)] = value
    return {"type": metric.get("type", ""), **({source: made} if source else {})}


def metric_of(told: Object, side: str) -> dict[str, Any]:
    """Return what v1 has written as a metric of v2."""
    source = _KINDS.get(str(told.get("type")), "")
    made: dict[str, Any] = {}
    for key, path in (_SOURCES.get(source) or {}).items():
        value = at(told, source, _named(key, side))
        if value is not None:
            _put(made, _at_side(path, side), value)
    if side == "target" and source == "object" and "averageValue" in made.get(side, {}):
        made[side].pop("value", None)
    if side == "target" and source:
        made["target"] = {"type": _TYPES[source](made.get("target") or {}), **(made.get("target") or {})}
    return {"type": told.get("type", ""), **({source: made} if source else {})}


def _by_utilization(target: Object) -> str:
    return "Utilization" if "averageUtilization" in target else "AverageValue"


def _by_average(target: Object) -> str:
    return "AverageValue" if "averageValue" in target else "Value"


_TYPES: Mapping[str, Callable[[Object], str]] = {
    "resource": _by_utilization,
    "containerResource": _by_utilization,
    "pods": lambda _: "AverageValue",
    "object": _by_average,
    "external": _by_average,
}
"""How v2 names what kind of target a source has."""


def _at_side(path: tuple[str, ...], side: str) -> tuple[str, ...]:
    return tuple(side if part == "*" else part for part in path)


def _named(key: str, side: str) -> str:
    return key.replace("*", side)


def _put(item: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        item = item.setdefault(part, {})
    item[path[-1]] = value

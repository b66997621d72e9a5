"""Checks of HorizontalPodAutoscalers.

Source: pkg/apis/autoscaling/validation/validation.go.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation.resources import container_name_faults
from podproof.simulator.api.validation.scalars import named, required_name
from podproof.simulator.model.names import dns_label, path_segment
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import canonical, parse

_LONGEST_PERIOD = 1800
_LONGEST_WINDOW = 3600
_SELECTIONS = ("Disabled", "Max", "Min")
_POLICIES = ("Percent", "Pods")
_TARGETS = ("Utilization", "Value", "AverageValue")
_FIELDS = {
    "Object": "object",
    "External": "external",
    "Pods": "pods",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}
"""The types of metric in the order the real server looks at their fields."""
_UNTOLD = "must populate information for the given metric source"


def autoscaler_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a new autoscaler, besides its metadata."""
    yield from _spec_faults(item.get("spec") or {}, 1)


def autoscaler_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with an autoscaler that replaces another."""
    yield from _spec_faults(item.get("spec") or {}, 0 if old["spec"].get("minReplicas") == 0 else 1)


def _spec_faults(spec: Object, lowest: int) -> Iterator[Fault]:
    least, most = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    if least is not None and least < lowest:
        yield invalid("spec.minReplicas", least, f"must be greater than or equal to {lowest}")
    if most < 1:
        yield invalid("spec.maxReplicas", most, "must be greater than 0")
    if least is not None and most < least:
        yield invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    yield from _reference_faults(spec.get("scaleTargetRef") or {}, "spec.scaleTargetRef")
    metrics = spec.get("metrics") or ()
    for index, metric in enumerate(metrics):
        yield from _metric_faults(metric, f"spec.metrics[{index}]")
    if least == 0 and not any(metric.get("type") in ("Object", "External") for metric in metrics):
        detail = "must specify at least one Object or External metric to support scaling to zero replicas"
        yield forbidden("spec.metrics", detail)
    for key in ("scaleUp", "scaleDown"):
        rules = (spec.get("behavior") or {}).get(key)
        if rules is not None:
            yield from _rule_faults(rules, f"spec.behavior.{key}")


def _reference_faults(reference: Object, field: str) -> Iterator[Fault]:
    for key in ("kind", "name"):
        yield from required_name(reference.get(key, ""), path_segment, f"{field}.{key}")


def _rule_faults(rules: Object, field: str) -> Iterator[Fault]:
    window, selection = rules.get("stabilizationWindowSeconds"), rules.get("selectPolicy")
    if window is not None and window < 0:
        yield invalid(f"{field}.stabilizationWindowSeconds", window, "must be greater than or equal to zero")
    if window is not None and window > _LONGEST_WINDOW:
        detail = f"must be less than or equal to {_LONGEST_WINDOW}"
        yield invalid(f"{field}.stabilizationWindowSeconds", window, detail)
    if selection is not None and selection not in _SELECTIONS:
        yield unsupported(f"{field}.selectPolicy", selection, _SELECTIONS)
    tolerance = rules.get("tolerance")
    if tolerance is not None and parse(tolerance).nano < 0:
        yield invalid(f"{field}.tolerance", canonical(parse(tolerance)), "must be greater than or equal to 0")
    if not rules.get("policies"):
        yield required(f"{field}.policies", "must specify at least one Policy")
    for index, policy in enumerate(rules.get("policies") or ()):
        yield from _policy_faults(policy, f"{field}.policies[{index}]")


def _policy_faults(policy: Object, field: str) -> Iterator[Fault]:
    kind, period = policy.get("type", ""), policy.get("periodSeconds", 0)
    if kind not in _POLICIES:
        yield unsupported(f"{field}.type", kind, _POLICIES)
    for key in ("value", "periodSeconds"):
        if policy.get(key, 0) <= 0:
            yield invalid(f"{field}.{key}", policy.get(key, 0), "must be greater than zero")
    if period > _LONGEST_PERIOD:
        yield invalid(f"{field}.periodSeconds", period, f"must be less than or equal to {_LONGEST_PERIOD}")


def _metric_faults(metric: Object, field: str) -> Iterator[Fault]:
    kind, supported = metric.get("type", ""), tuple(sorted(_FIELDS))
    if not kind:
        yield required(f"{field}.type", "must specify a metric source type")
    if kind not in _FIELDS:
        yield unsupported(f"{field}.type", kind, supported)
    present = [key for key in _FIELDS.values() if key in metric]
    if present:
        yield from _SOURCES[present[0]](metric[present[0]], f"{field}.{present[0]}")
    wanted = _FIELDS.get(kind)
    if wanted is None:
        yield unsupported(f"{field}.type", kind, supported)
    elif wanted not in metric:
        yield required(f"{field}.{wanted}", _UNTOLD)
    if len(present) != 1:
        for key in sorted(set(present) - {wanted}):
            yield forbidden(f"{field}.{key}", "must populate the given metric source only")


def _identifier_faults(source: Object, field: str) -> Iterator[Fault]:
    name = (source.get("metric") or {}).get("name", "")
    if not name:
        yield required(f"{field}.metric.name", "must specify a metric name")
    else:
        yield from named(name, path_segment, f"{field}.metric.name")


def _target_faults(target: Object, field: str) -> Iterator[Fault]:
    kind, share = target.get("type", ""), target.get("averageUtilization")
    if not kind:
        yield required(f"{field}.type", "must specify a metric target type")
    if kind not in _TARGETS:
        yield invalid(f"{field}.type", kind, "must be either Utilization, Value, or AverageValue")
    for key in ("value", "averageValue"):
        if key in target and parse(target[key]).nano <= 0:
            yield invalid(f"{field}.{key}", canonical(parse(target[key])), "must be positive")
    if share is not None and share < 1:
        yield invalid(f"{field}.averageUtilization", share, "must be greater than 0")


def _object_faults(source: Object, field: str) -> Iterator[Fault]:
    target = source.get("target") or {}
    yield from _reference_faults(source.get("describedObject") or {}, f"{field}.describedObject")
    yield from _identifier_faults(source, field)
    yield from _target_faults(target, f"{field}.target")
    if not _has_any(target, ("value", "averageValue")):
        yield required(f"{field}.target.averageValue", "must set either a target value or averageValue")


def _external_faults(source: Object, field: str) -> Iterator[Fault]:
    target = source.get("target") or {}
    yield from _identifier_faults(source, field)
    yield from _target_faults(target, f"{field}.target")
    if not _has_any(target, ("value", "averageValue")):
        detail = "must set either a target value for metric or a per-pod target"
        yield required(f"{field}.target.averageValue", detail)
    if "value" in target and "averageValue" in target:
        detail = "may not set both a target value for metric and a per-pod target"
        yield forbidden(f"{field}.target.value", detail)


def _pods_faults(source: Object, field: str) -> Iterator[Fault]:
    target = source.get("target") or {}
    yield from _identifier_faults(source, field)
    yield from _target_faults(target, f"{field}.target")
    if "averageValue" not in target:
        yield required(f"{field}.target.averageValue", "must specify a positive target averageValue")


def _resource_faults(source: Object, field: str) -> Iterator[Fault]:
    if not source.get("name"):
        yield required(f"{field}.name", "must specify a resource name")
    yield from _usage_faults(source.get("target") or {}, f"{field}.target")


def _container_faults(source: Object, field: str) -> Iterator[Fault]:
    name, container = source.get("name", ""), source.get("container", "")
    if not name:
        yield required(f"{field}.name", "must specify a resource name")
    else:
        yield from container_name_faults(name, f"{field}.name")
    if not container:
        yield required(f"{field}.container", "must specify a container")
    else:
        yield from named(container, dns_label, f"{field}.container")
    yield from _usage_faults(source.get("target") or {}, f"{field}.target")


def _usage_faults(target: Object, field: str) -> Iterator[Fault]:
    yield from _target_faults(target, field)
    if not _has_any(target, ("averageUtilization", "averageValue")):
        detail = "must set either a target raw value or a target utilization"
        yield required(f"{field}.averageUtilization", detail)
    if "averageUtilization" in target and "averageValue" in target:
        detail = "may not set both a target raw value and a target utilization"
        yield forbidden(f"{field}.averageValue", detail)


def _has_any(target: Object, keys: Sequence[str]) -> bool:
    return any(key in target for key in keys)


_SOURCES: Mapping[str, Callable[[Object, str], Iterator[Fault]]] = {
    "object": _object_faults,
    "external": _external_faults,
    "pods": _pods_faults,
    "resource": _resource_faults,
    "containerResource": _container_faults,
}

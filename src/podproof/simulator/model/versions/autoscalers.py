"""HorizontalPodAutoscalers between autoscaling/v2, in which they are stored, and v1, which knows only the CPU.

Source: pkg/apis/autoscaling/v1/conversion.go; pkg/apis/autoscaling/annotations.go, helpers.go
(DropRoundTripHorizontalPodAutoscalerAnnotations).
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.versions.metrics import metric_of, metric_text_of

STORED, SHOWN = "autoscaling/v2", "autoscaling/v1"
_PREFIX = "autoscaling.alpha.kubernetes.io/"
_METRICS, _CURRENT, _CONDITIONS, _BEHAVIOR = (
    f"{_PREFIX}{part}" for part in ("metrics", "current-metrics", "conditions", "behavior")
)
_KEPT_IN_NOTES = (_METRICS, _CURRENT, _CONDITIONS, _BEHAVIOR)
_DEFAULT_UTILIZATION = 80
_SPEC = ("scaleTargetRef", "minReplicas", "maxReplicas")
_STATUS = ("observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas")
_CONDITION = ("type", "status", "lastTransitionTime", "reason", "message")
_RULES = ("stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance")


def shown(item: Object) -> dict[str, Any]:
    """Return an autoscaler of autoscaling/v2 as v1 has it."""
    spec, status = item.get("spec") or {}, item.get("status") or {}
    metrics, current = spec.get("metrics") or (), status.get("currentMetrics") or ()
    notes = {
        _METRICS: [metric_text_of(each, "target") for each in metrics if _utilization(each, "target") is None],
        _CURRENT: [metric_text_of(each, "current") for each in current],
        _CONDITIONS: [_part(each, _CONDITION) for each in status.get("conditions") or ()],
        _BEHAVIOR: _behavior_text(spec.get("behavior")),
    }
    new_spec, new_status = _part(spec, _SPEC), {"currentReplicas": 0, "desiredReplicas": 0, **_part(status, _STATUS)}
    _set(new_spec, "targetCPUUtilizationPercentage", _first(metrics, "target"))
    _set(new_status, "currentCPUUtilizationPercentage", _last(current, "current"))
    texts = {key: json.dumps(value, separators=(",", ":")) for key, value in notes.items() if value}
    return _rebuilt(item, SHOWN, texts, new_spec, new_status)


def stored(item: Object) -> dict[str, Any]:
    """Return an autoscaler of autoscaling/v1 as v2 has it."""
    spec, status = item.get("spec") or {}, item.get("status") or {}
    notes = at(item, "metadata", "annotations") or {}
    new_spec, new_status = _part(spec, _SPEC), _part(status, _STATUS)
    cpu = spec.get("targetCPUUtilizationPercentage")
    metrics = [*([_cpu("target", cpu)] if cpu is not None else ()), *_told(notes, _METRICS, "target")]
    new_spec["metrics"] = metrics or [_cpu("target", _DEFAULT_UTILIZATION)]
    _set(new_spec, "behavior", _behavior_of(_read(notes, _BEHAVIOR)))
    used = status.get("currentCPUUtilizationPercentage")
    current = list(_told(notes, _CURRENT, "current")) or ([_cpu("current", used)] if used is not None else [])
    new_status["currentMetrics"] = current or None
    conditions = _read(notes, _CONDITIONS)
    _set(new_status, "conditions", conditions if isinstance(conditions, list) and conditions else None)
    return _rebuilt(item, STORED, {}, new_spec, new_status)


def _rebuilt(
    item: Object, version: str, texts: Mapping[str, str], spec: dict[str, Any], status: dict[str, Any]
) -> dict[str, Any]:
    meta = dict(item["metadata"])
    kept = {key: value for key, value in (meta.get("annotations") or {}).items() if key not in _KEPT_IN_NOTES}
    annotations = {**kept, **texts}
    if annotations:
        meta["annotations"] = annotations
    else:
        meta.pop("annotations", None)
    made = {**item, "apiVersion": version, "metadata": meta, "spec": spec}
    return {**made, "status": status} if "status" in item else made


def _part(item: Object, keys: Iterable[str]) -> dict[str, Any]:
    return {key: item[key] for key in keys if key in item}


def _set(item: dict[str, Any], key: str, value: Any) -> None:
    if value is not None:
        item[key] = value


def _is_cpu(metric: Object) -> bool:
    return metric.get("type") == "Resource" and at(metric, "resource", "name") == "cpu"


def _utilization(metric: Object, side: str) -> Any:
    """Return the utilization of the CPU that a metric wants or tells, None where it is about something else."""
    return at(metric, "resource", side, "averageUtilization") if _is_cpu(metric) else None


def _first(metrics: Iterable[Object], side: str) -> Any:
    return next((_utilization(each, side) for each in metrics if _is_cpu(each)), None)


def _last(metrics: Iterable[Object], side: str) -> Any:
    return next((value for each in reversed(list(metrics)) if (value := _utilization(each, side)) is not None), None)


def _cpu(side: str, utilization: int) -> dict[str, Any]:
    amount = {"averageUtilization": utilization}
    told = {"type": "Utilization", **amount} if side == "target" else amount
    return {"type": "Resource", "resource": {"name": "cpu", side: told}}


def _told(notes: Mapping[str, str], key: str, side: str) -> Iterable[dict[str, Any]]:
    found = _read(notes, key)
    return (metric_of(each, side) for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def _read(notes: Mapping[str, str], key: str) -> Any:
    """Return what an annotation says; one that is no JSON says nothing."""
    try:
        return json.loads(notes.get(key, "null"))
    except ValueError:
        return None


def _behavior_text(behavior: Object | None) -> dict[str, Any] | None:
    """Return a behaviour as the annotation has it: Go's internal struct, with its own names and all of its fields."""
    if not behavior:
        return None
    return {_title(way): _rules_text(behavior[way]) if way in behavior else None for way in ("scaleUp", "scaleDown")}


def _rules_text(rules: Object) -> dict[str, Any]:
    told = {_title(key): rules.get(key) for key in _RULES}
    policies = rules.get("policies")
    if policies is not None:
        told["Policies"] = [{_title(key): value for key, value in each.items()} for each in policies]
    return told


def _behavior_of(told: Any) -> dict[str, Any] | None:
    return _untitled(told) or None if isinstance(told, dict) else None


def _untitled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _untitled(each) for key, each in value.items() if each is not None}
    return [_untitled(each) for each in value] if isinstance(value, list) else value


def _title(key: str) -> str:
    return key[:1].upper() + key[1:]

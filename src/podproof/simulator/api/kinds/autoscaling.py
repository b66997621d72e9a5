"""The rules of HorizontalPodAutoscalers.

Source: pkg/apis/autoscaling/v2/defaults.go; pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go.
"""

from collections.abc import Mapping
from typing import Any

from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.autoscaling import autoscaler_faults, autoscaler_update_faults

_UTILIZATION = 80
_UP: Mapping[str, Any] = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
_DOWN: Mapping[str, Any] = {
    "selectPolicy": "Max",
    "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
}


def _default(item: Draft) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": _UTILIZATION}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    behaviour = spec.get("behavior") or {}
    if "scaleUp" in behaviour or "scaleDown" in behaviour:
        for key, rules in (("scaleUp", _UP), ("scaleDown", _DOWN)):
            behaviour[key] = {**rules, **behaviour.get(key, {})}


def _begin(item: Draft) -> None:
    item["status"] = {"desiredReplicas": 0, "currentMetrics": None}


AUTOSCALERS = Rules(
    default=_default,
    begin=_begin,
    validate=autoscaler_faults,
    validate_update=autoscaler_update_faults,
    derives=True,
)

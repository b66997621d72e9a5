"""The rule of a HorizontalPodAutoscaler in a cluster that measures nothing: its limits hold, its metrics are missing.

Source: pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler, setCondition.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podproof.simulator.control.plans import Command, Emit, Patch, Plan, UpdateStatus
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos, seconds, timestamp

AUTOSCALERS = "horizontalpodautoscalers.autoscaling"
PERIOD = seconds(15)
"""Source: pkg/controller/podautoscaler/config/v1alpha1/defaults.go, HorizontalPodAutoscalerSyncPeriod."""
_MISSING = "the server could not find the requested resource"
_APIS = {
    "Resource": ("FailedGetResourceMetric", "resource metrics API", "get pods.metrics.k8s.io"),
    "ContainerResource": ("FailedGetContainerResourceMetric", "resource metrics API", "get pods.metrics.k8s.io"),
}
_GOT = ("AbleToScale", "True", "SucceededGetScale", "the HPA controller was able to get the target's current scale")


@dataclass(frozen=True, slots=True)
class _Size:
    """How many pods there shall be, and why; `reason` "" where the limits leave the number as it is."""

    wanted: int
    reason: str = ""


def reconcile(scaler: Object, target: Object | None, resource: str, now: Nanos) -> Plan:
    """Hold a target to the limits of its autoscaler; `resource` is how requests name the target's kind."""
    spec, status = scaler["spec"], {**(scaler.get("status") or {})}
    told: list[Any] = list(status.get("conditions") or ())
    if target is None:
        named = f'{resource} "{spec["scaleTargetRef"]["name"]}" not found'
        said = f"the HPA controller was unable to get the target's current scale: {named}"
        new = {**status, "conditions": _with(told, ("AbleToScale", "False", "FailedGetScale", said), now)}
        return _plan(scaler, new, [Emit(scaler, "Warning", "FailedGetScale", named, "")], now)
    current, told = int(target["spec"].get("replicas", 1)), _with(told, _GOT, now)
    size = _within_limits(current, int(spec.get("minReplicas", 1)), int(spec["maxReplicas"]))
    status |= {"currentReplicas": current, "desiredReplicas": size.wanted}
    if size.reason:
        return _rescaled(scaler, target, resource, size, {**status, "conditions": told}, now)
    condition, commands = _unmeasured(scaler, current)
    return _plan(scaler, {**status, "conditions": _with(told, condition, now)}, commands, now)


def _within_limits(current: int, least: int, most: int) -> _Size:
    if current == 0 and least:
        return _Size(0)
    if current > most:
        return _Size(most, "Current number of replicas above Spec.MaxReplicas")
    if current < least:
        return _Size(least, "Current number of replicas below Spec.MinReplicas")
    return _Size(current)


def _rescaled(
    scaler: Object, target: Object, resource: str, size: _Size, status: Mapping[str, Any], now: Nanos
) -> Plan:
    meta, said = target["metadata"], f"the HPA controller was able to update the target scale to {size.wanted}"
    resize = Patch(resource, meta["namespace"], meta["name"], {"spec": {"replicas": size.wanted}})
    event = Emit(scaler, "Normal", "SuccessfulRescale", f"New size: {size.wanted}; reason: {size.reason}", "")
    conditions = _with(list(status["conditions"]), ("AbleToScale", "True", "SucceededRescale", said), now)
    new = {**status, "lastScaleTime": timestamp(now), "conditions": conditions}
    return _plan(scaler, new, [resize, event], now)


def _unmeasured(scaler: Object, current: int) -> tuple[tuple[str, str, str, str], list[Command]]:
    """Return the condition and the events of an autoscaler that has no measurements to go by."""
    if current == 0:
        said = "scaling is disabled since the replica count of the target is zero"
        return ("ScalingActive", "False", "ScalingDisabled", said), []
    metric = next(iter(scaler["spec"].get("metrics") or ()), None) or {"type": "Resource", "resource": {"name": "cpu"}}
    reason, api, asked = _APIS.get(metric["type"], (f"FailedGet{metric['type']}Metric", "custom metrics API", "get"))
    name = at(metric, "resource", "name") or at(metric, "containerResource", "name") or "the metric"
    why = f"unable to get metrics for resource {name}: unable to fetch metrics from {api}: {_MISSING} ({asked})"
    said = f"the HPA was unable to compute the replica count: failed to get {name} utilization: {why}"
    first = f"failed to get {name} resource metric value: failed to get {name} utilization: {why}"
    many = len(scaler["spec"].get("metrics") or ()) or 1
    invalid = f"invalid metrics ({many} invalid out of {many}), first error is: {first}"
    return ("ScalingActive", "False", reason, said), [
        Emit(scaler, "Warning", reason, f"failed to get {name} utilization: {why}", ""),
        Emit(scaler, "Warning", "FailedComputeMetricsReplicas", invalid, ""),
    ]


def _with(known: list[Any], said: tuple[str, str, str, str], now: Nanos) -> list[Any]:
    """Return conditions with one said anew."""
    kind, status, reason, message = said
    old = next((each for each in known if each["type"] == kind), None)
    since = old["lastTransitionTime"] if old is not None and old["status"] == status else timestamp(now)
    new = {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}
    return [new if each is old else each for each in known] if old is not None else [*known, new]


def _plan(scaler: Object, status: Mapping[str, Any], commands: list[Command], now: Nanos) -> Plan:
    writes = (UpdateStatus(AUTOSCALERS, {**scaler, "status": status}),) if status != scaler.get("status") else ()
    return Plan((*commands, *writes), Nanos(now + PERIOD))

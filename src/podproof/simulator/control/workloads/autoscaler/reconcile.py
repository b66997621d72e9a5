"""One look at a HorizontalPodAutoscaler: its target's size, what the metrics ask for, and what is made of it.

Source: pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler, computeReplicasForMetrics, setStatus.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from podproof.simulator.control.plans import Command, Emit, Outcome, Patch, Plan, UpdateStatus
from podproof.simulator.control.workloads.autoscaler.behaviors import History, Said, normalized
from podproof.simulator.control.workloads.autoscaler.measurements import Measurements
from podproof.simulator.control.workloads.autoscaler.metrics import Failure, Proposal, Scaled, proposed, tolerances
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds, timestamp

AUTOSCALERS = "horizontalpodautoscalers.autoscaling"
PERIOD = seconds(15)
"""Source: pkg/controller/podautoscaler/config/v1alpha1/defaults.go, HorizontalPodAutoscalerSyncPeriod."""
_GOT = ("True", "SucceededGetScale", "the HPA controller was able to get the target's current scale")
_DISABLED = ("False", "ScalingDisabled", "scaling is disabled since the replica count of the target is zero")
_ABOVE = "Current number of replicas above Spec.MaxReplicas"
_BELOW = "Current number of replicas below Spec.MinReplicas"


@dataclass(frozen=True, slots=True)
class Look:
    """An autoscaler, its target as it is now (or why there is none), and what is remembered of it."""

    scaler: Object
    scaled: Scaled | str
    resource: str
    """How requests name the target's kind."""
    measured: Measurements
    history: History
    now: Nanos


@dataclass(frozen=True, slots=True)
class Found:
    """What a look comes to: the size wanted, why, and what is said, shown and remembered."""

    size: int
    history: History
    why: str = ""
    said: Mapping[str, Said] = field(default_factory=dict)
    shown: Sequence[Mapping[str, Any]] | None = None
    events: tuple[Command, ...] = ()
    failed: bool = False


def reconcile(look: Look) -> tuple[Plan, History]:
    """Return what to do about an autoscaler, and what is to be remembered."""
    if isinstance(look.scaled, str):
        return _without_target(look, look.scaled), look.history
    current = look.scaled.wanted
    history = look.history if look.history.recommended else History(((look.now, current),))
    found = _found(replace(look, history=history), look.scaled)
    if found.failed or found.size == current or not found.why:
        return _plan(look, found, _status(look, found, current)), found.history
    return _rescaled(look, found, current), found.history.with_change(look.now, current, found.size)


def _without_target(look: Look, named: str) -> Plan:
    said = ("False", "FailedGetScale", f"the HPA controller was unable to get the target's current scale: {named}")
    old = look.scaler.get("status") or {}
    status = {**old, "conditions": _with(old.get("conditions"), {"AbleToScale": said}, look.now)}
    return _writing(look, (Emit(look.scaler, "Warning", "FailedGetScale", named, ""),), status)


def _found(look: Look, scaled: Scaled) -> Found:
    spec, current, history = look.scaler["spec"], scaled.wanted, look.history
    least, most = int(spec.get("minReplicas", 1)), int(spec["maxReplicas"])
    if current == 0 and least:
        return Found(0, history, said={"AbleToScale": _GOT, "ScalingActive": _DISABLED})
    if current > most or current < least:
        why = _ABOVE if current > most else _BELOW
        return Found(most if current > most else least, history, why, {"AbleToScale": _GOT})
    return _measured(look, scaled)


def _measured(look: Look, scaled: Scaled) -> Found:
    """Return what the metrics ask for; where some fail nobody is taken away, where all do nothing happens."""
    spec, current = look.scaler["spec"], scaled.wanted
    if not scaled.selects:
        return _unselected(look)
    near = tolerances(spec)
    told = [proposed(each, scaled, look.measured, near, look.now) for each in spec["metrics"]]
    failures = [each for each in told if isinstance(each, Failure)]
    asked = [each for each in told if isinstance(each, Proposal)]
    most = max(asked, key=lambda each: each.replicas, default=None)
    shown = [each.status if isinstance(each, Proposal) else {"type": ""} for each in told]
    events = tuple(Emit(look.scaler, "Warning", each.reason, each.message, "") for each in failures)
    if most is None or (failures and most.replicas < current):
        return _unmeasured(look, failures, len(told), shown, events)
    counted = f"the HPA was able to successfully calculate a replica count from {most.name}"
    active = ("True", "ValidMetricFound", counted)
    sized = normalized(spec, current, most.replicas, look.history, look.now)
    why = f"{most.name} above target" if most.replicas > current else "All metrics below target"
    said = {"AbleToScale": sized.able, "ScalingActive": active, "ScalingLimited": sized.limited}
    return Found(sized.replicas, sized.history, why, said, shown, events)


def _unselected(look: Look) -> Found:
    missing = "selector is required"
    reasons = ("SelectorRequired", "FailedComputeMetricsReplicas")
    said = ("False", "InvalidSelector", "the HPA target's scale is missing a selector")
    events = tuple(Emit(look.scaler, "Warning", reason, missing, "") for reason in reasons)
    return Found(0, look.history, "", {"AbleToScale": _GOT, "ScalingActive": said}, None, events, failed=True)


def _unmeasured(
    look: Look, failures: Sequence[Failure], count: int, shown: Sequence[Mapping[str, Any]], events: tuple[Command, ...]
) -> Found:
    first = failures[0]
    why = f"invalid metrics ({len(failures)} invalid out of {count}), first error is: {first.whole}"
    said = ("False", first.reason, f"the HPA was unable to compute the replica count: {first.message}")
    told = (*events, Emit(look.scaler, "Warning", "FailedComputeMetricsReplicas", why, ""))
    conditions = {"AbleToScale": _GOT, "ScalingActive": said}
    return Found(0, look.history, "", conditions, shown, told, failed=True)


def _rescaled(look: Look, found: Found, current: int) -> Plan:
    """Change the target's size, and then tell of it, or of what stands against it."""
    assert isinstance(look.scaled, Scaled)
    namespace, _, name = look.scaled.target
    resize = Patch(look.resource, namespace, name, {"spec": {"replicas": found.size}}, subresource="scale")

    def then(outcome: Outcome) -> Plan:
        if outcome.refusal is not None:
            return _refused(look, found, current, outcome.refusal.message)
        said = ("True", "SucceededRescale", f"the HPA controller was able to update the target scale to {found.size}")
        told = replace(found, said={**found.said, "AbleToScale": said})
        event = Emit(look.scaler, "Normal", "SuccessfulRescale", f"New size: {found.size}; reason: {found.why}", "")
        status = {**_status(look, told, found.size), "currentReplicas": current, "lastScaleTime": timestamp(look.now)}
        return _plan(look, replace(told, events=(*found.events, event)), status)

    return Plan((resize,), then=then)


def _refused(look: Look, found: Found, current: int, error: str) -> Plan:
    said = ("False", "FailedUpdateScale", f"the HPA controller was unable to update the target scale: {error}")
    told = replace(found, said={**found.said, "AbleToScale": said}, failed=True)
    event = Emit(
        look.scaler, "Warning", "FailedRescale", f"New size: {found.size}; reason: {found.why}; error: {error}", ""
    )
    return _plan(look, replace(told, events=(*found.events, event)), _status(look, told, current))


def _status(look: Look, found: Found, size: int) -> dict[str, Any]:
    """Return the status; where nothing could be decided it goes on wanting what it wanted."""
    old = look.scaler.get("status") or {}
    wanted = old.get("desiredReplicas", 0) if found.failed else size
    kept = {"lastScaleTime": old["lastScaleTime"]} if "lastScaleTime" in old else {}
    conditions = _with(old.get("conditions"), found.said, look.now)
    numbers = {"currentReplicas": size, "desiredReplicas": wanted, "currentMetrics": found.shown}
    return {**kept, **numbers, "conditions": conditions}


def _with(known: Sequence[Mapping[str, Any]] | None, said: Mapping[str, Said], now: Nanos) -> list[Mapping[str, Any]]:
    """Return conditions with some said anew, each in its place."""
    found = {each["type"]: each for each in known or ()}
    for kind, (status, reason, message) in said.items():
        old = found.get(kind)
        since = old["lastTransitionTime"] if old is not None and old["status"] == status else timestamp(now)
        new = {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}
        found[kind] = new
    return list(found.values())


def _plan(look: Look, found: Found, status: Mapping[str, Any]) -> Plan:
    return _writing(look, found.events, status)


def _writing(look: Look, events: Sequence[Command], status: Mapping[str, Any]) -> Plan:
    new = UpdateStatus(AUTOSCALERS, {**look.scaler, "status": status})
    writes = (new,) if status != (look.scaler.get("status") or {}) else ()
    return Plan((*events, *writes), Nanos(look.now + PERIOD))

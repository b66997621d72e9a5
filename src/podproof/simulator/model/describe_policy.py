"""What `kubectl describe` says of disruption budgets and autoscalers.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describePodDisruptionBudgetV1,
describeHorizontalPodAutoscalerV2, printDirectionBehavior.
"""

from podproof.simulator.model.describe_parts import Around, Lines, conditions, created, head, names, told
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.selectors import printed
from podproof.simulator.model.table_cells import UNKNOWN, UNSET

_HEALTH = (
    ("Allowed disruptions", "disruptionsAllowed"),
    ("Current", "currentHealthy"),
    ("Desired", "desiredHealthy"),
    ("Total", "expectedPods"),
)
_REASONS = (("Reason", "reason"), ("Message", "message"))


def pod_disruption_budget(item: Object, around: Around) -> Lines:
    """Yield what is said of a PodDisruptionBudget."""
    spec, status = item.get("spec") or {}, item.get("status") or {}
    yield from names(item)
    bounds = list(told(spec, (("Min available", "minAvailable"), ("Max unavailable", "maxUnavailable"))))
    yield from bounds[:1]
    yield f"Selector:\t{printed(spec['selector']) if spec.get('selector') is not None else UNSET}"
    yield "Status:"
    yield from (f"    {label}:\t{status.get(key, 0)}" for label, key in _HEALTH)


def horizontal_pod_autoscaler(item: Object, around: Around) -> Lines:
    """Yield what is said of a HorizontalPodAutoscaler."""
    spec, status = item["spec"], item.get("status") or {}
    target, seen = spec.get("scaleTargetRef") or {}, status.get("currentMetrics") or ()
    yield from head(item)
    yield from created(item)
    yield f"Reference:\t{target.get('kind', '')}/{target.get('name', '')}"
    yield "Metrics:\t( current / target )"
    for index, row in enumerate(spec.get("metrics") or ()):
        yield f"  {_metric(row, seen[index] if index < len(seen) else {})}"
    yield f"Min replicas:\t{spec.get('minReplicas', UNSET)}"
    yield f"Max replicas:\t{spec.get('maxReplicas', 0)}"
    if spec.get("behavior") is not None:
        yield "Behavior:"
        for label, key in (("Scale Up", "scaleUp"), ("Scale Down", "scaleDown")):
            yield from _direction(label, spec["behavior"].get(key))
    counts = f"{status.get('currentReplicas', 0)} current / {status.get('desiredReplicas', 0)} desired"
    yield f"{target.get('kind', '')} pods:\t{counts}"
    yield from conditions(status.get("conditions") or (), _REASONS, "")


def _metric(row: Object, status: Object) -> str:
    kind = row.get("type", "")
    if kind not in ("External", "Pods", "Object", "Resource", "ContainerResource"):
        return f'<unknown metric type "{kind}">'
    source = kind[0].lower() + kind[1:]
    wanted, current = row[source]["target"], at(status, source, "current") or {}
    label = _label(kind, row[source])
    if kind in ("Resource", "ContainerResource"):
        if wanted.get("averageValue") is None:
            return f"{label}  (as a percentage of request):\t{_percent(current)} / {_aim(wanted)}"
        return f"{label}:\t{_amount(current, 'averageValue')} / {parse(wanted['averageValue'])}"
    field = "averageValue" if wanted.get("averageValue") is not None else "value"
    if kind != "Pods":
        label += " (target average value)" if field == "averageValue" else " (target value)"
    return f"{label}:\t{_amount(current, field)} / {parse(wanted.get(field, '0'))}"


def _label(kind: str, source: Object) -> str:
    if kind == "Resource":
        return f"resource {source['name']} on pods"
    if kind == "ContainerResource":
        return f'resource {source["name"]} of container "{source.get("container", "")}" on pods'
    name = f'"{at(source, "metric", "name") or ""}"'
    if kind == "Object":
        described = source.get("describedObject") or {}
        return f"{name} on {described.get('kind', '')}/{described.get('name', '')}"
    return f"{name} on pods" if kind == "Pods" else name


def _amount(current: Object, field: str) -> str:
    return str(parse(current[field])) if current.get(field) is not None else UNKNOWN


def _percent(current: Object) -> str:
    used = current.get("averageUtilization")
    return UNKNOWN if used is None else f"{used}% ({_amount(current, 'averageValue')})"


def _aim(wanted: Object) -> str:
    aim = wanted.get("averageUtilization")
    return "<auto>" if aim is None else f"{aim}%"


def _direction(label: str, rules: Object | None) -> Lines:
    if rules is None:
        return
    yield f"  {label}:"
    if rules.get("stabilizationWindowSeconds") is not None:
        yield f"    Stabilization Window: {rules['stabilizationWindowSeconds']} seconds"
    if rules.get("policies"):
        yield f"    Select Policy: {rules.get('selectPolicy', 'Max')}"
        yield "    Policies:"
    for row in rules.get("policies") or ():
        yield f"      - Type: {row['type']}\tValue: {row['value']}\tPeriod: {row['periodSeconds']} seconds"

"""The rows kubectl prints for what bounds, ranks and permits: quotas, budgets, autoscalers, classes, roles, leases.

Each function gives all cells of a row, wide ones included, in the order of the kind's columns.
Source: pkg/printers/internalversion/printers.go.
"""

from collections.abc import Iterable, Sequence

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.table_cells import NONE, UNKNOWN, UNSET, Cell, age, containers, labels
from podproof.simulator.model.times import Nanos

_METRICS_SHOWN = 2
_SOURCES = {
    "External": "external",
    "Pods": "pods",
    "Object": "object",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}
_AVERAGES_MARKED = ("External", "Object")
_OF_RESOURCES = ("Resource", "ContainerResource")


def created(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return the row of a kind without columns of its own: when it was made, as it is written.

    Source: staging/src/k8s.io/apiserver/pkg/registry/rest/table.go, defaultTableConvertor.
    """
    return item["metadata"]["name"], item["metadata"].get("creationTimestamp") or UNKNOWN


def pod_template(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a PodTemplate's row."""
    template = item.get("template")
    return item["metadata"]["name"], *containers(template), labels(at(template, "metadata", "labels"))


def pod_disruption_budget(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a PodDisruptionBudget's row."""
    bounds = (at(item, "spec", name) for name in ("minAvailable", "maxUnavailable"))
    return (
        item["metadata"]["name"],
        *("N/A" if bound is None else str(bound) for bound in bounds),
        int(at(item, "status", "disruptionsAllowed") or 0),
        age(item, now),
    )


def resource_quota(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a ResourceQuota's row: what is used of what is allowed, limits apart."""
    used = at(item, "status", "used") or {}
    shown = {
        name: f"{name}: {parse(used.get(name, '0'))}/{parse(amount)}"
        for name, amount in sorted((at(item, "status", "hard") or {}).items())
    }
    return (
        item["metadata"]["name"],
        ", ".join(text for name, text in shown.items() if not name.startswith("limits.")),
        ", ".join(text for name, text in shown.items() if name.startswith("limits.")),
        age(item, now),
    )


def horizontal_pod_autoscaler(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a HorizontalPodAutoscaler's row."""
    spec = item.get("spec") or {}
    least = spec.get("minReplicas")
    return (
        item["metadata"]["name"],
        f"{at(spec, 'scaleTargetRef', 'kind') or ''}/{at(spec, 'scaleTargetRef', 'name') or ''}",
        _metrics(spec.get("metrics") or (), at(item, "status", "currentMetrics") or ()),
        UNSET if least is None else str(least),
        int(spec.get("maxReplicas") or 0),
        int(at(item, "status", "currentReplicas") or 0),
        age(item, now),
    )


def _metrics(wanted: Sequence[Object], seen: Sequence[Object]) -> str:
    """Return the first two metrics, each `current/target`. Source: formatHPAMetrics."""
    if not wanted:
        return NONE
    texts = [_metric(row, seen[index] if index < len(seen) else {}) for index, row in enumerate(wanted)]
    more = len(texts) - _METRICS_SHOWN
    shown = ", ".join(texts[:_METRICS_SHOWN])
    return f"{shown} + {more} more..." if more > 0 else shown


def _metric(row: Object, status: Object) -> str:
    kind = row.get("type", "")
    if kind not in _SOURCES:
        return "<unknown type>"
    source = _SOURCES[kind]
    target, current = at(row, source, "target") or {}, at(status, source, "current")
    name = f"{at(row, source, 'name') or ''}: " if kind in _OF_RESOURCES else ""
    if target.get("averageValue") is not None:
        marked = " (avg)" if kind in _AVERAGES_MARKED else ""
        return f"{name}{_amount(current, 'averageValue')}/{parse(target['averageValue'])}{marked}"
    if kind in _OF_RESOURCES:
        return f"{name}{_percent(current, UNKNOWN)}/{_percent(target, '<auto>')}"
    return f"{_amount(current, 'value')}/{parse(target.get('value', '0'))}"


def _amount(current: Object | None, field: str) -> str:
    found = at(current, field)
    return UNKNOWN if found is None else str(parse(found))


def _percent(source: Object | None, absent: str) -> str:
    found = at(source, "averageUtilization")
    return absent if found is None else f"{found}%"


def priority_class(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a PriorityClass's row."""
    return (
        item["metadata"]["name"],
        int(item.get("value") or 0),
        bool(item.get("globalDefault")),
        age(item, now),
        item.get("preemptionPolicy") or "PreemptLowerPriority",
    )


def runtime_class(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a RuntimeClass's row."""
    return item["metadata"]["name"], item.get("handler", ""), age(item, now)


def lease(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a Lease's row."""
    return item["metadata"]["name"], at(item, "spec", "holderIdentity") or "", age(item, now)


def controller_revision(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return a ControllerRevision's row."""
    owners = item["metadata"].get("ownerReferences") or ()
    owner = next((row for row in owners if row.get("controller")), None)
    return item["metadata"]["name"], _owner(owner) if owner else NONE, int(item.get("revision") or 0), age(item, now)


def _owner(owner: Object) -> str:
    group, slash, _ = owner.get("apiVersion", "").partition("/")
    kind = f"{owner['kind']}.{group}" if slash else owner["kind"]
    return f"{kind.lower()}/{owner['name']}"


def role_binding(item: Object, now: Nanos, wide: bool) -> tuple[Cell, ...]:
    """Return the row of a RoleBinding or a ClusterRoleBinding."""
    role, subjects = item.get("roleRef") or {}, item.get("subjects") or ()
    accounts = (row for row in subjects if row.get("kind") == "ServiceAccount")
    return (
        item["metadata"]["name"],
        f"{role.get('kind', '')}/{role.get('name', '')}",
        age(item, now),
        _names(row["name"] for row in subjects if row.get("kind") == "User"),
        _names(row["name"] for row in subjects if row.get("kind") == "Group"),
        _names(f"{row.get('namespace', '')}/{row['name']}" for row in accounts),
    )


def _names(found: Iterable[str]) -> str:
    return ", ".join(found)

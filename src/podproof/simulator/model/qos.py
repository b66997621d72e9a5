"""QoS class, and what a pod as a whole requests and may use.

A resource list is a mapping from resource names to quantities.
"""

from collections.abc import Callable, Iterable, Mapping

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import Quantity, parse
from podproof.simulator.model.restart_rules import is_sidecar

Resources = dict[str, Quantity]

BEST_EFFORT, BURSTABLE, GUARANTEED = "BestEffort", "Burstable", "Guaranteed"

_COUNTED = ("cpu", "memory")
_HUGE_PAGES = "hugepages-"


def resources(listed: Mapping[str, str] | None) -> Resources:
    """Return a resource list of a manifest as quantities."""
    return {name: parse(text) for name, text in listed.items()} if listed else {}


def qos_class(spec: Object) -> str:
    """Return the QoS class of a pod spec.

    Source: pkg/apis/core/v1/helper/qos/qos.go, ComputePodQOS.
    """
    if spec.get("resources") is not None:
        groups = [spec["resources"]]
        is_guaranteed = not groups[0].get("limits") or _has_both(_positive(groups[0], "limits"))
    else:
        containers = (*(spec.get("containers") or ()), *(spec.get("initContainers") or ()))
        groups = [row.get("resources") or {} for row in containers]
        if not any(groups):
            return BEST_EFFORT
        is_guaranteed = all(_has_both(_positive(group, "limits")) for group in groups)
    requests = _sum(_positive(group, "requests") for group in groups)
    limits = _sum(_positive(group, "limits") for group in groups)
    if not requests and not limits:
        return BEST_EFFORT
    same = {name: amount.nano for name, amount in requests.items()} == {n: a.nano for n, a in limits.items()}
    return GUARANTEED if is_guaranteed and same else BURSTABLE


def _positive(group: Object, side: str) -> Resources:
    listed = resources(group.get(side))
    return {name: amount for name, amount in listed.items() if name in _COUNTED and amount.nano > 0}


def _has_both(limits: Resources) -> bool:
    return all(name in limits for name in _COUNTED)


def _sum(lists: Iterable[Resources]) -> Resources:
    total: Resources = {}
    for listed in lists:
        for name, amount in listed.items():
            total[name] = total[name] + amount if name in total else amount
    return total


def _maximum(*lists: Resources) -> Resources:
    largest: Resources = {}
    for listed in lists:
        for name, amount in listed.items():
            if name not in largest or amount.nano > largest[name].nano:
                largest[name] = amount
    return largest


def is_pod_level(name: str) -> bool:
    """Say whether a resource may be stated for the pod as a whole.

    Source: staging/src/k8s.io/component-helpers/resource/helpers.go, IsSupportedPodLevelResource.
    """
    return name in _COUNTED or name.startswith(_HUGE_PAGES)


def has_pod_level(pod: Object, *sides: str) -> bool:
    """Say whether the pod as a whole states requests or limits (or only the `sides` named)."""
    stated = at(pod, "spec", "resources") or {}
    return any(is_pod_level(name) for side in sides or ("requests", "limits") for name in stated.get(side) or {})


def pod_requests(
    pod: Object,
    *,
    with_status: bool = False,
    with_claims: bool = False,
    overhead: bool = True,
    pod_level: bool = True,
    container_level: bool = True,
) -> Resources:
    """Return what a pod requests in all.

    `with_status` also counts what a resize has already given it, `with_claims` what resource claims took for it.
    Source: staging/src/k8s.io/component-helpers/resource/helpers.go, PodRequests.
    """
    total = container_requests(pod, with_status=with_status, with_claims=with_claims) if container_level else {}
    if pod_level and has_pod_level(pod, "requests"):
        stated = resources(pod["spec"]["resources"].get("requests"))
        given = [at(pod, "status", "resources", "requests"), at(pod, "status", "allocatedResources")]
        total.update(_stated(pod, stated, given if with_status else []))
    extra = pod["spec"].get("overhead") if overhead else None
    return _sum([total, resources(extra)]) if extra else total


def pod_limits(pod: Object, *, with_status: bool = False, overhead: bool = True, pod_level: bool = True) -> Resources:
    """Return what a pod may use in all; overhead is added only to resources that have a limit.

    Source: staging/src/k8s.io/component-helpers/resource/helpers.go, PodLimits.
    """
    total = container_limits(pod, with_status=with_status)
    if pod_level and has_pod_level(pod):
        stated = resources(pod["spec"]["resources"].get("limits"))
        total.update(_stated(pod, stated, [at(pod, "status", "resources", "limits")] if with_status else []))
    if not overhead:
        return total
    extra = resources(pod["spec"].get("overhead"))
    return _sum([total, {name: extra[name] for name in extra if name in total and total[name].nano}])


def _stated(pod: Object, stated: Resources, given: Iterable[Mapping[str, str] | None]) -> Resources:
    extra = resources(pod["spec"].get("overhead"))
    lists = [{} if _resize_is_infeasible(pod) and any(given) else stated]
    lists += [_less(resources(listed), extra) for listed in given]
    return {name: amount for name, amount in _maximum(*lists).items() if is_pod_level(name)}


def _less(listed: Resources, extra: Resources) -> Resources:
    return {
        name: Quantity(max(0, amount.nano - extra[name].nano), amount.notation) if name in extra else amount
        for name, amount in listed.items()
    }


def container_requests(pod: Object, *, with_status: bool = False, with_claims: bool = False) -> Resources:
    """Return what the containers request together, init containers and sidecars counted as they overlap.

    Source: staging/src/k8s.io/component-helpers/resource/helpers.go, AggregateContainerRequests.
    """
    claimed = _claimed(pod) if with_claims else {}
    wanted = _aggregate(pod, lambda row: at(row, "resources", "requests"))
    if claimed:
        wanted = _sum([wanted, claimed])
    if not with_status:
        return wanted
    infeasible = _resize_is_infeasible(pod)
    statuses = _statuses(pod)

    def allocated(row: Object) -> Mapping[str, str] | None:
        given: Mapping[str, str] | None = statuses.get(row["name"], {}).get("allocatedResources")
        return given if given is not None or infeasible else at(row, "resources", "requests")

    def actuated(row: Object) -> Mapping[str, str] | None:
        found: Mapping[str, str] | None = at(statuses.get(row["name"]), "resources", "requests")
        return found if found is not None else allocated(row)

    lists = [_sum([_aggregate(pod, rule), claimed]) for rule in (allocated, actuated)]
    return _maximum(*lists) if infeasible else _maximum(wanted, *lists)


def container_limits(pod: Object, *, with_status: bool = False) -> Resources:
    """Return the containers' limits together.

    Source: staging/src/k8s.io/component-helpers/resource/helpers.go, AggregateContainerLimits.
    """
    wanted = _aggregate(pod, lambda row: at(row, "resources", "limits"))
    if not with_status:
        return wanted
    infeasible = _resize_is_infeasible(pod)
    statuses = _statuses(pod)

    def actuated(row: Object) -> Mapping[str, str] | None:
        found: Mapping[str, str] | None = at(statuses.get(row["name"]), "resources", "limits")
        if found is None and not infeasible:
            found = at(row, "resources", "limits")
        return found

    given = _aggregate(pod, actuated)
    return given if infeasible else _maximum(wanted, given)


def _aggregate(pod: Object, listed: Callable[[Object], Mapping[str, str] | None]) -> Resources:
    spec = pod["spec"]
    running = _sum(resources(stated) for row in spec.get("containers") or () if (stated := listed(row)))
    if not spec.get("initContainers"):
        return running
    sidecars: Resources = {}
    peak: Resources = {}
    for row in spec["initContainers"]:
        own = resources(listed(row))
        peak = _maximum(peak, _sum([sidecars, own]))
        if is_sidecar(row):
            sidecars = _sum([sidecars, own])
    return _maximum(_sum([running, sidecars]), peak)


def _claimed(pod: Object) -> Resources:
    rows = at(pod, "status", "nodeAllocatableResourceClaimStatuses") or ()
    return _sum(resources(row.get("resources")) for row in rows)


def _statuses(pod: Object) -> dict[str, Object]:
    status = pod.get("status") or {}
    rows = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
    return {row["name"]: row for row in rows}


def _resize_is_infeasible(pod: Object) -> bool:
    return any(
        row["type"] == "PodResizePending" and row.get("reason") == "Infeasible"
        for row in at(pod, "status", "conditions") or ()
    )

"""What an object counts against the quotas of its namespace.

Source: pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}.go; staging/src/k8s.io/apiserver/pkg/
quota/v1/generic/evaluator.go.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.qos import BEST_EFFORT, Resources, has_pod_level, pod_limits, pod_requests, qos_class
from podproof.simulator.model.quantities import NANO, Quantity, parse
from podproof.simulator.model.times import Nanos, moment, seconds

_ONE = Quantity(NANO)
_BOTH = ("cpu", "memory", "ephemeral-storage")
_POD = frozenset(
    {"pods", "count/pods", *_BOTH, *(f"{side}.{name}" for side in ("requests", "limits") for name in _BOTH)}
)
_OBLIGATORY = frozenset({name for name in _POD if name.endswith(("cpu", "memory"))})
"""What every container must state where a quota counts it: a mistake that Kubernetes keeps for those who rely on it."""
_ALIASES = {
    name: name for name in ("configmaps", "resourcequotas", "replicationcontrollers", "secrets", "services",
    "persistentvolumeclaims")
}  # fmt: skip
_CLASS_SUFFIX = ".storageclass.storage.k8s.io/"
_ENDED = ("Failed", "Succeeded")


def counted(resource: str, names: Iterable[str]) -> list[str]:
    """Return which of a quota's resources objects of this resource count against, sorted."""
    return sorted(name for name in names if _is_counted(resource, name))


def _is_counted(resource: str, name: str) -> bool:
    if name == f"count/{resource}" or name == _ALIASES.get(resource):
        return True
    if resource == "pods":
        return name in _POD or name.startswith(("hugepages-", "requests.hugepages-")) or _is_extended(name)
    if resource == "services":
        return name in ("services.nodeports", "services.loadbalancers")
    if resource == "persistentvolumeclaims":
        return name == "requests.storage" or _CLASS_SUFFIX in name
    return False


def _is_extended(name: str) -> bool:
    rest = name.removeprefix("requests.")
    return rest != name and "/" in rest and "kubernetes.io/" not in rest


def usage(resource: str, item: Object, now: Nanos) -> Resources:
    """Return what one object uses, by the names quotas have for it."""
    count = {f"count/{resource}": _ONE}
    if resource in _ALIASES:
        count[_ALIASES[resource]] = _ONE
    rule = _RULES.get(resource)
    return {**count, **rule(item, now)} if rule else count


def _pod_usage(pod: Object, now: Nanos) -> Resources:
    if not _lives(pod, now):
        return {}
    return {"pods": _ONE, **_compute(pod_requests(pod, with_status=True), pod_limits(pod, with_status=True))}


def _lives(pod: Object, now: Nanos) -> bool:
    """Say whether a pod counts: it has not ended, nor outlived its grace.

    Source: pkg/quota/v1/evaluator/core/pods.go, QuotaV1Pod.
    """
    meta = pod["metadata"]
    if at(pod, "status", "phase") in _ENDED:
        return False
    ends, grace = meta.get("deletionTimestamp"), meta.get("deletionGracePeriodSeconds")
    return ends is None or grace is None or now <= moment(ends) + seconds(grace)


def _compute(requests: Resources, limits: Resources) -> Resources:
    found: Resources = {}
    for name, amount in requests.items():
        if name in _BOTH or name.startswith("hugepages-"):
            found[name] = amount
        found[f"requests.{name}"] = amount
    return found | {f"limits.{name}": amount for name, amount in limits.items() if name in _BOTH}


def _service_usage(service: Object, _: Nanos) -> Resources:
    spec = service.get("spec") or {}
    ports, kind = spec.get("ports") or (), spec.get("type")
    found: Resources = {"services.nodeports": Quantity(0), "services.loadbalancers": Quantity(0)}
    if kind == "NodePort" or (kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts", True)):
        found["services.nodeports"] = Quantity(len(ports) * NANO)
    elif kind == "LoadBalancer":
        found["services.nodeports"] = Quantity(sum(1 for port in ports if port.get("nodePort")) * NANO)
    if kind == "LoadBalancer":
        found["services.loadbalancers"] = _ONE
    return found


def _claim_usage(claim: Object, _: Nanos) -> Resources:
    spec = claim.get("spec") or {}
    found: Resources = {}
    asked = at(spec, "resources", "requests", "storage")
    given = at(claim, "status", "allocatedResources", "storage")
    amount = max((parse(each) for each in (asked, given) if each is not None), default=None, key=lambda each: each.nano)
    annotated = at(claim, "metadata", "annotations", "volume.beta.kubernetes.io/storage-class")
    name = annotated if annotated is not None else spec.get("storageClassName")
    if name:
        found[f"{name}{_CLASS_SUFFIX}persistentvolumeclaims"] = _ONE
    if amount is not None:
        found["requests.storage"] = amount
        if name:
            found[f"{name}{_CLASS_SUFFIX}requests.storage"] = amount
    return found


_RULES: Mapping[str, Callable[[Object, Nanos], Resources]] = {
    "pods": _pod_usage,
    "services": _service_usage,
    "persistentvolumeclaims": _claim_usage,
}


def missing(resource: str, item: Object, names: Iterable[str]) -> str:
    """Return what a pod's containers leave open although a quota counts it, "" where nothing; sorted by resource.

    Source: pkg/quota/v1/evaluator/core/pods.go, Constraints; services.go has none.
    """
    wanted = [name for name in names if name in _OBLIGATORY]
    if resource != "pods" or not wanted or has_pod_level(item):
        return ""
    rows = (*(item["spec"].get("containers") or ()), *(item["spec"].get("initContainers") or ()))
    stated = {row["name"]: _stated(row) for row in rows}
    lacking = {name: sorted(each for each, has in stated.items() if name not in has) for name in sorted(wanted)}
    texts = [f"{name} for: {','.join(containers)}" for name, containers in lacking.items() if containers]
    return f"must specify {'; '.join(texts)}" if texts else ""


def _stated(container: Object) -> set[str]:
    sides = container.get("resources") or {}
    requests = set(sides.get("requests") or ())
    return {
        *requests,
        *(f"requests.{name}" for name in requests),
        *(f"limits.{name}" for name in sides.get("limits") or ()),
    }


def in_scope(quota: Object, resource: str, item: Object) -> bool:
    """Say whether an object is within all scopes of a quota; only pods have scopes.

    Source: staging/src/k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go, Matches; pods.go, podMatchesScopeFunc.
    """
    return all(resource == "pods" and _pod_in_scope(item, *scope) for scope in _scopes(quota["spec"]))


def _scopes(spec: Object) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for name in spec.get("scopes") or ():
        yield name, "Exists", ()
    for term in at(spec, "scopeSelector", "matchExpressions") or ():
        yield term["scopeName"], term["operator"], tuple(term.get("values") or ())


def _pod_in_scope(pod: Object, scope: str, operator: str, values: tuple[str, ...]) -> bool:
    spec = pod["spec"]
    if scope == "PriorityClass":
        name = spec.get("priorityClassName") or ""
        rule = {"Exists": bool(name), "DoesNotExist": not name, "In": name in values, "NotIn": name not in values}
        return rule[operator]
    if scope in ("BestEffort", "NotBestEffort"):
        return (qos_class(spec) == BEST_EFFORT) == (scope == "BestEffort")
    if scope in ("Terminating", "NotTerminating"):
        return (spec.get("activeDeadlineSeconds") is not None) == (scope == "Terminating")
    return scope == "CrossNamespacePodAffinity" and _crosses(spec)


def _crosses(spec: Object) -> bool:
    for kind in ("podAffinity", "podAntiAffinity"):
        affinity = at(spec, "affinity", kind) or {}
        terms = list(affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or ())
        weighted = affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        terms += [each.get("podAffinityTerm") or {} for each in weighted]
        if any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms):
            return True
    return False

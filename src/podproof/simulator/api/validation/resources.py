"""Checks of what containers and pods request and are limited to.

Source: pkg/apis/core/validation/validation.go, validateResourceRequirements; pkg/apis/core/helper/helpers.go.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, FaultType, duplicate, forbidden, invalid, required, unsupported
from podproof.simulator.model.names import dns_label, qualified_name
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import Quantity, canonical, parse

_STANDARD = ("cpu", "memory", "ephemeral-storage")
_POD_LEVEL = ("cpu", "memory")
_COUNTED = (
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
)
_KNOWN = (
    *_STANDARD,
    *_COUNTED,
    "storage",
    "requests.storage",
    *(f"{side}.{name}" for side in ("limits", "requests") for name in _STANDARD),
)
"""Source: pkg/apis/core/helper/helpers.go, standardResources."""
_HUGE = "hugepages-"
_QUOTA_HUGE = (_HUGE, "requests.hugepages-")
_NATIVE_DOMAIN = "kubernetes.io/"
_REQUESTED = "requests."


def requirement_faults(
    resources: Object, field: str, claims: Sequence[str] = (), *, of_pod: bool = False
) -> Iterator[Fault]:
    """Yield what is wrong with requests and limits."""
    limits = {name: parse(value) for name, value in sorted((resources.get("limits") or {}).items())}
    requests = {name: parse(value) for name, value in sorted((resources.get("requests") or {}).items())}
    for name, limit in limits.items():
        yield from _amount_faults(name, limit, f"{field}.limits[{name}]", of_pod=of_pod)
    for name, request in requests.items():
        yield from _amount_faults(name, request, f"{field}.requests[{name}]", of_pod=of_pod)
        yield from _excess_faults(name, request, limits.get(name), field)
    named = {*limits, *requests}
    if any(name.startswith(_HUGE) for name in named) and not named & set(_POD_LEVEL):
        yield forbidden(field, "HugePages require cpu or memory")
    yield from _claim_faults(resources.get("claims") or (), claims, f"{field}.claims")


def _amount_faults(name: str, amount: Quantity, field: str, *, of_pod: bool) -> Iterator[Fault]:
    yield from pod_name_faults(name, field) if of_pod else container_name_faults(name, field)
    yield from quantity_faults(name, amount, field)
    if name.startswith(_HUGE):
        page = parse(name[len(_HUGE) :])
        if page.nano <= 0 or amount.nano % page.nano:
            yield invalid(field, canonical(amount), f"{canonical(amount)} is not positive integer multiple of {name}")


def _is_whole(name: str) -> bool:
    """Say whether a resource comes in whole numbers only; fractions of memory are tolerated with a warning."""
    return name in _COUNTED or _is_extended(name)


def _is_extended(name: str) -> bool:
    """Say whether a resource is somebody else's than Kubernetes'.

    Source: pkg/apis/core/helper/helpers.go, IsExtendedResourceName.
    """
    return not _is_native(name) and not name.startswith(_REQUESTED) and not qualified_name(f"{_REQUESTED}{name}")


def _is_native(name: str) -> bool:
    return "/" not in name or _NATIVE_DOMAIN in name


def name_faults(name: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of a resource, whatever it is asked for.

    Source: validation.go, validateResourceName.
    """
    wrong: tuple[str, ...] = qualified_name(name)
    if not wrong and "/" not in name and name not in _KNOWN and not name.startswith(_QUOTA_HUGE):
        wrong = ("must be a standard resource type or fully qualified",)
    for detail in wrong:
        yield invalid(field, name, detail)


def container_name_faults(name: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of a resource that a container asks for.

    Source: validation.go, validateContainerResourceName.
    """
    yield from name_faults(name, field)
    if "/" not in name:
        if name not in _STANDARD and not name.startswith(_HUGE):
            yield invalid(field, name, "must be a standard resource for containers")
    elif not _is_native(name) and not _is_extended(name):
        yield invalid(field, name, "doesn't follow extended resource name standard")


def claim_name_faults(name: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of a resource that a claim is given: storage, or somebody else's.

    Source: validation.go, validatePersistentVolumeClaimResourceKey.
    """
    wrong = qualified_name(name)
    yield from (invalid(field, name, detail) for detail in wrong)
    if not wrong and _is_native(name) and name != "storage":
        yield unsupported(field, name, ("storage",))


def quota_name_faults(name: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of a resource that a quota counts.

    Source: validation.go, ValidateResourceQuotaResourceName.
    """
    yield from name_faults(name, field)
    if "/" not in name and not is_quota_name(name):
        yield invalid(field, name, "must be a standard resource for quota")


def is_quota_name(name: str) -> bool:
    """Say whether quotas know a resource by name.

    Source: pkg/apis/core/helper/helpers.go, IsStandardQuotaResourceName.
    """
    return (name in _KNOWN and name != "storage") or name.startswith(_QUOTA_HUGE)


def pod_name_faults(name: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of a resource that a pod as a whole asks for.

    Source: validation.go, validatePodResourceName.
    """
    wrong = list(name_faults(name, field))
    yield from wrong
    if not wrong and name not in _POD_LEVEL and not name.startswith(_HUGE):
        yield unsupported(field, name, ("cpu", _HUGE, "memory"))


def is_overcommitted(name: str) -> bool:
    """Say whether a resource may be promised more often than it is there.

    Source: pkg/apis/core/helper/helpers.go, IsOvercommitAllowed.
    """
    return _is_native(name) and not name.startswith(_HUGE)


def quantity_faults(name: str, amount: Quantity, field: str) -> Iterator[Fault]:
    """Yield what is wrong with an amount of a resource.

    Source: validation.go, ValidateResourceQuantityValue.
    """
    if amount.nano < 0:
        yield invalid(field, canonical(amount), "must be greater than or equal to 0")
    if _is_whole(name) and amount.milli_value % 1000:
        yield invalid(field, canonical(amount), "must be an integer")


def _excess_faults(name: str, request: Quantity, limit: Quantity | None, field: str) -> Iterator[Fault]:
    overcommitted = is_overcommitted(name)
    if limit is None:
        if not overcommitted:
            yield required(f"{field}.limits", "Limit must be set for non overcommitable resources")
    elif request.nano != limit.nano and not overcommitted:
        detail = f"must be equal to {name} limit of {canonical(limit)}"
        yield invalid(f"{field}.requests", canonical(request), detail)
    elif request.nano > limit.nano:
        detail = f"must be less than or equal to {name} limit of {canonical(limit)}"
        yield invalid(f"{field}.requests", canonical(request), detail)


def _claim_faults(claims: Sequence[Object], known: Sequence[str], field: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        place, name, request = f"{field}[{index}]", claim.get("name", ""), claim.get("request", "")
        if not name:
            yield required(place)
            continue
        yield from _repeated_claim_faults(name, request, seen, place)
        if name not in known:
            listed = f": {', '.join(sorted(known))}" if known else " which is empty"
            detail = f"must be one of the names in pod.spec.resourceClaims{listed}"
            yield Fault(FaultType.NOT_FOUND, place, name, detail)


def _repeated_claim_faults(name: str, request: str, seen: set[str], field: str) -> Iterator[Fault]:
    """Yield a fault where a claim, or one request of it, is named once more; `seen` learns it."""
    if name in seen:
        yield duplicate(field, name)
        return
    key = f"{name}/{request}" if request else name
    if request:
        for detail in dns_label(request):
            yield invalid(f"{field}.request", request, detail)
    if key in seen:
        yield duplicate(field, key)
    elif not request:
        for _ in (each for each in seen if each.startswith(f"{name}/")):
            yield duplicate(field, name)
    seen.add(key)

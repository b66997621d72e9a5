"""Checks of what containers and pods request and are limited to.

Source: pkg/apis/core/validation/validation.go, validateResourceRequirements; pkg/apis/core/helper/helpers.go.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, FaultType, duplicate, forbidden, invalid, required, unsupported
from podproof.simulator.model.names import qualified_name
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import NANO, Quantity, canonical, parse

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
_NATIVE_DOMAIN = "kubernetes.io/"


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
    yield from _name_faults(name, field, of_pod=of_pod)
    if amount.nano < 0:
        yield invalid(field, canonical(amount), "must be greater than or equal to 0")
    if _is_whole(name) and amount.nano % NANO:
        yield invalid(field, canonical(amount), "must be an integer")
    if name.startswith(_HUGE):
        page = parse(name[len(_HUGE) :])
        if page.nano <= 0 or amount.nano % page.nano:
            yield invalid(field, canonical(amount), f"{canonical(amount)} is not positive integer multiple of {name}")


def _is_whole(name: str) -> bool:
    """Say whether a resource comes in whole numbers only; fractions of memory are tolerated with a warning."""
    return name in _COUNTED or not _is_native(name)


def _is_native(name: str) -> bool:
    return "/" not in name or _NATIVE_DOMAIN in name


def _name_faults(name: str, field: str, *, of_pod: bool) -> Iterator[Fault]:
    """Yield what is wrong with the name of a resource.

    Source: validation.go, validateContainerResourceName, validatePodResourceName.
    """
    wrong: tuple[str, ...] = qualified_name(name)
    if not wrong and "/" not in name and name not in _KNOWN and not name.startswith(_HUGE):
        wrong = ("must be a standard resource type or fully qualified",)
    for detail in wrong:
        yield invalid(field, name, detail)
    if of_pod:
        if not wrong and name not in _POD_LEVEL and not name.startswith(_HUGE):
            yield unsupported(field, name, ("cpu", _HUGE, "memory"))
    elif "/" not in name and name not in _STANDARD and not name.startswith(_HUGE):
        yield invalid(field, name, "must be a standard resource for containers")
    elif not _is_native(name) and qualified_name(f"requests.{name}"):
        yield invalid(field, name, "doesn't follow extended resource name standard")


def _excess_faults(name: str, request: Quantity, limit: Quantity | None, field: str) -> Iterator[Fault]:
    overcommitted = _is_native(name) and not name.startswith(_HUGE)
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
        key = f"{name}/{request}" if request else name
        taken = name in seen or key in seen or (not request and any(each.startswith(f"{name}/") for each in seen))
        if taken:
            yield duplicate(place, name if name in seen or not request else key)
        seen.add(key)
        if name not in known:
            listed = f": {', '.join(sorted(known))}" if known else " which is empty"
            detail = f"must be one of the names in pod.spec.resourceClaims{listed}"
            yield Fault(FaultType.NOT_FOUND, place, name, detail)

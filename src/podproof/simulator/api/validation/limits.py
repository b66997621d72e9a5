"""Checks of what bounds a namespace: LimitRanges and ResourceQuotas.

Source: pkg/apis/core/validation/validation.go, ValidateLimitRange, ValidateResourceQuotaSpec.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.api.validation.resources import (
    container_name_faults,
    is_overcommitted,
    is_quota_name,
    name_faults,
    quantity_faults,
    quota_name_faults,
)
from podproof.simulator.model.names import qualified_name
from podproof.simulator.model.objects import Object
from podproof.simulator.model.quantities import NANO, Quantity, canonical, parse

_TYPES = ("Pod", "Container", "PersistentVolumeClaim")
_DEFAULTS = ("default", "defaultRequest")
_LARGEST_MILLI = (2**63 - 1) // 1000
_SCOPES = (
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
)
_EXISTING = ("BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "CrossNamespacePodAffinity")
_EXISTING_ONLY = (
    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
    "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
)
_CONTRADICTIONS = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))
_COMPUTED = ("cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory")

Amounts = Mapping[str, Quantity]


def limit_range_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a LimitRange, besides its metadata."""
    seen: set[str] = set()
    for index, limit in enumerate((item.get("spec") or {}).get("limits") or ()):
        field, kind = f"spec.limits[{index}]", limit.get("type", "")
        yield from _type_faults(kind, f"{field}.type")
        if kind in seen:
            yield duplicate(f"{field}.type", kind)
        seen.add(kind)
        yield from _limit_faults(limit, kind, field)


def _type_faults(kind: str, field: str) -> Iterator[Fault]:
    wrong: tuple[str, ...] = qualified_name(kind)
    if not wrong and "/" not in kind and kind not in _TYPES:
        wrong = ("must be a standard limit type or fully qualified",)
    for detail in wrong:
        yield invalid(field, kind, detail)


def _limit_faults(limit: Object, kind: str, field: str) -> Iterator[Fault]:
    named = container_name_faults if kind in ("Pod", "Container") else name_faults
    amounts: dict[str, Amounts] = {}
    for key in ("max", "min", *_DEFAULTS):
        if key in _DEFAULTS and kind == "Pod":
            if limit.get(key):
                yield forbidden(f"{field}.{key}", "may not be specified when `type` is 'Pod'")
            continue
        amounts[key] = _amounts(limit, key)
        yield from _key_faults(amounts[key], named, f"{field}.{key}")
    if kind == "PersistentVolumeClaim" and not any("storage" in (limit.get(key) or {}) for key in ("min", "max")):
        detail = "either minimum or maximum storage value is required, but neither was provided"
        yield required(f"{field}.limits", detail)
    amounts["maxLimitRequestRatio"] = _amounts(limit, "maxLimitRequestRatio")
    yield from _key_faults(amounts["maxLimitRequestRatio"], named, f"{field}.maxLimitRequestRatio")
    for name in sorted({name for each in amounts.values() for name in each}):
        found = {key: each[name] for key, each in amounts.items() if name in each}
        yield from _order_faults(name, found, field)
        yield from _ratio_faults(name, found, f"{field}.maxLimitRequestRatio[{name}]")
        yield from _fixed_faults(name, found, f"{field}.defaultRequest[{name}]")


def _amounts(limit: Object, key: str) -> Amounts:
    return {name: parse(amount) for name, amount in sorted((limit.get(key) or {}).items())}


def _key_faults(amounts: Amounts, named: Callable[[str, str], Iterator[Fault]], field: str) -> Iterator[Fault]:
    for name in amounts:
        yield from named(name, f"{field}[{name}]")


_ORDER = (
    ("min", "max", "min", "min value {} is greater than max value {}", 0),
    ("min", "defaultRequest", "defaultRequest", "min value {} is greater than default request value {}", 1),
    ("defaultRequest", "max", "defaultRequest", "default request value {} is greater than max value {}", 0),
    ("defaultRequest", "default", "defaultRequest",
     "default request value {} is greater than default limit value {}", 0),
    ("min", "default", "default", "min value {} is greater than default value {}", 0),
    ("default", "max", "default", "default value {} is greater than max value {}", 1),
)  # fmt: skip
"""What must not be above what: the two keys, the key that is told, the text, which of the two amounts is shown."""


def _order_faults(name: str, found: Mapping[str, Quantity], field: str) -> Iterator[Fault]:
    for low, high, told, text, shown in _ORDER:
        if low in found and high in found and found[low].nano > found[high].nano:
            pair = (canonical(found[low]), canonical(found[high]))
            yield invalid(f"{field}.{told}[{name}]", pair[shown], text.format(*pair))


def _ratio_faults(name: str, found: Mapping[str, Quantity], field: str) -> Iterator[Fault]:
    ratio, least, most = (found.get(key) for key in ("maxLimitRequestRatio", "min", "max"))
    if ratio is None:
        return
    if ratio.nano < NANO:
        yield invalid(field, canonical(ratio), f"ratio {canonical(ratio)} is less than 1")
    if least is None or most is None:
        return
    wanted, low, high = float(ratio.value), least.value, most.value
    if max(ratio.value, low, high) < _LARGEST_MILLI:
        wanted, low, high = ratio.milli_value / 1000, least.milli_value, most.milli_value
    limit = high / low if low else float("inf")
    if wanted > limit:
        yield invalid(field, canonical(ratio), f"ratio {canonical(ratio)} is greater than max/min = {limit:f}")


def _fixed_faults(name: str, found: Mapping[str, Quantity], field: str) -> Iterator[Fault]:
    limit, request = found.get("default"), found.get("defaultRequest")
    if is_overcommitted(name) or limit is None or request is None or limit.nano == request.nano:
        return
    detail = f"default value {canonical(limit)} must equal to defaultRequest value {canonical(request)} in {name}"
    yield invalid(field, canonical(request), detail)


def quota_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a ResourceQuota, besides its metadata."""
    spec = item.get("spec") or {}
    for name, amount in sorted((spec.get("hard") or {}).items()):
        yield from quota_name_faults(name, f"spec.hard[{name}]")
        yield from quantity_faults(name, parse(amount), f"spec.hard[{name}]")
    yield from _scope_faults(spec, "spec.scopes")
    if "scopeSelector" in spec:
        yield from _scope_selector_faults(spec, "spec.scopeSelector.matchExpressions")


def quota_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a ResourceQuota that replaces another: its scopes stay."""
    yield from quota_faults(item)
    scopes, known = ((each.get("spec") or {}).get("scopes") or [] for each in (item, old))
    if set(scopes) != set(known):
        yield invalid("spec.scopes", scopes or None, IMMUTABLE)


def _scope_faults(spec: Object, field: str) -> Iterator[Fault]:
    scopes = list(spec.get("scopes") or ())
    for scope in scopes:
        if scope not in _SCOPES:
            yield invalid(field, scopes, "unsupported scope")
        for _ in _unscoped(scope, spec):
            yield invalid(field, scopes, "unsupported scope applied to resource")
    yield from _contradiction_faults(scopes, scopes, field)


def _unscoped(scope: str, spec: Object) -> list[str]:
    """Return the resources of a quota that a scope says nothing about.

    Source: pkg/apis/core/helper/helpers.go, IsResourceQuotaScopeValidForResource.
    """
    names = [name for name in sorted(spec.get("hard") or {}) if is_quota_name(name)]
    if scope in ("Terminating", "NotTerminating", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"):
        return [name for name in names if name != "pods" and name not in _COMPUTED]
    return [name for name in names if name != "pods"] if scope == "BestEffort" else []


def _contradiction_faults(scopes: Sequence[str], shown: Sequence[str], field: str) -> Iterator[Fault]:
    for pair in _CONTRADICTIONS:
        if set(pair) <= set(scopes):
            yield invalid(field, list(shown) or None, "conflicting scopes")


def _scope_selector_faults(spec: Object, field: str) -> Iterator[Fault]:
    expressions = spec["scopeSelector"].get("matchExpressions") or ()
    for demand in expressions:
        scope, operator = demand.get("scopeName", ""), demand.get("operator", "")
        if scope not in _SCOPES:
            yield invalid(f"{field}.scopeName", scope, "unsupported scope")
        for _ in _unscoped(scope, spec):
            yield invalid(field, _shown(expressions), "unsupported scope applied to resource")
        if scope in _EXISTING and operator != "Exists":
            yield invalid(f"{field}.operator", operator, _EXISTING_ONLY)
        yield from _operator_faults(operator, demand.get("values") or [], field)
    scopes = [demand.get("scopeName", "") for demand in expressions]
    yield from _contradiction_faults(scopes, spec.get("scopes") or (), field)


def _shown(expressions: Sequence[Object]) -> Object:
    """Return a scope selector as Go's internal type prints it."""
    return {
        "MatchExpressions": [
            {
                "ScopeName": each.get("scopeName", ""),
                "Operator": each.get("operator", ""),
                "Values": each.get("values"),
            }
            for each in expressions
        ]
    }


def _operator_faults(operator: str, values: Sequence[str], field: str) -> Iterator[Fault]:
    if operator in ("In", "NotIn"):
        if not values:
            detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
            yield required(f"{field}.values", detail)
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            yield invalid(f"{field}.values", list(values), detail)
    else:
        yield invalid(f"{field}.operator", operator, "not a valid selector operator")

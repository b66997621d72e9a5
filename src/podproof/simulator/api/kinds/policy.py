"""The rules of PodDisruptionBudgets.

Source: pkg/apis/policy/validation/validation.go; pkg/registry/policy/poddisruptionbudget/strategy.go.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid, unsupported
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.go_values import internal
from podproof.simulator.api.validation.selectors import selector_faults
from podproof.simulator.api.validation.shares import excess_faults, share_faults
from podproof.simulator.model.objects import Object

_BOUNDS = ("minAvailable", "maxUnavailable")
_EVICTIONS = ("AlwaysAllow", "IfHealthyBudget")
_STATUS = {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0}


def _begin(item: Draft) -> None:
    item["status"] = dict(_STATUS)


def _faults(item: Object) -> Iterator[Fault]:
    spec = item.get("spec") or {}
    if all(key in spec for key in _BOUNDS):
        shown = internal("PodDisruptionBudgetSpec", spec)
        yield invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set")
    for key in _BOUNDS:
        if key in spec:
            yield from share_faults(spec[key], f"spec.{key}")
            yield from excess_faults(spec[key], f"spec.{key}")
    yield from selector_faults(spec.get("selector"), "spec.selector")
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in _EVICTIONS:
        yield unsupported("spec.unhealthyPodEvictionPolicy", policy, _EVICTIONS)


BUDGETS = Rules(begin=_begin, validate=_faults, validate_update=lambda item, _: _faults(item), derives=True)

"""The rules of LimitRanges and ResourceQuotas.

Source: pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem; pkg/registry/core/resourcequota/strategy.go.
"""

from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.api.validation.limits import limit_range_faults, quota_faults, quota_update_faults


def _default_range(item: Draft) -> None:
    for limit in item.setdefault("spec", {}).get("limits") or ():
        if limit.get("type") == "Container":
            _default_limit(limit)


def _default_limit(limit: Draft) -> None:
    """Complete the limits of containers: the maximum by default; the request that, or the minimum."""
    defaults = {**(limit.get("max") or {}), **(limit.get("default") or {})}
    requests = {**(limit.get("min") or {}), **defaults, **(limit.get("defaultRequest") or {})}
    for key, amounts in (("default", defaults), ("defaultRequest", requests)):
        if amounts:
            limit[key] = amounts


def _begin_quota(item: Draft) -> None:
    item["status"] = {}


LIMIT_RANGES = Rules(
    default=_default_range,
    validate=limit_range_faults,
    validate_update=lambda item, _: limit_range_faults(item),
)
QUOTAS = Rules(begin=_begin_quota, validate=quota_faults, validate_update=quota_update_faults, derives=True)

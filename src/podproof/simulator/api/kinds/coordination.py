"""The rules of Leases that people write themselves; a component's are taken as they are.

Source: pkg/apis/coordination/validation/validation.go.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, forbidden, invalid
from podproof.simulator.api.rules import Rules
from podproof.simulator.api.validation.scalars import NOT_NEGATIVE, greater
from podproof.simulator.model.names import qualified_name
from podproof.simulator.model.objects import Object

_BUILT_IN = ("OldestEmulationVersion",)


def _faults(item: Object) -> Iterator[Fault]:
    spec = item.get("spec") or {}
    yield from greater(spec.get("leaseDurationSeconds"), 0, "spec.leaseDurationSeconds")
    changes, strategy = spec.get("leaseTransitions"), spec.get("strategy")
    if changes is not None and changes < 0:
        yield invalid("spec.leaseTransitions", changes, NOT_NEGATIVE)
    if strategy is not None and strategy not in _BUILT_IN:
        for detail in qualified_name(strategy):
            yield invalid("spec.strategy", strategy, detail)
    if spec.get("preferredHolder") and not strategy:
        yield forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined")


LEASES = Rules(validate=_faults, validate_update=lambda item, _: _faults(item))

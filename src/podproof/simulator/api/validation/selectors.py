"""Checks of label selectors.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go, ValidateLabelSelector.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, forbidden, invalid, required
from podproof.simulator.api.validation.metadata import label_faults, label_key_faults
from podproof.simulator.model.names import label_value
from podproof.simulator.model.objects import Object


def selector_faults(selector: Object | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with a label selector; none is a good one."""
    if selector is None:
        return
    yield from label_faults(selector.get("matchLabels"), f"{field}.matchLabels")
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        yield from _expression_faults(expression, f"{field}.matchExpressions[{index}]")


def _expression_faults(expression: Object, field: str) -> Iterator[Fault]:
    operator, values = expression.get("operator", ""), expression.get("values") or ()
    if operator in ("In", "NotIn"):
        if not values:
            yield required(f"{field}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            yield forbidden(f"{field}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    else:
        yield invalid(f"{field}.operator", operator, "not a valid selector operator")
    yield from label_key_faults(expression.get("key", ""), f"{field}.key")
    for index, value in enumerate(values):
        for detail in label_value(value):
            yield invalid(f"{field}.values[{index}]", value, detail)

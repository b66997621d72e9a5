"""Checks of conditions of the common form, as newer kinds have them.

Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go, ValidateConditions.
"""

import re
from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, duplicate, invalid, required, too_long, unsupported
from podproof.simulator.api.validation.metadata import label_key_faults
from podproof.simulator.model.objects import Object

_STATUSES = ("False", "True", "Unknown")
_REASON = r"[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?"
_NO_REASON = (
    "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric "
    "characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or "
    f"'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '{_REASON}')"
)
_LONGEST_REASON, _LONGEST_MESSAGE = 1024, 32 * 1024


def condition_faults(conditions: Sequence[Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with a list of conditions."""
    seen: set[str] = set()
    for index, condition in enumerate(conditions):
        place, kind = f"{field}[{index}]", condition.get("type", "")
        if kind in seen:
            yield duplicate(f"{place}.type", kind)
        seen.add(kind)
        yield from label_key_faults(kind, f"{place}.type")
        if condition.get("status") not in _STATUSES:
            yield unsupported(f"{place}.status", condition.get("status", ""), _STATUSES)
        if condition.get("observedGeneration", 0) < 0:
            seen_there = condition["observedGeneration"]
            yield invalid(f"{place}.observedGeneration", seen_there, "must be greater than or equal to zero")
        if condition.get("lastTransitionTime") is None:
            yield required(f"{place}.lastTransitionTime", "must be set")
        yield from _text_faults(condition, place)


def _text_faults(condition: Object, field: str) -> Iterator[Fault]:
    reason = condition.get("reason", "")
    if not reason:
        yield required(f"{field}.reason", "must be set")
    elif not re.fullmatch(_REASON, reason, re.ASCII):
        yield invalid(f"{field}.reason", reason, _NO_REASON)
    if len(reason.encode()) > _LONGEST_REASON:
        yield too_long(f"{field}.reason", _LONGEST_REASON)
    if len(condition.get("message", "").encode()) > _LONGEST_MESSAGE:
        yield too_long(f"{field}.message", _LONGEST_MESSAGE)

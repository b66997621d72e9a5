"""Checks of numbers that may also be written as a percentage.

Source: pkg/apis/apps/validation/validation.go, ValidatePositiveIntOrPercent, IsNotMoreThan100Percent.
"""

import re
from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid
from podproof.simulator.api.validation.scalars import not_negative

_PERCENT = re.compile(r"[0-9]+%", re.ASCII)
_NO_PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)


def share_faults(value: int | str, field: str) -> Iterator[Fault]:
    """Yield a fault where a value is neither a whole number nor a percentage."""
    if isinstance(value, int):
        yield from not_negative(value, field)
    elif not _PERCENT.fullmatch(value):
        yield invalid(field, value, _NO_PERCENT)


def excess_faults(value: int | str, field: str) -> Iterator[Fault]:
    """Yield a fault where a percentage is more than the whole."""
    if isinstance(value, str) and _PERCENT.fullmatch(value) and share(value) > 100:
        yield invalid(field, value, "must not be greater than 100%")


def share(value: int | str) -> int:
    """Return the number itself, or that before the percent sign; 0 for a text that is neither."""
    if isinstance(value, int):
        return value
    text = value.removesuffix("%")
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII) else 0

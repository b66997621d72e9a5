"""Durations as people write them: "30 seconds", "2 minutes", "90 s", "1 minute 30 seconds", "1 分 30 秒"."""

import re
from fractions import Fraction

from podproof.errors import PodproofError
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos

_UNITS = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds", "毫秒"), MILLISECOND),
    **dict.fromkeys(("s", "second", "seconds", "秒", "秒钟"), SECOND),
    **dict.fromkeys(("m", "min", "minute", "minutes", "分", "分钟"), 60 * SECOND),
    **dict.fromkeys(("h", "hour", "hours", "小时"), 3600 * SECOND),
    **dict.fromkeys(("d", "day", "days", "天"), 86400 * SECOND),
}
_PART = re.compile(r"\s*(?:and\s+)?(\d+(?:\.\d+)?)\s*([^\W\d_]+)")


class DurationError(PodproofError, ValueError):
    """A text is no duration; `text` is what was written."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"{self.text!r} is no duration: write a number and a unit, as 30 seconds, 2 minutes or 1 hour"


def parse(text: str) -> Nanos:
    """Return the duration a text says, in nanoseconds; its parts add up.

    Raises:
        DurationError: the text is no duration, or one of no length.
    """
    total, end = Fraction(0), 0
    while end < len(text.rstrip()):
        part = _PART.match(text, end)
        if part is None or part[2] not in _UNITS:
            raise DurationError(text)
        total += Fraction(part[1]) * _UNITS[part[2]]
        end = part.end()
    if total <= 0:
        raise DurationError(text)
    return Nanos(round(total))


def spoken(span: Nanos) -> str:
    """Return a duration as people write it, to the hundredth of a second: "1 minute 30 seconds"."""
    whole, rest = divmod(span, 60 * SECOND)
    hours, minutes = divmod(whole, 60)
    parts = [_counted(hours, "hour"), _counted(minutes, "minute"), _counted(round(rest / SECOND, 2), "second")]
    return " ".join(part for part in parts if part) or "0 seconds"


def _counted(amount: float, unit: str) -> str:
    return f"{amount:g} {unit}{'' if amount == 1 else 's'}" if amount else ""

"""Time as Kubernetes writes it, over integer nanoseconds since the Unix epoch."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NewType

Nanos = NewType("Nanos", int)
"""Integer nanoseconds: a duration, or a moment counted from the Unix epoch."""

SECOND = 1_000_000_000
MILLISECOND = 1_000_000


def seconds(amount: float) -> Nanos:
    """Return `amount` seconds as nanoseconds, rounded to the nearest."""
    return Nanos(round(amount * SECOND))


def timestamp(moment: Nanos) -> str:
    """Return a moment as metav1.Time prints it: RFC 3339, UTC, whole seconds.

    Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/time.go, Time.MarshalJSON.
    """
    return _utc(moment // SECOND)


@lru_cache(maxsize=1024)
def _utc(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> Nanos:
    """Return the moment a `timestamp` names, in nanoseconds.

    Raises:
        ValueError: `text` is no RFC 3339 time in UTC.
    """
    whole, _, fraction = text.removesuffix("Z").partition(".")
    parsed = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp()) * SECOND
    return Nanos(parsed + int(fraction.ljust(9, "0")[:9])) if fraction else Nanos(parsed)


def long_date(text: str | None) -> str:
    """Return a timestamp as kubectl writes dates: `Thu, 01 Jan 2026 00:00:00 +0000`; None is the first of all days.

    Source: Go's time.RFC1123Z.
    """
    day = datetime.fromisoformat(text.removesuffix("Z")) if text else datetime(1, 1, 1)  # noqa: DTZ001
    names = f"{_DAYS[day.weekday()]}, {day.day:02} {_MONTHS[day.month - 1]} {day.year:04}"
    return f"{names} {day.hour:02}:{day.minute:02}:{day.second:02} +0000"


def plain_date(now: Nanos) -> str:
    """Return a moment as Go prints a time: `2026-01-01 00:00:00 +0000 UTC`."""
    return f"{timestamp(now)[:10]} {timestamp(now)[11:19]} +0000 UTC"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def human_duration(span: Nanos) -> str:
    """Return a duration as the columns of kubectl print ages: `42s`, `3m10s`, `5h`, `2d`.

    Source: staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go, HumanDuration.
    """
    total = span // SECOND if span >= 0 else -(-span // SECOND)  # toward zero, as Go's int() cuts
    if total < -1:
        return "<invalid>"
    if total < 0:
        return "0s"
    if total < 60 * 2:
        return f"{total}s"
    minutes, hours, days = total // 60, total // 3600, total // 86400
    if minutes < 10:
        return _two(minutes, "m", total % 60, "s")
    if minutes < 60 * 3:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if hours < 24 * 8:
        return _two(days, "d", hours % 24, "h")
    if hours < 24 * 365 * 2:
        return f"{days}d"
    years = days // 365
    return _two(years, "y", days % 365, "d") if hours < 24 * 365 * 8 else f"{years}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"

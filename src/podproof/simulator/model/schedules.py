"""Cron expressions: what they say, and the next moment they mean.

Source: github.com/robfig/cron/v3, parser.go, spec.go, constantdelay.go.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from podproof.simulator.model.times import SECOND, Nanos


class ScheduleError(ValueError):
    """A text that is no schedule; its first argument is the parser's own reason."""


class _Field(NamedTuple):
    """One of the five fields: its limits, and the names its numbers have."""

    least: int
    most: int
    names: Mapping[str, int]


class _Span(NamedTuple):
    """The numbers one part of a field names, and whether it says no more than "any"."""

    numbers: range
    is_star: bool


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field(0, 59, {}),
    _Field(0, 23, {}),
    _Field(1, 31, {}),
    _Field(1, 12, {name: number for number, name in enumerate(_MONTHS, start=1)}),
    _Field(0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY = "@every "
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_DURATION = re.compile(r"[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_HORIZON = timedelta(days=5 * 366)
"""How far ahead a moment is looked for. Source: spec.go, yearLimit."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The moments of a cron expression; `every` (seconds) of one that only says how often."""

    minutes: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    is_any_day: bool = False
    """Whether days of the month or of the week are left open: then both fields have to fit, else either."""
    every: int = 0
    zone: str = ""

    def following(self, after: Nanos, zone: str = "") -> Nanos | None:
        """Return the first moment later than another, None where there is none for years; `zone` names a time zone."""
        if self.every:
            return Nanos((after // SECOND + self.every) * SECOND)
        where = _zone(zone or self.zone)
        begin = datetime.fromtimestamp(after // SECOND, UTC).astimezone(where)
        for day in _days(begin.date()):
            if self._falls_on(day):
                first = begin.hour if day == begin.date() else 0
                for moment in self._within(day, first, where):
                    if moment > after:
                        return moment
        return None

    def _falls_on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        in_month, in_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return in_month and in_week if self.is_any_day else in_month or in_week

    def _within(self, day: date, first: int, where: tzinfo) -> Iterator[Nanos]:
        """Yield the moments of a day from an hour on; one that is left out when clocks go forward has none."""
        for hour in sorted(each for each in self.hours if each >= first):
            for minute in sorted(self.minutes):
                local = datetime.combine(day, time(hour, minute), where)
                seconds = int(local.timestamp())
                if datetime.fromtimestamp(seconds, where).hour == hour:
                    yield Nanos(seconds * SECOND)


def _days(begin: date) -> Iterator[date]:
    for offset in range(_HORIZON.days):
        yield begin + timedelta(days=offset)


def _zone(name: str) -> tzinfo:
    if name in ("", "UTC"):
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def is_zone(name: str) -> bool:
    """Say whether a time zone of this name is known."""
    from zoneinfo import available_timezones

    return name == "UTC" or name in available_timezones()


def read_schedule(text: str) -> Schedule:
    """Read a cron expression of five fields, or a descriptor like `@daily`.

    Raises:
        ScheduleError: with the parser's own reason.
    """
    if not text:
        raise ScheduleError("empty spec string")
    zone = ""
    if text.startswith(("TZ=", "CRON_TZ=")):
        zone, _, text = text.partition("=")[2].partition(" ")
        if not is_zone(zone):
            raise ScheduleError(f"provided bad location {zone}: unknown time zone {zone}")
        text = text.strip()
    if text.startswith("@"):
        return _described(text, zone)
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ScheduleError(f"expected exactly {len(_FIELDS)} fields, found {len(fields)}: [{' '.join(fields)}]")
    return _of_fields(fields, zone)


def _of_fields(fields: list[str], zone: str) -> Schedule:
    spans = [
        [_read_range(part, limits) for part in filter(None, field.split(","))]
        for field, limits in zip(fields, _FIELDS, strict=True)
    ]
    minutes, hours, days, months, weekdays = (frozenset(n for span in each for n in span.numbers) for each in spans)
    open_days = any(span.is_star for each in (spans[2], spans[4]) for span in each)
    return Schedule(minutes, hours, days, months, weekdays, open_days, zone=zone)


def _described(text: str, zone: str) -> Schedule:
    if text in _DESCRIPTORS:
        return _of_fields(_DESCRIPTORS[text].split(), zone)
    if not text.startswith(_EVERY):
        raise ScheduleError(f"unrecognized descriptor: {text}")
    duration = text.removeprefix(_EVERY)
    if not _DURATION.fullmatch(duration):
        raise ScheduleError(f'failed to parse duration {text}: time: invalid duration "{duration}"')
    total = sum(float(amount) * _UNITS[unit] for amount, unit in _AMOUNT.findall(duration))
    return Schedule(every=max(int(total), 1) if not duration.startswith("-") else 1, zone=zone)


def _read_range(part: str, limits: _Field) -> _Span:
    span, *steps = part.split("/")
    ends = span.split("-")
    if ends[0] in ("*", "?"):
        start, end = limits.least, limits.most
    else:
        start = _number(ends[0], limits.names)
        if len(ends) > 2:
            raise ScheduleError(f"too many hyphens: {part}")
        end = _number(ends[1], limits.names) if len(ends) == 2 else start
    if len(steps) > 1:
        raise ScheduleError(f"too many slashes: {part}")
    step = _number(steps[0], {}) if steps else 1
    if steps and len(ends) == 1:
        end = limits.most
    _check_range(part, start, end, step, limits)
    return _Span(range(start, end + 1, step), ends[0] in ("*", "?") and step == 1)


def _check_range(part: str, start: int, end: int, step: int, limits: _Field) -> None:
    if start < limits.least:
        raise ScheduleError(f"beginning of range ({start}) below minimum ({limits.least}): {part}")
    if end > limits.most:
        raise ScheduleError(f"end of range ({end}) above maximum ({limits.most}): {part}")
    if start > end:
        raise ScheduleError(f"beginning of range ({start}) beyond end of range ({end}): {part}")
    if step == 0:
        raise ScheduleError(f"step of range should be a positive number: {part}")


def _number(text: str, names: Mapping[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    if not re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII):
        raise ScheduleError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    number = int(text)
    if number < 0:
        raise ScheduleError(f"negative number ({number}) not allowed: {text}")
    return number

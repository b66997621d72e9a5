"""Checks of when CronJobs run: cron expressions and time zones.

Source: github.com/robfig/cron/v3, parser.go; pkg/apis/batch/validation/validation.go, validateScheduleFormat,
validateTimeZone.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from podproof.simulator.api.faults import Fault, invalid


class ScheduleError(ValueError):
    """A text that is no schedule; its first argument is the parser's own reason."""


class _Field(NamedTuple):
    """One of the five fields: its limits, and the names its numbers have."""

    least: int
    most: int
    names: Mapping[str, int]


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field(0, 59, {}),
    _Field(0, 23, {}),
    _Field(1, 31, {}),
    _Field(1, 12, {name: number for number, name in enumerate(_MONTHS, start=1)}),
    _Field(0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_DESCRIPTORS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = "@every "
_DURATION = re.compile(r"[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_ZONE_PART = re.compile(r"[A-Za-z.\-_0-9+]{1,14}", re.ASCII)


def schedule_faults(schedule: str, zone: str | None, field: str, *, zoned: bool) -> Iterator[Fault]:
    """Yield what is wrong with a schedule; `zoned`: the one it replaces names a time zone itself, so it may, too."""
    try:
        read_schedule(schedule)
    except ScheduleError as error:
        yield invalid(field, schedule, str(error))
    if "TZ" not in schedule:
        return
    if not zoned:
        yield invalid(field, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
    elif zone is not None:
        yield invalid(field, schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule")


def zone_faults(zone: str, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of a time zone."""
    if not zone:
        yield invalid(field, zone, "timeZone must be nil or non-empty string")
        return
    for part in zone.split("/"):
        if part in (".", "..") or part.startswith("-") or not _ZONE_PART.fullmatch(part):
            yield invalid(field, zone, f"unknown time zone {zone}")
            return
    if zone.casefold() == "local":
        detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
        yield invalid(field, zone, detail)
    elif not _is_known(zone):
        yield invalid(field, zone, f"unknown time zone {zone}")


def _is_known(zone: str) -> bool:
    from zoneinfo import available_timezones

    return zone == "UTC" or zone in available_timezones()


def read_schedule(text: str) -> None:
    """Read a cron expression of five fields, or a descriptor like `@daily`.

    Raises:
        ScheduleError: with the parser's own reason.
    """
    if not text:
        raise ScheduleError("empty spec string")
    if text.startswith(("TZ=", "CRON_TZ=")):
        zone, _, text = text.partition("=")[2].partition(" ")
        if not _is_known(zone):
            raise ScheduleError(f"provided bad location {zone}: unknown time zone {zone}")
        text = text.strip()
    if text.startswith("@"):
        _read_descriptor(text)
        return
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ScheduleError(f"expected exactly {len(_FIELDS)} fields, found {len(fields)}: [{' '.join(fields)}]")
    for field, limits in zip(fields, _FIELDS, strict=True):
        for part in filter(None, field.split(",")):
            _read_range(part, limits)


def _read_descriptor(text: str) -> None:
    if text in _DESCRIPTORS:
        return
    if not text.startswith(_EVERY):
        raise ScheduleError(f"unrecognized descriptor: {text}")
    duration = text.removeprefix(_EVERY)
    if not _DURATION.fullmatch(duration):
        raise ScheduleError(f'failed to parse duration {text}: time: invalid duration "{duration}"')


def _read_range(part: str, limits: _Field) -> None:
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

"""Checks of when CronJobs run: cron expressions and time zones.

Source: pkg/apis/batch/validation/validation.go, validateScheduleFormat,
validateTimeZone.
"""

import re
from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, invalid
from podproof.simulator.model.schedules import ScheduleError, is_zone, read_schedule

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
    elif not is_zone(zone):
        yield invalid(field, zone, f"unknown time zone {zone}")

"""Cron expressions: the next moment each of them means."""

import pytest

from podproof.simulator.model.schedules import ScheduleError, read_schedule
from podproof.simulator.model.times import Nanos, moment, timestamp

FOLLOWING = {
    "every minute": ("* * * * *", "2026-01-01T00:00:30Z", "2026-01-01T00:01:00Z"),
    "later than the moment itself": ("* * * * *", "2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z"),
    "every fifth minute": ("*/5 * * * *", "2026-01-01T00:56:00Z", "2026-01-01T01:00:00Z"),
    "from one minute on": ("50/5 * * * *", "2026-01-01T00:51:00Z", "2026-01-01T00:55:00Z"),
    "a list and a span": ("0 6,8-9 * * *", "2026-01-01T08:30:00Z", "2026-01-01T09:00:00Z"),
    "the next day": ("0 6 * * *", "2026-01-31T07:00:00Z", "2026-02-01T06:00:00Z"),
    "a weekday by name": ("0 0 * * mon", "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"),
    "a month by name": ("0 0 1 MAR *", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"),
    "a day that few months have": ("0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"),
    "a day that few years have": ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
    "a day or a weekday": ("0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    "a weekday where any day will do": ("0 0 * * 0", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"),
    "a question mark is a star": ("0 0 ? * 0", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"),
    "a descriptor": ("@monthly", "2026-01-15T10:00:00Z", "2026-02-01T00:00:00Z"),
    "so often": ("@every 90s", "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z"),
    "so often, by whole seconds": ("@every 1m0.5s", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"),
    "never more often than each second": ("@every 1ms", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"),
    "a zone in the schedule": ("TZ=Asia/Tokyo 0 9 * * *", "2026-01-01T00:00:01Z", "2026-01-02T00:00:00Z"),
}


@pytest.mark.parametrize(("text", "after", "found"), FOLLOWING.values(), ids=FOLLOWING.keys())
def test_the_moment_that_follows(text: str, after: str, found: str) -> None:
    following = read_schedule(text).following(moment(after))

    assert following is not None
    assert timestamp(following) == found


ZONES = {
    "before the clocks go forward": ("0 1 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T00:00:00Z"),
    "no moment in an hour left out": ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z"),
    "after the clocks went forward": ("0 3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
    "half hours": ("0 9 * * *", "Asia/Kolkata", "2026-01-01T00:00:00Z", "2026-01-01T03:30:00Z"),
    "another day there": ("0 0 1 * *", "America/New_York", "2026-02-01T02:00:00Z", "2026-02-01T05:00:00Z"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "zone", "after", "found"), ZONES.values(), ids=ZONES.keys())
def test_the_moment_that_follows_in_a_time_zone(text: str, zone: str, after: str, found: str) -> None:
    following = read_schedule(text).following(moment(after), zone)

    assert following is not None
    assert timestamp(following) == found


def test_a_day_that_no_year_has_never_comes() -> None:
    assert read_schedule("59 23 31 2 *").following(Nanos(0)) is None


def test_what_is_no_schedule_is_refused_in_the_parsers_words() -> None:
    with pytest.raises(ScheduleError, match=r"end of range \(61\) above maximum \(59\): 61"):
        read_schedule("61 * * * *")

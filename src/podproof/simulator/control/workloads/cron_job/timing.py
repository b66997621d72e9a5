"""When a CronJob is due.

Source: pkg/controller/cronjob/utils.go, nextScheduleTime, mostRecentScheduleTime;
pkg/controller/cronjob/cronjob_controllerv2.go, nextScheduleTimeDuration.
"""

from dataclasses import dataclass

from podproof.simulator.model.objects import Object
from podproof.simulator.model.schedules import Schedule
from podproof.simulator.model.times import SECOND, Nanos, moment, seconds

_DELTA = seconds(0.1)
"""How long after a moment a CronJob is looked at. Source: cronjob_controllerv2.go, nextScheduleDelta."""
_MANY = 100


@dataclass(frozen=True, slots=True)
class Due:
    """The newest moment at which a Job should have begun, and when to look again."""

    at: Nanos | None
    wake_at: Nanos | None
    missed_many: bool = False
    """Whether more moments were missed than anybody would count."""


def due(cron_job: Object, schedule: Schedule, now: Nanos) -> Due:
    """Return what a CronJob is due for; what is older than its deadline to begin is not.

    Nothing that is due is therefore ever too late: the event MissSchedule that Kubernetes has for it cannot come.
    """
    zone, earliest = cron_job["spec"].get("timeZone") or "", _earliest(cron_job)
    at, many = _newest(schedule, zone, max(earliest, _deadline(cron_job, now)), now)
    last, _ = _newest(schedule, zone, earliest, now)
    following = schedule.following(last or earliest, zone)
    return Due(at, Nanos(following + _DELTA) if following is not None else None, many)


def _earliest(cron_job: Object) -> Nanos:
    last = (cron_job.get("status") or {}).get("lastScheduleTime")
    return moment(last or cron_job["metadata"]["creationTimestamp"])


def _deadline(cron_job: Object, now: Nanos) -> Nanos:
    limit = cron_job["spec"].get("startingDeadlineSeconds")
    return Nanos(0) if limit is None else Nanos(now - int(limit) * SECOND)


def _newest(schedule: Schedule, zone: str, earliest: Nanos, now: Nanos) -> tuple[Nanos | None, bool]:
    """Return the newest moment after `earliest` that is not in the future, and whether very many were missed.

    Where many were missed the first two tell how many there are about, and the search begins shortly before the end.
    """
    first = schedule.following(earliest, zone)
    if first is None or now < first:
        return None, False
    second = schedule.following(first, zone)
    if second is None or now < second:
        return first, False
    missed = (now - first) // (second - first) + 1
    newest, at = None, schedule.following(Nanos(first + (missed - 2) * (second - first)), zone)
    while at is not None and at <= now:
        newest, at = at, schedule.following(at, zone)
    return newest, missed > _MANY

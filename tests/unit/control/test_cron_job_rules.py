"""The rules of a CronJob: when it is due, and what a look at it does."""

from typing import Any

import pytest

from podproof.simulator.control.plans import Create, Delete, Emit, Outcome, UpdateStatus
from podproof.simulator.control.workloads.cron_job.reconcile import reconcile
from podproof.simulator.control.workloads.cron_job.timing import due
from podproof.simulator.control.workloads.finished_jobs import reconcile as ended
from podproof.simulator.model.schedules import read_schedule
from podproof.simulator.model.times import moment, seconds, timestamp


def cron_job(created: str = "00:00:30", status: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """Return a CronJob of each full minute."""
    meta = {"name": "c", "namespace": "default", "uid": "c", "creationTimestamp": f"2026-01-01T{created}Z"}
    whole = {"schedule": "* * * * *", "jobTemplate": {"spec": {"x": 1}}, **spec}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": whole, "status": status or {}}


def job(name: str, end: str = "", began: str = "00:01:00") -> dict[str, Any]:
    """Return a Job, ended as `end` (Complete, Failed) or not at all."""
    said = [{"type": end, "status": "True", "lastTransitionTime": "2026-01-01T00:02:00Z"}] if end else []
    done = {"completionTime": "2026-01-01T00:02:00Z"} if end == "Complete" else {}
    status = {"startTime": f"2026-01-01T{began}Z", "conditions": said, **done}
    return {"metadata": {"name": name, "namespace": "default", "uid": name}, "spec": {}, "status": status}


def active(*names: str) -> list[dict[str, str]]:
    return [{"uid": each, "name": each} for each in names]


DUE = {
    "not before the first full minute": ("00:00:30", {}, "00:00:59", None),
    "at the full minute": ("00:00:30", {}, "00:01:00", "00:01:00"),
    "a moment is not due twice": ("00:00:30", {"lastScheduleTime": "2026-01-01T00:01:00Z"}, "00:01:30", None),
    "of several that were missed the newest": ("00:00:30", {}, "00:10:20", "00:10:00"),
}


@pytest.mark.parametrize(("created", "status", "now", "at"), DUE.values(), ids=DUE.keys())
def test_what_a_cron_job_is_due_for(created: str, status: dict[str, Any], now: str, at: str | None) -> None:
    found = due(cron_job(created, status), read_schedule("* * * * *"), moment(f"2026-01-01T{now}Z"))

    assert (timestamp(found.at) if found.at else None) == (at and f"2026-01-01T{at}Z")


def test_it_is_looked_at_a_tenth_of_a_second_after_each_moment() -> None:
    found = due(cron_job(), read_schedule("* * * * *"), moment("2026-01-01T00:00:30Z"))

    assert found.wake_at == moment("2026-01-01T00:01:00Z") + seconds(0.1)


def test_more_than_a_hundred_missed_moments_are_told() -> None:
    plan = reconcile(cron_job(), (), moment("2026-01-01T02:00:00Z"))

    assert [each.reason for each in plan.commands if isinstance(each, Emit)] == ["TooManyMissedTimes"]


LOOKS = {
    "a Job is made": ({}, {}, [], ["create c-29453761"]),
    "none while suspended": ({"suspend": True}, {}, [], []),
    "none too late": ({"startingDeadlineSeconds": 10}, {}, [], []),
    "none beside another where that is forbidden": (
        {"concurrencyPolicy": "Forbid"}, {"active": active("a")}, [job("a")], ["JobAlreadyActive"],
    ),
    "another one beside it where that is allowed": ({}, {"active": active("a")}, [job("a")], ["create c-29453761"]),
    "in the place of another": (
        {"concurrencyPolicy": "Replace"}, {"active": active("a")}, [job("a")], ["delete a", "create c-29453761"],
    ),
    "what has ended stands in nobody's way": (
        {"concurrencyPolicy": "Forbid"}, {"active": active("a")}, [job("a", "Complete")],
        ["SawCompletedJob", "create c-29453761"],
    ),
    "what went missing stands in nobody's way": (
        {"concurrencyPolicy": "Forbid"}, {"active": active("a")}, [], ["MissingJob", "create c-29453761"],
    ),
    "one that nobody made is told": ({"suspend": True}, {}, [job("a")], ["UnexpectedJob"]),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "status", "jobs", "done"), LOOKS.values(), ids=LOOKS.keys())
def test_what_a_look_does(
    spec: dict[str, Any], status: dict[str, Any], jobs: list[dict[str, Any]], done: list[str]
) -> None:
    plan = reconcile(cron_job(status=status, **spec), jobs, moment("2026-01-01T00:01:20Z"))
    said = [_said(each) for each in plan.commands if not isinstance(each, UpdateStatus)]

    assert said == done


def _said(command: Any) -> str:
    match command:
        case Emit():
            return command.reason
        case Create():
            return f"create {command.body['metadata']['name']}"
        case Delete():
            return f"delete {command.name}"
    raise AssertionError(command)


MADE_UP = {"within the deadline": ("00:01:39", True), "not after it": ("00:01:40", False)}


@pytest.mark.parametrize(("now", "made"), MADE_UP.values(), ids=MADE_UP.keys())
def test_a_moment_that_was_missed_is_made_up_for(now: str, made: bool) -> None:
    missed = cron_job("00:00:00", {"lastScheduleTime": "2025-12-31T23:59:59Z"}, schedule="0 0 * * *")
    missed["spec"]["startingDeadlineSeconds"] = 100
    plan = reconcile(missed, (), moment(f"2026-01-01T{now}Z"))

    assert any(isinstance(each, Create) for each in plan.commands) == made


def test_what_was_begun_stands_in_the_status() -> None:
    now = moment("2026-01-01T00:01:00Z")
    plan = reconcile(cron_job(), (), now)
    made = {"metadata": {"name": "c-1", "namespace": "default", "uid": "u", "resourceVersion": "7"}}
    assert plan.then is not None
    write = plan.then(Outcome((made,), (), (), None)).commands[-1]

    assert isinstance(write, UpdateStatus)
    assert write.body["status"]["lastScheduleTime"] == "2026-01-01T00:01:00Z"
    assert [each["name"] for each in write.body["status"]["active"]] == ["c-1"]


def test_the_oldest_finished_jobs_go_those_that_failed_and_those_that_did_not() -> None:
    limits: dict[str, Any] = {"successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 0, "suspend": True}
    jobs = [
        job("good2", "Complete", "00:02:00"), job("good1", "Complete"), job("bad", "Failed"), job("runs"),
    ]  # fmt: skip
    plan = reconcile(cron_job(status={"active": active("runs")}, **limits), jobs, moment("2026-01-01T00:05:00Z"))

    assert [each.name for each in plan.commands if isinstance(each, Delete)] == ["good1", "bad"]


TIMES_TO_LIVE = {
    "it has not ended": ("", 10, 600, None, False),
    "nobody said how long": ("Complete", None, 600, None, False),
    "its time is not over": ("Complete", 10, 9, 10, False),
    "its time is over": ("Complete", 10, 10, None, True),
    "failed ones go, too": ("Failed", 0, 0, None, True),
}


@pytest.mark.parametrize(("end", "limit", "after", "wake", "goes"), TIMES_TO_LIVE.values(), ids=TIMES_TO_LIVE.keys())
def test_the_time_to_live_of_a_finished_job(
    end: str, limit: int | None, after: int, wake: int | None, goes: bool
) -> None:
    made, over = job("j", end), moment("2026-01-01T00:02:00Z")
    made["spec"] = {} if limit is None else {"ttlSecondsAfterFinished": limit}
    plan = ended(made, over + seconds(after))  # type: ignore[arg-type]

    assert bool(plan.commands) == goes
    assert plan.wake_at == (None if wake is None else over + seconds(wake))

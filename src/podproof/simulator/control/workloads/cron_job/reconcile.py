"""One look at a CronJob: what its Jobs have come to, whether another one is due, and which are kept no longer.

Source: pkg/controller/cronjob/cronjob_controllerv2.go, syncCronJob, cleanupFinishedJobs; utils.go, getJobFromTemplate2.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from podproof.simulator.control.plans import Command, Create, Delete, Emit, Outcome, Plan, Told, UpdateStatus
from podproof.simulator.control.workloads.cron_job.timing import Due, due
from podproof.simulator.control.workloads.job.ending import conditions_of, is_finished
from podproof.simulator.control.workloads.job.reconcile import JOBS
from podproof.simulator.control.workloads.owners import controller_reference
from podproof.simulator.model.objects import Object
from podproof.simulator.model.schedules import read_schedule
from podproof.simulator.model.times import SECOND, Nanos, timestamp

CRON_JOBS = "cronjobs.batch"
_SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"
_FORBIDDEN = "Not starting job because prior execution is running and concurrency policy is Forbid"
_TOO_MANY = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"


def reconcile(cron_job: Object, jobs: Sequence[Object], now: Nanos) -> Plan:
    """Bring a CronJob up to date with its Jobs and with the time."""
    status, seen = _seen(cron_job, jobs)
    cuts = tuple(_history_cut(cron_job, jobs))
    if "deletionTimestamp" in cron_job["metadata"] or cron_job["spec"].get("suspend"):
        return Plan((*seen, *cuts, *_written(cron_job, status)))
    found = due(cron_job, read_schedule(cron_job["spec"]["schedule"]), now)
    commands = tuple(_begun(cron_job, status, found))

    def then(outcome: Outcome) -> Plan:
        new = status
        if found.at is not None and outcome.created:
            new = _started(cron_job, status, outcome.created[-1], found.at, outcome)
        return Plan((*cuts, *_written(cron_job, new)), found.wake_at)

    return Plan((*seen, *_missed_told(cron_job, found), *commands), then=then)


def _seen(cron_job: Object, jobs: Iterable[Object]) -> tuple[dict[str, Any], list[Command]]:
    """Return the status after a look at the Jobs, and the events of what was seen."""
    status: dict[str, Any] = {**(cron_job.get("status") or {})}
    active, events, there = list(status.get("active") or ()), list[Command](), set()
    for job in jobs:
        uid, name = job["metadata"]["uid"], job["metadata"]["name"]
        there.add(uid)
        is_listed = any(each["uid"] == uid for each in active)
        if is_listed and is_finished(job):
            active = [each for each in active if each["uid"] != uid]
            said = f"Saw completed job: {name}, condition: {_finish(job)['type']}"
            events.append(Emit(cron_job, "Normal", "SawCompletedJob", said, ""))
        elif not is_listed and not is_finished(job):
            said = f"Saw a job that the controller did not create or forgot: {name}"
            events.append(Emit(cron_job, "Warning", "UnexpectedJob", said, ""))
        completed = (job.get("status") or {}).get("completionTime", "")
        if not is_listed and is_finished(job) and completed > status.get("lastSuccessfulTime", ""):
            status["lastSuccessfulTime"] = completed
    for each in active:
        if each["uid"] not in there:
            events.append(Emit(cron_job, "Normal", "MissingJob", f"Active job went missing: {each['name']}", ""))
    return _with_active(status, [each for each in active if each["uid"] in there]), events


def _with_active(status: dict[str, Any], active: Sequence[Object]) -> dict[str, Any]:
    kept = {key: value for key, value in status.items() if key != "active"}
    return {**kept, **({"active": list(active)} if active else {})}


def _finish(job: Object) -> Object:
    found: Object = next(each for each in conditions_of(job) if each["type"] in ("Complete", "Failed"))
    return found


def _missed_told(cron_job: Object, found: Due) -> Iterator[Command]:
    if found.missed_many:
        yield Emit(cron_job, "Warning", "TooManyMissedTimes", _TOO_MANY, "")


def _begun(cron_job: Object, status: Object, found: Due) -> Iterator[Command]:
    """Yield what begins the Job that is due, if one is; what stands in its way goes first, or keeps it back."""
    if found.at is None or timestamp(found.at) == status.get("lastScheduleTime"):
        return
    active, policy = status.get("active") or (), cron_job["spec"].get("concurrencyPolicy", "Allow")
    if any(each["name"] == _name(cron_job, found.at) for each in active):
        return
    if policy == "Forbid" and active:
        yield Emit(cron_job, "Normal", "JobAlreadyActive", _FORBIDDEN, "")
        return
    if policy == "Replace":
        yield from (_deletion(cron_job, each["name"]) for each in active)
    told = Told(cron_job, ("SuccessfulCreate", "Created job {name}"), ("FailedCreate", "Error creating job: {error}"))
    yield Create(JOBS, _job(cron_job, found.at), told)


def _started(cron_job: Object, status: dict[str, Any], job: Object, at: Nanos, outcome: Outcome) -> dict[str, Any]:
    """Return the status with a new Job in it, without those it replaced."""
    meta = job["metadata"]
    gone = {name for _, name in outcome.deleted}
    new = {"kind": "Job", "apiVersion": "batch/v1", "namespace": meta["namespace"], "name": meta["name"]}
    new |= {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]}
    left = [each for each in status.get("active") or () if each["name"] not in gone]
    return {**_with_active(status, [*left, new]), "lastScheduleTime": timestamp(at)}


def _name(cron_job: Object, at: Nanos) -> str:
    """Return the name of a moment's Job: the minute is in it, so that no moment has two. Source: getJobName."""
    return f"{cron_job['metadata']['name']}-{at // (60 * SECOND)}"


def _job(cron_job: Object, at: Nanos) -> dict[str, Any]:
    template, meta = cron_job["spec"]["jobTemplate"], cron_job["spec"]["jobTemplate"].get("metadata") or {}
    notes = {**(meta.get("annotations") or {}), _SCHEDULED_AT: _local(at, cron_job["spec"].get("timeZone") or "UTC")}
    named = {"name": _name(cron_job, at), "namespace": cron_job["metadata"]["namespace"], "annotations": notes}
    labels = {"labels": meta["labels"]} if meta.get("labels") else {}
    whole = {**named, **labels, "ownerReferences": [controller_reference(cron_job)]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": whole, "spec": template["spec"]}


def _local(at: Nanos, zone: str) -> str:
    """Return a moment as the clocks of a time zone show it. Source: Go's time.RFC3339."""
    if zone == "UTC":
        return timestamp(at)
    from zoneinfo import ZoneInfo

    return datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone)).isoformat().replace("+00:00", "Z")


def _history_cut(cron_job: Object, jobs: Iterable[Object]) -> Iterator[Command]:
    """Yield the deletion of the oldest finished Jobs beyond the limits, those that failed and those that did not."""
    ended = [job for job in jobs if is_finished(job)]
    limits = (("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit"))
    for kind, limit in limits:
        kept = cron_job["spec"].get(limit)
        of_kind = sorted((job for job in ended if _finish(job)["type"] == kind), key=_age)
        surplus = of_kind[: max(len(of_kind) - int(kept), 0)] if kept is not None else ()
        yield from (_deletion(cron_job, job["metadata"]["name"]) for job in surplus)


def _age(job: Object) -> tuple[bool, str, str]:
    """Source: utils.go, byJobStartTime."""
    began = (job.get("status") or {}).get("startTime")
    return began is None, began or "", job["metadata"]["name"]


def _deletion(cron_job: Object, name: str) -> Delete:
    told = Told(cron_job, ("SuccessfulDelete", "Deleted job {name}"), ("FailedDelete", "Deleted job: {error}"))
    return Delete(JOBS, cron_job["metadata"]["namespace"], name, told, propagation="Background")


def _written(cron_job: Object, status: dict[str, Any]) -> Iterator[Command]:
    if status != (cron_job.get("status") or {}):
        yield UpdateStatus(CRON_JOBS, {**cron_job, "status": status})

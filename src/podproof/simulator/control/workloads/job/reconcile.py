"""One look at a Job: pods are made or removed, those that ended are counted, and its end is told.

Source: pkg/controller/job/job_controller.go, syncJob.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from podproof.simulator.control.plans import Command, Emit, Outcome, Plan, Together, UpdateStatus
from podproof.simulator.control.workloads.job.counting import (
    Tally,
    let_go,
    tally,
    tracked,
    uncounted,
    with_counted,
    with_uncounted,
)
from podproof.simulator.control.workloads.job.ending import (
    End,
    conditions_of,
    deadline,
    end_of,
    is_finished,
    reached,
    with_condition,
)
from podproof.simulator.control.workloads.job.failures import BackOff, has_failed, judged
from podproof.simulator.control.workloads.job.indexes import beyond, is_indexed
from podproof.simulator.control.workloads.job.making import (
    creations,
    deletions,
    is_suspended,
    now_or_later,
    removals,
    surplus,
)
from podproof.simulator.control.workloads.pods import phase_of, ready_since
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, timestamp

JOBS = "jobs.batch"
OURS = "kubernetes.io/job-controller"
"""Whom a Job names in `managedBy` when it is this controller's. Source: staging/src/k8s.io/api/batch/v1/types.go."""


@dataclass(frozen=True, slots=True)
class Look:
    """A Job and its pods as they are seen now."""

    job: Object
    pods: tuple[Object, ...]
    sums: Tally
    back_off: BackOff
    now: Nanos
    end: End | None = None
    active: int = 0
    ready: int = 0
    removed: int = 0
    """How many pods this look sends away."""
    managed: bool = False
    """Whether this look makes and removes pods; else it only counts."""
    due: Nanos | None = None
    """When a pod that is missing may be made."""


def looked(job: Object, pods: Iterable[Object], back_off: BackOff, now: Nanos) -> Look:
    """Count what is there; the back-off is the one of the last look with newly ended pods in it."""
    pods = tuple(pods)
    sums = tally(job, pods)
    record = back_off.after(sums.succeeded, (*sums.failed, *sums.uncounted_failures))
    return Look(job, pods, sums, record, now, end_of(job, sums, now), len(sums.active), sums.ready)


def reconcile(look: Look, *, current: bool) -> Plan:
    """Bring a Job one step further. `current` says whether the pods seen are all it asked for."""
    job = look.job
    if is_finished(job) or job["spec"].get("managedBy", OURS) != OURS:
        return Plan()
    commands, seen = _managed(look, current)
    return Plan(commands, then=partial(_counted, seen))


def _managed(look: Look, current: bool) -> tuple[tuple[Command, ...], Look]:
    """Return what to make and remove, and the look as it will be after that."""
    job, sums = look.job, look.sums
    if look.end is not None:
        gone = list(sums.active)
        after = _without(look, gone)
        return tuple(deletions(job, gone)), after if current else replace(after, end=None)
    if not current or "deletionTimestamp" in job["metadata"]:
        return (), replace(look, end=reached(job, sums, look.active))
    look = replace(look, managed=True)
    gone = surplus(job, sums, look.now)
    if gone or is_suspended(job):
        after = _without(look, gone)
        return tuple(removals(job, gone)), replace(after, end=reached(job, sums, after.active))
    bodies, due = now_or_later(job, sums, look.back_off, look.now)
    # While pods are waited for the real controller writes that none is active, whoever else still runs.
    after = replace(look, active=0 if due else look.active + len(bodies), due=due)
    return tuple(creations(job, bodies)), replace(after, end=reached(job, sums, after.active))


def _without(look: Look, gone: Sequence[Object]) -> Look:
    ready = sum(ready_since(pod) is not None for pod in gone)
    return replace(look, active=look.active - len(gone), ready=look.ready - ready, removed=len(gone))


def _counted(look: Look, outcome: Outcome) -> Plan:
    """Write down who ended, let those pods go, and make numbers of them."""
    if outcome.refusal is not None:
        look = replace(look, active=len(look.sums.active) + len(outcome.created) - len(outcome.deleted))
    failed = _failed_by_now(look)
    ended = tuple(let_go(pod) for pod in look.pods if tracked(pod) and _is_over(pod, look))
    status = with_uncounted(_status(look), look.sums, failed)
    told, events = _told(look, status)
    writes = (UpdateStatus(JOBS, {**look.job, "status": told}),) if told != (look.job.get("status") or {}) else ()
    commands = (*writes, *events, *((Together(ended),) if ended else ()))
    return Plan(commands, _wake_at(look), partial(_closed, look, told))


def _failed_by_now(look: Look) -> list[Object]:
    """Return the failed pods to be written down now; when a Job fails, all that still ran are among them."""
    known = {uid for uids in uncounted(look.job).values() for uid in uids}
    fails = look.end is not None and look.end.is_failure
    ended = (pod for pod in look.pods if tracked(pod) and pod["metadata"]["uid"] not in known and _is_over(pod, look))
    return [pod for pod in ended if _is_lost(pod, look.job, fails)]


def _is_lost(pod: Object, job: Object, fails: bool) -> bool:
    """Say whether a pod that is over counts as a failure. Source: trackJobStatusAndRemoveFinalizers."""
    if phase_of(pod) == "Succeeded" or not (fails or has_failed(pod, job)):
        return False
    return judged(pod, job).counts and not (is_indexed(job) and beyond(pod, job))


def _is_over(pod: Object, look: Look) -> bool:
    """Say whether nothing more will come of a pod, and nobody waits for what it hands on.

    Source: canRemoveFinalizer.
    """
    if "deletionTimestamp" in look.job["metadata"] or look.end is not None or phase_of(pod) == "Succeeded":
        return True
    return has_failed(pod, look.job) and not any(pod is each for each in look.sums.handing_on.values())


def _status(look: Look) -> dict[str, Any]:
    old: dict[str, Any] = {**(look.job.get("status") or {})}
    if "startTime" not in old and not is_suspended(look.job):
        old["startTime"] = timestamp(look.now)
    going = look.sums.terminating + look.removed
    old |= {"active": look.active, "ready": look.ready, "terminating": going}
    if not look.active:
        del old["active"]
    return old


def _told(look: Look, status: dict[str, Any]) -> tuple[dict[str, Any], tuple[Command, ...]]:
    """Return the status with its conditions: how it will end, or whether it is suspended; and the events of that."""
    old = conditions_of(look.job)
    if look.end is not None:
        end = look.end
        new = with_condition(old, end.kind, "True", end.reason, end.message, look.now)
        return {**status, "conditions": new}, ()
    if not look.managed:
        return status, ()
    if is_suspended(look.job):
        new = with_condition(old, "Suspended", "True", "JobSuspended", "Job suspended", look.now)
        status.pop("startTime", None)
        event = Emit(look.job, "Normal", "Suspended", "Job suspended", "")
    elif any(each["type"] == "Suspended" for each in old):
        new = with_condition(old, "Suspended", "False", "JobResumed", "Job resumed", look.now)
        event = Emit(look.job, "Normal", "Resumed", "Job resumed", "")
    else:
        return status, ()
    return {**status, "conditions": new}, (event,) if new != old else ()


def _wake_at(look: Look) -> Nanos | None:
    """Return when time alone brings something: the deadline, or the end of a back-off."""
    waits = (deadline(look.job), look.due if look.end is None else None)
    return min((Nanos(each) for each in waits if each is not None and each > look.now), default=None)


def _closed(look: Look, status: dict[str, Any], outcome: Outcome) -> Plan:
    """Make numbers of the uids, and close the Job where no pod is left."""
    if outcome.refusal is not None:
        return Plan()
    written = next((each for each in outcome.changed if each["kind"] == "Job"), look.job)
    new, end, events = with_counted(status), look.end, list[Command]()
    if end is not None and not look.active and not status.get("terminating"):
        said = with_condition(list(new.get("conditions") or ()), end.last, "True", end.reason, end.message, look.now)
        new["conditions"] = said
        if not end.is_failure:
            new["completionTime"] = timestamp(look.now)
        events += _events(look.job, end, int(new.get("succeeded") or 0))
    if new == status:
        return Plan(wake_at=_wake_at(look))
    return Plan((UpdateStatus(JOBS, {**written, "status": new}), *events), _wake_at(look))


def _events(job: Object, end: End, succeeded: int) -> Iterator[Command]:
    """Yield what is told of an end. Source: recordJobFinished."""
    if end.is_failure:
        yield Emit(job, "Warning", end.reason, end.message, "")
        return
    completions = job["spec"].get("completions")
    if completions is not None and succeeded > int(completions):
        said = "Too many succeeded pods running after completion count reached"
        yield Emit(job, "Warning", "TooManySucceededPods", said, "")
    yield Emit(job, "Normal", "Completed", "Job completed", "")

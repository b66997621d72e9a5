"""Checks of a Job's status that somebody writes: what its conditions, counts and times say of each other.

Source: pkg/apis/batch/validation/validation.go, ValidateJobStatusUpdate, validateJobStatus;
pkg/registry/batch/job/strategy.go, getStatusValidationOptions.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.api.faults import OMITTED, Fault, FaultType, duplicate, invalid, required
from podproof.simulator.api.validation.job_indexes import IndexesError, overlap, parsed_indexes
from podproof.simulator.api.validation.scalars import not_negative
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import moment

_CONDITIONS = "status.conditions"
_CONTRADICTIONS = (
    ("Complete", "Failed", "cannot set Complete=True and Failed=true conditions"),
    ("Complete", "FailureTarget", "cannot set Complete=True and FailureTarget=true conditions"),
    ("SuccessCriteriaMet", "Failed", "cannot set SuccessCriteriaMet=True and Failed=true conditions"),
    ("SuccessCriteriaMet", "FailureTarget", "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"),
)
_NEEDED = (
    ("Failed", "FailureTarget", "cannot set Failed=True condition without the FailureTarget=true condition"),
    (
        "Complete",
        "SuccessCriteriaMet",
        "cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
    ),
)


def job_status_faults(job: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a Job's status; what was so before is let be, as the real server does."""
    known = set(map(str, _standing_faults(old)))
    yield from (fault for fault in _standing_faults(job) if str(fault) not in known)
    yield from _change_faults(job, old)


def _standing_faults(job: Object) -> Iterator[Fault]:
    status = job.get("status") or {}
    for key in ("active", "succeeded", "failed", "ready", "terminating"):
        yield from not_negative(status.get(key), f"status.{key}")
    yield from _uncounted_faults(status.get("uncountedTerminatedPods") or {}, "status.uncountedTerminatedPods")
    true = _true(job)
    yield from _contradictions(true)
    yield from _completion_faults(status, done="Complete" in true)
    for one, other, detail in _NEEDED:
        if one in true and other not in true:
            yield _of_conditions(detail)
    if true & {"Complete", "Failed"}:
        yield from _finished_faults(status)
    yield from _index_faults(job["spec"], status)
    if true & {"Complete", "Failed"} and status.get("terminating", 0) > 0:
        yield invalid("status.terminating", status["terminating"], "terminating>0 is invalid for finished job")
    if status.get("ready", 0) > status.get("active", 0):
        yield invalid("status.ready", status["ready"], "cannot set more ready pods than active")
    if "successPolicy" in job["spec"] and "Complete" in true and "SuccessCriteriaMet" not in true:
        yield _of_conditions("cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True")


def _contradictions(true: set[str]) -> Iterator[Fault]:
    for one, other, detail in _CONTRADICTIONS:
        if {one, other} <= true:
            yield _of_conditions(detail)


def _true(job: Object) -> set[str]:
    """Return the types of the conditions that hold."""
    conditions = at(job, "status", "conditions") or ()
    return {each.get("type", "") for each in conditions if each.get("status") == "True"}


def _of_conditions(detail: str) -> Fault:
    return Fault(FaultType.INVALID, _CONDITIONS, OMITTED, detail)


def _uncounted_faults(uncounted: Object, field: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for key in ("succeeded", "failed"):
        for index, uid in enumerate(uncounted.get(key) or ()):
            if not uid:
                yield invalid(f"{field}.{key}[{index}]", uid, "must not be empty")
            elif uid in seen:
                yield duplicate(f"{field}.{key}[{index}]", uid)
            seen.add(uid)


def _completion_faults(status: Object, *, done: bool) -> Iterator[Fault]:
    field, end, start = "status.completionTime", status.get("completionTime"), status.get("startTime")
    if end is not None and not done:
        yield invalid(field, end, "cannot set completionTime when there is no Complete=True condition")
    if end is None and done:
        yield required(field, "completionTime is required for Complete jobs")
    if end is not None and start is not None and moment(end) < moment(start):
        yield invalid(field, end, "completionTime cannot be set before startTime")


def _finished_faults(status: Object) -> Iterator[Fault]:
    if status.get("active", 0) > 0:
        yield invalid("status.active", status["active"], "active>0 is invalid for finished job")
    if status.get("startTime") is None:
        yield required("status.startTime", "startTime is required for finished job")
    uncounted = status.get("uncountedTerminatedPods") or {}
    if uncounted.get("succeeded") or uncounted.get("failed"):
        shown = {"Succeeded": uncounted.get("succeeded"), "Failed": uncounted.get("failed")}
        detail = "uncountedTerminatedPods needs to be empty for finished job"
        yield invalid("status.uncountedTerminatedPods", shown, detail)


def _index_faults(spec: Object, status: Object) -> Iterator[Fault]:
    count, completed, failed = spec.get("completions"), status.get("completedIndexes", ""), status.get("failedIndexes")
    each_alone = "backoffLimitPerIndex" in spec
    yield from _form_faults("completedIndexes", completed, count)
    if each_alone:
        yield from _form_faults("failedIndexes", failed or "", count)
    if completed and spec.get("completionMode") != "Indexed":
        detail = "cannot set non-empty completedIndexes when non-indexed completion mode"
        yield invalid("status.completedIndexes", completed, detail)
    if failed is not None and not each_alone:
        detail = "cannot set non-null failedIndexes when backoffLimitPerIndex is null"
        yield invalid("status.failedIndexes", failed, detail)
    if failed and count is not None and (shared := overlap(completed, failed, count)) is not None:
        yield invalid("status.failedIndexes", failed, f"failedIndexes and completedIndexes overlap at index: {shared}")


def _form_faults(key: str, text: str, count: int | None) -> Iterator[Fault]:
    if count is None:
        return
    try:
        parsed_indexes(text, count)
    except IndexesError as error:
        yield invalid(f"status.{key}", text, f"error parsing {key}: {error}")


def _change_faults(job: Object, old: Object) -> Iterator[Fault]:
    """Yield a fault for each thing that may not be taken back."""
    status, known, true, was = job.get("status") or {}, old.get("status") or {}, _true(job), _true(old)
    for kind in ("Failed", "Complete", "FailureTarget"):
        if kind in was - true:
            yield _of_conditions(f"cannot disable the terminal {kind}=True condition")
    for key in ("failed", "succeeded"):
        if status.get(key, 0) < known.get(key, 0):
            yield invalid(f"status.{key}", status.get(key, 0), f"cannot decrease the {key} counter")
    times: list[Any] = [each.get("completionTime") for each in (status, known)]
    if None not in times and times[0] != times[1]:
        yield invalid("status.completionTime", times[0], "completionTime cannot be mutated")
    begun = known.get("startTime")
    if begun is not None and begun != status.get("startTime") and not job["spec"].get("suspend"):
        yield required("status.startTime", "startTime cannot be removed for unsuspended job")
    if "SuccessCriteriaMet" in was - true:
        yield _of_conditions("cannot disable the SuccessCriteriaMet=True condition")
    if "Complete" in was and "SuccessCriteriaMet" in true - was:
        detail = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions"
        yield _of_conditions(detail)

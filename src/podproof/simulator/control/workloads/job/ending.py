"""How a Job ends: by its completions or its success policy, by its failures, or by its deadline.

An end has two steps. The first condition says what it will be (`SuccessCriteriaMet`, `FailureTarget`); the last
(`Complete`, `Failed`) comes when no pod is left to wait for. Source: pkg/controller/job/job_controller.go, syncJob,
enactJobFinished; success_policy.go, matchSuccessPolicy.
"""

from dataclasses import dataclass
from typing import Any

from podproof.simulator.control.workloads.job.counting import Tally
from podproof.simulator.control.workloads.job.indexes import is_indexed, parsed
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import SECOND, Nanos, moment, timestamp

_REACHED = ("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
_TOO_MANY = ("FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
_TOO_LATE = ("FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline")
_TOO_MANY_INDEXES = (
    "FailureTarget", "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes",
)  # fmt: skip
_FAILED_INDEXES = ("FailureTarget", "FailedIndexes", "Job has failed indexes")
_LAST = {"SuccessCriteriaMet": "Complete", "FailureTarget": "Failed"}


@dataclass(frozen=True, slots=True)
class End:
    """The first condition of an end."""

    kind: str
    reason: str
    message: str

    @property
    def is_failure(self) -> bool:
        """Whether the Job fails."""
        return self.kind == "FailureTarget"

    @property
    def last(self) -> str:
        """The type of the condition that closes it."""
        return _LAST[self.kind]


def conditions_of(job: Object) -> list[Any]:
    """Return a Job's conditions."""
    return list((job.get("status") or {}).get("conditions") or ())


def is_finished(job: Object) -> bool:
    """Say whether a Job is over."""
    return any(each["type"] in ("Complete", "Failed") and each["status"] == "True" for each in conditions_of(job))


def end_of(job: Object, sums: Tally, now: Nanos) -> End | None:
    """Return how a Job ends, None where it goes on."""
    for each in conditions_of(job):
        if each["type"] in _LAST and each["status"] == "True":
            return End(each["type"], each["reason"], each["message"])
    if sums.failure:
        return End("FailureTarget", "PodFailurePolicy", sums.failure)
    if sums.failures > int(job["spec"].get("backoffLimit", 6)) or _restarts_exceed(job, sums):
        return End(*_TOO_MANY)
    due = deadline(job)
    if due is not None and now >= due:
        return End(*_TOO_LATE)
    return _lost(job, sums) or _succeeded(job, sums)


def _lost(job: Object, sums: Tally) -> End | None:
    """Return the end by indexes that failed, where each has a limit of its own."""
    lost, most = len(sums.lost or ()), job["spec"].get("maxFailedIndexes")
    if most is not None and lost > int(most):
        return End(*_TOO_MANY_INDEXES)
    if lost and lost + len(sums.completed) >= int(job["spec"]["completions"]):
        return End(*_FAILED_INDEXES)
    return None


def _restarts_exceed(job: Object, sums: Tally) -> bool:
    """Say whether containers that restart in place have used up the limit. Source: pastBackoffLimitOnFailure."""
    if job["spec"]["template"]["spec"].get("restartPolicy") != "OnFailure":
        return False
    limit, restarts = int(job["spec"].get("backoffLimit", 6)), 0
    for pod in sums.active:
        status = pod.get("status") or {}
        if status.get("phase") in ("Running", "Pending"):
            groups = ("initContainerStatuses", "containerStatuses")
            restarts += sum(each.get("restartCount", 0) for group in groups for each in status.get(group) or ())
    return restarts > 0 if limit == 0 else restarts >= limit


def deadline(job: Object) -> Nanos | None:
    """Return the moment at which a Job is too late, None where there is none."""
    limit, began = job["spec"].get("activeDeadlineSeconds"), (job.get("status") or {}).get("startTime")
    if limit is None or began is None or job["spec"].get("suspend"):
        return None
    return Nanos(moment(began) + int(limit) * SECOND)


def _succeeded(job: Object, sums: Tally) -> End | None:
    """Return the end by the success policy; completions end a Job once no pod runs any more, see `reached`."""
    for place, rule in enumerate(
        (job["spec"].get("successPolicy") or {}).get("rules") or () if is_indexed(job) else ()
    ):
        total = int(job["spec"]["completions"])
        chosen = parsed(rule["succeededIndexes"], total) if "succeededIndexes" in rule else set(range(total))
        enough = int(rule.get("succeededCount", len(chosen)))
        if len(chosen & sums.completed) >= enough:
            return End("SuccessCriteriaMet", "SuccessPolicy", f"Matched rules at index {place}")
    return None


def reached(job: Object, sums: Tally, active: int) -> End | None:
    """Return the end by completions, with so many pods still active."""
    completions = job["spec"].get("completions")
    enough = sums.successes > 0 if completions is None else sums.successes >= int(completions)
    return End(*_REACHED) if enough and active == 0 else None


def with_condition(conditions: list[Any], kind: str, status: str, reason: str, message: str, now: Nanos) -> list[Any]:
    """Return conditions with one said anew; a condition that is said already stays."""
    known = next((each for each in conditions if each["type"] == kind), None)
    if known is not None and (known["status"], known.get("reason")) == (status, reason):
        return conditions
    time = timestamp(now)
    said = {"type": kind, "status": status, "lastProbeTime": time, "lastTransitionTime": time}
    return [*(each for each in conditions if each["type"] != kind), {**said, "reason": reason, "message": message}]

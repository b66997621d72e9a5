"""What a Job's pods amount to, and how a terminated pod is counted exactly once.

A pod that has ended keeps a finalizer until its uid stands in the status as not yet counted; then the finalizer goes,
and only then the uid becomes a number. Source: pkg/controller/job/job_controller.go, trackJobStatusAndRemoveFinalizers,
flushUncountedAndRemoveFinalizers; KEP-2307.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from podproof.simulator.control.plans import Patch
from podproof.simulator.control.workloads.job.failures import has_failed, judged
from podproof.simulator.control.workloads.job.indexes import index_of, is_indexed, parsed, written
from podproof.simulator.control.workloads.job.per_index import failed_indexes, handing_on
from podproof.simulator.control.workloads.pods import is_active, is_terminating, phase_of, ready_since
from podproof.simulator.model.objects import Object

FINALIZER = "batch.kubernetes.io/job-tracking"


@dataclass(frozen=True, slots=True)
class Tally:
    """A Job's pods, sorted: those that run, those on their way out, those newly ended and not in the status yet."""

    active: tuple[Object, ...]
    terminating: int
    succeeded: tuple[Object, ...]
    failed: tuple[Object, ...]
    completed: frozenset[int]
    """The indexes that are done, of an Indexed Job."""
    failure: str
    """Why the failure policy ends the Job, "" where it does not."""
    job: Object
    lost: frozenset[int] | None = None
    """The indexes that have failed for good; None where no index can."""
    handing_on: Mapping[int, Object] = field(default_factory=dict)
    """By index the failed pod that stays until there is one in its place."""
    uncounted_failures: tuple[Object, ...] = ()
    """The newly failed pods that the failure policy counts for nothing."""
    going: frozenset[int] = frozenset()
    """The indexes of pods on their way out."""

    @property
    def successes(self) -> int:
        """How many completions there are, counted or not."""
        if is_indexed(self.job):
            return len(self.completed)
        return _counted(self.job, "succeeded") + len(self.succeeded) + len(uncounted(self.job)["succeeded"])

    @property
    def failures(self) -> int:
        """How many failures there are, counted or not."""
        return _counted(self.job, "failed") + len(self.failed) + len(uncounted(self.job)["failed"])

    @property
    def ready(self) -> int:
        """How many of the active pods are ready."""
        return sum(ready_since(pod) is not None for pod in self.active)


def _counted(job: Object, name: str) -> int:
    return int((job.get("status") or {}).get(name) or 0)


def uncounted(job: Object) -> dict[str, list[str]]:
    """Return the uids that the status has and has not counted."""
    known = (job.get("status") or {}).get("uncountedTerminatedPods") or {}
    return {"succeeded": list(known.get("succeeded") or ()), "failed": list(known.get("failed") or ())}


def tracked(pod: Object) -> bool:
    """Say whether a pod still waits to be counted."""
    return FINALIZER in (pod["metadata"].get("finalizers") or ())


def tally(job: Object, pods: Iterable[Object]) -> Tally:
    """Sort a Job's pods."""
    pods, known = list(pods), {uid for uids in uncounted(job).values() for uid in uids}
    fresh = [pod for pod in pods if tracked(pod) and pod["metadata"]["uid"] not in known]
    succeeded = [pod for pod in fresh if phase_of(pod) == "Succeeded"]
    failed = [pod for pod in fresh if phase_of(pod) != "Succeeded" and has_failed(pod, job)]
    judgements = [(pod, judged(pod, job)) for pod in failed]
    active, done = [pod for pod in pods if is_active(pod)], _done(job, succeeded)
    lost = failed_indexes(job, failed)
    return Tally(
        tuple(active),
        sum(is_terminating(pod) for pod in pods),
        tuple(succeeded),
        tuple(pod for pod, told in judgements if told.counts),
        frozenset(done),
        next((told.message for _, told in judgements if told.message), ""),
        job,
        None if lost is None else frozenset(lost),
        handing_on(job, failed, done | (lost or set()) | _indexes(active)),
        tuple(pod for pod, told in judgements if not told.counts),
        frozenset(_indexes(pod for pod in pods if is_terminating(pod))),
    )


def _done(job: Object, succeeded: Iterable[Object]) -> set[int]:
    """Return the indexes that are done. Source: indexed_job_utils.go, calculateSucceededIndexes."""
    if not is_indexed(job):
        return set()
    limit = int(job["spec"]["completions"])
    known = parsed((job.get("status") or {}).get("completedIndexes", ""), limit)
    return known | {index for index in _indexes(succeeded) if index < limit}


def _indexes(pods: Iterable[Object]) -> set[int]:
    return {index for pod in pods if (index := index_of(pod)) is not None}


def with_uncounted(status: Object, sums: Tally, failed: Sequence[Object]) -> dict[str, Any]:
    """Return a status in which newly ended pods stand by their uids; of an Indexed Job its done indexes are counted.

    Source: pkg/controller/job/job_controller.go, trackJobStatusAndRemoveFinalizers.
    """
    lists = uncounted(sums.job)
    if not is_indexed(sums.job):
        lists["succeeded"] += [pod["metadata"]["uid"] for pod in sums.succeeded]
    lists["failed"] += [pod["metadata"]["uid"] for pod in failed]
    new = {**status, "uncountedTerminatedPods": {key: uids for key, uids in lists.items() if uids}}
    if is_indexed(sums.job) and sums.completed:
        new |= {"completedIndexes": written(sums.completed), "succeeded": len(sums.completed)}
    if sums.lost is not None:
        new["failedIndexes"] = written(sums.lost)
    return new


def with_counted(status: Object) -> dict[str, Any]:
    """Return a status in which the uids have become numbers."""
    lists = status.get("uncountedTerminatedPods") or {}
    new = {**status, "uncountedTerminatedPods": {}}
    for name in ("succeeded", "failed"):
        number = int(status.get(name) or 0) + len(lists.get(name) or ())
        if number:
            new[name] = number
    return new


def let_go(pod: Object) -> Patch:
    """Return what takes the finalizer off a pod."""
    meta = pod["metadata"]
    kept = [each for each in meta.get("finalizers") or () if each != FINALIZER]
    return Patch("pods", meta["namespace"], meta["name"], {"metadata": {"finalizers": kept or None}})

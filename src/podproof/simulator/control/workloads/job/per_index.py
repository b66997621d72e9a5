"""Jobs that limit failures by index: which indexes have failed for good, and which pod hands its count to the next.

How often an index has failed stands in an annotation of its pod. The pod that failed last stays, with its finalizer,
until the one in its place is there to carry the count on.
Source: pkg/controller/job/indexed_job_utils.go, calculateFailedIndexes, isIndexFailed, getNewIndexFailureCounts,
getPodsWithDelayedDeletionPerIndex.
"""

from collections.abc import Collection, Iterable, Mapping

from podproof.simulator.control.workloads.job.failures import back_off_after, ended_at, has_failed, judged
from podproof.simulator.control.workloads.job.indexes import index_of, parsed
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count"


def limits_by_index(job: Object) -> bool:
    """Say whether each index has a limit of failures of its own."""
    return "backoffLimitPerIndex" in job["spec"]


def failed_indexes(job: Object, fresh: Iterable[Object]) -> set[int] | None:
    """Return the indexes that have failed for good, `fresh` being pods not counted yet; None without such limits."""
    if not limits_by_index(job):
        return None
    limit = int(job["spec"]["completions"])
    known = parsed((job.get("status") or {}).get("failedIndexes") or "", limit)
    found = {index for pod in fresh if _fails_its_index(pod, job) and (index := index_of(pod)) is not None}
    return known | {index for index in found if index < limit}


def handing_on(job: Object, fresh: Iterable[Object], settled: Collection[int]) -> dict[int, Object]:
    """Return the pod of each index that waits for the one in its place; `settled` indexes wait for none."""
    found: dict[int, Object] = {}
    for pod in fresh if limits_by_index(job) else ():
        index = index_of(pod)
        if index is None or index >= int(job["spec"]["completions"]) or index in settled or not has_failed(pod, job):
            continue
        other = found.get(index)
        if other is None or (failures_of(other), ended_at(other)) <= (failures_of(pod), ended_at(pod)):
            found[index] = pod
    return found


def failures_of(pod: Object) -> int:
    """Return how often the index of a pod had failed before it, ignored failures too."""
    return _count(pod, FAILURES) + _count(pod, IGNORED)


def annotations(job: Object, before: Object | None) -> Mapping[str, str]:
    """Return what a new pod is told of its index's failures, `before` being the one in whose place it comes."""
    if not limits_by_index(job):
        return {}
    if before is None:
        return {FAILURES: "0"}
    counts = judged(before, job).counts
    ignored = _count(before, IGNORED) + (not counts)
    return {FAILURES: str(_count(before, FAILURES) + counts), **({IGNORED: str(ignored)} if ignored else {})}


def until(before: Object | None) -> Nanos:
    """Return the moment from which a pod may come in place of another. Source: getRemainingTimePerIndex."""
    return Nanos(0) if before is None else back_off_after(failures_of(before) + 1, ended_at(before))


def _fails_its_index(pod: Object, job: Object) -> bool:
    if not has_failed(pod, job):
        return False
    told = judged(pod, job)
    return told.fails_index or (told.counts and _count(pod, FAILURES) >= int(job["spec"]["backoffLimitPerIndex"]))


def _count(pod: Object, annotation: str) -> int:
    text = (pod["metadata"].get("annotations") or {}).get(annotation, "")
    return int(text) if text.isdigit() else 0

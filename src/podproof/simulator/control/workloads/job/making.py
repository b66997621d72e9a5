"""Which pods a Job makes and removes now.

Source: pkg/controller/job/job_controller.go, manageJob, deleteJobPods; indexed_job_utils.go.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from podproof.simulator.control.plans import Command, Create, Delete, Together, Told
from podproof.simulator.control.workloads.job.counting import FINALIZER, Tally, let_go, tracked
from podproof.simulator.control.workloads.job.failures import BackOff, only_failed_are_replaced
from podproof.simulator.control.workloads.job.indexes import INDEX, beyond, first_free, index_of, is_indexed
from podproof.simulator.control.workloads.job.per_index import annotations, limits_by_index, until
from podproof.simulator.control.workloads.pods import pod_of
from podproof.simulator.control.workloads.removal_order import first_to_go
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

_MOST_AT_ONCE = 500
"""Source: pkg/controller/job/job_controller.go, MaxPodCreateDeletePerSync."""
_LONGEST_PREFIX = 58
"""Source: staging/src/k8s.io/apiserver/pkg/storage/names/generate.go, MaxGeneratedNameLength."""
_VARIABLE = "JOB_COMPLETION_INDEX"


def is_suspended(job: Object) -> bool:
    """Say whether a Job is told to have no pods."""
    return bool(job["spec"].get("suspend"))


def wanted_active(job: Object, sums: Tally) -> int:
    """Return how many pods shall run now."""
    parallelism = int(job["spec"].get("parallelism", 1))
    completions = job["spec"].get("completions")
    if completions is None:
        return len(sums.active) if sums.successes else parallelism
    return max(min(int(completions) - sums.successes, parallelism), 0)


def surplus(job: Object, sums: Tally, now: Nanos) -> list[Object]:
    """Return the pods that are too many: of an index only one stays. Source: activePodsForRemoval."""
    wanted = 0 if is_suspended(job) else wanted_active(job, sums)
    twice = _twice(job, sums, now) if is_indexed(job) else []
    left = [pod for pod in sums.active if not any(pod is each for each in twice)]
    count = len(left) - wanted
    return [*twice, *(first_to_go(left, (), count, now) if count > 0 else [])][:_MOST_AT_ONCE]


def _twice(job: Object, sums: Tally, now: Nanos) -> list[Object]:
    """Return the pods whose index another has as well, or that have none.

    Source: appendDuplicatedIndexPodsForRemoval.
    """
    groups: dict[int | None, list[Object]] = {}
    for pod in sums.active:
        groups.setdefault(None if beyond(pod, job) else index_of(pod), []).append(pod)
    strange = groups.pop(None, [])
    return [*strange, *(pod for each in groups.values() for pod in first_to_go(each, (), len(each) - 1, now))]


def missing(job: Object, sums: Tally) -> int:
    """Return how many pods to make."""
    if is_suspended(job):
        return 0
    waiting = sums.terminating if only_failed_are_replaced(job) else 0
    return min(max(wanted_active(job, sums) - len(sums.active) - waiting, 0), _MOST_AT_ONCE)


def now_or_later(job: Object, sums: Tally, back_off: BackOff, now: Nanos) -> tuple[list[dict[str, Any]], Nanos | None]:
    """Return the pods to make now, or when to look again where all that are missing wait for their back-off."""
    count = missing(job, sums)
    if not is_indexed(job):
        due = back_off.until() if count else now
        return ([], due) if due > now else ([_pod(job) for _ in range(count)], None)
    dues = {index: _due(sums, index, back_off) for index in _free(job, sums, count)}
    chosen = [index for index, due in dues.items() if due <= now]
    bodies = [_indexed(_pod(job), job, index, sums.handing_on.get(index)) for index in chosen]
    return bodies, min(dues.values()) if dues and not chosen else None


def _due(sums: Tally, index: int, back_off: BackOff) -> Nanos:
    return until(sums.handing_on.get(index)) if limits_by_index(sums.job) else back_off.until()


def _free(job: Object, sums: Tally, count: int) -> list[int]:
    """Return the first indexes to make pods for. Source: indexed_job_utils.go, firstPendingIndexes."""
    taken = {index for pod in sums.active if (index := index_of(pod)) is not None}
    going = sums.going if only_failed_are_replaced(job) else frozenset()
    settled = taken | sums.completed | going | (sums.lost or frozenset())
    return first_free(settled, int(job["spec"]["completions"]), count)


def creations(job: Object, bodies: Sequence[Object]) -> Iterator[Command]:
    """Yield the creation of pods in groups that double."""
    told = Told(job, ("SuccessfulCreate", "Created pod: {name}"), ("FailedCreate", "Error creating: {error}"))
    size = 1
    while bodies:
        yield Together(tuple(Create("pods", body, told) for body in bodies[:size]))
        bodies, size = bodies[size:], 2 * size


def _pod(job: Object) -> dict[str, Any]:
    pod = pod_of(job["spec"]["template"], job)
    finalizers = [*(pod["metadata"].get("finalizers") or ()), FINALIZER]
    return {**pod, "metadata": {**pod["metadata"], "finalizers": finalizers}}


def _indexed(pod: dict[str, Any], job: Object, index: int, before: Object | None) -> dict[str, Any]:
    """Give a pod its index, in annotation, label, host name, name and environment, and the failures before it."""
    name, meta, spec = job["metadata"]["name"], pod["metadata"], pod["spec"]
    suffix = f"-{index}-"
    meta = {
        **meta,
        "generateName": f"{name[: _LONGEST_PREFIX - len(suffix)]}{suffix}",
        "annotations": {**(meta.get("annotations") or {}), INDEX: str(index), **annotations(job, before)},
        "labels": {**(meta.get("labels") or {}), INDEX: str(index)},
    }
    groups = {key: [_told(each) for each in spec[key]] for key in ("initContainers", "containers") if key in spec}
    return {**pod, "metadata": meta, "spec": {"hostname": f"{name}-{index}", **spec, **groups}}


def _told(container: Object) -> dict[str, Any]:
    """Give a container the variable that says its index, unless it has one of that name."""
    known = list(container.get("env") or ())
    if any(each["name"] == _VARIABLE for each in known):
        return {**container}
    source = {"fieldRef": {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}}
    return {**container, "env": [*known, {"name": _VARIABLE, "valueFrom": source}]}


def removals(job: Object, pods: Iterable[Object]) -> Iterator[Command]:
    """Yield what removes pods that are too many: they are let go first, so that they count as nothing."""
    pods = list(pods)
    patches = tuple(let_go(pod) for pod in pods if tracked(pod))
    if patches:
        yield Together(patches)
    yield from deletions(job, pods)


def deletions(job: Object, pods: Sequence[Object]) -> Iterator[Command]:
    """Yield the deletion of pods."""
    told = Told(job, ("SuccessfulDelete", "Deleted pod: {name}"), ("FailedDelete", "Error deleting: {error}"))
    if pods:
        metas = [pod["metadata"] for pod in pods]
        yield Together(tuple(Delete("pods", meta["namespace"], meta["name"], told) for meta in metas))

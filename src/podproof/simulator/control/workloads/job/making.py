"""Which pods a Job makes and removes now.

Source: pkg/controller/job/job_controller.go, manageJob, deleteJobPods; indexed_job_utils.go.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from podproof.simulator.control.plans import Command, Create, Delete, Together, Told
from podproof.simulator.control.workloads.job.counting import FINALIZER, Tally, let_go, tracked
from podproof.simulator.control.workloads.job.failures import only_failed_are_replaced
from podproof.simulator.control.workloads.job.indexes import INDEX, first_free, index_of, is_indexed
from podproof.simulator.control.workloads.pods import pod_of
from podproof.simulator.control.workloads.removal_order import first_to_go
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

_MOST_AT_ONCE = 500
"""Source: pkg/controller/job/job_controller.go, MaxPodCreateDeletePerSync."""
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
    """Return the pods that are too many."""
    count = len(sums.active) if is_suspended(job) else len(sums.active) - wanted_active(job, sums)
    return first_to_go(sums.active, (), count, now) if count > 0 else []


def missing(job: Object, sums: Tally) -> int:
    """Return how many pods to make."""
    if is_suspended(job):
        return 0
    waiting = sums.terminating if only_failed_are_replaced(job) else 0
    return min(max(wanted_active(job, sums) - len(sums.active) - waiting, 0), _MOST_AT_ONCE)


def creations(job: Object, sums: Tally, count: int) -> Iterator[Command]:
    """Yield the creation of pods in groups that double."""
    told = Told(job, ("SuccessfulCreate", "Created pod: {name}"), ("FailedCreate", "Error creating: {error}"))
    bodies = list(_bodies(job, sums, count))
    size = 1
    while bodies:
        yield Together(tuple(Create("pods", body, told) for body in bodies[:size]))
        bodies, size = bodies[size:], 2 * size


def _bodies(job: Object, sums: Tally, count: int) -> Iterator[dict[str, Any]]:
    if not is_indexed(job):
        yield from (_pod(job) for _ in range(count))
        return
    taken = {index for pod in sums.active if (index := index_of(pod)) is not None}
    for index in first_free(taken | sums.completed, int(job["spec"]["completions"]), count):
        yield _indexed(_pod(job), job, index)


def _pod(job: Object) -> dict[str, Any]:
    pod = pod_of(job["spec"]["template"], job)
    finalizers = [*(pod["metadata"].get("finalizers") or ()), FINALIZER]
    return {**pod, "metadata": {**pod["metadata"], "finalizers": finalizers}}


def _indexed(pod: dict[str, Any], job: Object, index: int) -> dict[str, Any]:
    """Give a pod its index: in annotation, label, host name, name and environment."""
    name, meta, spec = job["metadata"]["name"], pod["metadata"], pod["spec"]
    meta = {
        **meta,
        "generateName": f"{name}-{index}-",
        "annotations": {**(meta.get("annotations") or {}), INDEX: str(index)},
        "labels": {**(meta.get("labels") or {}), INDEX: str(index)},
    }
    groups = {key: [_told(each) for each in spec[key]] for key in ("initContainers", "containers") if key in spec}
    return {**pod, "metadata": meta, "spec": {"hostname": f"{name}-{index}", **spec, **groups}}


def _told(container: Object) -> dict[str, Any]:
    """Give a container the variable that says its index, unless it has one of that name."""
    known = list(container.get("env") or ())
    if any(each["name"] == _VARIABLE for each in known):
        return {**container}
    source = {"fieldRef": {"apiVersion": "v1", "fieldPath": f"metadata.annotations['{INDEX}']"}}
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

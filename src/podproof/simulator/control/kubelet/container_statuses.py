"""The container statuses of a pod, from its spec, the look at its runtime and what was published before.

Source: pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses; pkg/kubelet/prober/prober_manager.go,
UpdatePodStatus.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podproof.simulator.control.kubelet.restarts import should_start
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.machine.containers import ContainerState, ContainerStatus
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import timestamp

Status = dict[str, Any]

_LOST = {
    "exitCode": 137,
    "reason": "ContainerStatusUnknown",
    "message": "The container could not be located when the pod was deleted.  The container used to be Running",
    "startedAt": None,
    "finishedAt": None,
}


@dataclass(frozen=True, slots=True)
class StartFailure:
    """Why the last try to start a container failed, as its waiting state shows it.

    Source: pkg/kubelet/reason_cache.go.
    """

    reason: str
    message: str


Failures = Mapping[str, StartFailure]
"""By container name."""


def app_statuses(pod: Object, runtime: PodRuntime, failures: Failures) -> list[Status]:
    """Return the statuses of the app containers, sorted by name."""
    waiting = "PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"
    statuses = _statuses(pod, "containers", "containerStatuses", waiting, runtime, failures)
    for status in statuses:
        status["ready"] = status["started"] = "running" in status["state"]
    return sorted(statuses, key=lambda status: str(status["name"]))


def init_statuses(pod: Object, runtime: PodRuntime, failures: Failures) -> list[Status]:
    """Return the statuses of the init containers, in the order of the spec."""
    statuses = _statuses(pod, "initContainers", "initContainerStatuses", "PodInitializing", runtime, failures)
    for status in statuses:
        status["started"] = "running" in status["state"]
        ended = status["state"].get("terminated")
        status["ready"] = ended is not None and ended["exitCode"] == 0
    return statuses


def _statuses(
    pod: Object, field: str, status_field: str, waiting: str, runtime: PodRuntime, failures: Failures
) -> list[Status]:
    containers: Sequence[Object] = pod["spec"].get(field) or ()
    published = {status["name"]: status for status in pod.get("status", {}).get(status_field) or ()}
    return [
        _status(pod, container, field == "initContainers", waiting, runtime, failures, published.get(container["name"]))
        for container in containers
    ]


def _status(
    pod: Object,
    container: Object,
    init: bool,
    waiting: str,
    runtime: PodRuntime,
    failures: Failures,
    old: Object | None,
) -> Status:
    seen = [status for status in runtime.containers if status.name == container["name"]][:2]
    status = _from_runtime(seen) if seen else _unseen(pod, container, init, waiting, old)
    if init and seen and seen[0].state is ContainerState.EXITED and seen[0].exit_code == 0:
        return status
    failure = failures.get(container["name"])
    if failure is not None and should_start(container, pod, runtime):
        if "terminated" in status["state"]:
            status["lastState"] = status["state"]
        status["state"] = {"waiting": _waiting(failure)}
    return status


def _waiting(failure: StartFailure) -> Status:
    return {"reason": failure.reason, "message": failure.message} if failure.message else {"reason": failure.reason}


def _unseen(pod: Object, container: Object, init: bool, waiting: str, old: Object | None) -> Status:
    """Return the status of a container the runtime does not know: not made yet, or removed."""
    if init and old is not None and "terminated" in old["state"]:
        return dict(old)
    status: Status = {
        "name": container["name"],
        "state": {"waiting": {"reason": waiting}},
        "lastState": old["lastState"] if old is not None else {},
        "restartCount": old["restartCount"] if old is not None else 0,
        "image": container.get("image", ""),
        "imageID": "",
    }
    if old is not None and "running" in old["state"] and "terminated" not in status["lastState"]:
        status["lastState"] = {"terminated": dict(_LOST)}
        if not pod["metadata"].get("deletionTimestamp"):
            status["restartCount"] += 1
    return status


def _from_runtime(seen: Sequence[ContainerStatus]) -> Status:
    newest = seen[0]
    return {
        "name": newest.name,
        "state": _state(newest),
        "lastState": _state(seen[1]) if len(seen) > 1 else {},
        "restartCount": newest.attempt,
        "image": newest.image,
        "imageID": newest.image_id,
        "containerID": f"containerd://{newest.id}",
    }


def _state(status: ContainerStatus) -> Status:
    if status.state is ContainerState.RUNNING:
        return {"running": {"startedAt": timestamp(status.started_at or status.created_at)}}
    if status.state is not ContainerState.EXITED:
        return {"waiting": {}}
    ended: Status = {
        "exitCode": status.exit_code,
        "reason": status.reason,
        "startedAt": timestamp(status.started_at) if status.started_at is not None else None,
        "finishedAt": timestamp(status.finished_at) if status.finished_at is not None else None,
        "containerID": f"containerd://{status.id}",
    }
    if status.message:
        ended["message"] = status.message
    return {"terminated": ended}

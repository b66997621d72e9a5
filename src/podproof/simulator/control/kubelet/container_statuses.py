"""The container statuses of a pod, from its spec, the look at its runtime and what was published before.

Source: pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses; pkg/kubelet/prober/prober_manager.go,
UpdatePodStatus.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from podproof.simulator.control.kubelet.restarts import should_start
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.machine.containers import ContainerState, ContainerStatus
from podproof.simulator.model.objects import Object, containers_of
from podproof.simulator.model.restart_rules import RESTARTING_ALL, is_sidecar
from podproof.simulator.model.times import timestamp

Status = dict[str, Any]

_LOST = {
    "exitCode": 137,
    "reason": "ContainerStatusUnknown",
    "message": "The container could not be located when the pod was deleted.  The container used to be Running",
    "startedAt": None,
    "finishedAt": None,
}

_LOST_AT_END = "The container could not be located when the pod was terminated"

_REMOVED = {
    "reason": RESTARTING_ALL,
    "message": "The container is removed because RestartAllContainers in place",
}
_RESTARTING = {
    "state": {"waiting": _REMOVED},
    "lastState": {"terminated": {"exitCode": 137, **_REMOVED, "startedAt": None, "finishedAt": None}},
}
"""What becomes of the status of a container that a restart of all containers has removed."""

_DONE = {
    "exitCode": 0,
    "reason": "Completed",
    "message": "Unable to get init container status from container runtime and pod has been initialized, treat it as "
    "exited normally",
    "startedAt": None,
    "finishedAt": None,
}


class StartFailure(NamedTuple):
    """Why the last try to start a container failed, as its waiting state shows it.

    Source: pkg/kubelet/reason_cache.go.
    """

    reason: str
    message: str


Failures = Mapping[str, StartFailure]
"""By container name."""
Results = Mapping[str, Mapping[str, str]]
"""Probe results by container id: {"liveness": "Success" | "Failure", "startup": …, "readiness": …}."""


def app_statuses(
    pod: Object, runtime: PodRuntime, failures: Failures, results: Results, restarting: bool = False
) -> list[Status]:
    """Return the statuses of the app containers, sorted by name.

    `restarting`: all containers of the pod are being restarted together.
    """
    waiting = "PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"
    statuses = _statuses(pod, "containers", "containerStatuses", waiting, runtime, failures, restarting)
    for container, status in zip(pod["spec"]["containers"], statuses, strict=True):
        status["started"], status["ready"] = _probed(container, status, results)
    return sorted(statuses, key=lambda status: str(status["name"]))


def init_statuses(
    pod: Object, runtime: PodRuntime, failures: Failures, results: Results, restarting: bool = False
) -> list[Status]:
    """Return the statuses of the init containers, in the order of the spec; `restarting` as for the app containers."""
    fields = ("initContainers", "initContainerStatuses", "PodInitializing")
    statuses = _statuses(pod, *fields, runtime, failures, restarting)
    for container, status in zip(pod["spec"].get("initContainers") or (), statuses, strict=True):
        status["started"], status["ready"] = _probed(container, status, results)
        if not is_sidecar(container):
            ended = status["state"].get("terminated")
            status["ready"] = ended is not None and ended["exitCode"] == 0
    return statuses


def ephemeral_statuses(pod: Object, runtime: PodRuntime, failures: Failures) -> list[Status]:
    """Return the statuses of the ephemeral containers, sorted by name: they are never ready."""
    waiting = "PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"
    statuses = _statuses(pod, "ephemeralContainers", "ephemeralContainerStatuses", waiting, runtime, failures)
    return sorted(({**status, "ready": False} for status in statuses), key=lambda status: str(status["name"]))


def _probed(container: Object, status: Object, results: Results) -> tuple[bool, bool]:
    """Return whether a container has started and is ready: it runs, and the probes it has say so.

    Source: pkg/kubelet/prober/prober_manager.go, isContainerStarted, UpdatePodStatus.
    """
    if "running" not in status["state"]:
        return False, False
    known = results.get(str(status["containerID"]).rpartition("/")[2]) or {}
    started = container.get("startupProbe") is None or known.get("startup") == "Success"
    return started, started and (container.get("readinessProbe") is None or known.get("readiness") == "Success")


def _statuses(
    pod: Object,
    field: str,
    status_field: str,
    waiting: str,
    runtime: PodRuntime,
    failures: Failures,
    restarting: bool = False,
) -> list[Status]:
    containers: Sequence[Object] = pod["spec"].get(field) or ()
    published = {status["name"]: status for status in pod.get("status", {}).get(status_field) or ()}
    init = field == "initContainers"
    found = []
    for container in containers:
        old = published.get(container["name"])
        status = _status(pod, container, init, waiting, runtime, failures, old, restarting)
        if restarting and runtime.latest(container["name"]) is None and old is not None:
            status = _removed(status, old)
        found.append(status)
    return found


def _removed(status: Status, old: Object) -> Status:
    """Return the status of a container that is gone because all are restarted; one that waited goes on waiting."""
    if "waiting" in old["state"]:
        return status
    return {**status, **_RESTARTING, "restartCount": old["restartCount"] + 1}


def _status(
    pod: Object,
    container: Object,
    init: bool,
    waiting: str,
    runtime: PodRuntime,
    failures: Failures,
    old: Object | None,
    restarting: bool,
) -> Status:
    seen = [status for status in runtime.containers if status.name == container["name"]][:2]
    if seen and seen[0].state is ContainerState.UNKNOWN and old is not None and "running" in old["state"]:
        status = _vanished(seen, old, pod, restarting)
    else:
        status = _from_runtime(seen, old, pod) if seen else _unseen(pod, container, waiting, old)
    if init and seen and seen[0].state is ContainerState.EXITED and seen[0].exit_code == 0:
        return status
    if init and not seen and "waiting" in status["state"] and not is_sidecar(container) and _has_apps(pod, runtime):
        return {**status, "state": {"terminated": dict(_DONE)}}
    failure = failures.get(container["name"])
    if failure is not None and should_start(container, pod, runtime):
        if "terminated" in status["state"]:
            status["lastState"] = status["state"]
        status["state"] = {"waiting": _waiting(failure)}
    return status


def _waiting(failure: StartFailure) -> Status:
    return {"reason": failure.reason, "message": failure.message} if failure.message else {"reason": failure.reason}


def _has_apps(pod: Object, runtime: PodRuntime) -> bool:
    """Return whether an app container was ever made, whatever became of it: what precedes it has ended well then.

    Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, HasAnyRegularContainerCreated.
    """
    latest = (runtime.latest(container["name"]) for container in pod["spec"]["containers"])
    return any(status is not None and status.state is not ContainerState.UNKNOWN for status in latest)


def _unseen(pod: Object, container: Object, waiting: str, old: Object | None) -> Status:
    """Return the status of a container the runtime does not know: not made yet, or removed."""
    if old is not None and "terminated" in old["state"]:
        return dict(old)
    status: Status = {
        "name": container["name"],
        "state": {"waiting": {"reason": waiting}},
        "lastState": old.get("lastState") or {} if old is not None else {},
        "restartCount": old["restartCount"] if old is not None else 0,
        "image": container.get("image", ""),
        "imageID": "",
    }
    if old is not None and "running" in old["state"] and "terminated" not in status["lastState"]:
        status["lastState"] = {"terminated": dict(_LOST)}
        if not pod["metadata"].get("deletionTimestamp"):
            status["restartCount"] += 1
    return status


def _share(pod: Object) -> int:
    """Return how much (bytes) of the room for a pod's termination messages is each container's.

    Source: pkg/kubelet/status/status_manager.go, normalizeStatus; pkg/kubelet/container/runtime.go,
    MaxPodTerminationMessageLogLength.
    """
    spec = pod["spec"]
    return 12 * 1024 // (sum(1 for _ in containers_of(spec)) + len(spec.get("ephemeralContainers") or ()))


def _from_runtime(seen: Sequence[ContainerStatus], old: Object | None, pod: Object) -> Status:
    newest = seen[0]
    last = _state(seen[1], pod) if len(seen) > 1 else _purged(newest, old)
    return {
        "name": newest.name,
        "state": _state(newest, pod),
        "lastState": last,
        "restartCount": _restarts(newest, old),
        "image": newest.image,
        "imageID": newest.image_id,
        "containerID": f"containerd://{newest.id}",
    }


def _vanished(seen: Sequence[ContainerStatus], old: Object, pod: Object, restarting: bool) -> Status:
    """Return the status of a container that was seen running and of which the runtime knows nothing any more."""
    ended = {**_LOST, "message": _LOST_AT_END, **({"reason": RESTARTING_ALL} if restarting else {})}
    status = _from_runtime(seen, old, pod)
    return {**status, "state": {"terminated": ended}, "restartCount": old["restartCount"] + 1}


def _restarts(newest: ContainerStatus, old: Object | None) -> int:
    """Return how often a container was started again; a runtime that forgot earlier ones does not set it back."""
    shown = int(old["restartCount"]) if old is not None else 0
    ended = old is not None and newest.state is ContainerState.RUNNING and "terminated" in old["state"]
    return shown + 1 if ended and shown >= newest.attempt else max(shown, newest.attempt)


def _purged(newest: ContainerStatus, old: Object | None) -> Status:
    """Return the end of the container before, which the runtime has no more: a new sandbox purges init containers.

    Recorded: the status goes on showing it (`traces/sandbox-killed.json`).
    """
    if old is None:
        return {}
    if "terminated" in old["state"] and old.get("containerID") != f"containerd://{newest.id}":
        return {"terminated": old["state"]["terminated"]}
    return dict(old.get("lastState") or {})


def _state(status: ContainerStatus, pod: Object) -> Status:
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
        ended["message"] = status.message[: _share(pod)]
    return {"terminated": ended}

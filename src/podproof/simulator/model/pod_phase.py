"""The phase of a pod, as the kubelet derives it from the spec and the container statuses."""

from collections.abc import Iterable
from dataclasses import dataclass

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.restart_rules import RESTARTING_ALL, is_sidecar, should_restart

PENDING, RUNNING, SUCCEEDED, FAILED, UNKNOWN = "Pending", "Running", "Succeeded", "Failed", "Unknown"
TERMINAL = frozenset({SUCCEEDED, FAILED})


@dataclass(slots=True)
class _Count:
    """How many containers are in which state."""

    pending_init: int = 0
    pending_sidecars: int = 0
    failed_for_good: int = 0
    unknown: int = 0
    running: int = 0
    waiting: int = 0
    stopped: int = 0
    stopped_for_good: int = 0
    succeeded: int = 0


def phase(
    spec: Object,
    statuses: Iterable[Object],
    is_terminal: bool = False,
    *,
    has_initialized: bool = False,
    is_static: bool = False,
) -> str:
    """Return the phase of a pod.

    `statuses` are those of init and app containers, as in the pod's status. `is_terminal`: its containers will not be
    started again whatever the policy. `has_initialized`: an app container of the present sandbox has started.
    Source: pkg/kubelet/kubelet_pods.go, getPhase.
    """
    by_name = {status["name"]: status for status in statuses}
    count = _Count()
    for container in spec.get("initContainers") or ():
        counter = _count_sidecar if is_sidecar(container) else _count_init
        counter(count, container, spec, by_name.get(container["name"]))
    for container in spec.get("containers") or ():
        _count_app(count, container, spec, by_name.get(container["name"]))
    if count.failed_for_good:
        return FAILED
    if count.pending_init or count.waiting or (count.pending_sidecars and not has_initialized):
        return PENDING
    if count.unknown:
        return PENDING
    if count.running:
        return RUNNING
    return _ended(count, is_terminal and not is_static) if count.stopped else PENDING


def _ended(count: _Count, is_terminal: bool) -> str:
    if not is_terminal and count.stopped != count.stopped_for_good:
        return RUNNING
    return SUCCEEDED if count.stopped == count.succeeded else FAILED


def _count_init(count: _Count, container: Object, spec: Object, status: Object | None) -> None:
    state = (status or {}).get("state") or {}
    ended = state.get("terminated")
    if ended is None and "waiting" in state and "running" not in state:
        ended = at(status, "lastState", "terminated")
    if ended is None or "running" in state:
        count.pending_init += 1
    elif ended.get("exitCode", 0) != 0 and not _restarts(container, spec, ended):
        count.failed_for_good += 1


def _count_sidecar(count: _Count, container: Object, spec: Object, status: Object | None) -> None:
    if status is None:
        count.unknown += 1
        return
    state = status.get("state") or {}
    if "running" in state:
        count.running += 1
        count.pending_sidecars += 0 if status.get("started") else 1
    elif "terminated" in state:
        return
    elif "waiting" in state:
        if at(status, "lastState", "terminated") is None:
            count.pending_sidecars += 1
            count.waiting += 1
    else:
        count.pending_sidecars += 1
        count.unknown += 1


def _count_app(count: _Count, container: Object, spec: Object, status: Object | None) -> None:
    state = (status or {}).get("state") or {}
    if "running" in state:
        count.running += 1
    elif (ended := state.get("terminated")) is not None:
        count.stopped += 1
        count.stopped_for_good += 0 if _restarts(container, spec, ended) else 1
        count.succeeded += 1 if ended.get("exitCode", 0) == 0 else 0
    elif "waiting" in state and (last := at(status, "lastState", "terminated")) is not None:
        count.stopped += 1
        count.stopped_for_good += 0 if _restarts(container, spec, last) else 1
    elif "waiting" in state:
        count.waiting += 1
    else:
        count.unknown += 1


def _restarts(container: Object, spec: Object, ended: Object) -> bool:
    return ended.get("reason") == RESTARTING_ALL or should_restart(container, spec, ended.get("exitCode", 0))


def kept_phase(derived: str, before: str) -> str:
    """Return the phase to publish: a pod never leaves Succeeded or Failed.

    Source: pkg/kubelet/kubelet_pods.go, generateAPIPodStatus.
    """
    return before if before in TERMINAL else derived

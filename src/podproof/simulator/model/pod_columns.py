"""What `kubectl get pods` prints for a pod: READY, STATUS and RESTARTS.

Rules for editing: this runs on every version of every pod, so it is one pass without copies.
Source: pkg/printers/internalversion/printers.go, printPod.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, human_duration, moment

_NOTHING: Mapping[str, Any] = {}
_NODE_UNREACHABLE = "NodeLost"
_GATED = "SchedulingGated"


class PodColumns(NamedTuple):
    """The derived columns; `last_restart` is the timestamp of the last exit before the present run, "" if none."""

    status: str
    ready: int
    total: int
    restarts: int
    last_restart: str


class _Initial(NamedTuple):
    """What the init containers say: `reason` is "" once all are done; restarts of sidecars are counted apart."""

    reason: str
    ready: int
    restarts: int
    last_restart: str
    sidecar_restarts: int
    sidecar_last: str


_NO_INITIAL = _Initial("", 0, 0, "", 0, "")


def columns_of(pod: Object) -> PodColumns:
    """Return the derived columns of a pod."""
    spec, status = pod.get("spec") or _NOTHING, pod.get("status") or _NOTHING
    conditions = status.get("conditions") or ()
    reason = status.get("reason") or status.get("phase") or ""
    for condition in conditions:
        if condition["type"] == "PodScheduled" and condition.get("reason") == _GATED:
            reason = _GATED
    init_specs = spec.get("initContainers") or ()
    sidecars = {row["name"] for row in init_specs if row.get("restartPolicy") == "Always"} if init_specs else ()
    init_statuses = status.get("initContainerStatuses") or ()
    initial = _initial(init_statuses, sidecars, len(init_specs)) if init_statuses else _NO_INITIAL
    total = len(spec.get("containers") or ()) + len(sidecars)
    if initial.reason and not _is_true(conditions, "Initialized"):
        return PodColumns(
            _deleted(pod, status, initial.reason), initial.ready, total, initial.restarts, initial.last_restart
        )
    running = _running(status.get("containerStatuses") or (), initial)
    reason = running.reason or initial.reason or reason
    if reason == "Completed" and running.has_running:
        reason = "Running" if _is_true(conditions, "Ready") else "NotReady"
    return PodColumns(_deleted(pod, status, reason), running.ready, total, running.restarts, running.last_restart)


def _initial(statuses: Sequence[Object], sidecars: Any, count: int) -> _Initial:
    ready = restarts = sidecar_restarts = 0
    last = sidecar_last = reason = ""
    for index, row in enumerate(statuses):
        is_sidecar = row["name"] in sidecars
        ended = _last_exit(row)
        restarts, last = restarts + row.get("restartCount", 0), max(last, ended)
        if is_sidecar:
            sidecar_restarts, sidecar_last = sidecar_restarts + row.get("restartCount", 0), max(sidecar_last, ended)
        if is_sidecar and row.get("started") and not _succeeded(row):
            ready += 1 if row.get("ready") else 0
            continue
        reason = _initial_reason(row, index, count)
        if reason:
            break
    return _Initial(reason, ready, restarts, last, sidecar_restarts, sidecar_last)


def _succeeded(row: Object) -> bool:
    terminated = (row.get("state") or _NOTHING).get("terminated")
    return terminated is not None and terminated.get("exitCode", 0) == 0


def _initial_reason(row: Object, index: int, count: int) -> str:
    state = row.get("state") or _NOTHING
    terminated = state.get("terminated")
    if terminated is not None:
        return f"Init:{_exit_text(terminated)}" if terminated.get("exitCode", 0) else ""
    waiting = (state.get("waiting") or _NOTHING).get("reason", "")
    return f"Init:{waiting}" if waiting not in ("", "PodInitializing") else f"Init:{index}/{count}"


class _Running(NamedTuple):
    reason: str
    has_running: bool
    ready: int
    restarts: int
    last_restart: str


def _running(statuses: Sequence[Object], initial: _Initial) -> _Running:
    ready, restarts, last = initial.ready, initial.sidecar_restarts, initial.sidecar_last
    has_running = failed = False
    reason = ""
    for row in reversed(statuses):
        restarts += row.get("restartCount", 0)
        if row.get("lastState"):
            last = max(last, _last_exit(row))
        state = row.get("state") or _NOTHING
        if (waiting := state.get("waiting")) is not None and waiting.get("reason"):
            reason = waiting["reason"]
        elif (terminated := state.get("terminated")) is not None:
            # A container that ended well does not hide one that failed.
            if terminated.get("exitCode") or not failed:
                reason = _exit_text(terminated)
            failed = failed or bool(terminated.get("exitCode"))
        elif row.get("ready") and "running" in state:
            has_running = True
            ready += 1
    return _Running(reason, has_running, ready, restarts, last)


def _deleted(pod: Object, status: Object, reason: str) -> str:
    if "deletionTimestamp" not in pod["metadata"]:
        return reason
    if status.get("reason") == _NODE_UNREACHABLE:
        return "Unknown"
    return reason if status.get("phase") in ("Succeeded", "Failed") else "Terminating"


def _exit_text(terminated: Object) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _last_exit(row: Object) -> str:
    terminated = (row.get("lastState") or _NOTHING).get("terminated") or _NOTHING
    return terminated.get("finishedAt") or ""


def _is_true(conditions: Sequence[Object], kind: str) -> bool:
    return any(row["type"] == kind and row["status"] == "True" for row in conditions)


def status_of(pod: Object) -> str:
    """Return the STATUS column."""
    return columns_of(pod).status


def ready_of(pod: Object) -> str:
    """Return the READY column ("1/2"); sidecars count."""
    return ready_text(columns_of(pod))


def ready_text(columns: PodColumns) -> str:
    """Return the READY column of columns already derived."""
    return f"{columns.ready}/{columns.total}"


def restart_count(pod: Object) -> int:
    """Return the number of the RESTARTS column; init containers drop out of it once the pod is initialised."""
    return columns_of(pod).restarts


def restarts_of(pod: Object, now: Nanos) -> str:
    """Return the RESTARTS column as printed at `now`: "5 (42s ago)"."""
    return restarts_text(columns_of(pod), now)


def restarts_text(columns: PodColumns, now: Nanos) -> str:
    """Return the RESTARTS column of columns already derived."""
    if not columns.restarts or not columns.last_restart:
        return str(columns.restarts)
    return f"{columns.restarts} ({human_duration(Nanos(now - moment(columns.last_restart)))} ago)"

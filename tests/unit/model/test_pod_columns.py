"""READY, STATUS and RESTARTS."""

from typing import Any

import pytest

from podproof.simulator.model.pod_columns import ready_of, restart_count, restarts_of, status_of
from podproof.simulator.model.times import moment

EXITED = "2026-01-01T00:00:00Z"


def container(name: str = "c", ready: bool = False, restarts: int = 0, **state: Any) -> dict[str, Any]:
    last = {"terminated": {"exitCode": 1, "finishedAt": EXITED}} if restarts else {}
    return {"name": name, "ready": ready, "restartCount": restarts, "state": state, "lastState": last}


def ended(code: int, reason: str = "", signal: int = 0) -> dict[str, Any]:
    return {"exitCode": code, **({"reason": reason} if reason else {}), **({"signal": signal} if signal else {})}


def pod(*apps: dict[str, Any], init: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    conditions = [{"type": kind, "status": "True"} for kind in more.pop("true", ())]
    sidecars = more.pop("sidecars", ())
    deleted = {"deletionTimestamp": EXITED} if more.pop("deleted", False) else {}
    policies = {name: {"restartPolicy": "Always"} for name in sidecars}
    init_specs = [{"name": row["name"], **policies.get(row["name"], {})} for row in init]
    status = {"phase": "Running", "conditions": conditions, **more}
    status |= {"containerStatuses": list(apps), "initContainerStatuses": list(init)}
    spec = {"containers": [{"name": row["name"]} for row in apps], "initContainers": init_specs}
    return {"metadata": {"name": "p", **deleted}, "spec": spec, "status": status}


UP = container("up", True, running={})
WAITING_INIT = container("i", waiting={"reason": "PodInitializing"})
DONE_INIT = container("d", True, terminated=ended(0, "Completed"))

STATUSES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing known yet": (pod(phase="Pending"), "Pending"),
    "a reason of the pod's own": (pod(phase="Failed", reason="Evicted"), "Evicted"),
    "running": (pod(UP), "Running"),
    "a waiting reason": (pod(container(waiting={"reason": "ContainerCreating"})), "ContainerCreating"),
    "a waiting state without a reason": (pod(container(waiting={}), phase="Pending"), "Pending"),
    "an end with a reason": (pod(container(terminated=ended(3, "Error"))), "Error"),
    "an end without one": (pod(container(terminated=ended(3))), "ExitCode:3"),
    "an end by a signal": (pod(container(terminated=ended(137, "", 9))), "Signal:9"),
    "the first container speaks before the second": (
        pod(container("a", waiting={"reason": "ErrImagePull"}), container("b", waiting={"reason": "CrashLoopBackOff"})),
        "ErrImagePull",
    ),
    "a failure is not hidden by a success before it": (
        pod(container("a", terminated=ended(0, "Completed")), container("b", terminated=ended(1, "Error"))),
        "Error",
    ),
    "one ended well, one runs and the pod is ready": (
        pod(container("a", terminated=ended(0, "Completed")), UP, true=["Ready"]),
        "Running",
    ),
    "one ended well, one runs and the pod is not ready": (
        pod(container("a", terminated=ended(0, "Completed")), UP),
        "NotReady",
    ),
    "the first init container has not ended": (pod(init=(WAITING_INIT, DONE_INIT), phase="Pending"), "Init:0/2"),
    "the second has not": (pod(init=(DONE_INIT, WAITING_INIT), phase="Pending"), "Init:1/2"),
    "an init container failed": (pod(init=(container("i", terminated=ended(1, "Error")),)), "Init:Error"),
    "an init container failed without a reason": (pod(init=(container("i", terminated=ended(7)),)), "Init:ExitCode:7"),
    "an init container backs off": (
        pod(init=(container("i", waiting={"reason": "CrashLoopBackOff"}),)),
        "Init:CrashLoopBackOff",
    ),
    "all init containers are done, the app is not up": (
        pod(container(waiting={"reason": "PodInitializing"}), init=(DONE_INIT,), phase="Pending"),
        "PodInitializing",
    ),
    "an init container runs again in a pod that was initialised": (
        pod(container("a", terminated=ended(137, "Error")), init=(container("i", running={}),), true=["Initialized"]),
        "Error",
    ),
    "a crashing sidecar shows though the app runs": (
        pod(UP, init=(container("s", waiting={"reason": "CrashLoopBackOff"}),), sidecars=["s"], true=["Initialized"]),
        "Init:CrashLoopBackOff",
    ),
    "being deleted": (pod(UP, deleted=True), "Terminating"),
    "being deleted, and ended": (
        pod(container(terminated=ended(0, "Completed")), phase="Succeeded", deleted=True),
        "Completed",
    ),
    "being deleted on a lost node": (pod(UP, reason="NodeLost", deleted=True), "Unknown"),
}


@pytest.mark.parametrize(("given", "wanted"), STATUSES.values(), ids=STATUSES.keys())
def test_status(given: dict[str, Any], wanted: str) -> None:
    assert status_of(given) == wanted


def test_a_gated_pod_says_so() -> None:
    given = pod(phase="Pending")
    given["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}]

    assert status_of(given) == "SchedulingGated"


STARTED_SIDECAR = {**container("s", True, 2, running={}), "started": True}

READY: dict[str, tuple[dict[str, Any], str]] = {
    "none of one": (pod(container(waiting={})), "0/1"),
    "one of two": (pod(UP, container("b", running={})), "1/2"),
    "an init container does not count": (pod(UP, init=(DONE_INIT,)), "1/1"),
    "a sidecar counts": (pod(UP, init=(STARTED_SIDECAR,), sidecars=["s"]), "2/2"),
    "a ready container that has ended does not": (pod(container(ready=True, terminated=ended(0))), "0/1"),
}


@pytest.mark.parametrize(("given", "wanted"), READY.values(), ids=READY.keys())
def test_ready(given: dict[str, Any], wanted: str) -> None:
    assert ready_of(given) == wanted


RESTARTS: dict[str, tuple[dict[str, Any], str]] = {
    "none": (pod(UP), "0"),
    "how many, and how long ago": (pod(container(restarts=5, running={})), "5 (42s ago)"),
    "all containers together": (pod(container("a", restarts=1), container("b", restarts=2)), "3 (42s ago)"),
    "nobody knows when": (pod({**container(running={}), "restartCount": 3}), "3"),
    "of an init container, while it is at it": (pod(init=(container("i", restarts=4, running={}),)), "4 (42s ago)"),
    "of an init container, later": (pod(UP, init=({**DONE_INIT, "restartCount": 4},)), "0"),
    "of a sidecar": (pod(UP, init=(STARTED_SIDECAR,), sidecars=["s"]), "2 (42s ago)"),
}


@pytest.mark.parametrize(("given", "wanted"), RESTARTS.values(), ids=RESTARTS.keys())
def test_restarts(given: dict[str, Any], wanted: str) -> None:
    assert restarts_of(given, moment("2026-01-01T00:00:42Z")) == wanted
    assert restart_count(given) == int(wanted.split()[0])

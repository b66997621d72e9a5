"""What a sync decides to do, told as sentences; and Kubernetes' own table where it is at hand."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.actions import Actions, Removal, compute_actions
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.machine.containers import ContainerState, ContainerStatus, SandboxStatus
from podproof.simulator.model.times import Nanos

READY = SandboxStatus("sandbox", "uid", 0, True, Nanos(0), "10.244.0.2")
RESTART_ALL_AT_42 = {"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [42]}}
CREATED, RUNNING, EXITED = ContainerState.CREATED, ContainerState.RUNNING, ContainerState.EXITED


def pod(policy: str = "Always", init: tuple[str, ...] = (), apps: tuple[str, ...] = ("app",)) -> dict[str, Any]:
    return {
        "metadata": {"name": "p", "namespace": "default", "uid": "uid"},
        "spec": {
            "restartPolicy": policy,
            "initContainers": [{"name": name, "image": "busybox"} for name in init],
            "containers": [{"name": name, "image": "busybox"} for name in apps],
        },
    }


def with_debug(plain: dict[str, Any]) -> dict[str, Any]:
    debug = {"name": "debug", "image": "busybox"}
    return {**plain, "spec": {**plain["spec"], "ephemeralContainers": [debug]}}


def seen(name: str, state: ContainerState, exit_code: int | None = None) -> ContainerStatus:
    return ContainerStatus(name, "sandbox", "uid", name, 0, "busybox", "", state, Nanos(0), exit_code=exit_code)


def look(*containers: ContainerStatus, sandbox: SandboxStatus | None = READY) -> PodRuntime:
    return PodRuntime((sandbox,) if sandbox else (), containers)


def decide(what: dict[str, Any], runtime: PodRuntime, image: str = "busybox") -> Actions:
    return compute_actions(what, runtime, lambda container, status: status.image != image, {})


CASES = {
    "a new pod gets a sandbox and all its apps at once": (
        pod(apps=("one", "two")),
        look(sandbox=None),
        Actions(True, True, 0, start=("one", "two")),
    ),
    "a new pod with init containers starts only the first": (
        pod(init=("first", "second")),
        look(sandbox=None),
        Actions(True, True, 0, start_init=("first",)),
    ),
    "an ephemeral container does not wait for init": (
        with_debug(pod(init=("first",))),
        look(seen("first", RUNNING)),
        Actions(start_ephemeral=("debug",)),
    ),
    "an ephemeral container that has ended stays ended": (
        with_debug(pod()),
        look(seen("app", RUNNING), seen("debug", EXITED, 1)),
        Actions(),
    ),
    "an ephemeral container does not keep a pod alive": (
        with_debug(pod("Never")),
        look(seen("app", EXITED, 0), seen("debug", RUNNING)),
        Actions(kill_pod=True),
    ),
    "a new sandbox comes before an ephemeral container": (
        with_debug(pod()),
        look(sandbox=None),
        Actions(True, True, 0, start=("app",)),
    ),
    "while an init container runs nothing is done": (
        pod(init=("first", "second")),
        look(seen("first", RUNNING)),
        Actions(),
    ),
    "an init container that succeeded hands over to the next": (
        pod(init=("first", "second")),
        look(seen("first", EXITED, 0)),
        Actions(start_init=("second",)),
    ),
    "the last init container hands over to the apps": (
        pod(init=("first", "second")),
        look(seen("second", EXITED, 0), seen("first", EXITED, 0)),
        Actions(start=("app",)),
    ),
    "a failed init container is tried again under Always": (
        pod("Always", init=("first", "second")),
        look(seen("first", EXITED, 1)),
        Actions(start_init=("first",)),
    ),
    "a failed init container is tried again under OnFailure": (
        pod("OnFailure", init=("first",)),
        look(seen("first", EXITED, 1)),
        Actions(start_init=("first",)),
    ),
    "a failed init container ends the pod under Never": (
        pod("Never", init=("first",)),
        look(seen("first", EXITED, 1)),
        Actions(kill_pod=True),
    ),
    "a running app is left alone": (pod(), look(seen("app", RUNNING)), Actions()),
    "an app that succeeded is started again under Always": (
        pod("Always"),
        look(seen("app", EXITED, 0)),
        Actions(start=("app",)),
    ),
    "an app that succeeded is done under OnFailure": (
        pod("OnFailure"),
        look(seen("app", EXITED, 0)),
        Actions(kill_pod=True),
    ),
    "an app that failed is started again under OnFailure": (
        pod("OnFailure"),
        look(seen("app", EXITED, 3)),
        Actions(start=("app",)),
    ),
    "an app that failed is done under Never, its sibling goes on": (
        pod("Never", apps=("good", "bad")),
        look(seen("bad", EXITED, 1), seen("good", RUNNING)),
        Actions(),
    ),
    "a dead sandbox is replaced and the init containers run again": (
        pod(init=("first",)),
        look(seen("app", RUNNING), seen("first", EXITED, 0), sandbox=READY._replace(ready=False)),
        Actions(True, True, 1, start_init=("first",)),
    ),
    "a dead sandbox of a pod that never restarts is not replaced": (
        pod("Never"),
        look(seen("app", EXITED, 0), sandbox=READY._replace(ready=False, attempt=1)),
        Actions(kill_pod=True, attempt=2),
    ),
}


@pytest.mark.parametrize(("what", "runtime", "wanted"), CASES.values(), ids=CASES.keys())
def test_actions(what: dict[str, Any], runtime: PodRuntime, wanted: Actions) -> None:
    assert decide(what, runtime) == wanted


def test_a_running_container_whose_image_changed_is_stopped_and_started_again() -> None:
    actions = decide(pod("Never"), look(seen("app", RUNNING)), image="nginx")

    assert actions.start == ("app",)
    assert [stop.message for stop in actions.stop] == ["Container app definition changed, will be restarted"]


def test_a_pod_being_deleted_starts_nothing() -> None:
    deleted = pod()
    deleted["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"

    assert decide(deleted, look(seen("app", EXITED, 1))) == Actions(kill_pod=True)


def test_a_restart_of_all_containers_removes_those_last_whose_exit_asked_for_it() -> None:
    leader = {"name": "leader", "image": "busybox", "restartPolicyRules": [RESTART_ALL_AT_42]}
    what = pod("Never", init=("first",), apps=("worker",))
    what["spec"]["containers"].insert(0, leader)
    runtime = look(seen("leader", EXITED, 42), seen("worker", RUNNING), seen("first", EXITED, 0))

    actions = compute_actions(what, runtime, lambda *_: False, {}, restart_all=True)

    assert actions == Actions(
        reset=(Removal("worker", "worker", True), Removal("first", "first", False), Removal("leader", "leader", False))
    )

"""What a status says of containers their runtime has no more."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.container_statuses import app_statuses, init_statuses
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.machine.containers import ContainerState, ContainerStatus
from podproof.simulator.model.times import Nanos

ENDED = {"terminated": {"exitCode": 3, "reason": "Error", "startedAt": None, "finishedAt": None}}
EARLIER = {"terminated": {"exitCode": 1, "reason": "Error", "startedAt": None, "finishedAt": None}}


def container(name: str, attempt: int = 0, state: ContainerState = ContainerState.RUNNING) -> ContainerStatus:
    return ContainerStatus(name, "sandbox", "uid", name, attempt, "", "", state, Nanos(0), exit_code=0)


def published(state: dict[str, Any], restarts: int = 0, last: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": "app", "state": state, "lastState": last or {}, "restartCount": restarts, "containerID": "old"}


def app(old: dict[str, Any], *containers: ContainerStatus) -> dict[str, Any]:
    """Return the status of a pod's one container after `old`."""
    pod = {"metadata": {}, "spec": {"containers": [{"name": "app"}]}, "status": {"containerStatuses": [old]}}
    return app_statuses(pod, PodRuntime((), containers), {}, {})[0]


SHOWN = {
    "an end stays where the container is removed": ((published(ENDED, 4),), ENDED, {}, 4),
    "a new one shows the end before it": ((published(ENDED), container("app", 1)), "running", ENDED, 1),
    "a first attempt after an end counts on": ((published(ENDED, 5), container("app")), "running", ENDED, 6),
    "one that ran since keeps what was before": (
        (published({"running": {}}, 1, EARLIER), container("app", 1)),
        *("running", EARLIER, 1),
    ),
}


@pytest.mark.parametrize(("given", "state", "last", "restarts"), SHOWN.values(), ids=SHOWN.keys())
def test_what_was_published_is_kept(given: Any, state: Any, last: dict[str, Any], restarts: int) -> None:
    made = app(*given)

    assert (made["lastState"], made["restartCount"]) == (last, restarts)
    assert made["state"] == state or list(made["state"]) == [state]


INIT = {
    "an init container that is forgotten once an app container was made has ended well": (
        *({"name": "init"}, (container("app", 0, ContainerState.EXITED),), "Completed", True),
    ),
    "before that it is to come": ({"name": "init"}, (), "PodInitializing", False),
    "a sidecar is to come again": (
        *({"name": "init", "restartPolicy": "Always"}, (container("app"),), "PodInitializing", False),
    ),
}


@pytest.mark.parametrize(("init", "containers", "reason", "ready"), INIT.values(), ids=INIT.keys())
def test_an_init_container_that_is_not_there(
    init: dict[str, Any], containers: tuple[ContainerStatus, ...], reason: str, ready: bool
) -> None:
    pod = {"metadata": {}, "spec": {"initContainers": [init], "containers": [{"name": "app"}]}}

    (made,) = init_statuses(pod, PodRuntime((), containers), {}, {})

    ((_, state),) = made["state"].items()
    assert (state["reason"], made["ready"]) == (reason, ready)


@pytest.mark.parametrize(
    ("restarting", "reason"), [(False, "ContainerStatusUnknown"), (True, "RestartingAllContainers")]
)
def test_a_container_that_the_runtime_has_lost_sight_of_counts_as_killed(restarting: bool, reason: str) -> None:
    old = published({"running": {}}, 2)
    pod = {"metadata": {}, "spec": {"containers": [{"name": "app"}]}, "status": {"containerStatuses": [old]}}
    runtime = PodRuntime((), (container("app", 2, ContainerState.UNKNOWN),))

    made = app_statuses(pod, runtime, {}, {}, restarting)[0]

    ended = made["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"], made["restartCount"]) == (137, reason, 3)
    assert ended["message"] == "The container could not be located when the pod was terminated"

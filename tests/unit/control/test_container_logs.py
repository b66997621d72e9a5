"""Whose log a reader gets, and the kubelet's words when there is none."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.container_logs import container_of_log
from podproof.simulator.kernel.requests import NoLogError

RAN = {"terminated": {"exitCode": 1, "containerID": "containerd://old"}}


def pod(state: dict[str, Any], last: dict[str, Any] | None = None, identity: str = "") -> dict[str, Any]:
    status = {"name": "app", "state": state, "lastState": last or {}, "containerID": identity}
    return {"metadata": {"name": "p"}, "status": {"containerStatuses": [status]}}


FOUND = {
    "a running container's own": (pod({"running": {}}, RAN, "containerd://new"), False, "new"),
    "an ended container's own": (pod({"terminated": {"containerID": "containerd://done"}}, RAN), False, "done"),
    "while it waits for its back-off, the last one's": (
        pod({"waiting": {"reason": "CrashLoopBackOff"}}, RAN),
        False,
        "old",
    ),
    "the previous one's": (pod({"running": {}}, RAN, "containerd://new"), True, "old"),
}


@pytest.mark.parametrize(("what", "previous", "wanted"), FOUND.values(), ids=FOUND.keys())
def test_log_of(what: dict[str, Any], previous: bool, wanted: str) -> None:
    assert container_of_log(what, "app", previous) == wanted


REFUSED = {
    "before its turn": (
        pod({"waiting": {"reason": "PodInitializing"}}),
        False,
        'container "app" in pod "p" is waiting to start: PodInitializing',
    ),
    "while its image cannot be pulled": (
        pod({"waiting": {"reason": "ImagePullBackOff"}}),
        False,
        'container "app" in pod "p" is waiting to start: trying and failing to pull image',
    ),
    "without a previous one": (
        pod({"running": {}}, None, "containerd://new"),
        True,
        'previous terminated container "app" in pod "p" not found',
    ),
    "without a status": (
        {"metadata": {"name": "p"}, "status": {}},
        False,
        'container "app" in pod "p" is not available',
    ),
}


@pytest.mark.parametrize(("what", "previous", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_no_log(what: dict[str, Any], previous: bool, words: str) -> None:
    with pytest.raises(NoLogError) as refusal:
        container_of_log(what, "app", previous)

    assert str(refusal.value) == words

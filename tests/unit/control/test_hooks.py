"""Lifecycle hooks: what went wrong, in Kubernetes' words, and what a server's answer counts for."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.hooks import FALLBACK, exec_failure
from podproof.simulator.kernel.requests import Request
from podproof.simulator.machine.exec import ExecResult
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

ABOUT = 'for Container "app" in Pod "p_default(uid)" failed - error:'
FAILURES = {
    "a command that succeeds": (ExecResult(0, "fine\n"), ""),
    "a command that fails": (
        ExecResult(1, "", "no\n"),
        f"Exec lifecycle hook ([sh -c exit 1]) {ABOUT} command 'sh -c exit 1' exited with 1: no\n, message: \"no\\n\"",
    ),
    "a command that cannot be run": (
        ExecResult(error="no such file"),
        f'Exec lifecycle hook ([sh -c exit 1]) {ABOUT} rpc error: code = Unknown desc = no such file, message: ""',
    ),
}


@pytest.mark.parametrize(("ended", "words"), FAILURES.values(), ids=FAILURES.keys())
def test_what_is_said_of(ended: ExecResult, words: str) -> None:
    assert exec_failure(("sh", "-c", "exit 1"), ABOUT, ended) == words


ANSWERS: dict[str, tuple[dict[str, Any], str, set[str]]] = {
    "any answer is a success, whatever its status": ({"path": "/nothing", "port": 80}, "Running", set()),
    "a server without TLS is asked again": ({"port": 80, "scheme": "HTTPS"}, "Running", {FALLBACK}),
    "no answer is a failure": ({"port": 81}, "PostStartHookError", {"PostStartHook failed", "FailedPostStartHook"}),
}


@pytest.mark.parametrize(("action", "state", "told"), ANSWERS.values(), ids=ANSWERS.keys())
def test_a_hook_over_http(action: dict[str, Any], state: str, told: set[str]) -> None:
    helper = {"name": "helper", "image": "nginx:1.14"}
    hook = {"postStart": {"httpGet": action}}
    app = {"name": "app", "image": "busybox:1.28", "command": ["sleep", "3600"], "lifecycle": hook}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"terminationGracePeriodSeconds": 2, "containers": [helper, app]},
    }
    world = World(images_on_node=("nginx:1.14", "busybox:1.28"))
    world.handle(Request("create", "pods", "default", body=pod))

    world.agenda.run_until(Nanos(world.now + seconds(4)))

    status = world.handle(Request("get", "pods", "default", "p")).body["status"]["containerStatuses"][0]
    events = world.handle(Request("list", "events", "default")).body["items"]
    assert (status["state"].get("waiting") or {"reason": "Running"})["reason"] == state
    assert told <= {event["message"] for event in events}

"""Kubernetes' own table of pod actions, where ../shared is at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from podproof.simulator.control.kubelet.actions import compute_actions
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.machine.containers import ContainerState, ContainerStatus, SandboxStatus
from podproof.simulator.model.times import Nanos

TABLE = Path(__file__).parents[4] / "shared" / "exam-sample" / "podactions.json"
ROWS: list[dict[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else []

pytestmark = pytest.mark.skipif(not ROWS, reason=f"{TABLE} is not here")


def runtime_of(shown: dict[str, Any]) -> PodRuntime:
    sandboxes = tuple(
        SandboxStatus(
            each["id"], "uid", each["attempt"], each["state"] == "SANDBOX_READY", Nanos(0), each.get("ip") or ""
        )
        for each in shown.get("sandboxStatuses") or ()
    )
    containers = tuple(
        ContainerStatus(
            *(each["id"], "sandbox", "uid", each["name"], each["restartCount"], "", ""),
            ContainerState(each["state"]),
            Nanos(0),
            exit_code=each["exitCode"],
        )
        for each in shown.get("containerStatuses") or ()
    )
    return PodRuntime(sandboxes, containers)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_actions_are_those_of_the_real_kubelet(row: dict[str, Any]) -> None:
    given, wanted = row["input"], row["expected"]
    changed = set(given["containerIdsWhoseSpecHashDiffers"])

    actions = compute_actions(
        given["pod"],
        runtime_of(given["runtimeStatus"]),
        lambda container, status: status.id in changed,
        given["probeResultsByContainerId"],
        given["restartAllContainers"],
    )

    assert {
        "killPod": actions.kill_pod,
        "createSandbox": actions.create_sandbox,
        "sandboxAttempt": actions.attempt,
        "ephemeralContainersToStart": list(actions.start_ephemeral),
        "initContainersToStart": list(actions.start_init),
        "containersToStart": list(actions.start),
        "containersToKill": sorted((stop.id, stop.message) for stop in actions.stop),
        "containersToReset": [{"id": each.id, "name": each.name, "kill": each.kill} for each in actions.reset],
    } == {
        **{key: wanted[key] for key in ("killPod", "createSandbox", "sandboxAttempt")},
        **{key: wanted[key] for key in ("ephemeralContainersToStart", "initContainersToStart", "containersToStart")},
        "containersToKill": sorted((stop["id"], stop["message"]) for stop in wanted["containersToKill"]),
        "containersToReset": wanted["containersToReset"],
    }

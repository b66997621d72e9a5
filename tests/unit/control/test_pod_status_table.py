"""Kubernetes' own table of pod statuses, where ../shared is at hand.

Its rows come from tests whose probers call every container ready and never say `started`, on a node with two
addresses, and whose times and ids are empty: that much is planted here or taken from both sides.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from podproof.simulator.control.kubelet import container_statuses
from podproof.simulator.control.kubelet.allocation import Allocation, asked
from podproof.simulator.control.kubelet.container_statuses import app_statuses, init_statuses
from podproof.simulator.control.kubelet.pod_status import NodeAddress, generate_status
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.resizes import with_resource_status
from podproof.simulator.control.kubelet.runtime_view import PodRuntime
from podproof.simulator.machine.containers import ContainerState, ContainerStatus, SandboxStatus
from podproof.simulator.model.qos import qos_class
from podproof.simulator.model.times import Nanos, moment, timestamp

TABLE = Path(__file__).parents[4] / "shared" / "exam-sample" / "podstatus.json"
ROWS: list[dict[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else []

OF_PODS, OF_CONTAINERS = "Test_generateAPIPodStatus/", "TestConvertToAPIContainerStatuses/"
PUBLISHED_ALREADY = {
    f"{OF_PODS}terminal_phase_from_previous_status_must_remain_terminal,_restartNever#01",
    f"{OF_PODS}reason_and_message_are_preserved_when_phase_doesn't_change#01",
}
"""Rows that lack what the kubelet had published before; all of them say that it stays as it was."""
NOWHERE = timestamp(Nanos(0))

pytestmark = pytest.mark.skipif(not ROWS, reason=f"{TABLE} is not here")


def rows(prefix: str) -> list[Any]:
    """Return the rows of one of the two tests."""

    def marks(row: dict[str, Any]) -> list[pytest.MarkDecorator]:
        gates = row["nonDefaultGates"]
        return [pytest.mark.skip(reason=f"not the default gates: {gates}")] if gates else []

    return [
        pytest.param(row, id=row["id"].removeprefix(prefix), marks=marks(row))
        for row in ROWS
        if row["id"].startswith(prefix)
    ]


def when(text: str) -> Nanos:
    return Nanos(0) if text.startswith("0001-") else moment(text)


def runtime_of(shown: dict[str, Any], given: Mapping[str, Any] | None = None) -> PodRuntime:
    """Return what the row's runtime shows; its containers have the resources `given` to them."""
    sandboxes = tuple(
        SandboxStatus("sandbox", "uid", each["attempt"], each["state"] == "SANDBOX_READY", Nanos(0), each["ip"])
        for each in shown["sandboxStatuses"] or ()
    )
    containers = tuple(
        ContainerStatus(
            *(each["id"].partition("://")[2], "sandbox", "uid", each["name"], each["restartCount"], each["image"], ""),
            ContainerState(each["state"]),
            when(each["createdAt"]),
            *(when(each["startedAt"]), when(each["finishedAt"]), each["exitCode"], each["reason"], each["message"]),
            resources=(given or {}).get(each["name"]) or {},
        )
        for each in shown["containerStatuses"] or ()
    )
    return PodRuntime(sandboxes, containers)


def plain(value: Any) -> Any:
    """Return a part of a status without empty texts and parts, with one name of the runtime and no time for none."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        _, marked, container = value.partition("://") if isinstance(value, str) else ("", "", "")
        return None if value == NOWHERE else f"runtime://{container}" if marked else value
    return {
        key: plain(each)
        for key, each in value.items()
        if key not in ("started", "lastProbeTime") and (each not in ("", {}) or key in ("image", "imageID", "waiting"))
    }


@pytest.fixture(autouse=True)
def every_container_is_ready(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Stand in for the table's own probers."""
    ready = "of_a_pod" in request.node.name
    monkeypatch.setattr(container_statuses, "_probed", lambda *_: (False, ready))


@pytest.mark.parametrize("row", rows(OF_PODS))
def test_the_status_of_a_pod_is_that_of_the_real_kubelet(row: dict[str, Any]) -> None:
    given, wanted = row["input"], dict(row["expected"]["status"])
    pod, before = given["pod"], given["pod"].get("status", {})
    published = wanted if row["id"] in PUBLISHED_ALREADY else {"qosClass": qos_class(pod["spec"]), **before}

    local = LocalPod(pod, published, allocation=Allocation(asked(pod)))
    runtime = runtime_of(given["runtimePodStatus"], local.allocation.given)
    made = generate_status(
        pod,
        published,
        runtime,
        {},
        NodeAddress("machine", "127.0.0.1"),
        given["podIsTerminal"],
    )

    made = with_resource_status(made, local, runtime)
    # The rows name a sandbox's address but not the pod's, and their node has a second one.
    made = {key: part for key, part in made.items() if key not in ("podIP", "podIPs")}
    wanted["hostIPs"] = wanted["hostIPs"][:1]
    assert plain(made) == plain(wanted)


@pytest.mark.parametrize("row", rows(OF_CONTAINERS))
def test_container_statuses_are_those_of_the_real_kubelet(row: dict[str, Any]) -> None:
    given = row["input"]
    init = given["isInitContainer"]
    field = "initContainerStatuses" if init else "containerStatuses"
    pod = {**given["pod"], "status": {field: given["previousStatuses"]}}

    rule = init_statuses if init else app_statuses
    made = rule(pod, runtime_of(given["runtimePodStatus"]), {}, {}, given["podRestarting"])

    wanted = row["expected"]["containerStatuses"]
    assert [plain({**each, "ready": False}) for each in made] == [plain(each) for each in wanted]


def test_every_row_that_is_treated_apart_exists() -> None:
    assert {row["id"] for row in ROWS} >= PUBLISHED_ALREADY

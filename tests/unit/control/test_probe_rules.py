"""What a probe means: when it is a container's turn, and when a result holds."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.container_stop import grace_of
from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.probes.rules import (
    FAILURE,
    SUCCESS,
    Count,
    Kind,
    Turn,
    may_run_again,
    probes_of,
    turn,
)  # fmt: skip
from podproof.simulator.model.times import Nanos, moment, seconds

STARTED = "2026-01-01T00:00:10Z"
RUNNING = {"running": {"startedAt": STARTED}}
ENDED = {"terminated": {"exitCode": 1}}
NOW = moment("2026-01-01T00:00:20Z")

TURNS: dict[str, tuple[Kind, dict[str, Any], Turn]] = {
    "a running container is probed": (Kind.LIVENESS, {}, Turn.PROBE),
    "a pod that has ended is never probed again": (Kind.LIVENESS, {"phase": "Failed"}, Turn.END),
    "a container nobody has made yet is waited for": (Kind.LIVENESS, {"id": ""}, Turn.REST),
    "a container on hold is left alone": (Kind.LIVENESS, {"on_hold": True}, Turn.REST),
    "a container that does not run is dead": (Kind.READINESS, {"state": ENDED}, Turn.DEAD),
    "liveness is not asked in a pod that is being deleted": (Kind.LIVENESS, {"deleted": True}, Turn.QUIET),
    "startup is not asked in a pod that is being deleted": (
        Kind.STARTUP,
        {"deleted": True, "started": False},
        Turn.QUIET,
    ),
    "readiness is asked to the end": (Kind.READINESS, {"deleted": True}, Turn.PROBE),
    "the initial delay counts from the start": (Kind.LIVENESS, {"delay": 11}, Turn.WAIT),
    "the initial delay is over on its second": (Kind.LIVENESS, {"delay": 10}, Turn.PROBE),
    "liveness waits until the container has started": (Kind.LIVENESS, {"started": False}, Turn.REST),
    "readiness waits until the container has started": (Kind.READINESS, {"started": False}, Turn.REST),
    "startup is asked until the container has started": (Kind.STARTUP, {"started": False}, Turn.PROBE),
    "startup is not asked once it has": (Kind.STARTUP, {"started": True}, Turn.REST),
}


@pytest.mark.parametrize(("kind", "change", "wanted"), TURNS.values(), ids=TURNS.keys())
def test_whose_turn_it_is(kind: Kind, change: dict[str, Any], wanted: Turn) -> None:
    container = {"name": "app", f"{kind}Probe": {"initialDelaySeconds": change.get("delay", 0)}}
    pod = {"metadata": {"deletionTimestamp": STARTED} if change.get("deleted") else {}, "spec": {}}
    row = {
        "name": "app",
        "containerID": change.get("id", "containerd://1"),
        "state": change.get("state", RUNNING),
        "started": change.get("started", True),
    }
    status = {"phase": change.get("phase", "Running"), "containerStatuses": [row]}

    assert turn(kind, container, pod, status, bool(change.get("on_hold")), NOW) is wanted


def test_the_delay_counts_whole_seconds_of_the_printed_start() -> None:
    container = {"name": "app", "livenessProbe": {"initialDelaySeconds": 1}}
    row = {"name": "app", "containerID": "containerd://1", "state": RUNNING, "started": True}
    just = Nanos(moment(STARTED) + seconds(1))

    def at(now: Nanos) -> Turn:
        return turn(Kind.LIVENESS, container, {"metadata": {}}, {"containerStatuses": [row]}, False, now)

    assert (at(Nanos(just - 1)), at(just)) == (Turn.WAIT, Turn.PROBE)


COUNTS = {
    "one failure of three decides nothing": ("F", {"failureThreshold": 3}, False),
    "three failures in a row decide": ("FFF", {"failureThreshold": 3}, True),
    "a success between begins anew": ("FFSFF", {"failureThreshold": 3}, False),
    "one success decides": ("FS", {"successThreshold": 1}, True),
    "two successes are needed where it says two": ("SFS", {"successThreshold": 2, "failureThreshold": 1}, False),
}


@pytest.mark.parametrize(("seen", "probe", "decided"), COUNTS.values(), ids=COUNTS.keys())
def test_when_a_result_holds(seen: str, probe: dict[str, int], decided: bool) -> None:
    count = Count()
    for letter in seen:
        count = count.then({"F": FAILURE, "S": SUCCESS}[letter])

    assert count.decides(probe) is decided


AGAIN: dict[str, tuple[dict[str, Any], str, dict[str, Any], bool]] = {
    "what waits may run": ({}, "Never", {"waiting": {}}, True),
    "what has ended under Never does not": ({}, "Never", ENDED, False),
    "what has ended under Always does": ({}, "Always", ENDED, True),
    "a sidecar does under Never": ({"restartPolicy": "Always"}, "Never", ENDED, True),
    "a container with rules of its own may": ({"restartPolicyRules": [{}]}, "Never", ENDED, True),
}


@pytest.mark.parametrize(("container", "policy", "state", "wanted"), AGAIN.values(), ids=AGAIN.keys())
def test_who_may_run_again(container: dict[str, Any], policy: str, state: dict[str, Any], wanted: bool) -> None:
    assert may_run_again(container, {"spec": {"restartPolicy": policy}}, {"state": state}) is wanted


def test_init_containers_are_probed_only_where_they_stay() -> None:
    probe: dict[str, Any] = {"livenessProbe": {}}
    spec = {
        "initContainers": [{"name": "once", **probe}, {"name": "stays", "restartPolicy": "Always", **probe}],
        "containers": [{"name": "app", "startupProbe": {}, **probe}],
    }

    found = [(container["name"], kind.value) for container, kind in probes_of({"spec": spec})]

    assert found == [("stays", "liveness"), ("app", "startup"), ("app", "liveness")]


GRACE = {
    "a liveness kill has the probe's": ("LivenessProbe", {}, 5),
    "another stop has the pod's": ("", {}, 500),
    "a startup kill without one has the pod's": ("StartupProbe", {}, 500),
    "a delete's goes before it": ("LivenessProbe", {"deletionGracePeriodSeconds": 9}, 9),
}


@pytest.mark.parametrize(("reason", "meta", "wanted"), GRACE.values(), ids=GRACE.keys())
def test_the_grace_of_a_kill(reason: str, meta: dict[str, Any], wanted: int) -> None:
    container = {"name": "app", "livenessProbe": {"terminationGracePeriodSeconds": 5}, "startupProbe": {}}
    spec = {"containers": [container], "terminationGracePeriodSeconds": 500}
    local = LocalPod({"metadata": {"uid": "uid", **meta}, "spec": spec}, {})

    assert grace_of(local, "app", reason) == seconds(wanted)

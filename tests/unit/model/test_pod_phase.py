"""Phases."""

from typing import Any

import pytest

from podproof.simulator.model.pod_phase import kept_phase, phase
from podproof.simulator.model.restart_rules import should_restart

WAITING: dict[str, Any] = {"state": {"waiting": {}}}
RUNNING: dict[str, Any] = {"state": {"running": {}}}


def ended(code: int) -> dict[str, Any]:
    return {"state": {"terminated": {"exitCode": code}}}


def backing_off(code: int) -> dict[str, Any]:
    return {"state": {"waiting": {}}, "lastState": {"terminated": {"exitCode": code}}}


def spec(policy: str = "Always", apps: int = 1, init: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    containers = [{"name": f"app-{index}"} for index in range(apps)]
    named = [{"name": f"init-{index}", **row} for index, row in enumerate(init)]
    return {"restartPolicy": policy, "containers": containers, "initContainers": named}


def statuses(*apps: dict[str, Any], init: tuple[dict[str, Any], ...] = ()) -> list[dict[str, Any]]:
    rows = [{"name": f"init-{index}", **row} for index, row in enumerate(init)]
    return rows + [{"name": f"app-{index}", **row} for index, row in enumerate(apps)]


PLAIN: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str]] = {
    "nothing known": (spec(), [], "Pending"),
    "not started": (spec(), statuses(WAITING), "Pending"),
    "running": (spec(), statuses(RUNNING), "Running"),
    "one running, one not started": (spec(apps=2), statuses(RUNNING, WAITING), "Pending"),
    "ended well, to be restarted": (spec("Always"), statuses(ended(0)), "Running"),
    "ended badly, to be restarted": (spec("OnFailure"), statuses(ended(3)), "Running"),
    "waiting for its restart": (spec("Always"), statuses(backing_off(1)), "Running"),
    "ended well for good": (spec("OnFailure"), statuses(ended(0)), "Succeeded"),
    "ended badly for good": (spec("Never"), statuses(ended(3)), "Failed"),
    "one well, one badly": (spec("Never", 2), statuses(ended(0), ended(1)), "Failed"),
    "one ended, one running": (spec("Never", 2), statuses(ended(1), RUNNING), "Running"),
    "init not started": (spec(init=({},)), statuses(WAITING, init=(WAITING,)), "Pending"),
    "init running": (spec(init=({},)), statuses(WAITING, init=(RUNNING,)), "Pending"),
    "init failed and is tried again": (spec("Always", init=({},)), statuses(WAITING, init=(ended(1),)), "Pending"),
    "init failed for good": (spec("Never", init=({},)), statuses(WAITING, init=(ended(1),)), "Failed"),
    "init done, app running": (spec(init=({},)), statuses(RUNNING, init=(ended(0),)), "Running"),
    "a sidecar that has not started": (
        spec(init=({"restartPolicy": "Always"},)),
        statuses(RUNNING, init=({**RUNNING, "started": False},)),
        "Pending",
    ),
    "a sidecar runs, the app ended for good": (
        spec("Never", init=({"restartPolicy": "Always"},)),
        statuses(ended(0), init=({**RUNNING, "started": True},)),
        "Running",
    ),
    "a container's own policy counts": (
        {"restartPolicy": "Never", "containers": [{"name": "app-0", "restartPolicy": "OnFailure"}]},
        statuses(ended(1)),
        "Running",
    ),
}


@pytest.mark.parametrize(("given", "seen", "wanted"), PLAIN.values(), ids=PLAIN.keys())
def test_phases(given: dict[str, Any], seen: list[dict[str, Any]], wanted: str) -> None:
    assert phase(given, seen) == wanted


def test_a_pod_that_is_ended_from_outside_is_not_waiting_for_a_restart() -> None:
    assert phase(spec("Always"), statuses(ended(0)), True) == "Succeeded"
    assert phase(spec("Always"), statuses(ended(137)), True) == "Failed"


def test_a_static_pod_is_restarted_even_then() -> None:
    assert phase(spec("Always"), statuses(ended(137)), True, is_static=True) == "Running"


def test_a_sidecar_that_restarts_does_not_put_a_pod_back_to_pending() -> None:
    given = spec(init=({"restartPolicy": "Always"},))
    seen = statuses(RUNNING, init=({**RUNNING, "started": False},))

    assert phase(given, seen, has_initialized=True) == "Running"


KEPT = {"a live pod goes on": ("Failed", "Running", "Failed"), "an ended pod stays so": ("Running", "Failed", "Failed")}


@pytest.mark.parametrize(("derived", "before", "wanted"), KEPT.values(), ids=KEPT.keys())
def test_a_terminal_phase_is_kept(derived: str, before: str, wanted: str) -> None:
    assert kept_phase(derived, before) == wanted


def rule(operator: str, *codes: int) -> dict[str, Any]:
    exits = {"operator": operator, "values": list(codes)}
    return {"restartPolicy": "Never", "restartPolicyRules": [{"action": "Restart", "exitCodes": exits}]}


RESTARTS: dict[str, tuple[dict[str, Any], str, int, bool]] = {
    "Always after success": ({}, "Always", 0, True),
    "OnFailure after success": ({}, "OnFailure", 0, False),
    "OnFailure after failure": ({}, "OnFailure", 1, True),
    "Never after failure": ({}, "Never", 1, False),
    "the container's policy before the pod's": ({"restartPolicy": "Never"}, "Always", 1, False),
    "a rule before the container's policy": (rule("In", 42), "Never", 42, True),
    "a rule for other codes": (rule("In", 42), "Never", 1, False),
    "a rule for all but some codes": (rule("NotIn", 42), "Never", 1, True),
}


@pytest.mark.parametrize(("container", "policy", "code", "wanted"), RESTARTS.values(), ids=RESTARTS.keys())
def test_restarts(container: dict[str, Any], policy: str, code: int, wanted: bool) -> None:
    assert should_restart(container, {"restartPolicy": policy}, code) is wanted

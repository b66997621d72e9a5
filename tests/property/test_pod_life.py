"""What holds of every pod, whatever its containers do: told over the versions the API stored."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

SCRIPTS = st.builds("sleep {0}; exit {1}".format, st.integers(0, 40), st.sampled_from([0, 0, 1, 3]))
PODS = st.fixed_dictionaries(
    {
        "policy": st.sampled_from(["Always", "OnFailure", "Never"]),
        "init": st.lists(SCRIPTS, max_size=2),
        "apps": st.lists(SCRIPTS, min_size=1, max_size=2),
        "seed": st.integers(0, 5),
    }
)


def versions(plan: dict[str, Any]) -> list[Any]:
    """Return every version of a pod over ten minutes."""
    world = World(seed=str(plan["seed"]))
    shown: list[Any] = []
    watch = world.handle(Request("watch", "pods", "default")).watch
    assert watch is not None
    watch.subscribe(lambda event: shown.append(event.object))
    response = world.handle(Request("create", "pods", "default", body=manifest(plan)))
    assert response.code == 201, response.body
    world.agenda.run_until(Nanos(world.now + seconds(600)))
    return shown


def manifest(plan: dict[str, Any]) -> dict[str, Any]:
    def containers(kind: str, scripts: list[str]) -> list[dict[str, Any]]:
        return [
            {"name": f"{kind}-{index}", "image": "busybox:1.28", "command": ["sh", "-c", script]}
            for index, script in enumerate(scripts)
        ]

    spec = {
        "restartPolicy": plan["policy"],
        "initContainers": containers("init", plan["init"]),
        "containers": containers("app", plan["apps"]),
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


def statuses(version: Any, field: str = "containerStatuses") -> dict[str, Any]:
    return {status["name"]: status for status in version["status"].get(field) or ()}


@given(PODS)
@settings(max_examples=25, deadline=None)
def test_life_of_a_pod(plan: dict[str, Any]) -> None:
    shown = versions(plan)

    a_terminal_phase_is_never_left(shown)
    restart_counts_never_fall(shown)
    resource_versions_rise(shown)
    an_ended_container_is_never_ready(shown)
    apps_start_only_after_every_init_container_succeeded(shown)
    nothing_restarts_under_never(shown, plan["policy"])


def a_terminal_phase_is_never_left(shown: list[Any]) -> None:
    phases = [version["status"]["phase"] for version in shown]
    ends = [index for index, phase in enumerate(phases) if phase in ("Succeeded", "Failed")]

    assert not ends or len(set(phases[ends[0] :])) == 1


def restart_counts_never_fall(shown: list[Any]) -> None:
    for name in statuses(shown[-1]):
        counts = [statuses(version)[name]["restartCount"] for version in shown if name in statuses(version)]

        assert counts == sorted(counts)


def resource_versions_rise(shown: list[Any]) -> None:
    revisions = [int(version["metadata"]["resourceVersion"]) for version in shown]

    assert revisions == sorted(set(revisions))


def an_ended_container_is_never_ready(shown: list[Any]) -> None:
    ended = [s for version in shown for s in statuses(version).values() if "terminated" in s["state"]]

    assert not any(status["ready"] for status in ended)


def apps_start_only_after_every_init_container_succeeded(shown: list[Any]) -> None:
    for version in shown:
        if any("running" in status["state"] for status in statuses(version).values()):
            for status in statuses(version, "initContainerStatuses").values():
                assert status["state"]["terminated"]["exitCode"] == 0


def nothing_restarts_under_never(shown: list[Any], policy: str) -> None:
    if policy == "Never":
        assert all(status["restartCount"] == 0 for version in shown for status in statuses(version).values())


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_seed_gives_the_same_versions(seed: str) -> None:
    plan = {"policy": "Always", "init": ["exit 1"], "apps": ["exit 0"], "seed": seed}

    assert versions(plan) == versions(plan)

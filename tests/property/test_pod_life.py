"""What holds of every pod, whatever its containers do: told over the versions the API stored."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.kernel.requests import Request, WatchEvent
from podproof.simulator.machine.containers import ContainerState
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

SCRIPTS = st.builds("sleep {0}; exit {1}".format, st.integers(0, 40), st.sampled_from([0, 0, 1, 3]))
DEAF = st.builds("trap '' TERM; sleep {0}; exit {1}".format, st.integers(0, 90), st.sampled_from([0, 1]))
PROBES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["livenessProbe", "readinessProbe", "startupProbe"]),
        "passes": st.booleans(),
        "period": st.integers(1, 7),
        "threshold": st.integers(1, 3),
    }
)
PODS = st.fixed_dictionaries(
    {
        "policy": st.sampled_from(["Always", "OnFailure", "Never"]),
        "init": st.lists(SCRIPTS, max_size=2),
        "sidecar": st.none() | SCRIPTS,
        "apps": st.lists(SCRIPTS | DEAF, min_size=1, max_size=2),
        "probe": st.none() | PROBES,
        "seed": st.integers(0, 5),
    }
)
GRACES = st.none() | st.sampled_from([0, 1, 5, 40])
KILLS = ("livenessProbe", "startupProbe")


class Life:
    """One pod in a world of its own, and every event of it that a watch saw."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.world = World(seed=str(plan["seed"]))
        self.events: list[WatchEvent] = []
        watch = self.world.handle(Request("watch", "pods", "default")).watch
        assert watch is not None
        self.left_when_gone: list[str] = []
        watch.subscribe(self._note)
        response = self.world.handle(Request("create", "pods", "default", body=manifest(plan)))
        assert response.code == 201, response.body

    def _note(self, event: WatchEvent) -> None:
        self.events.append(event)
        if event.type == "DELETED":
            self.left_when_gone = self.left()

    def run(self, milliseconds: int) -> None:
        self.world.agenda.run_until(Nanos(self.world.now + milliseconds * (seconds(1) // 1000)))

    def delete(self, grace: int | None) -> None:
        body = None if grace is None else {"gracePeriodSeconds": grace}
        response = self.world.handle(Request("delete", "pods", "default", "p", body=body))
        assert response.code == 200, response.body

    def gone(self) -> bool:
        return self.world.handle(Request("get", "pods", "default", "p")).code == 404

    def left(self) -> list[str]:
        """Return what of the pod still runs on the node."""
        uid = self.events[0].object["metadata"]["uid"]
        runtime = next(iter(self.world.nodes.values())).kubelet._runtime
        running = [each.name for each in runtime.containers(uid) if each.state is ContainerState.RUNNING]
        return running + [f"sandbox {each.attempt}" for each in runtime.sandboxes(uid) if each.ready]


def versions(plan: dict[str, Any]) -> list[Any]:
    """Return every version of a pod over ten minutes."""
    life = Life(plan)
    life.run(600_000)
    return [event.object for event in life.events]


def manifest(plan: dict[str, Any]) -> dict[str, Any]:
    def containers(kind: str, scripts: list[str], **more: Any) -> list[dict[str, Any]]:
        return [
            {"name": f"{kind}-{index}", "image": "busybox:1.28", "command": ["sh", "-c", script], **more}
            for index, script in enumerate(scripts)
        ]

    sidecars = [plan["sidecar"]] if plan.get("sidecar") else []
    spec = {
        "restartPolicy": plan["policy"],
        "initContainers": containers("sidecar", sidecars, restartPolicy="Always") + containers("init", plan["init"]),
        "containers": containers("app", plan["apps"], **probe(plan.get("probe"))),
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}


def probe(plan: dict[str, Any] | None) -> dict[str, Any]:
    if plan is None:
        return {}
    command = ["true" if plan["passes"] else "false"]
    rest = {"periodSeconds": plan["period"], "failureThreshold": plan["threshold"]}
    return {plan["kind"]: {"exec": {"command": command}, **rest}}


def statuses(version: Any, field: str = "containerStatuses") -> dict[str, Any]:
    return {status["name"]: status for status in version["status"].get(field) or ()}


def all_statuses(version: Any) -> dict[str, Any]:
    return statuses(version) | statuses(version, "initContainerStatuses")


@given(PODS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_life_of_a_pod(plan: dict[str, Any]) -> None:
    shown = versions(plan)

    a_terminal_phase_is_never_left(shown)
    restart_counts_never_fall(shown)
    resource_versions_rise(shown)
    an_ended_container_is_never_ready(shown)
    apps_start_only_after_every_init_container_succeeded(shown)
    apps_start_only_after_every_sidecar_started(shown)
    nothing_restarts_under_never(shown, plan["policy"])
    an_end_is_shown_before_what_it_leads_to(shown, killed_by_probe(plan))


@given(PODS, st.integers(0, 120_000), GRACES)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_nothing_runs_once_the_pod_is_gone(plan: dict[str, Any], alive: int, grace: int | None) -> None:
    life = Life(plan)
    life.run(alive)
    life.delete(grace)

    for _ in range(90):
        if not life.gone():
            life.run(1_000)
    assert life.gone()
    assert grace == 0 or life.left_when_gone == []
    if grace == 0:  # The API forgets at once, and asks nobody: the kubelet then gives the pod the grace of its spec.
        life.run(40_000)
    assert life.left() == []
    life.run(300_000)
    assert life.left() == []


def a_terminal_phase_is_never_left(shown: list[Any]) -> None:
    phases = [version["status"]["phase"] for version in shown]
    ends = [index for index, phase in enumerate(phases) if phase in ("Succeeded", "Failed")]

    assert not ends or len(set(phases[ends[0] :])) == 1


def restart_counts_never_fall(shown: list[Any]) -> None:
    for name in all_statuses(shown[-1]):
        counts = [all_statuses(version)[name]["restartCount"] for version in shown if name in all_statuses(version)]

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
            for name, status in statuses(version, "initContainerStatuses").items():
                assert name.startswith("sidecar") or status["state"]["terminated"]["exitCode"] == 0


def apps_start_only_after_every_sidecar_started(shown: list[Any]) -> None:
    for version in shown:
        if any("running" in status["state"] for status in statuses(version).values()):
            for status in statuses(version, "initContainerStatuses").values():
                assert status["state"].get("waiting", {}).get("reason") != "PodInitializing"


def nothing_restarts_under_never(shown: list[Any], policy: str) -> None:
    if policy == "Never":
        restarts = {name: status["restartCount"] for v in shown for name, status in all_statuses(v).items()}

        assert not any(count for name, count in restarts.items() if not name.startswith("sidecar"))


def an_end_is_shown_before_what_it_leads_to(shown: list[Any], killed_by_probe: bool) -> None:
    """A back-off at some restart count follows an end at that count, a restart one at the count before.

    A container that the kubelet kills for its probe is started again, or held back, in the same sync: no version shows
    its end but as the last state.
    """
    ended: set[tuple[str, int]] = set()
    for version in shown:
        for name, status in all_statuses(version).items():
            count, state = status["restartCount"], status["state"]
            if "terminated" in state:
                ended.add((name, count))
            backs_off = state.get("waiting", {}).get("reason") == "CrashLoopBackOff"
            if backs_off or ("running" in state and count):
                assert "terminated" in status["lastState"]
                if not (killed_by_probe and name.startswith("app")):
                    assert (name, count if backs_off else count - 1) in ended


def version(state: dict[str, Any], restarts: int = 0, inits: Sequence[Any] = (), **more: Any) -> dict[str, Any]:
    """Return a version as the checks read it, with one app container."""
    app = {"name": "app-0", "restartCount": restarts, "ready": False, "state": state, "lastState": {}, **more}
    return {"status": {"phase": "Running", "containerStatuses": [app], "initContainerStatuses": [*inits]}}


RUNNING: dict[str, Any] = {"running": {}}
ENDED: dict[str, Any] = {"terminated": {"exitCode": 1}}
BACKS_OFF: dict[str, Any] = {"waiting": {"reason": "CrashLoopBackOff"}}
WAITS: dict[str, Any] = {"waiting": {"reason": "PodInitializing"}}
PLANTED: dict[str, Callable[[], None]] = {
    "a pod that failed runs again": lambda: a_terminal_phase_is_never_left(
        [{"status": {"phase": "Failed"}}, {"status": {"phase": "Running"}}]
    ),
    "a restart is taken back": lambda: restart_counts_never_fall([version(RUNNING, 1), version(RUNNING)]),
    "a container that ended is ready": lambda: an_ended_container_is_never_ready([version(ENDED, ready=True)]),
    "an app runs beside an init container that failed": lambda: apps_start_only_after_every_init_container_succeeded(
        [version(RUNNING, inits=[{"name": "init-0", "state": ENDED}])]
    ),
    "an app runs before a sidecar": lambda: apps_start_only_after_every_sidecar_started(
        [version(RUNNING, inits=[{"name": "sidecar-0", "state": WAITS}])]
    ),
    "a restart under Never": lambda: nothing_restarts_under_never([version(RUNNING, 1)], "Never"),
    "a back-off before its end": lambda: an_end_is_shown_before_what_it_leads_to(
        [version(ENDED), version(BACKS_OFF, 1, lastState=ENDED), version(ENDED, 1)], killed_by_probe=False
    ),
    "a restart whose end was not shown": lambda: an_end_is_shown_before_what_it_leads_to(
        [version(RUNNING), version(RUNNING, 1, lastState=ENDED)], killed_by_probe=False
    ),
    "a restart by the probe without a last state": lambda: an_end_is_shown_before_what_it_leads_to(
        [version(RUNNING), version(RUNNING, 1)], killed_by_probe=True
    ),
}


@pytest.mark.parametrize("check", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_violation_is_caught(check: Callable[[], None]) -> None:
    with pytest.raises(AssertionError):
        check()


def test_what_still_runs_is_seen() -> None:
    life = Life({"policy": "Always", "init": [], "apps": ["sleep 1000"], "seed": 0})
    life.run(10_000)

    assert life.left() == ["app-0", "sandbox 0"]


def killed_by_probe(plan: dict[str, Any]) -> bool:
    return bool(plan["probe"]) and plan["probe"]["kind"] in KILLS and not plan["probe"]["passes"]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_seed_gives_the_same_versions(seed: str) -> None:
    plan = {"policy": "Always", "init": ["exit 1"], "apps": ["exit 0"], "seed": seed}

    assert versions(plan) == versions(plan)

"""Probers at work: when they probe, when they hold, and that waiting costs nothing."""

from typing import Any

import pytest

from podproof.simulator.control.kubelet.pods import LocalPod
from podproof.simulator.control.kubelet.probes.prober import Prober
from podproof.simulator.control.kubelet.probes.rules import FAILURE, SUCCESS, Kind
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.model.times import Nanos, moment, seconds, timestamp

START = moment("2026-01-01T00:00:00Z")


class Case:
    """One prober, and what it did: the seconds at which it probed and the results that held."""

    def __init__(self, kind: Kind, results: str, **probe: Any) -> None:
        self.agenda = Agenda(START)
        self.probed: list[float] = []
        self.settled: list[str] = []
        self._results = iter(results)
        container = {"name": "app", f"{kind}Probe": {"periodSeconds": 10, **probe}}
        pod = {"metadata": {"uid": "uid"}, "spec": {"containers": [container], "restartPolicy": "Always"}}
        self.local = LocalPod(pod, {})
        self.prober = Prober(self.agenda, self.local, container, kind, self._probe, self._settle)

    def _probe(self, local: LocalPod, kind: Kind, container: Any, identity: str, done: Any) -> None:
        self.probed.append((self.agenda.now - START) / seconds(1))
        result = {"S": SUCCESS, "F": FAILURE, "?": ""}[next(self._results, "S")]
        self.agenda.after(Nanos(0), lambda: done(result))

    def _settle(self, identity: str, result: str) -> None:
        self.settled.append(result)

    def shows(self, identity: str, state: dict[str, Any] | None = None, started: bool = True) -> None:
        running = {"running": {"startedAt": timestamp(self.agenda.now)}}
        row = {"name": "app", "containerID": identity, "state": state or running, "started": started}
        self.local.published = {"phase": "Running", "containerStatuses": [row]}
        self.prober.consider()

    def after(self, limit: float) -> "Case":
        self.agenda.run_until(Nanos(START + seconds(limit)))
        return self


def test_it_probes_at_its_own_ticks_once_the_container_runs() -> None:
    case = Case(Kind.LIVENESS, "")
    case.after(3).shows("1")

    assert case.after(35).probed == [10, 20, 30]


def test_a_trigger_probes_at_once_and_begins_the_rhythm_anew() -> None:
    case = Case(Kind.READINESS, "")
    case.after(3).shows("1")
    case.prober.trigger()

    assert case.after(35).probed == [3, 13, 23, 33]


def test_the_initial_delay_leaves_ticks_out() -> None:
    case = Case(Kind.LIVENESS, "", initialDelaySeconds=15)
    case.after(3).shows("1")

    assert case.after(35).probed == [20, 30]


def test_a_liveness_failure_holds_until_another_container_comes() -> None:
    case = Case(Kind.LIVENESS, "FFF", failureThreshold=2)
    case.shows("1")
    assert case.after(60).probed == [10, 20]

    case.shows("2")

    assert case.after(75).probed == [10, 20, 70]
    assert case.settled == [SUCCESS, FAILURE, "", SUCCESS]


def test_a_readiness_failure_does_not() -> None:
    case = Case(Kind.READINESS, "SFS", failureThreshold=1)
    case.shows("1")

    assert case.after(35).settled == [FAILURE, SUCCESS, FAILURE, SUCCESS]


def test_what_is_below_its_threshold_changes_nothing() -> None:
    case = Case(Kind.READINESS, "SFFS", failureThreshold=3)
    case.shows("1")

    assert case.after(45).settled == [FAILURE, SUCCESS]


def test_a_probe_that_could_not_be_run_is_not_counted() -> None:
    case = Case(Kind.LIVENESS, "F??F", failureThreshold=2)
    case.shows("1")

    assert list(case.after(35).settled) == [SUCCESS]
    assert case.after(45).settled == [SUCCESS, FAILURE]


def test_a_container_that_dies_fails_its_probe_at_the_next_tick() -> None:
    case = Case(Kind.LIVENESS, "")
    case.shows("1")
    case.after(15).shows("1", {"terminated": {"exitCode": 1}})

    assert case.after(25).settled == [SUCCESS, FAILURE]


IDLE: dict[str, tuple[Kind, dict[str, Any]]] = {
    "a pod without containers yet": (Kind.LIVENESS, {}),
    "a container that has started, for its startup probe": (Kind.STARTUP, {"identity": "1"}),
    "a container that has not started, for liveness": (Kind.LIVENESS, {"identity": "1", "started": False}),
}


@pytest.mark.parametrize(("kind", "shown"), IDLE.values(), ids=IDLE.keys())
def test_nothing_is_on_the_agenda_for(kind: Kind, shown: dict[str, Any]) -> None:
    case = Case(kind, "")
    if shown:
        case.shows(**shown)
        case.after(15)

    assert case.agenda.peek() is None
    assert case.probed == []

"""What stays as it is: for a while from now, or until something happened."""

from collections.abc import Callable
from typing import Any

import pytest

from podproof.claims import Outcome, StayedUntil, StaysFor, existed, showed, shows
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import seconds

FOO = Ref("Pod", "default", "foo")
SERVICE = Ref("Service", "default", "db")
Tell = Callable[[Any], object]

STAYS: dict[str, tuple[Tell, tuple[Tell, ...], Outcome, str]] = {
    "it does, in one version": (
        lambda h: h.pod("Running"),
        (lambda h: h.at(10),),
        Outcome.HELD,
        "from +0 s to +10 s",
    ),
    "it does, over several versions": (
        lambda h: h.pod("Running"),
        (lambda h: h.at(3).pod("Running", restarts=1), lambda h: h.at(10)),
        Outcome.HELD,
        "",
    ),
    "it changes after the span": (
        lambda h: h.pod("Running"),
        (lambda h: h.at(10), lambda h: h.at(11).pod("Error")),
        Outcome.HELD,
        "",
    ),
    "it changes within the span": (
        lambda h: h.pod("Running"),
        (lambda h: h.at(9.9).pod("Error"), lambda h: h.at(10)),
        Outcome.FAILED,
        'at +9.9 s, after 9.9 seconds, it shows "Error"',
    ),
    "it changes for a moment and back": (
        lambda h: h.pod("Running"),
        (lambda h: h.at(5).pod("Error").at(5.02).pod("Running").at(10),),
        Outcome.FAILED,
        "at +5 s",
    ),
    "it does not show it now, though soon": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(1).pod("Running"), lambda h: h.at(10)),
        Outcome.FAILED,
        '"stays" begins now',
    ),
    "it showed it before, and is gone": (
        lambda h: h.pod("Running").at(1).gone(),
        (lambda h: h.at(11),),
        Outcome.FAILED,
        "it is gone now",
    ),
    "it is deleted meanwhile: absence is no hold": (
        lambda h: h.pod("Running"),
        (lambda h: h.at(4).gone(), lambda h: h.at(10)),
        Outcome.FAILED,
        "it is gone",
    ),
    "another takes its name and shows the same": (
        lambda h: h.pod("Running"),
        (lambda h: h.at(4).pod("Running", uid="2"), lambda h: h.at(10)),
        Outcome.FAILED,
        "another object took its name",
    ),
    "nothing was observed": (lambda h: h, (lambda h: h.at(10),), Outcome.INCONCLUSIVE, "was never observed"),
    "part of the span was not watched": (
        lambda h: h.pod("Running"),
        (lambda h: h.at(10).unwatched(3, 4),),
        Outcome.INCONCLUSIVE,
        "from +3 s to +4 s",
    ),
    "what was not watched lies before the span": (
        lambda h: h.pod("Running").at(5).unwatched(2, 3),
        (lambda h: h.at(15),),
        Outcome.HELD,
        "",
    ),
    "the scenario ends before the span does": (
        lambda h: h.pod("Running"),
        (lambda h: h.at(3),),
        Outcome.INCONCLUSIVE,
        "only 3 seconds of 10 seconds",
    ),
}


@pytest.mark.parametrize(("before", "steps", "outcome", "reason"), STAYS.values(), ids=STAYS.keys())
def test_stays_running_for_ten_seconds(
    history: Any, before: Tell, steps: tuple[Tell, ...], outcome: Outcome, reason: str
) -> None:
    before(history)

    verdict = history.watched(StaysFor(FOO, shows("Running"), seconds(10)), *steps)

    assert (verdict.outcome, reason in verdict.reason) == (outcome, True), verdict


UNTIL: dict[str, tuple[Tell, Outcome, str]] = {
    "it did": (
        lambda h: h.pod("Pending").at(1).pod("Init:0/2").at(9).service("db").at(10).pod("Init:1/2"),
        Outcome.HELD,
        'from +1 s to +9 s, when service "db" existed',
    ),
    "it did and still does": (
        lambda h: h.pod("Init:0/2").at(9).service("db").at(99),
        Outcome.HELD,
        "",
    ),
    "it left it before, and came back": (
        lambda h: h.pod("Init:0/2").at(3).pod("Init:Error").at(4).pod("Init:0/2").at(9).service("db"),
        Outcome.FAILED,
        'at +3 s, before service "db" existed (at +9 s), it shows "Init:Error"',
    ),
    "it left it at the very moment, but before": (
        lambda h: h.pod("Init:0/2").at(9).pod("Init:1/2").service("db"),
        Outcome.FAILED,
        'it shows "Init:1/2"',
    ),
    "it left it at the very moment, but after": (
        lambda h: h.pod("Init:0/2").at(9).service("db").pod("Init:1/2"),
        Outcome.HELD,
        "",
    ),
    "it never showed it": (
        lambda h: h.pod("Running").at(9).service("db"),
        Outcome.FAILED,
        'it never did: it shows "Running"',
    ),
    "it showed it only after": (
        lambda h: h.service("db").at(3).pod("Init:0/2").at(9),
        Outcome.FAILED,
        "existed at +0 s already",
    ),
    "the end never came": (
        lambda h: h.pod("Init:0/2").at(9),
        Outcome.INCONCLUSIVE,
        'service "db" existed: that has not happened',
    ),
    "the end came twice: the first one after it counts": (
        lambda h: h.service("db").at(1).gone("db", "Service").at(2).pod("Init:0/2").at(9).service("db"),
        Outcome.HELD,
        "from +2 s to +9 s",
    ),
    "it was deleted meanwhile": (
        lambda h: h.pod("Init:0/2").at(3).gone().at(9).service("db"),
        Outcome.FAILED,
        "it is gone",
    ),
    "another took its name meanwhile": (
        lambda h: h.pod("Init:0/2").at(3).pod("Init:0/2", uid="2").at(9).service("db"),
        Outcome.FAILED,
        "another object took its name",
    ),
    "part of it was not watched": (
        lambda h: h.pod("Init:0/2").at(9).unwatched(3, 4).service("db"),
        Outcome.INCONCLUSIVE,
        "from +3 s to +4 s",
    ),
    "nothing was observed": (lambda h: h.at(9).service("db"), Outcome.INCONCLUSIVE, "was never observed"),
}


@pytest.mark.parametrize(("tell", "outcome", "reason"), UNTIL.values(), ids=UNTIL.keys())
def test_stayed_until_the_service_existed(history: Any, tell: Tell, outcome: Outcome, reason: str) -> None:
    tell(history)

    verdict = StayedUntil(FOO, shows("Init:0/2"), existed(SERVICE)).judge(history.record)

    assert (verdict.outcome, reason in verdict.reason) == (outcome, True), verdict


def test_the_end_may_be_a_status_of_another_pod(history: Any) -> None:
    history.pod("Pending").at(2).pod("Running", name="other").at(3).pod("Running")
    claim = StayedUntil(FOO, shows("Pending"), showed(Ref("Pod", "default", "other"), "Running"))

    verdict = claim.judge(history.record)

    assert verdict.outcome is Outcome.HELD
    assert claim.wanted == 'pod "foo" shows "Pending" without a break until pod "other" showed "Running"'

"""What comes to be, from now on and within a limit."""

from collections.abc import Callable
from typing import Any

import pytest

from podproof.claims import GONE, Eventually, EventuallyUnless, Outcome, exited, has_phase, shows
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import seconds

FOO = Ref("Pod", "default", "foo")
Tell = Callable[[Any], object]

CASES: dict[str, tuple[Tell, tuple[Tell, ...], Outcome, str]] = {
    "what is so already holds at once": (
        lambda h: h.pod("Running"),
        (),
        Outcome.HELD,
        'it shows "Running" since +0 s',
    ),
    "what comes within the limit holds": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(9).pod("Running"),),
        Outcome.HELD,
        "since +9 s",
    ),
    "a state of forty milliseconds is not missed": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(3).pod("Running").at(3.04).pod("Error").at(8),),
        Outcome.HELD,
        "since +3 s",
    ),
    "what comes on the last moment holds": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(10).pod("Running"),),
        Outcome.HELD,
        "since +10 s",
    ),
    "what comes too late fails": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(10.1).pod("Running"),),
        Outcome.FAILED,
        'it shows "Pending" since +0 s',
    ),
    "what never comes fails, and says what is shown instead": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(2).pod("ErrImagePull"), lambda h: h.at(10)),
        Outcome.FAILED,
        'it shows "ErrImagePull" since +2 s',
    ),
    "what was so before, and is not any more, fails": (
        lambda h: h.pod("Running").at(1).pod("Error"),
        (lambda h: h.at(11),),
        Outcome.FAILED,
        'it shows "Error" since +1 s',
    ),
    "a pod that went away fails": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(2).gone(), lambda h: h.at(10)),
        Outcome.FAILED,
        "it is gone since +2 s",
    ),
    "nothing observed decides nothing": (
        lambda h: h.pod("Running", name="fo"),
        (lambda h: h.at(10),),
        Outcome.INCONCLUSIVE,
        'pod "foo" was never observed; seen: fo',
    ),
    "a time that was not watched decides nothing": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(10).unwatched(4, 6),),
        Outcome.INCONCLUSIVE,
        "from +4 s to +6 s the cluster could not be watched",
    ),
    "a state seen in spite of a gap holds": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(7).unwatched(4, 6).pod("Running"),),
        Outcome.HELD,
        "since +7 s",
    ),
}


@pytest.mark.parametrize(("before", "steps", "outcome", "reason"), CASES.values(), ids=CASES.keys())
def test_shows_within_ten_seconds(
    history: Any, before: Tell, steps: tuple[Tell, ...], outcome: Outcome, reason: str
) -> None:
    before(history)

    verdict = history.watched(Eventually(FOO, shows("Running"), seconds(10)), *steps)

    assert (verdict.outcome, reason in verdict.reason) == (outcome, True), verdict


def test_a_claim_says_what_is_wanted() -> None:
    assert Eventually(FOO, shows("Error"), seconds(35)).wanted == 'pod "foo" shows "Error" within 35 seconds'


def test_the_judge_names_the_moment_at_which_time_alone_decides(history: Any) -> None:
    history.at(5).pod("Pending")

    assert Eventually(FOO, shows("Running"), seconds(10)).begin(history.record).wake == seconds(15)


def test_gone_holds_for_what_was_there_and_is_not_any_more(history: Any) -> None:
    history.pod("Running").at(3).gone()

    assert Eventually(FOO, GONE, seconds(0)).judge(history.record).outcome is Outcome.HELD


def test_gone_is_undecided_for_what_was_never_there(history: Any) -> None:
    assert Eventually(FOO, GONE, seconds(0)).judge(history.record).outcome is Outcome.INCONCLUSIVE


def test_the_phase_is_not_the_status(history: Any) -> None:
    history.pod("Error")

    verdict = Eventually(FOO, has_phase("Running"), seconds(0)).judge(history.record)

    assert verdict.reason == 'its phase is Pending, it shows "Error" since +0 s'


EXITS = {
    "the code it ended with": ({"state": {"terminated": {"exitCode": 3}}}, 3, Outcome.HELD, ""),
    "the code of the run before this one": (
        {"state": {"running": {}}, "lastState": {"terminated": {"exitCode": 3}}},
        3,
        Outcome.HELD,
        "",
    ),
    "another code": ({"state": {"terminated": {"exitCode": 0}}}, 3, Outcome.FAILED, "exited with code 0"),
    "no end at all": ({"state": {"running": {}}}, 3, Outcome.FAILED, "has not ended yet"),
}


@pytest.mark.parametrize(("row", "code", "outcome", "reason"), EXITS.values(), ids=EXITS.keys())
def test_exit_codes(history: Any, row: dict[str, Any], code: int, outcome: Outcome, reason: str) -> None:
    history.pod("Running", **row)

    verdict = Eventually(FOO, exited("app", code), seconds(0)).judge(history.record)

    assert (verdict.outcome, reason in verdict.reason) == (outcome, True), verdict


def test_a_container_that_is_not_reported_is_named_with_those_that_are(history: Any) -> None:
    history.pod("Running")

    verdict = Eventually(FOO, exited("ap", 0), seconds(0)).judge(history.record)

    assert verdict.reason.startswith('it reports no container "ap"; it reports app')


UNLESS: dict[str, tuple[tuple[Tell, ...], Outcome]] = {
    "the wanted state comes first": ((lambda h: h.at(3).pod("Running").at(4).pod("Error"),), Outcome.HELD),
    "the unwanted state comes first": ((lambda h: h.at(3).pod("Error").at(4).pod("Running"),), Outcome.FAILED),
    "neither comes": ((lambda h: h.at(10),), Outcome.FAILED),
}


@pytest.mark.parametrize(("steps", "outcome"), UNLESS.values(), ids=UNLESS.keys())
def test_eventually_unless(history: Any, steps: tuple[Tell, ...], outcome: Outcome) -> None:
    history.pod("Pending")

    verdict = history.watched(EventuallyUnless(FOO, shows("Running"), shows("Error"), seconds(10)), *steps)

    assert verdict.outcome is outcome

"""What never is, and what comes in which order."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.claims import After, Before, Never, Outcome, PassesThrough, existed, showed, shows
from podproof.claims.order import folded
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos, seconds
from podproof.timeline import Record

FOO = Ref("Pod", "default", "foo")
Tell = Callable[[Any], object]

NEVER: dict[str, tuple[float, Tell, tuple[Tell, ...], Outcome, str]] = {
    "it never did": (0, lambda h: h.pod("Pending").at(2).pod("Error"), (), Outcome.HELD, "in 2 versions it never did"),
    "it did once, for a moment": (
        0,
        lambda h: h.pod("Pending").at(2).pod("Running").at(2.01).pod("Error").at(9),
        (),
        Outcome.FAILED,
        "at +2 s",
    ),
    "it did before it was deleted": (
        0,
        lambda h: h.pod("Running").at(2).gone(),
        (),
        Outcome.FAILED,
        'at +0 s it shows "Running"',
    ),
    "it never did before it was deleted": (0, lambda h: h.pod("Pending").at(2).gone(), (), Outcome.HELD, ""),
    "nothing was observed": (0, lambda h: h.at(2), (), Outcome.INCONCLUSIVE, "was never observed"),
    "part of the past was not watched": (
        0,
        lambda h: h.pod("Pending").at(9).unwatched(2, 3),
        (),
        Outcome.INCONCLUSIVE,
        "from +2 s to +3 s",
    ),
    "it does not in the time ahead": (
        10,
        lambda h: h.pod("Pending"),
        (lambda h: h.at(10),),
        Outcome.HELD,
        "",
    ),
    "it does in the time ahead": (
        10,
        lambda h: h.pod("Pending"),
        (lambda h: h.at(9).pod("Running"),),
        Outcome.FAILED,
        "at +9 s",
    ),
    "it does only after the time ahead": (
        10,
        lambda h: h.pod("Pending"),
        (lambda h: h.at(10), lambda h: h.at(12).pod("Running")),
        Outcome.HELD,
        "",
    ),
    "it is gone in the time ahead: nothing to look at": (
        10,
        lambda h: h.pod("Pending"),
        (lambda h: h.at(4).gone(), lambda h: h.at(10)),
        Outcome.INCONCLUSIVE,
        "gone",
    ),
    "the scenario ends too early": (
        10,
        lambda h: h.pod("Pending"),
        (lambda h: h.at(4),),
        Outcome.INCONCLUSIVE,
        "only 4 seconds of 10 seconds",
    ),
}


@pytest.mark.parametrize(("ahead", "before", "steps", "outcome", "reason"), NEVER.values(), ids=NEVER.keys())
def test_never_shows_running(
    history: Any, ahead: float, before: Tell, steps: tuple[Tell, ...], outcome: Outcome, reason: str
) -> None:
    before(history)

    verdict = history.watched(Never(FOO, shows("Running"), seconds(ahead)), *steps)

    assert (verdict.outcome, reason in verdict.reason) == (outcome, True), verdict


PASSES: dict[str, tuple[Tell, tuple[Tell, ...], Outcome, str]] = {
    "it did, in the past": (
        lambda h: h.pod("Pending").at(1).pod("Running").at(2).pod("Error").at(3),
        (),
        Outcome.HELD,
        "it did",
    ),
    "neighbours that repeat count once": (
        lambda h: h.pod("Pending").pod("Pending").pod("Running").pod("Running", restarts=1).pod("Error"),
        (),
        Outcome.HELD,
        "it did",
    ),
    "what came before the first does not matter": (
        lambda h: h.pod("Unknown").at(1).pod("Pending").pod("Running").pod("Error"),
        (),
        Outcome.HELD,
        "it did",
    ),
    "what comes after the last does not matter": (
        lambda h: h.pod("Pending").pod("Running").pod("Error").pod("CrashLoopBackOff"),
        (),
        Outcome.HELD,
        "it did",
    ),
    "the rest comes within the limit": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(3).pod("Running"), lambda h: h.at(8).pod("Error")),
        Outcome.HELD,
        "it did",
    ),
    "the rest does not come": (
        lambda h: h.pod("Pending"),
        (lambda h: h.at(3).pod("Running"), lambda h: h.at(10)),
        Outcome.FAILED,
        'it has not shown "Error" yet; it shows "Running" since +3 s',
    ),
    "something comes between": (
        lambda h: h.pod("Pending").at(1).pod("ContainerCreating").at(2).pod("Running").at(3).pod("Error"),
        (),
        Outcome.FAILED,
        'at +1 s, after "Pending", it showed "ContainerCreating", not "Running"',
    ),
    "the order is another": (
        lambda h: h.pod("Pending").at(1).pod("Error").at(2).pod("Running"),
        (),
        Outcome.FAILED,
        'after "Pending", it showed "Error", not "Running"',
    ),
    "it falls back": (
        lambda h: h.pod("Pending").pod("Running").at(2).pod("Pending").pod("Running").pod("Error"),
        (),
        Outcome.FAILED,
        'after "Running", it showed "Pending"',
    ),
    "it never begins": (
        lambda h: h.pod("Running").pod("Error"),
        (lambda h: h.at(10),),
        Outcome.FAILED,
        'it never showed "Pending", where it should begin',
    ),
    "it is deleted on the way": (
        lambda h: h.pod("Pending").at(2).gone(),
        (),
        Outcome.FAILED,
        'at +2 s it was gone, before it showed "Running"',
    ),
    "another takes its name on the way": (
        lambda h: h.pod("Pending").at(2).pod("Running", uid="2").pod("Error", uid="2"),
        (),
        Outcome.FAILED,
        "another object took its name",
    ),
    "nothing was observed": (lambda h: h, (lambda h: h.at(10),), Outcome.INCONCLUSIVE, "was never observed"),
    "part of it was not watched": (
        lambda h: h.pod("Pending").pod("Running").at(4).unwatched(2, 3).pod("Error"),
        (),
        Outcome.INCONCLUSIVE,
        "from +2 s to +3 s",
    ),
}


@pytest.mark.parametrize(("before", "steps", "outcome", "reason"), PASSES.values(), ids=PASSES.keys())
def test_passes_through_pending_running_error(
    history: Any, before: Tell, steps: tuple[Tell, ...], outcome: Outcome, reason: str
) -> None:
    before(history)

    verdict = history.watched(PassesThrough(FOO, ("Pending", "Running", "Error"), seconds(10)), *steps)

    assert (verdict.outcome, reason in verdict.reason) == (outcome, True), verdict


@given(st.lists(st.sampled_from(["Pending", "Running", "Error"]), min_size=1))
def test_a_pod_passes_through_what_it_showed(shown: list[str]) -> None:
    record = Record(lambda: Nanos(0), Nanos(0))
    for status in shown:
        meta = {"name": "foo", "uid": "1"}
        record.see(FOO, {"kind": "Pod", "metadata": meta, "spec": {}, "status": {"phase": status}})

    assert PassesThrough(FOO, tuple(shown)).judge(record).held


@given(st.lists(st.sampled_from("ab")))
def test_folding_twice_is_folding_once(statuses: list[str]) -> None:
    once = folded(statuses)

    assert folded(once) == once
    assert all(one != other for one, other in pairwise(once))


ORDER: dict[str, tuple[Tell, Outcome, str]] = {
    "the one, then the other": (lambda h: h.at(1).service("db").at(2).pod("Running"), Outcome.HELD, "at +1 s"),
    "the other way round": (lambda h: h.at(1).pod("Running").at(2).service("db"), Outcome.FAILED, "at +2 s"),
    "at one moment, the one first": (lambda h: h.service("db").pod("Running"), Outcome.HELD, ""),
    "the first times count": (
        lambda h: h.service("db").at(1).pod("Running").at(2).pod("Error").pod("Running"),
        Outcome.HELD,
        "at +1 s",
    ),
    "the second did not happen": (lambda h: h.service("db").pod("Pending"), Outcome.INCONCLUSIVE, "has not happened"),
    "the first did not happen": (lambda h: h.pod("Running"), Outcome.INCONCLUSIVE, "was never observed"),
    "part of the time was not watched": (
        lambda h: h.at(1).service("db").at(5).pod("Running").unwatched(2, 3),
        Outcome.INCONCLUSIVE,
        "from +2 s",
    ),
}


@pytest.mark.parametrize(("tell", "outcome", "reason"), ORDER.values(), ids=ORDER.keys())
def test_before_and_after_are_one_thing(history: Any, tell: Tell, outcome: Outcome, reason: str) -> None:
    tell(history)
    service, running = existed(Ref("Service", "default", "db")), showed(FOO, "Running")

    before, after = Before(service, running).judge(history.record), After(running, service).judge(history.record)

    assert before == after
    assert (before.outcome, reason in before.reason) == (outcome, True), before

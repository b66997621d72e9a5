"""Restarts of a pod, and how many objects there are."""

from collections.abc import Callable
from typing import Any

import pytest

from podproof.claims import Becomes, Bound, Count, Never, Outcome, Predicate, RestartCount, shows
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import seconds
from podproof.timeline import Version

FOO = Ref("Pod", "default", "foo")
Tell = Callable[[Any], object]
EXACTLY, AT_LEAST, AT_MOST = Bound.EXACTLY, Bound.AT_LEAST, Bound.AT_MOST

NOW: dict[str, tuple[Bound, int, int, Outcome]] = {
    "exactly two of two": (EXACTLY, 2, 2, Outcome.HELD),
    "exactly two of three": (EXACTLY, 2, 3, Outcome.FAILED),
    "exactly none of none": (EXACTLY, 0, 0, Outcome.HELD),
    "at least two of two": (AT_LEAST, 2, 2, Outcome.HELD),
    "at least two of one": (AT_LEAST, 2, 1, Outcome.FAILED),
    "at most two of two": (AT_MOST, 2, 2, Outcome.HELD),
    "at most two of three": (AT_MOST, 2, 3, Outcome.FAILED),
}


@pytest.mark.parametrize(("bound", "count", "restarts", "outcome"), NOW.values(), ids=NOW.keys())
def test_restarts_now(history: Any, bound: Bound, count: int, restarts: int, outcome: Outcome) -> None:
    history.pod("Running", restarts=restarts)

    assert RestartCount(FOO, bound, count).judge(history.record).outcome is outcome


WITHIN: dict[str, tuple[Bound, Tell, tuple[Tell, ...], Outcome, str]] = {
    "exactly: the number is reached": (
        EXACTLY,
        lambda h: h.pod("Running"),
        (lambda h: h.at(3).pod("Running", restarts=2),),
        Outcome.HELD,
        "2 times",
    ),
    "exactly: it is not": (
        EXACTLY,
        lambda h: h.pod("Running"),
        (lambda h: h.at(3).pod("Running", restarts=1), lambda h: h.at(10)),
        Outcome.FAILED,
        "it has restarted once",
    ),
    "at most: it is not passed": (
        AT_MOST,
        lambda h: h.pod("Running"),
        (lambda h: h.at(3).pod("Running", restarts=2), lambda h: h.at(10)),
        Outcome.HELD,
        "2 times",
    ),
    "at most: it is passed": (
        AT_MOST,
        lambda h: h.pod("Running"),
        (lambda h: h.at(3).pod("Running", restarts=3),),
        Outcome.FAILED,
        "3 times",
    ),
    "at most: the time is cut short": (
        AT_MOST,
        lambda h: h.pod("Running"),
        (lambda h: h.at(3),),
        Outcome.INCONCLUSIVE,
        "not all of 10 seconds",
    ),
    "the pod is gone": (
        AT_LEAST,
        lambda h: h.pod("Running"),
        (lambda h: h.at(3).gone(), lambda h: h.at(10)),
        Outcome.INCONCLUSIVE,
        "it is gone",
    ),
    "nothing was observed": (AT_LEAST, lambda h: h, (lambda h: h.at(10),), Outcome.INCONCLUSIVE, "never observed"),
    "at most, but part of it was not watched": (
        AT_MOST,
        lambda h: h.pod("Running"),
        (lambda h: h.at(10).unwatched(4, 5),),
        Outcome.INCONCLUSIVE,
        "+4 s",
    ),
}


@pytest.mark.parametrize(("bound", "before", "steps", "outcome", "reason"), WITHIN.values(), ids=WITHIN.keys())
def test_two_restarts_within_ten_seconds(
    history: Any, bound: Bound, before: Tell, steps: tuple[Tell, ...], outcome: Outcome, reason: str
) -> None:
    before(history)

    verdict = history.watched(RestartCount(FOO, bound, 2, seconds(10)), *steps)

    assert (verdict.outcome, reason in verdict.reason) == (outcome, True), verdict


COUNT: dict[str, tuple[Tell, Outcome, str]] = {
    "two of three": (
        lambda h: h.pod("Running", name="a").pod("Running", name="b").pod("Error", name="c"),
        Outcome.HELD,
        "2 of 3: a, b",
    ),
    "one of them no longer": (
        lambda h: h.pod("Running", name="a").pod("Running", name="b").at(1).pod("Error", name="b"),
        Outcome.FAILED,
        "1 of 2: a",
    ),
    "one of them gone": (
        lambda h: h.pod("Running", name="a").pod("Running", name="b").at(1).gone("b"),
        Outcome.FAILED,
        "1 of 2: a",
    ),
    "none was ever seen": (lambda h: h, Outcome.INCONCLUSIVE, "no Pod was ever observed"),
}


@pytest.mark.parametrize(("tell", "outcome", "reason"), COUNT.values(), ids=COUNT.keys())
def test_exactly_two_pods_run(history: Any, tell: Tell, outcome: Outcome, reason: str) -> None:
    tell(history)

    verdict = Count("Pod", "default", shows("Running"), EXACTLY, 2).judge(history.record)

    assert (verdict.outcome, verdict.reason) == (outcome, reason)


def test_a_count_may_be_waited_for(history: Any) -> None:
    history.pod("Running", name="a")
    claim = Count("Pod", "default", shows("Running"), EXACTLY, 2, seconds(10))

    verdict = history.watched(claim, lambda h: h.at(4).pod("Running", name="b"))

    assert (verdict.outcome, verdict.at) == (Outcome.HELD, seconds(4))


def test_a_count_over_time_looks_only_at_what_has_changed(history: Any) -> None:
    asked: list[str] = []

    def ask(version: Version) -> bool:
        asked.append(str(version.uid))
        return False

    for number in range(100):
        history.pod("Pending", name=f"p{number}")
    judge = Count("Pod", "default", Predicate("is asked", ask, str), EXACTLY, 1, seconds(1000)).begin(history.record)
    for second in range(1, 101):
        judge.look()
        history.at(second).pod("Running", name="p7")

    assert len(asked) == 100 + 99


def test_anything_that_can_be_asked_of_a_record_can_become_so(history: Any) -> None:
    claim = Becomes("two pods are seen", (), lambda record: (len(record.refs("Pod")) == 2, "not two"), seconds(5))

    verdict = history.watched(claim, lambda h: h.at(1).pod("Running"), lambda h: h.at(2).pod("Running", name="bar"))

    assert (verdict.outcome, verdict.at) == (Outcome.HELD, seconds(2))


def test_what_does_not_become_so_tells_what_is_seen(history: Any) -> None:
    claim = Becomes("two pods are seen", (), lambda record: (False, f"{len(record.refs('Pod'))} seen"), seconds(5))

    verdict = history.watched(claim, lambda h: h.at(1).pod("Running"), lambda h: h.at(5))

    assert (verdict.outcome, verdict.reason) == (Outcome.FAILED, "1 seen")


BLIND: dict[str, tuple[Tell, str]] = {
    "its subject was never observed": (lambda h: h.at(5), 'pod "foo" was never observed'),
    "part of the time was not watched": (lambda h: h.pod("Running").at(5).unwatched(1, 2), "from +1 s to +2 s"),
}


@pytest.mark.parametrize(("tell", "reason"), BLIND.values(), ids=BLIND.keys())
def test_what_could_not_be_looked_at_is_undecided(history: Any, tell: Tell, reason: str) -> None:
    claim = Becomes("something is so", (FOO,), lambda record: (False, "it is not"), seconds(5))
    judge = claim.begin(history.record)

    tell(history)
    verdict = judge.look()

    assert (verdict.outcome, reason in verdict.reason) == (Outcome.INCONCLUSIVE, True), verdict


def test_judging_a_long_record_looks_at_each_version_once(history: Any) -> None:
    asked: list[int] = []

    def ask(version: Version) -> bool:
        asked.append(version.serial)
        return False

    history.pod("Pending")
    counting = Predicate("is asked", ask, str)
    judge = Never(FOO, counting, seconds(10_000)).begin(history.record)
    for second in range(1, 1000):
        history.at(second).pod("Pending")
        judge.look()

    assert len(asked) == 1000

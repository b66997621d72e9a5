"""What a controller is told of a resource's changes."""

from typing import Any

import pytest

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.kernel.requests import OnEvent, WatchEvent
from podproof.simulator.model.times import Nanos

FIRST: dict[str, Any] = {"metadata": {"namespace": "default", "name": "p", "uid": "1"}, "version": 1}
LATER = {**FIRST, "version": 2}
OTHER = {"metadata": {"namespace": "default", "name": "p", "uid": "2"}, "version": 1}

CASES: dict[str, tuple[list[tuple[str, Any]], list[tuple[Any, Any]]]] = {
    "changes that wait together are folded": ([("MODIFIED", FIRST), ("MODIFIED", LATER)], [(FIRST, LATER)]),
    "who is gone is told as it was in the end": ([("MODIFIED", LATER), ("DELETED", LATER)], [(LATER, None)]),
    "another of its name is a new one": ([("DELETED", FIRST), ("ADDED", OTHER)], [(FIRST, None), (None, OTHER)]),
    "one that came and went meanwhile is not told of": (
        [("DELETED", FIRST), ("ADDED", OTHER), ("DELETED", OTHER)],
        [(FIRST, None)],
    ),
}


@pytest.mark.parametrize(("changes", "told"), CASES.values(), ids=CASES.keys())
def test_after_one_object_was_known(changes: list[tuple[str, Any]], told: list[tuple[Any, Any]]) -> None:
    agenda, push, seen = Agenda(Nanos(0)), list[OnEvent](), list[tuple[Any, Any]]()
    informer = Informer(agenda, push.append, Nanos(1))
    informer.start()
    push[0](WatchEvent("ADDED", FIRST))
    agenda.run_until(Nanos(10))
    informer.on_change(lambda old, new: seen.append((old, new)))

    for kind, item in changes:
        push[0](WatchEvent(kind, item))
    agenda.run_until(Nanos(20))

    assert seen == told


def test_what_came_and_went_before_anybody_knew_it_is_told_as_gone() -> None:
    agenda, push, seen = Agenda(Nanos(0)), list[OnEvent](), list[tuple[Any, Any]]()
    informer = Informer(agenda, push.append, Nanos(1))
    informer.on_change(lambda old, new: seen.append((old, new)))
    informer.start()

    push[0](WatchEvent("ADDED", FIRST))
    push[0](WatchEvent("DELETED", LATER))
    agenda.run_until(Nanos(10))

    assert seen == [(LATER, None)]

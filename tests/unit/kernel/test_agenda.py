"""Virtual time: what is due runs in order, and waiting is leaping."""

from collections.abc import Callable
from functools import partial

import pytest

from podproof.simulator.kernel.agenda import Agenda, StalledError
from podproof.simulator.model.times import Nanos


def test_entries_run_when_due_and_the_clock_stands_where_they_are() -> None:
    agenda, seen = Agenda(Nanos(0)), list[tuple[str, int]]()
    agenda.at(Nanos(30), lambda: seen.append(("late", agenda.now)))
    agenda.at(Nanos(10), lambda: seen.append(("early", agenda.now)))

    agenda.run_until(Nanos(100))

    assert seen == [("early", 10), ("late", 30)]
    assert agenda.now == 100


def test_entries_of_one_moment_run_as_they_were_asked_for() -> None:
    agenda, seen = Agenda(Nanos(0)), list[str]()
    for name in ("first", "second", "third"):
        agenda.at(Nanos(5), partial(seen.append, name))

    agenda.run_until(Nanos(5))

    assert seen == ["first", "second", "third"]


def test_an_entry_may_add_another_for_the_same_moment() -> None:
    agenda, seen = Agenda(Nanos(0)), list[str]()

    def first() -> None:
        seen.append("first")
        agenda.after(Nanos(0), partial(seen.append, "then"))

    agenda.at(Nanos(7), first)
    agenda.run_until(Nanos(7))

    assert seen == ["first", "then"]


def test_the_past_is_refused_with_both_times() -> None:
    agenda = Agenda(Nanos(50))

    with pytest.raises(ValueError, match="cannot schedule at 49 ns: it is already 50 ns"):
        agenda.at(Nanos(49), lambda: None)


def test_a_negative_delay_counts_as_none() -> None:
    agenda, seen = Agenda(Nanos(50)), list[int]()

    agenda.after(Nanos(-3), lambda: seen.append(agenda.now))
    agenda.step()

    assert seen == [50]


def test_a_cancelled_entry_does_not_run_and_does_not_move_the_clock() -> None:
    agenda, seen = Agenda(Nanos(0)), list[str]()
    agenda.at(Nanos(10), partial(seen.append, "kept"))
    agenda.at(Nanos(5), partial(seen.append, "cancelled")).cancel()

    assert agenda.peek() == 10

    agenda.step()

    assert seen == ["kept"]


def test_cancelling_what_has_run_is_harmless() -> None:
    agenda, seen = Agenda(Nanos(0)), list[str]()
    entry = agenda.at(Nanos(1), partial(seen.append, "ran"))

    agenda.step()
    entry.cancel()

    assert seen == ["ran"]
    assert agenda.peek() is None


@pytest.mark.parametrize("cancelled", [False, True], ids=["nothing was asked for", "all of it was cancelled"])
def test_stepping_an_empty_agenda_is_an_error_that_names_the_moment(cancelled: bool) -> None:
    agenda = Agenda(Nanos(9))
    if cancelled:
        agenda.at(Nanos(12), lambda: None).cancel()

    with pytest.raises(StalledError, match="nothing is due after 9 ns"):
        agenda.step()


UNTIL: dict[str, tuple[Callable[[Agenda], bool] | None, int, bool, int, int]] = {
    "without a condition time passes to the deadline": (None, 25, False, 2, 25),
    "what is due at the deadline still runs": (None, 30, False, 3, 30),
    "a condition that holds already costs no step": (lambda agenda: True, 25, True, 0, 0),
    "the clock stands where the condition came true": (lambda agenda: agenda.now >= 20, 25, True, 2, 20),
    "a condition that never holds leaves the clock at the deadline": (lambda agenda: False, 25, False, 2, 25),
}


@pytest.mark.parametrize(("condition", "deadline", "held", "ran", "now"), UNTIL.values(), ids=UNTIL.keys())
def test_running_until(
    condition: Callable[[Agenda], bool] | None, deadline: int, held: bool, ran: int, now: int
) -> None:
    agenda, seen = Agenda(Nanos(0)), list[int]()
    for due in (10, 20, 30):
        agenda.at(Nanos(due), partial(seen.append, due))

    result = agenda.run_until(Nanos(deadline), condition and partial(condition, agenda))

    assert (result, len(seen), agenda.now) == (held, ran, now)


def test_a_deadline_in_the_past_does_not_turn_the_clock_back() -> None:
    agenda = Agenda(Nanos(80))

    agenda.run_until(Nanos(10))

    assert agenda.now == 80


def test_an_error_in_an_entry_reaches_whoever_steps_and_the_entry_is_gone() -> None:
    agenda, seen = Agenda(Nanos(0)), list[str]()

    def breaks() -> None:
        raise ArithmeticError("broken")

    agenda.at(Nanos(1), breaks)
    agenda.at(Nanos(2), partial(seen.append, "next"))

    with pytest.raises(ArithmeticError, match="broken"):
        agenda.run_until(Nanos(5))
    agenda.run_until(Nanos(5))

    assert seen == ["next"]

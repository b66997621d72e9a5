"""Properties of virtual time that hold for every set of entries."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.model.times import Nanos

DUES = st.lists(st.integers(min_value=0, max_value=20), max_size=30)


@given(DUES)
def test_entries_run_by_due_time_then_by_request(dues: list[int]) -> None:
    agenda, ran = Agenda(Nanos(0)), list[tuple[int, int]]()
    for number, due in enumerate(dues):
        agenda.at(Nanos(due), partial(ran.append, (due, number)))

    agenda.run_until(Nanos(20))

    assert ran == sorted(ran)
    assert len(ran) == len(dues)


@given(DUES, st.lists(st.integers(min_value=0, max_value=25), max_size=6))
def test_stopping_on_the_way_changes_nothing(dues: list[int], stops: list[int]) -> None:
    def run(deadlines: list[int]) -> list[tuple[int, int]]:
        agenda, ran = Agenda(Nanos(0)), list[tuple[int, int]]()

        def note(number: int) -> None:
            ran.append((agenda.now, number))

        for number, due in enumerate(dues):
            agenda.at(Nanos(due), partial(note, number))
        for deadline in deadlines:
            agenda.run_until(Nanos(deadline))
        return ran

    assert run([*sorted(stops), 30]) == run([30])


@given(DUES, st.sets(st.integers(min_value=0, max_value=29)))
def test_cancelled_entries_leave_no_trace(dues: list[int], cancelled: set[int]) -> None:
    agenda, ran = Agenda(Nanos(0)), list[int]()
    entries = [agenda.at(Nanos(due), partial(ran.append, number)) for number, due in enumerate(dues)]
    for number in cancelled & set(range(len(dues))):
        entries[number].cancel()

    agenda.run_until(Nanos(20))

    assert set(ran) == set(range(len(dues))) - cancelled
    assert agenda.peek() is None


@given(st.integers(min_value=0, max_value=10**15), st.floats(min_value=0, max_value=4), st.text(max_size=8))
def test_jitter_lengthens_by_no_more_than_its_factor(span: int, factor: float, seed: str) -> None:
    lengthened = Chance(seed).jitter(span, factor)

    assert span <= lengthened <= span + span * factor + 1

"""The interpreter looks for cyclic garbage seldom while time passes, and as often as before afterwards."""

import gc
from collections.abc import Iterator

import pytest

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.collector import SELDOM
from podproof.simulator.model.times import Nanos

OFTEN = (123, 4, 5)


@pytest.fixture(autouse=True)
def _often() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*OFTEN)
    yield
    gc.set_threshold(*before)


def test_while_time_passes_the_collector_looks_seldom() -> None:
    agenda, seen = Agenda(Nanos(0)), list[tuple[int, int, int]]()
    agenda.at(Nanos(1), lambda: seen.append(gc.get_threshold()))

    agenda.run_until(Nanos(2))

    assert seen == [SELDOM]
    assert gc.get_threshold() == OFTEN


def test_an_action_that_fails_leaves_the_collector_as_it_was() -> None:
    agenda = Agenda(Nanos(0))
    agenda.at(Nanos(1), lambda: [][0])

    with pytest.raises(IndexError):
        agenda.run_until(Nanos(2))

    assert gc.get_threshold() == OFTEN

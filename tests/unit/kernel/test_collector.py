"""The interpreter looks for cyclic garbage seldom while there is a world, and as often as before afterwards."""

import gc
from collections.abc import Iterator

import pytest

from podproof.simulator.kernel.collector import SELDOM
from podproof.simulator.world import World

OFTEN = (123, 4, 5)


@pytest.fixture(autouse=True)
def _often() -> Iterator[None]:
    before = gc.get_threshold()
    gc.collect()
    gc.set_threshold(*OFTEN)
    yield
    gc.set_threshold(*before)


def test_while_there_is_a_world_the_collector_looks_seldom() -> None:
    world = World()
    assert gc.get_threshold() == SELDOM

    world.close()
    assert gc.get_threshold() == OFTEN


def test_the_last_of_two_worlds_lets_it_look_again() -> None:
    one, other = World(), World()

    one.close()
    one.close()
    assert gc.get_threshold() == SELDOM

    other.close()
    assert gc.get_threshold() == OFTEN


def test_a_world_that_nobody_closes_lets_it_look_again_when_it_is_gone() -> None:
    world = World()

    del world
    gc.collect()

    assert gc.get_threshold() == OFTEN


def test_thresholds_that_somebody_else_sets_meanwhile_stay() -> None:
    world = World()
    gc.set_threshold(9, 9, 9)

    world.close()

    assert gc.get_threshold() == (9, 9, 9)

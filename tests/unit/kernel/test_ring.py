"""The ring that grows: first in, first out, however it is written to and read from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.kernel.ring import RingGrowing


@given(st.lists(st.booleans()), st.integers(min_value=1, max_value=4))
def test_what_is_read_is_what_was_written_first(writes: list[bool], size: int) -> None:
    ring, expected, number = RingGrowing[int](size), list[int](), 0
    for is_write in writes:
        if is_write:
            ring.write_one(number)
            expected.append(number)
            number += 1
        elif expected:
            assert ring.read_one() == expected.pop(0)

    assert [ring.read_one() for _ in range(len(ring))] == expected


def test_a_full_ring_doubles() -> None:
    ring = RingGrowing[int](2)
    for number in range(5):
        ring.write_one(number)

    assert ring.size == 8


def test_an_empty_ring_has_nothing_to_read() -> None:
    with pytest.raises(IndexError, match="nothing waits"):
        RingGrowing[int](2).read_one()

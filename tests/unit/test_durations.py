"""Durations as people write them, and as reports do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.durations import DurationError, parse, spoken
from podproof.simulator.model.times import Nanos, seconds

WRITTEN = {
    "30 seconds": 30,
    "1 second": 1,
    "2 minutes": 120,
    "1 hour": 3600,
    "90 s": 90,
    "90s": 90,
    "1 minute 30 seconds": 90,
    "1 minute and 30 seconds": 90,
    "2 days": 172800,
    "0.5 s": 0.5,
    "200 ms": 0.2,
}


@pytest.mark.parametrize(("text", "amount"), WRITTEN.items(), ids=WRITTEN.keys())
def test_durations_are_read(text: str, amount: float) -> None:
    assert parse(text) == seconds(amount)


@pytest.mark.parametrize("text", ["", "30", "seconds", "30 parsecs", "-1 s", "0 seconds", "1 hour later", "ten s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(DurationError, match="is no duration: write a number and a unit"):
        parse(text)


SPOKEN = {
    0: "0 seconds",
    1: "1 second",
    41.234: "41.23 seconds",
    60: "1 minute",
    90: "1 minute 30 seconds",
    3600: "1 hour",
    7325: "2 hours 2 minutes 5 seconds",
}


@pytest.mark.parametrize(("amount", "text"), SPOKEN.items())
def test_durations_are_spoken(amount: float, text: str) -> None:
    assert spoken(seconds(amount)) == text


@given(st.integers(1, 10**6))
def test_what_is_spoken_is_read_again(hundredths: int) -> None:
    span = Nanos(hundredths * 10_000_000)

    assert parse(spoken(span)) == span

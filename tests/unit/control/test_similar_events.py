"""Events of one object that differ only in their message: from the tenth on they are one."""

from podproof.simulator.control.similar_events import COMBINED, Correlation
from podproof.simulator.model.times import Nanos, seconds


def said(count: int, gap: float = 1, reason: str = "Failed") -> list[str]:
    """Return how so many different messages are told, some seconds apart."""
    correlation = Correlation()
    return [correlation.said("Warning", reason, f"m{each}", Nanos(each * seconds(gap))) for each in range(count)]


def test_nine_are_told_as_they_are() -> None:
    assert said(9) == [f"m{each}" for each in range(9)]


def test_the_tenth_and_all_after_it_are_combined() -> None:
    assert said(12)[9:] == [f"{COMBINED}m{each}" for each in (9, 10, 11)]


def test_those_of_ten_quiet_minutes_ago_do_not_count() -> None:
    assert said(12, gap=601) == [f"m{each}" for each in range(12)]


def test_the_same_again_is_not_another() -> None:
    correlation = Correlation()

    assert {correlation.said("Warning", "Failed", "m", Nanos(each)) for each in range(20)} == {"m"}


def test_other_reasons_do_not_count() -> None:
    correlation = Correlation()
    told = [correlation.said("Normal", f"r{each % 2}", f"m{each}", Nanos(each)) for each in range(18)]

    assert told == [f"m{each}" for each in range(18)]

"""A container's log: whole lines, bounded, and a flood that costs nothing until it is read."""

import pytest

from podproof.simulator.machine.logs import FILE_LIMIT, Log
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos, moment, seconds


class Clock:
    def __init__(self) -> None:
        self.now = moment("2026-11-21T02:25:13Z")

    def __call__(self) -> Nanos:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> Log:
    return Log(clock)


def test_lines_come_in_the_order_they_were_written(log: Log) -> None:
    log.write(1, "one\n")
    log.write(2, "two\n")

    assert log.text() == "one\ntwo\n"


def test_a_line_is_seen_once_it_is_whole(log: Log) -> None:
    log.write(1, "ha")
    half = log.text()
    log.write(1, "lf\n")

    assert (half, log.text()) == ("", "half\n")


def test_streams_do_not_finish_each_others_lines(log: Log) -> None:
    log.write(1, "out")
    log.write(2, "err\n")
    log.write(1, "put\n")

    assert log.text() == "err\noutput\n"


def test_an_unfinished_line_is_kept_when_the_container_ends(log: Log) -> None:
    log.write(1, "no newline")
    log.close()

    assert log.text() == "no newline"


TAILS = {
    "no line": (0, ""),
    "the last line": (1, "d\n"),
    "lines over several writes": (3, "b\nc\nd\n"),
    "more lines than there are": (9, "a\nb\nc\nd\n"),
    "all lines": (None, "a\nb\nc\nd\n"),
}


@pytest.mark.parametrize(("lines", "wanted"), TAILS.values(), ids=TAILS.keys())
def test_tail(log: Log, lines: int | None, wanted: str) -> None:
    log.write(1, "a\nb\n")
    log.write(1, "c\n")
    log.write(2, "d\n")

    assert log.text(tail_lines=lines) == wanted


def test_times_are_shown_as_kubectl_shows_them(log: Log, clock: Clock) -> None:
    log.write(1, "one\n")
    clock.now = Nanos(clock.now + 1_500 * MILLISECOND)
    log.write(1, "two\n")

    assert log.text(timestamps=True) == "2026-11-21T02:25:13.000000000Z one\n2026-11-21T02:25:14.500000000Z two\n"


def test_a_limit_cuts_at_the_byte(log: Log) -> None:
    log.write(1, "abc\ndef\n")

    assert log.text(limit_bytes=5) == "abc\nd"


def test_a_full_file_is_rotated_and_only_the_newest_is_read(log: Log) -> None:
    line = "x" * 999 + "\n"
    for _ in range(FILE_LIMIT // 1000 + 1):
        log.write(1, line)
    log.write(1, "the last\n")

    text = log.text()

    assert text.endswith("the last\n")
    assert len(text) < FILE_LIMIT // 10


def test_a_flood_is_as_long_as_its_time(log: Log, clock: Clock) -> None:
    log.flood(seconds(1), "tick\n", clock.now)
    clock.now = Nanos(clock.now + 3 * SECOND + 1)

    assert log.text() == "tick\n" * 4


def test_a_flood_ends(log: Log, clock: Clock) -> None:
    flood = log.flood(seconds(1), "tick\n", clock.now)
    clock.now = Nanos(clock.now + 2 * SECOND)
    flood.end()
    clock.now = Nanos(clock.now + 60 * SECOND)

    assert log.text() == "tick\n" * 2


def test_what_others_write_stands_at_its_time_in_the_flood(log: Log, clock: Clock) -> None:
    log.flood(seconds(1), "tick\n", clock.now)
    clock.now = Nanos(clock.now + 2 * SECOND)
    log.write(2, "boo\n")
    clock.now = Nanos(clock.now + 1 * SECOND)

    assert log.text() == "tick\ntick\nboo\ntick\n"


def test_a_flood_of_an_hour_stays_within_the_file(log: Log, clock: Clock) -> None:
    log.flood(Nanos(20_000), "SUCCESS\n", clock.now)
    clock.now = Nanos(clock.now + 3600 * SECOND)

    text = log.text()

    assert 0 < len(text) <= FILE_LIMIT
    assert set(text.splitlines()) == {"SUCCESS"}


def test_the_tail_of_a_flood_has_the_times_of_its_last_lines(log: Log, clock: Clock) -> None:
    log.flood(seconds(1), "a\nb\n", clock.now)
    clock.now = Nanos(clock.now + 3600 * SECOND)

    assert log.text(tail_lines=3, timestamps=True) == (
        "2026-11-21T03:25:11.000000000Z b\n2026-11-21T03:25:12.000000000Z a\n2026-11-21T03:25:12.000000000Z b\n"
    )


def test_reading_twice_shows_the_same(log: Log, clock: Clock) -> None:
    log.flood(seconds(1), "tick\n", clock.now)
    clock.now = Nanos(clock.now + 5 * SECOND)

    assert log.text() == log.text()

"""The live line of a long wait: what it says, and that it leaves the terminal as it was."""

import pytest

from podproof.plugin.waiting import LiveLine, Wait

WAIT = Wait("features/it.feature:12", 'Then pod "foo" shows "Running"', "k3s", began=100.0)

LINES = {
    "it says where, what, how long and on which cluster": (
        120,
        'features/it.feature:12  Then pod "foo" shows "Running"  14 s on k3s',
    ),
    "on a narrow terminal the step is cut, not the time": (40, "features/it.feature:12  T…  14 s on k3s"),
    "on a very narrow one nothing hangs over": (10, "…  14 s o"),
}


@pytest.mark.parametrize(("columns", "line"), LINES.values(), ids=LINES.keys())
def test_the_line(columns: int, line: str) -> None:
    told = WAIT.line(114.0, columns)

    assert told == line
    assert len(told) < columns


def test_a_short_step_is_never_shown() -> None:
    written: list[str] = []
    line = LiveLine(written.append)
    line.begin(WAIT)
    line.tick(101.9, 80)
    line.end()
    line.tick(200.0, 80)

    assert written == []


def test_a_long_step_is_shown_below_pytests_own_line_and_taken_away_again() -> None:
    written: list[str] = []
    line = LiveLine(written.append)
    line.begin(WAIT)
    line.tick(114.0, 80)
    line.end()

    drawn, cleared = written
    assert "14 s on k3s" in drawn
    assert "\n" not in drawn + cleared
    for text in written:
        assert "\x1b7" in text, "the place of the cursor is kept"
        assert text.endswith("\x1b8"), "and gone back to"
    assert cleared.replace("\x1b7", "").replace("\x1b8", "") == "\x1b[1B\r\x1b[2K"

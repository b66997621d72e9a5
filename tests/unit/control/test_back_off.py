"""Back-off of crashing containers, in seconds."""

import pytest

from podproof.simulator.control.kubelet.back_off import BackOff, crash_loop_rule, raised, waits
from podproof.simulator.model.times import seconds

RULE = crash_loop_rule()

RAISES = {
    "the first exit sets the first wait": (None, 0, 10),
    "each further exit doubles it": (BackOff(seconds(10), seconds(0)), 30, 20),
    "no wait exceeds the ceiling": (BackOff(seconds(160), seconds(0)), 200, 300),
    "600 s after the last raise it still counts": (BackOff(seconds(80), seconds(0)), 600, 160),
    "a longer run is forgiven": (BackOff(seconds(80), seconds(0)), 601, 10),
}


@pytest.mark.parametrize(("old", "exited", "wait"), RAISES.values(), ids=RAISES.keys())
def test_raise(old: BackOff | None, exited: int, wait: int) -> None:
    assert raised(old, seconds(exited), seconds(exited + 1), RULE) == BackOff(seconds(wait), seconds(exited + 1))


WAITS = {
    "without a series nothing waits": (None, 0, 0, False),
    "the wait counts from the exit": (BackOff(seconds(20), seconds(0)), 5, 24, True),
    "at its end it is over": (BackOff(seconds(20), seconds(0)), 5, 25, False),
    "a forgiven exit does not wait": (BackOff(seconds(300), seconds(0)), 601, 602, False),
}


@pytest.mark.parametrize(("old", "exited", "now", "waiting"), WAITS.values(), ids=WAITS.keys())
def test_wait(old: BackOff | None, exited: int, now: int, waiting: bool) -> None:
    assert waits(old, seconds(exited), seconds(now), RULE) is waiting

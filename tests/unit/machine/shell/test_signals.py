"""Signals: what `trap` does, when it does it, and what PID 1 does without it."""

from collections.abc import Callable
from typing import Any

import pytest

Box = Callable[..., Any]
TERM, INT = 15, 2

CASES = {
    "a trap ends the script after the command that runs": (
        "trap 'echo bye; exit 3' TERM; while true; do sleep 10; done", 3, "bye\n", 10.0),
    "a wait is interrupted at once": ("trap 'echo bye; exit 3' TERM; sleep 100 & wait", 3, "bye\n", 5.0),
    "a read is interrupted at once": ("trap 'exit 4' TERM; sleep 100 | read x", 4, "", 100.0),
    "a loop that stands still hears it": ("trap 'exit 5' TERM; while :; do :; done", 5, "", 5.0),
    "a loop that computes hears it": ("trap 'exit 6' TERM; while :; do i=$((i+1)); done", 6, "", 5.0),
    "a trap that does not exit lets the script go on": (
        "trap 'echo again' TERM; sleep 10; echo done", 0, "again\ndone\n", 10.0),
    "a trap may change what a loop waits for": (
        "trap 'stop=1' TERM; while [ -z \"$stop\" ]; do :; done; echo stopped", 0, "stopped\n", 5.0),
    "an ignored signal does nothing": ("trap '' TERM; sleep 10; echo alive", 0, "alive\n", 10.0),
    "the first process does not hear what it does not handle": ("sleep 10; echo alive", 0, "alive\n", 10.0),
    "the EXIT trap runs after the signal's": (
        "trap 'echo leaving' EXIT; trap 'exit 7' TERM; sleep 10", 7, "leaving\n", 10.0),
    "a program run last takes the place of the shell": ("exec sleep 10", 0, "", 10.0),
}  # fmt: skip


@pytest.mark.parametrize(("script", "status", "written", "at_s"), CASES.values(), ids=CASES.keys())
def test_a_signal_after_five_seconds(box: Box, script: str, status: int, written: str, at_s: float) -> None:
    container = box("sh", "-c", script).go_on(5)

    container.signal(TERM)
    container.go_on(1000)

    assert (container.ended[0][0], container.log()) == (status, written)
    assert container.ended[0][2] == pytest.approx(at_s, abs=1.5)


def test_a_trap_is_gone_in_a_subshell(box: Box) -> None:
    script = "trap 'echo outer' TERM; (kill -TERM $(exec sh -c 'echo $PPID'); echo survived); echo $?"

    assert box("sh", "-c", script).go_on(5).log() == "143\n"


def test_the_terminations_of_background_jobs_are_told_apart(box: Box) -> None:
    script = (
        "sleep 100 & kill $!; wait $!; echo $?; sleep 100 & kill -9 $!; wait $!; echo $?; (exit 3) & wait $!; echo $?"
    )

    assert box("sh", "-c", script).go_on(5).log() == "143\n137\n3\n"

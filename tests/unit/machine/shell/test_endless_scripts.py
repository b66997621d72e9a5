"""Scripts that never end, never rest or grow without bound: an hour of them is bounded work, and a signal ends them."""

from collections.abc import Callable
from typing import Any

import pytest

Box = Callable[..., Any]
Sh = Callable[..., tuple[int | None, str]]

STANDING = {
    "a loop that only writes": "while true; do echo SUCCESS; done",
    "a loop that does nothing": "while :; do :; done",
    "a loop round a list": "while true; do for i in 1 2 3; do echo $i; done; done",
    "a loop in a loop": "while true; do while true; do :; done; done",
    "a loop in another shell": "exec sh -c 'until false; do echo x; done'",
    "writes nobody sees": "yes > /dev/null",
}


@pytest.mark.parametrize("script", STANDING.values(), ids=STANDING.keys())
def test_a_loop_that_changes_nothing_stands_still(box: Box, script: str) -> None:
    container = box("sh", "-c", script).go_on(3600)

    assert container.ended == []
    assert container.steps < 50


COARSENED = {
    "a counter": "while true; do i=$((i+1)); done",
    "a variable to and fro": "a=0; while :; do a=$((1-a)); done",
    "a file waited for": "while ! [ -f /tmp/x ]; do :; done",
    "a name waited for": "until nslookup nosuch; do :; done > /dev/null",
    "programs one after another": "while true; do /bin/true; done",
    "subshells": "while true; do (true); done",
    "background jobs": "while true; do true & done",
    "the time": "while true; do date; done > /dev/null",
    "a flood through a pipe": "yes | while read x; do :; done",
    "a fork bomb": "b() { b | b & }; b; sleep 4000",
    "bash's fork bomb": ":(){ :|:& };: ; sleep 4000",
    "a flood of zeros": "cat /dev/zero > /dev/null",
    "a flood of zeros in the log": "cat /dev/zero",
    "numbers without end": "seq 1 1000000000 | tail -n 1",
}


@pytest.mark.parametrize("script", COARSENED.values(), ids=COARSENED.keys())
def test_an_hour_of_a_loop_that_never_rests_is_bounded_work(box: Box, script: str) -> None:
    container = box("sh", "-c", script, shell="bash" if ":(){" in script else "ash").go_on(3600)

    assert container.ended == []
    assert container.steps < 120_000


KILLED = {
    "a value that doubles": ("x=a; while true; do x=$x$x; done", 137),
    "output without end": ("x=$(yes)", 137),
    "a line without end": ("read x < /dev/zero", 137),
    "a function that calls itself": ("f() { f; }; f", 139),
    "the last lines of zeros": ("tail /dev/zero", 137),
    "zeros to be sorted": ("sort /dev/zero", 137),
}


@pytest.mark.parametrize(("script", "status"), KILLED.values(), ids=KILLED.keys())
def test_what_grows_without_bound_is_killed(sh: Sh, script: str, status: int) -> None:
    assert sh(script) == (status, "")


def test_a_process_over_its_limit_is_out_of_memory(box: Box) -> None:
    container = box("sh", "-c", "tail /dev/zero", memory=50 << 20).go_on(60)

    assert container.ended[0][:2] == (137, True)


def test_dash_says_when_functions_call_each_other_too_deep(sh: Sh) -> None:
    said = "sh: 1: Maximum function recursion depth (1000) reached\n"

    assert sh("f() { f; }; f", shell="dash", version="0.5.12") == (2, said)


def test_no_process_left_is_said(sh: Sh) -> None:
    status, written = sh("while true; do sleep 100 & done")

    assert (status, set(written.splitlines())) == (2, {"sh: can't fork: Resource temporarily unavailable"})


EXACT = {
    "counting to five thousand": ("i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done; echo $i", "5000\n", 0.1, 1),
    "a long list": ("for i in $(seq 1 30000); do :; done; echo $i", "30000\n", 0.1, 3),
    "a deep recursion": ("f() { [ $1 -eq 0 ] || f $(($1-1)); }; f 500; echo done", "done\n", 0, 1),
    "a loop that rests": ("i=0; while [ $i -lt 100 ]; do sleep 1; i=$((i+1)); done; echo $i", "100\n", 100, 101),
}


@pytest.mark.parametrize(("script", "written", "at_least_s", "at_most_s"), EXACT.values(), ids=EXACT.keys())
def test_a_loop_that_ends_takes_its_time_and_no_more(
    box: Box, script: str, written: str, at_least_s: float, at_most_s: float
) -> None:
    container = box("sh", "-c", script).go_on(3600)

    assert container.log() == written
    assert at_least_s <= container.ended[0][2] <= at_most_s

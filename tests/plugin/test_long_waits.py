"""Long waits on a terminal: shown where the cluster's time is the machine's, and only there."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]

MORE = """
import threading
from podproof.plugin import waiting

waiting.LONG = 0.0
_drawn = threading.Event()
_tick = waiting.LiveLine.tick


def ticked(self, now, columns):
    _tick(self, now, columns)
    _drawn.set()


waiting.LiveLine.tick = ticked


@when("it takes its time")
def takes(cluster):
    if "virtual-time" not in cluster.capabilities:
        assert _drawn.wait(30)
"""


@pytest.fixture
def on_terminal(project: pytest.Pytester) -> Callable[..., str]:
    """Run pytest in the project on a terminal of its own, and return all that was written there."""

    def start(*args: str) -> str:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *args]
        env = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(project.path)}
        run = subprocess.Popen(command, cwd=project.path, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
        os.close(theirs)
        parts = []
        while part := _read(ours):
            parts.append(part)
        os.close(ours)
        assert run.wait() == 0, b"".join(parts).decode()
        return b"".join(parts).decode()

    return start


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # what Linux says when the other side is closed
        return b""


@pytest.mark.parametrize(("can", "shown"), [("()", True), ('("virtual-time",)', False)], ids=["real", "virtual"])
def test_a_step_that_waits_is_shown_where_time_is_the_machines(
    on_terminal: Callable[..., str], feature: Feature, on: On, can: str, shown: bool
) -> None:
    on(f'shows(0, "a", "Running"), can={can}', more=MORE)
    feature('Feature: A pod\n  Scenario: It runs\n    Then pod "a" shows "Running"\n    When it takes its time\n')

    written = on_terminal()

    line = r"features/it\.feature:4  When it takes its time  \d s on scripted"
    assert bool(re.search(line, written)) is shown
    assert "1 passed" in written

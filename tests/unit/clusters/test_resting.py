"""Whether processes are at rest, as the kernel shows it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from podproof.clusters.live.clocks import pause
from podproof.clusters.operators.resting import Sessions, can_be_seen

pytestmark = pytest.mark.skipif(not can_be_seen(), reason="this machine does not show its processes")

PROGRAM = """
import os, sys, threading
if "child" in sys.argv:
    os.fork()
if "thread" in sys.argv:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
print("begun", flush=True)
for line in sys.stdin:
    if line.strip() == "work":
        while True:
            pass
    print(line.strip(), flush=True)
"""


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM, *getattr(request, "param", ())]
    made = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert made.stdout is not None
    made.stdout.readline()
    yield made
    os.killpg(made.pid, signal.SIGKILL)
    made.communicate()


def at_rest(sessions: Sessions, session: int) -> bool:
    """Look until nothing has run between two looks, for a second at most."""
    for _ in range(200):
        before = sessions.look((session,))
        pause(0.005)
        if before is not None and sessions.look((session,)) == before:
            return True
    return False


@pytest.mark.parametrize("program", [(), ("thread",), ("child",)], ids=["alone", "threads", "children"], indirect=True)
def test_a_program_that_waits_is_at_rest(program: subprocess.Popen[str]) -> None:
    assert at_rest(Sessions(), program.pid)


def test_a_program_that_computes_is_not(program: subprocess.Popen[str]) -> None:
    sessions = Sessions()
    assert at_rest(sessions, program.pid)

    assert program.stdin is not None
    program.stdin.write("work\n")
    program.stdin.flush()

    assert sessions.look((program.pid,)) is None


def test_one_that_has_run_between_two_looks_is_not_as_it_was(program: subprocess.Popen[str]) -> None:
    sessions = Sessions()
    assert at_rest(sessions, program.pid)
    before = sessions.look((program.pid,))

    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write("word\n")
    program.stdin.flush()
    program.stdout.readline()
    pause(0.05)

    assert sessions.look((program.pid,)) != before


def test_of_nobody_nothing_is_seen() -> None:
    assert Sessions().look(()) == {}

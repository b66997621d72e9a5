"""A live line below pytest's own, while a step waits long on a cluster whose time is the machine's.

Rules for editing: the line is drawn on the terminal itself, past pytest's capture, by a thread that touches nothing but
its own text; where the output is no terminal, or time is virtual, there is neither line nor thread.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from _pytest import timing

from podproof.plugin.bdd import Step

LONG = 2.0
"""How many seconds a step may take before it is shown."""
_EVERY = 0.5
_ROOM_BELOW, _BELOW, _BACK = "\x1bD\x1b[1A\x1b7", "\x1b[1B\r\x1b[2K", "\x1b8"
"""Make a line below the cursor, go there and empty it, and come back: pytest's own line stays as it is."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A step that runs: where it stands, what it says, on which cluster, and when it began (the machine's seconds)."""

    place: str
    text: str
    cluster: str
    began: float

    def line(self, now: float, columns: int) -> str:
        """Return what the line says, no wider than the terminal."""
        end = f"  {now - self.began:.0f} s on {self.cluster}"
        head = f"{self.place}  {self.text}"
        room = max(0, columns - 1 - len(end))
        return f"{head if len(head) <= room else head[: max(0, room - 1)] + '…'}{end}"[: max(0, columns - 1)]


class LiveLine:
    """The line, and whether it is drawn."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._wait: Wait | None = None
        self._drawn = False
        self._lock = threading.Lock()

    def begin(self, wait: Wait) -> None:
        """Note that a step waits from now on."""
        with self._lock:
            self._wait = wait

    def tick(self, now: float, columns: int) -> None:
        """Draw the line anew where the step has taken long enough."""
        with self._lock:
            if self._wait is not None and now - self._wait.began >= LONG:
                self._write(f"{_ROOM_BELOW}{_BELOW}{self._wait.line(now, columns)}{_BACK}")
                self._drawn = True

    def end(self) -> None:
        """Note that no step waits, and leave the terminal as it was."""
        with self._lock:
            self._wait = None
            if self._drawn:
                self._write(f"\x1b7{_BELOW}{_BACK}")
                self._drawn = False


class LongWaits:
    """Shows the steps that wait long; a plugin of runs on a terminal."""

    def __init__(self, terminal: int) -> None:
        self._line = LiveLine(lambda text: os.write(terminal, text.encode()))
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        """Begin to wait, where the cluster's time is the machine's."""
        from podproof.plugin.fixtures import CLUSTER

        cluster = request.node.stash.get(CLUSTER, None)
        if cluster is None or "virtual-time" in cluster.capabilities:
            return
        place = f"{request.node.nodeid.partition('::')[0]}:{step.line_number}"
        self._line.begin(Wait(place, f"{step.keyword} {step.name}", cluster.name, timing.perf_counter()))
        if self._thread is None:
            self._thread = threading.Thread(target=self._draw, name="podproof's live line", daemon=True)
            self._thread.start()

    def pytest_bdd_after_step(self) -> None:
        """Wait no more."""
        self._line.end()

    def pytest_bdd_step_error(self) -> None:
        """Wait no more."""
        self._line.end()

    def pytest_sessionfinish(self) -> None:
        """Leave nothing running."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _draw(self) -> None:
        while not self._over.wait(_EVERY):
            self._line.tick(timing.perf_counter(), shutil.get_terminal_size().columns)

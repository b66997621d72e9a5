"""How a figure is taken and printed."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number beside the number it is held against; both in `unit`."""

    what: str
    seen: float
    limit: float
    unit: str
    note: str = ""

    @property
    def ratio(self) -> float:
        """Seen over limit: above 1 is too much."""
        return self.seen / self.limit

    def __str__(self) -> str:
        mark = "held" if self.ratio <= 1 else "OVER"
        seen = f"{self.seen:10.2f} of {self.limit:9.2f} {self.unit:<8}"
        return f"{mark}  {self.ratio:7.2f}  {seen} {self.what}{self._note()}"

    def _note(self) -> str:
        return f" ({self.note})" if self.note else ""


def best(run: Callable[[], object], times: int = 3) -> float:
    """Return the least processor time of several runs, in seconds: what the work needs when nothing disturbs it."""
    return min(_seconds(run, process_time) for _ in range(times))


def best_of_each(runs: Sequence[Callable[[], object]], times: int = 3) -> list[float]:
    """Return the shortest run of each, in seconds; the runs take turns, so that a busy moment hits all of them."""
    rounds = [[_seconds(run, perf_counter) for run in runs] for _ in range(times)]
    return [min(column) for column in zip(*rounds, strict=True)]


def _seconds(run: Callable[[], object], clock: Callable[[], float]) -> float:
    began = clock()
    run()
    return clock() - began


def pytest_run(*arguments: str, cwd: Path = ROOT) -> Callable[[], None]:
    """Return a cold pytest run, in a process of its own, that must pass."""

    def run() -> None:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} in {cwd} failed:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")

    return run

"""How a figure is taken and printed.

Times are processor times, of this process and of those it started: a machine that is busy with something else does not
change them much. On one that is idle they are what a clock shows.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time

ROOT = Path(__file__).parents[1]

PYTEST_BDD = "pytest_bdd.plugin"
_BYTECODE = str(Path(tempfile.gettempdir(), f"podproof-bytecode-{os.getuid()}"))
"""Where modules are compiled to, once: whoever has installed podproof has them compiled."""
PLUGINS = (PYTEST_BDD, "podproof.plugin")
"""What a project has that installs podproof and nothing else."""


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


def best(run: Callable[[], object], rounds: int = 3) -> float:
    """Return the least processor time of several runs, in seconds: what the work needs when nothing disturbs it."""
    return min(_seconds(run) for _ in range(rounds))


def best_of_each(runs: Sequence[Callable[[], object]], rounds: int = 3) -> list[float]:
    """Return `best` of each; the runs take turns, so that a busy moment hits all of them."""
    taken = [[_seconds(run) for run in runs] for _ in range(rounds)]
    return [min(column) for column in zip(*taken, strict=True)]


def _seconds(run: Callable[[], object]) -> float:
    began = _spent()
    run()
    return _spent() - began


def _spent() -> float:
    children = getrusage(RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def pytest_run(*arguments: str, cwd: Path = ROOT, plugins: Sequence[str] = PLUGINS) -> Callable[[], None]:
    """Return a cold pytest run, in a process of its own, that must pass; only `plugins` are loaded."""

    def run() -> None:
        chosen = [word for plugin in plugins for word in ("-p", plugin)]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen, *arguments]
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPYCACHEPREFIX": _BYTECODE}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} in {cwd} failed:\n{done.stdout[-3000:]}{done.stderr[-1000:]}")

    return run

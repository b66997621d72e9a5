"""Where a run's outcomes come together, and what is written of them: files, GitHub's annotations, steps with `-v`.

Rules for editing: every pytest run with `-v` makes one of these, so what a report needs is imported when it is due.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest import timing

from podproof.plugin import REPORTS

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from podproof.report.outcomes import ScenarioOutcome
    from podproof.report.run import Run

_COLOURS: Mapping[str, Mapping[str, bool]] = {
    "passed": {"green": True},
    "skipped": {"yellow": True},
    "inconclusive": {"purple": True},
}


_TO_THE_END = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


class Reports:
    """The reports of one run; a plugin of it, where there are no workers or on their controller."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._started = timing.time()
        self._run: Run | None = None
        self._files = {option: Path(name) for option in REPORTS if (name := config.getoption(option))}
        self._told: dict[str, str] = {}
        self._annotates = os.environ.get("GITHUB_ACTIONS") == "true"
        for option, path in self._files.items():
            _check(option, path)

    @property
    def run(self) -> Run:
        """What is gathered so far."""
        from podproof.report.run import Run

        self._run = self._run or Run(self._started)
        return self._run

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in the outcome a report carries; with `-v`, tell its steps below pytest's own line."""
        data = getattr(report, "podproof", None)
        if data is not None:
            from podproof.report.outcomes import ScenarioOutcome

            outcome = ScenarioOutcome.from_json(data)
            self.run.add(report.nodeid, outcome, again=str(report.outcome) == "rerun")
            self._tell(outcome)
        elif report.failed and ".feature::" in report.nodeid:
            self._broke(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take in what became of the scenarios of a file with faults."""
        for number, data in enumerate(getattr(report, "podproof", None) or ()):
            from podproof.report.outcomes import ScenarioOutcome

            self.run.add(f"{report.nodeid}::{number}", ScenarioOutcome.from_json(data))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the files that were asked for; one that cannot be written after all makes the run an error."""
        if not self._files:
            return
        from podproof.report.files import write

        self.run.ended, self.run.cut_short = timing.time(), exitstatus not in _TO_THE_END
        for option, path in self._files.items():
            try:
                write(option.removeprefix("--podproof-"), path, self.run, self._config.rootpath)
            except OSError as error:
                self._told[option] = f"{option} {path}: was not written: {error.strerror}"
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
            except KeyboardInterrupt:
                self._told[option] = f"{option} {path}: was not written: stopped by Ctrl-C"
                session.exitstatus = pytest.ExitCode.INTERRUPTED

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Say where the reports are, and point GitHub at what is red."""
        for option, path in self._files.items():
            problem = self._told.get(option)
            terminalreporter.write_sep("-", problem or f"podproof report: {path}", red=problem is not None)
        if self._annotates and self._run is not None:
            from podproof.report.annotations import annotations

            for line in annotations(self._run.scenarios, _within_repository(self._config.rootpath)):
                terminalreporter.write_line(line)

    def _broke(self, report: pytest.TestReport) -> None:
        """Take in that a scenario ended badly after its outcome was sent, or was lost with the worker that ran it."""
        from podproof.report.outcomes import Result, ScenarioOutcome

        if not self.run.knows(report.nodeid):
            file, _, name = report.nodeid.partition("::")
            line = (report.location[1] or 0) + 1
            self.run.add(report.nodeid, ScenarioOutcome(file, "", line, name, Result.FAILED))
        self.run.broke(report.nodeid, report.longreprtext)

    def _tell(self, outcome: ScenarioOutcome) -> None:
        terminal: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None or self._config.getoption("verbose") < 1:
            return
        from podproof.report.told import step_lines

        terminal.ensure_newline()
        encoding = getattr(terminal._tw._file, "encoding", None) or "utf-8"
        for result, line in step_lines(outcome, encoding):
            terminal.write_line(line, **_COLOURS.get(result.value, {"red": True}))


def _within_repository(rootdir: Path) -> str:
    """Return what stands before a file's name where GitHub looks for it: the way from the repository to the rootdir."""
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    inside = workspace and rootdir != Path(workspace) and rootdir.is_relative_to(workspace)
    return f"{rootdir.relative_to(workspace).as_posix()}/" if inside else ""


def _check(option: str, path: Path) -> None:
    """Refuse a run whose report could not be written, before anything of it runs."""
    problem = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        problem = f"cannot be written: {error.strerror}; name a file in a folder you may write to"
    if not problem and option == "--podproof-html" and find_spec("jinja2") is None:
        problem = "needs jinja2: pip install 'podproof[report]'"
    if problem:
        raise pytest.UsageError(f"{option} {path}: {problem}")

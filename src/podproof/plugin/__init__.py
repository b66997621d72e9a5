"""The pytest plugin: collects `.feature` files and runs them; in a project without any it changes nothing.

Rules for editing: this module is imported by every pytest run of an environment that has podproof, so it imports
nothing but pytest; what a feature file needs is imported when the first one is met.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from podproof.plugin.collect import FeatureFile

_TERMINAL: pytest.StashKey[int] = pytest.StashKey()
REPORTS = ("--podproof-html", "--podproof-messages", "--podproof-cucumber-json", "--podproof-conformance")
"""The options that name a report to be written."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add podproof's options."""
    group = parser.getgroup("podproof", "proofs of pod specs")
    group.addoption(
        "--cluster", metavar="KIND[:DETAIL]", action="append",
        help="what scenarios run on (default: simulator); given again, each of them runs on each cluster",
    )  # fmt: skip
    group.addoption("--podproof-seed", metavar="TEXT", help="seed of the simulator's chance (default: from the config)")
    group.addoption(
        "--podproof-strict", action="store_true", help="fail, not skip, scenarios for which something is lacking"
    )
    group.addoption("--podproof-record", metavar="DIR", help="write what the cluster showed in each scenario to DIR")
    group.addoption(
        "--podproof-html", metavar="FILE", help="write one page about the run to FILE, to open in a browser"
    )
    group.addoption("--podproof-messages", metavar="FILE", help="write the run as Cucumber Messages (ndjson) to FILE")
    group.addoption("--podproof-cucumber-json", metavar="FILE", help="write the run as Cucumber JSON to FILE")
    group.addoption("--podproof-conformance", metavar="FILE", help="write by row of the mission what held, as YAML")
    group.addoption("--podproof-shard", metavar="I/N", help="run the I-th of N parts of the scenarios, as 2/5")
    group.addoption("--kube-context", metavar="NAME", default="", help="the context whose cluster may be touched")
    group.addoption(
        "--keep-namespaces", choices=("never", "on-failure", "always"), default="never",
        help="which namespaces of scenarios stay on a live cluster (default: never)",
    )  # fmt: skip
    _add_k3s_options(group)
    parser.addini(
        "podproof_features",
        "the .feature files podproof runs: globs relative to the rootdir, or `none` (default: all that pytest meets)",
        type="args",
        default=["**"],
    )


def _add_k3s_options(group: pytest.OptionGroup) -> None:
    group.addoption(
        "--k3s-image", metavar="IMAGE", default="", help="what --cluster k3s starts (default: one is pinned)"
    )
    group.addoption("--k3s-agents", metavar="N", type=int, default=0, help="how many nodes k3s has beside its server")
    group.addoption(
        "--k3s-load", metavar="IMAGE", action="append", default=[],
        help="an image of the Docker engine that every node of k3s gets; may be given again",
    )  # fmt: skip


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Take `.feature` files."""
    if file_path.suffix != ".feature" or not _wanted(file_path, parent.config):
        return None
    from podproof.plugin.collect import FeatureFile

    return FeatureFile.from_parent(parent, path=file_path)


def _wanted(path: Path, config: pytest.Config) -> bool:
    globs = config.getini("podproof_features")
    return "**" in globs or any(path in config.rootpath.glob(each) for each in globs if each != "none")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take `x.feature:12` for what stands on that line, and have the reports gathered that this run is asked for."""
    if config.getoption("--cluster"):
        from podproof.plugin import chosen

        chosen.prepare(config)
    if any(".feature:" in each.partition("::")[0] for each in config.args):
        from podproof.plugin import chosen, lines

        folder = config.invocation_params.dir
        config.args[:] = lines.resolved(config.args, folder, chosen.suffixes(config))
    if shard := config.getoption("--podproof-shard"):
        from podproof.plugin.shards import Shard

        config.pluginmanager.register(Shard(shard), "podproof.shard")
    _gather_reports(config)


def _gather_reports(config: pytest.Config) -> None:
    """Have reports gathered where they come together: not on a worker of xdist."""
    asked = any(config.getoption(each) for each in REPORTS)
    if (asked or is_told(config)) and not hasattr(config, "workerinput"):
        from podproof.plugin.reports import Reports

        config.pluginmanager.register(Reports(config), "podproof.reports")
    if sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not hasattr(config, "workerinput"):
        config.stash[_TERMINAL] = os.dup(sys.stdout.fileno())  # before pytest's capture puts something else there


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have steps that wait long shown, where there is a terminal to show them on and a scenario to run."""
    if _TERMINAL in session.config.stash and session.config.pluginmanager.has_plugin("podproof.run"):
        from podproof.plugin.waiting import LongWaits

        waits = LongWaits(session.config.stash[_TERMINAL])
        session.config.pluginmanager.register(waits, "podproof.waiting")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the terminal."""
    if _TERMINAL in config.stash:
        os.close(config.stash[_TERMINAL])
        del config.stash[_TERMINAL]


def is_told(config: pytest.Config) -> bool:
    """Say whether the terminal tells more of each scenario than pytest does: its steps, or where GitHub should look."""
    return config.getoption("verbose") > 0 or os.environ.get("GITHUB_ACTIONS") == "true"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report of a scenario carry its outcome."""
    if "podproof.plugin.scenario" not in sys.modules:
        return (yield)  # no feature file was met, so nobody needs what handles them
    from podproof.plugin.outcome import reported
    from podproof.plugin.scenario import ScenarioItem

    return (yield from reported(item, call)) if isinstance(item, ScenarioItem) else (yield)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let the report of a feature file with faults carry what became of its scenarios."""
    report = yield
    if report.failed and collector.path.suffix == ".feature":
        from podproof.plugin.faulty import attach_faults

        attach_faults(report, collector.path)
    return report


def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """Tell what was not proved from what was disproved; both have failed."""
    outcome = getattr(report, "podproof", None)
    if report.failed and isinstance(outcome, dict) and outcome["result"] == "inconclusive":
        return "failed", "I", "INCONCLUSIVE"
    return None

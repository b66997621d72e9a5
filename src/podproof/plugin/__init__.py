"""The pytest plugin: collects `.feature` files and runs them; in a project without any it changes nothing.

Rules for editing: this module is imported by every pytest run of an environment that has podproof, so it imports
nothing but pytest; what a feature file needs is imported when the first one is met.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from podproof.plugin.collect import FeatureFile


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add podproof's options."""
    group = parser.getgroup("podproof", "proofs of pod specs")
    group.addoption("--podproof-seed", metavar="TEXT", help="seed of the simulator's chance (default: from the config)")
    group.addoption(
        "--podproof-strict", action="store_true", help="fail, not skip, scenarios whose @needs: the cluster lacks"
    )
    group.addoption("--podproof-record", metavar="DIR", help="write what the cluster showed in each scenario to DIR")
    parser.addini(
        "podproof_features",
        "the .feature files podproof runs: globs relative to the rootdir, or `none` (default: all that pytest meets)",
        type="args",
        default=["**"],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take `x.feature:12` for the scenario on that line."""
    if any(".feature:" in each.partition("::")[0] for each in config.args):
        from podproof.plugin import lines

        config.args[:] = lines.resolved(config.args, config.invocation_params.dir)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Take `.feature` files."""
    if file_path.suffix != ".feature" or not _wanted(file_path, parent.config):
        return None
    from podproof.plugin.collect import FeatureFile

    return FeatureFile.from_parent(parent, path=file_path)


def _wanted(path: Path, config: pytest.Config) -> bool:
    globs = config.getini("podproof_features")
    return "**" in globs or any(path in config.rootpath.glob(each) for each in globs if each != "none")

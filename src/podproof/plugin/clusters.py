"""`--cluster live`: scenarios on a cluster that is not theirs, which is chosen once and named before it is touched."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from podproof.errors import PodproofError

if TYPE_CHECKING:
    from podproof.cluster import Cluster
    from podproof.clusters.live.runs import Run

_FAILED: pytest.StashKey[bool] = pytest.StashKey()
_CHOSEN = "podproof_target"


class Runs:
    """What this process runs on a cluster, named as `--cluster` named it.

    The target is chosen where the run begins, and handed to every worker.
    """

    def __init__(self, config: pytest.Config, text: str) -> None:
        self._config = config
        self._handed = f"{_CHOSEN} {text}"
        self._run: Run | None = None
        given: dict[str, Any] = getattr(config, "workerinput", {})
        try:
            self._chosen: dict[str, Any] = given.get(self._handed) or self._choose(text)
        except PodproofError as error:
            raise pytest.UsageError(str(error)) from None
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: fixtures and this end in order

    def cluster(self, request: pytest.FixtureRequest) -> Cluster:
        """Return the cluster of a scenario, which is let go of when the scenario is over."""
        run, node = self._begun(), request.node
        made = run.cluster(node.nodeid)
        request.addfinalizer(lambda: run.ended(made, node.stash.get(_FAILED, False)))
        return made

    def pytest_report_header(self) -> str:
        """Say which cluster will be touched."""
        return f"podproof: touches {self._chosen['told']}, run {self._chosen['id']}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker of xdist the target: what the kubeconfig says by then does not matter."""
        node.workerinput[self._handed] = self._chosen

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note which scenarios have failed."""
        report = yield
        if report.failed:
            item.stash[_FAILED] = True
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Wait for what is being deleted."""
        if self._run is None:
            return
        left: list[str] | str
        try:
            left = ", ".join(self._run.end())
        except PodproofError as error:
            left = str(error)
        except KeyboardInterrupt:
            left = "nobody waited for it"
        self._say(f"kept: {', '.join(self._run.kept)}" if self._run.kept else "")
        self._say(f"not gone yet: {left}; podproof sweep --run {self._chosen['id']} removes what stays" if left else "")

    def _begun(self) -> Run:
        if self._run is None:
            self._run = self._first()
        return self._run

    def _first(self) -> Run:
        from podproof.clusters.live.runs import Run

        return Run(self._chosen["config"], self._chosen["id"], keep=self._config.getoption("--keep-namespaces"))

    def _choose(self, text: str) -> dict[str, Any]:
        """Return the target, as workers can be handed it: how it is told, the run's id, and how it is reached."""
        return _choose(self._config, text)

    def _say(self, text: str) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if text and terminal is not None:
            cast(Any, terminal).write_line(f"podproof: {text}")


def _choose(config: pytest.Config, text: str) -> dict[str, Any]:
    from podproof import configuration
    from podproof.clusters.live import contexts

    contexts.check_installed("--cluster live")
    from podproof.clusters.live.runs import new_id

    allowed = configuration.find(config.rootpath).allowed_contexts
    found = contexts.target(contexts.load(os.environ, Path.home()), _named(config, text), allowed)
    return {"config": dict(found.config), "told": str(found), "id": new_id()}


def _named(config: pytest.Config, text: str) -> str:
    """Return the context that was named: `--cluster live:NAME` is short for `--kube-context NAME`."""
    return text.partition(":")[2] or str(config.getoption("--kube-context"))

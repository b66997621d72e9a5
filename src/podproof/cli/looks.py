"""A plugin of pytest that draws the informers of every scenario it sees."""

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from podproof.report.informers import drawn


class Looks:
    """Looks into the informers of every scenario's cluster, and draws them when it is over."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._wanted = wanted
        self._cluster: Any = None

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
        """Begin to look as soon as a scenario has its cluster."""
        made = yield
        if fixturedef.argname == "cluster" and "informers" in made.capabilities:
            self._cluster = made
            made.informers.look()
        return made

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Draw what was seen in a scenario."""
        if report.when == "call" and self._cluster is not None:
            print(f"\n{report.nodeid}\n\n{drawn(self._cluster.informers.seen(), self._wanted)}", end="")
            self._cluster = None

"""`--cluster`: which clusters a run is for. A kind that is none is an error of usage, before anything is collected.

With several, each scenario is a test on each of them, and the name of the test ends with the cluster's: `[live:kind]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podproof.clusters import kinds
from podproof.errors import PodproofError

if TYPE_CHECKING:
    from podproof.plugin.clusters import Runs

_TARGET = "podproof.cluster"


def clusters(config: pytest.Config) -> tuple[str, ...]:
    """Return the clusters of a run as they were named, each once."""
    return tuple(dict.fromkeys(config.getoption("--cluster") or (kinds.SIMULATOR,)))


def suffixes(config: pytest.Config) -> tuple[str, ...]:
    """Return what tells the tests of one scenario apart, for each cluster; where there is one cluster, nothing."""
    named = clusters(config)
    return tuple(f"[{each}]" for each in named) if len(named) > 1 else ("",)


def prepare(config: pytest.Config) -> None:
    """Refuse clusters that cannot be made, and choose what those are that are not ours.

    Raises:
        UsageError: there is no such kind, or the distribution that adds it cannot be used.
    """
    named = clusters(config)
    for text in named:
        try:
            kinds.maker(text.partition(":")[0])
        except PodproofError as error:
            raise pytest.UsageError(f"--cluster {text}: {error}") from None
        if (runs := _shared(config, text)) is not None:
            config.pluginmanager.register(runs, target(text))


def _shared(config: pytest.Config, text: str) -> Runs | None:
    """Return what runs scenarios on a cluster that they share; None where each has its own."""
    kind = text.partition(":")[0]
    if kind == "live":
        from podproof.plugin.clusters import Runs

        return Runs(config, text)
    if kind == "k3s":
        from podproof.plugin.containers import ContainerRuns

        return ContainerRuns(config, text)
    return None


def target(text: str) -> str:
    """Return the name of the plugin that runs the scenarios of a cluster, where one does."""
    return f"{_TARGET} {text}"

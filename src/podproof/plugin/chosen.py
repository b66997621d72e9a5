"""`--cluster`: which clusters a run is for. A kind that is none is an error of usage, before anything is collected.

With several, each scenario is a test on each of them, and the name of the test ends with the cluster's: `[live:kind]`.
"""

import pytest

from podproof.clusters import kinds
from podproof.errors import PodproofError

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
    live = [text for text in named if text.partition(":")[0] == "live"]
    if live:
        from podproof.plugin.clusters import Runs

        for text in live:
            config.pluginmanager.register(Runs(config, text), target(text))


def target(text: str) -> str:
    """Return the name of the plugin that runs the scenarios of a cluster, where one does."""
    return f"{_TARGET} {text}"

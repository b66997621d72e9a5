"""`--cluster`: a kind of cluster that is none is an error of usage, before anything is collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podproof.clusters import kinds
from podproof.errors import PodproofError

if TYPE_CHECKING:
    from podproof.plugin.clusters import Runs


def check(text: str) -> None:
    """Refuse a cluster that cannot be made.

    Raises:
        UsageError: there is no such kind, or the distribution that adds it cannot be used.
    """
    try:
        kinds.maker(text.partition(":")[0])
    except PodproofError as error:
        raise pytest.UsageError(f"--cluster {text}: {error}") from None


def runs(config: pytest.Config) -> Runs | None:
    """Return what scenarios get their clusters from where they share one; None where each has its own.

    Raises:
        UsageError: the cluster cannot be had.
    """
    kind = config.getoption("--cluster").partition(":")[0]
    if kind == "live":
        from podproof.plugin.clusters import Runs

        return Runs(config)
    if kind == "k3s":
        from podproof.plugin.containers import ContainerRuns

        return ContainerRuns(config)
    return None

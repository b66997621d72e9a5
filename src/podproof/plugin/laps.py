"""When each step of a scenario began, on the machine and on the cluster."""

import pytest
from _pytest import timing

from podproof.plugin.fixtures import CLUSTER


class Laps:
    """The moments at which a scenario's steps began, in order; a scenario that runs again begins anew."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        self.began: list[tuple[float, int]] = []

    def turn_to(self, number: int) -> None:
        """Note that a step begins."""
        del self.began[number:]
        self.began.append(self.now())

    def now(self) -> tuple[float, int]:
        """Return the present moment: the machine's in seconds, the cluster's in nanoseconds (0 without a cluster)."""
        cluster = self._item.stash.get(CLUSTER, None)
        return timing.perf_counter(), 0 if cluster is None else int(cluster.record().now)

"""The signs of life of each node's kubelet: it renews its lease every 10 s, on a grid of its own.

A renewal that tells nothing new is never scheduled: while the kubelet runs it is known when the last one was.
"""

from collections.abc import Callable

from podproof.simulator.control.kubelet.pleg import Grid
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.model.times import Nanos


class Heartbeats:
    """Who is silent, and since when. `on_change(node)` is called when a node falls silent or is heard again."""

    def __init__(self, agenda: Agenda, chance: Chance) -> None:
        self.on_change: Callable[[str], None] = lambda node: None
        self._agenda, self._chance = agenda, chance
        self._grids: dict[str, Grid] = {}
        self._last: dict[str, Nanos] = {}

    def begin(self, node: str) -> None:
        """A node is there, and heard."""
        period = span("kubelet", "lease_renewal")
        self._grids[node] = Grid(period, self._chance.below(period))

    def stop(self, node: str) -> None:
        """A node falls silent."""
        self._last.setdefault(node, self._grids[node].until(self._agenda.now))
        self.on_change(node)

    def resume(self, node: str) -> None:
        """A node is heard again."""
        self._last.pop(node, None)
        self.on_change(node)

    def last_of_silent(self, node: str) -> Nanos | None:
        """Return when a silent node was last heard, None where it is not silent."""
        return self._last.get(node)

"""What lies beyond the simulated cluster."""

from collections.abc import Sequence

from podproof.simulator.world import World


class SimulatedOutside:
    """The names that the world outside has."""

    def __init__(self, world: World) -> None:
        self._world = world

    def name(self, name: str, found: Sequence[str]) -> None:
        """Let a name exist from now on, with these addresses, or as another name for one."""
        self._world.outside.put(name, found)

    def silence_names(self) -> None:
        """Let the name servers answer no more."""
        self._world.outside.answers = False

"""What lies beyond the simulated cluster."""

from collections.abc import Sequence

from podproof.simulator.world import World


class SimulatedOutside:
    """The names that the world outside has, and the ways from there into the cluster."""

    def __init__(self, world: World) -> None:
        self._world = world

    def name(self, name: str, found: Sequence[str]) -> None:
        """Let a name exist from now on, with these addresses, or as another name for one."""
        self._world.outside.put(name, found)

    def load_balancer(self, addresses: Sequence[str]) -> None:
        """Let a load balancer give these addresses to Services of its type."""
        self._world.entrances.add_load_balancer(addresses)

    def ingress_class(self, name: str, default: bool = False) -> None:
        """Install an ingress controller that follows a class, which is the default one if wanted."""
        self._world.entrances.add_ingress_class(name, default=default)

    def silence_names(self) -> None:
        """Let the name servers answer no more."""
        self._world.outside.answers = False

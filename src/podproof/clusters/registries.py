"""The registries of the simulated world: which images exist, for whom, and what the nodes know of them."""

from podproof.simulator.model.registry_credentials import Credential, Entry
from podproof.simulator.world import World


class SimulatedRegistries:
    """All registries there are; a reference that does not parse raises ImageNameError."""

    def __init__(self, world: World) -> None:
        self._world = world

    def put(self, reference: str) -> None:
        """Let an image exist from now on."""
        self._world.registry.put(reference)

    def remove(self, reference: str) -> None:
        """Let an image exist no more."""
        self._world.registry.remove(reference)

    def close(self, reference: str, user: str = "", password: str = "") -> None:
        """Make an image private: to one user, or to everybody who has credentials at all."""
        self._world.registry.close(reference, Credential(user, password) if user else None)

    def log_in(self, registry: str, user: str, password: str) -> None:
        """Give every node credentials of its own for a registry."""
        self._world.logins.append(Entry.of(registry, Credential(user, password)))

"""The informers of the simulated cluster, for those who look at their stages or disturb their watches."""

from collections.abc import Sequence

from podproof.cluster import Sight
from podproof.errors import PodproofError
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.kernel.journal import Journal
from podproof.simulator.model.times import Nanos
from podproof.simulator.world import World


class UnknownInformerError(PodproofError, ValueError):
    """Nothing in the cluster has an informer of such a resource; `known` are those there are."""

    def __init__(self, resource: str, known: tuple[str, ...]) -> None:
        super().__init__(resource, known)
        self.resource, self.known = resource, known

    def __str__(self) -> str:
        return f'there is no informer of "{self.resource}"; there are those of {", ".join(self.known)}'


class UnseenInformersError(PodproofError):
    """Somebody asks what informers did, and nobody has looked."""

    def __str__(self) -> str:
        return "nobody looks at what informers do: begin with: Given a look into the informers"


class SimulatedInformers:
    """The informers of a world: one of each kind, which all of its parts share."""

    def __init__(self, world: World) -> None:
        self._world = world

    def look(self) -> None:
        """Note what each stage does, from now on."""
        self._world.agenda.journal = Journal()

    def seen(self) -> Sequence[Sight]:
        """Return what the stages did since the look began.

        Raises:
            UnseenInformersError: nobody looks.
        """
        journal, start = self._world.agenda.journal, self._world.start
        if journal is None:
            raise UnseenInformersError
        told = journal.sights
        return [Sight(Nanos(moment - start), _short(part), stage, what) for moment, part, stage, what in told]

    def resources(self) -> Sequence[str]:
        """Return the resources there are informers of."""
        return sorted(map(_short, self._world.informers))

    def cut(self, resource: str) -> None:
        """Break the watch of an informer, and every new one."""
        self._of(resource).reflector.wire.cut()

    def mend(self, resource: str) -> None:
        """Let its watch be opened again, and its events arrive in time and in full."""
        self._of(resource).reflector.wire.mend()

    def lag(self, resource: str, span: Nanos) -> None:
        """Let the events of its watch arrive later."""
        self._of(resource).reflector.wire.lag = span

    def lose(self, resource: str, count: int) -> None:
        """Let the next events of its watch get lost."""
        self._of(resource).reflector.wire.lose = count

    def resync(self, resource: str) -> None:
        """Let it hand out again everything it knows, to all handlers."""
        self._of(resource).resync(everybody=True)

    def hold(self, resource: str, *, held: bool) -> None:
        """Let its handlers take nothing, or again everything that waits for them."""
        for listener in self._of(resource).listeners:
            (listener.hold if held else listener.release)()

    def bookmark(self) -> None:
        """Let the API server send bookmarks."""
        self._world.bookmark()

    def forget(self) -> None:
        """Let the API server forget all versions but the present ones."""
        self._world.compact()

    def _of(self, resource: str) -> Informer:
        for name, informer in self._world.informers.items():
            if resource in (name, _short(name)):
                return informer
        raise UnknownInformerError(resource, tuple(self.resources()))


def _short(resource: str) -> str:
    """Return a resource without its group, as people call it."""
    return resource.partition(".")[0]

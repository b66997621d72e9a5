"""The nodes of a k3s cluster as machines: a container that is paused is a node that fails."""

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from podproof.cluster import Placement
from podproof.clusters.k3s.containers import SERVER
from podproof.clusters.k3s.engine import engine
from podproof.clusters.k3s.faults import NoNodeFailureError
from podproof.clusters.nodes import UnknownNodeError
from podproof.simulator.model.objects import Object

NAME = "k3s"


class Machines:
    """The nodes by name, each with the id of its container. `shared` says that others run scenarios on them too."""

    def __init__(self, nodes: Mapping[str, str], shared: bool = False) -> None:
        self._nodes, self._shared = nodes, shared
        self._paused: list[str] = []

    @property
    def can_fail(self) -> bool:
        """Whether there are nodes that may fail without harm to anybody else."""
        return len(self._nodes) > 1 and not self._shared

    def stop(self, name: str) -> None:
        """Let a node fail: everything on it stands still.

        Raises:
            UnknownNodeError: there is no such node.
            NoNodeFailureError: it must not.
        """
        container = self._failing(name)
        engine().containers.get(container).pause()
        self._paused.append(name)

    def start(self, name: str) -> None:
        """Let a node go on; one that was not stopped just does.

        Raises:
            UnknownNodeError: there is no such node.
        """
        container = self._container(name)
        if name in self._paused:
            engine().containers.get(container).unpause()
            self._paused.remove(name)

    def restore(self, until_ready: Callable[[str], object]) -> None:
        """Let all nodes go on that were stopped, and wait for each of them."""
        for name in tuple(self._paused):
            self.start(name)
            until_ready(name)

    def become(self, rows: Sequence[Mapping[str, str]], labels: Sequence[Mapping[str, str]]) -> None:
        """Not to be had: a node of k3s is the machine it runs on."""
        self._lack("its nodes are what Docker gives them")

    def add(self, row: Mapping[str, str], labels: Mapping[str, str]) -> None:
        """Not to be had: --k3s-agents says before the run how many there are."""
        self._lack("--k3s-agents says how many nodes there are")

    def remove(self, name: str) -> None:
        """Not to be had: the next scenario has the same nodes."""
        self._lack("the next scenario has the same nodes")

    def placement(self, pod: Object) -> Placement:
        """Not to be had: k3s's scheduler does not say how it decides."""
        self._lack("its scheduler does not say how it decides")

    def configure_scheduler(self, configuration: object) -> None:
        """Not to be had: k3s's scheduler is started with the cluster."""
        self._lack("its scheduler is started with the cluster")

    def join(self, name: str) -> None:
        """Not to be had: --k3s-agents says before the run how many there are."""
        self._lack("--k3s-agents says how many nodes there are")

    def starve(self, name: str, what: str, by: int = 1) -> None:
        """Not to be had: what a node runs short of, this machine does."""
        self._lack("what its nodes run short of, this machine does")

    def relieve(self, name: str, what: str) -> None:
        """Not to be had, as `starve` is not."""
        self._lack("what its nodes run short of, this machine does")

    def _failing(self, name: str) -> str:
        container = self._container(name)
        if name == SERVER:
            self._lack(f"{SERVER} is the server, without which there is no cluster; --k3s-agents adds others")
        if self._shared:
            self._lack("other workers run scenarios on the same nodes; run without -n")
        return container

    def _container(self, name: str) -> str:
        if name not in self._nodes:
            raise UnknownNodeError(name, tuple(self._nodes))
        return self._nodes[name]

    def _lack(self, why: str) -> NoReturn:
        raise NoNodeFailureError(NAME, ("node-failure",), why)

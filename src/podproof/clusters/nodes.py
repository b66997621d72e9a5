"""The nodes of the simulated world, for those who stop them, starve them or let others join."""

from collections.abc import Mapping, Sequence
from typing import Any

from podproof.errors import PodproofError
from podproof.simulator.control.nodes import Node, NodeSpec
from podproof.simulator.world import World


class UnknownNodeError(PodproofError, ValueError):
    """The cluster has no such node; `known` are those it has."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name, self.known = name, known

    def __str__(self) -> str:
        return f'there is no node "{self.name}": this cluster has {", ".join(self.known)}'


class NodesInUseError(PodproofError, ValueError):
    """Nodes cannot be replaced once pods are bound to them."""

    def __init__(self, pods: tuple[str, ...]) -> None:
        super().__init__(pods)
        self.pods = pods

    def __str__(self) -> str:
        return f"the nodes have pods already ({', '.join(self.pods)}): say what the nodes are before anything runs"


class SimulatedNodes:
    """All nodes there are."""

    def __init__(self, world: World) -> None:
        self._world = world

    def become(self, rows: Sequence[Mapping[str, str]], labels: Sequence[Mapping[str, str]]) -> None:
        """Be these nodes and no others; a row has name, cpu, memory and pods, `labels` those of each row.

        Raises:
            NodesInUseError: pods are bound to the nodes that would go.
        """
        bound = tuple(pod["metadata"]["name"] for pod in self._world.pods() if pod["spec"].get("nodeName"))
        if bound:
            raise NodesInUseError(bound)
        for name in list(self._world.nodes):
            self._world.remove_node(name)
        for row, own in zip(rows, labels, strict=True):
            self._world.add_node(_spec(row, own))

    def join(self, name: str) -> None:
        """Let a node join that is ready but cordoned: it takes no pods."""
        self._world.add_peer(name)

    def stop(self, name: str) -> None:
        """Let a node's kubelet stop.

        Raises:
            UnknownNodeError: there is no such node.
        """
        self._node(name).stop()

    def start(self, name: str) -> None:
        """Let a node's kubelet start again.

        Raises:
            UnknownNodeError: there is no such node.
        """
        self._node(name)
        self._world.start_kubelet(name)

    def starve(self, name: str, what: str, by: int = 1) -> None:
        """Let a node run short of memory or disk, by so many bytes below what evicts pods.

        Raises:
            UnknownNodeError: there is no such node.
        """
        self._node(name).starve(what, by)

    def relieve(self, name: str, what: str) -> None:
        """Let a node have enough memory or disk again.

        Raises:
            UnknownNodeError: there is no such node.
        """
        self._node(name).relieve(what)

    def _node(self, name: str) -> Node:
        if name not in self._world.nodes:
            raise UnknownNodeError(name, tuple(self._world.nodes))
        return self._world.nodes[name]


def _spec(row: Mapping[str, str], labels: Mapping[str, str]) -> NodeSpec:
    """Read a row of a table of nodes; its disks are the paths they are mounted at, with commas between."""
    disks = tuple(path.strip() for path in row.get("disks", "").split(",") if path.strip())
    amounts: dict[str, Any] = {key: value for key, value in row.items() if key != "disks"}
    return NodeSpec(**amounts, labels=labels, disks=disks)

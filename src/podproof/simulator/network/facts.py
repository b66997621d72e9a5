"""What a network is built from: the nodes with their ranges and segments, and the pods with their addresses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from podproof.simulator.network.addresses import Block, block

WIRE_BITS = 24
"""How long the prefix of a node's own network is. Approximated: nobody says, and most are of this length."""


class NodeFact(NamedTuple):
    """A node: its address, its pods' range, and the layer-2 segment its card is on ("": that of its address's /24)."""

    name: str
    address: str
    cidr: str
    segment: str = ""

    @property
    def wire(self) -> str:
        """The network of its card."""
        return f"{self.address}/{WIRE_BITS}"

    @property
    def on(self) -> str:
        """The layer-2 segment it is on."""
        return self.segment or str(block(self.wire))


class PodFact(NamedTuple):
    """A pod with a network of its own: its address, the address of its node, and who it is (namespace, name)."""

    address: str
    node: str
    pod: tuple[str, str] | None = None
    uid: str = ""

    @property
    def name(self) -> str:
        """How the pod is called in a trace."""
        return self.pod[1] if self.pod is not None else self.address


@dataclass(frozen=True)
class Cluster:
    """All nodes of a cluster, by address."""

    nodes: Mapping[str, NodeFact]

    @cached_property
    def pod_network(self) -> Block:
        """The range all pods' ranges are of: the first one's /16 where that has all, else the smallest that has."""
        ranges = [block(node.cidr) for node in self.nodes.values() if node.cidr]
        found = block(f"{ranges[0].address(0)}/16") if ranges else block("10.244.0.0/16")
        while not all(found.overlaps(each) and found.bits <= each.bits for each in ranges):
            found = block(f"{found.address(0)}/{found.bits - 1}")
        return found

    def node_of(self, address: str) -> NodeFact | None:
        """Return the node whose pod range an address is of."""
        return next((node for node in self.nodes.values() if node.cidr and block(node.cidr).has(address)), None)


def overlaps(ranges: Mapping[str, str]) -> list[str]:
    """Return what is wrong with nodes' pod ranges, by the nodes' names: those that share addresses."""
    pairs: Iterable[tuple[str, str]] = combinations(ranges, 2)
    return [
        f'the pod ranges of "{one}" ({ranges[one]}) and "{other}" ({ranges[other]}) overlap'
        for one, other in pairs
        if block(ranges[one]).overlaps(block(ranges[other]))
    ]


def segments(nodes: Sequence[NodeFact]) -> list[str]:
    """Return the segments nodes are on, in the order they come up."""
    return list(dict.fromkeys(node.on for node in nodes))

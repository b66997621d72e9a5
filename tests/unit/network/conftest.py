"""A small cluster: two nodes on one segment, one on another, and pods on each."""

from podproof.simulator.network.fabric import Fabric
from podproof.simulator.network.facts import Cluster, NodeFact, PodFact
from podproof.simulator.network.kinds import kind
from podproof.simulator.network.links import Links
from podproof.simulator.network.packet import Packet
from podproof.simulator.network.trace import Trace
from podproof.simulator.network.walk import Guard, Walk

NODES = (
    NodeFact("node1", "10.168.0.2", "100.96.1.0/24"),
    NodeFact("node2", "10.168.0.3", "100.96.2.0/24"),
    NodeFact("node3", "10.170.3.2", "100.96.3.0/24"),
)
PODS = (
    PodFact("100.96.1.2", "10.168.0.2", ("default", "container-1")),
    PodFact("100.96.1.3", "10.168.0.2", ("default", "neighbour")),
    PodFact("100.96.2.3", "10.168.0.3", ("default", "container-2")),
    PodFact("100.96.3.4", "10.170.3.2", ("default", "far")),
)


def fabric(words: str) -> Fabric:
    """Return the small cluster with a network kind."""
    pods = {pod.address: pod for pod in PODS}
    return Fabric(Cluster({node.address: node for node in NODES}), pods, kind(words), lambda fact, space: None)


def walked(
    made: Fabric, source: str, target: str, guard: Guard = lambda direction, packet: "", size: int = 60
) -> Trace:
    """Let somebody connect to port 80 of an address; a node sends from the address its route says."""
    is_node = source in made.cluster.nodes
    space = made.node(source) if is_node else made.pod(source)
    return Walk(Links(made), guard).connect(space, Packet("" if is_node else source, target, port=80, bytes=size))

"""The ways of packets in one cluster: what `Network` asks the walked network, and what a scenario changed about it.

Nodes keep their namespaces, with the rules and what those counted, until the nodes or the network's kind change; pods
come and go. kube-proxy's rules are written by `dress` when a node's tables are made; `refresh` brings them up to date
before each walk.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from podproof.simulator.kernel.chance import Chance
from podproof.simulator.model.network_policies import Denied, End
from podproof.simulator.model.times import Nanos
from podproof.simulator.network.fabric import Fabric
from podproof.simulator.network.facts import Cluster, NodeFact, PodFact
from podproof.simulator.network.interfaces import Space
from podproof.simulator.network.iptables import commands, texts
from podproof.simulator.network.iptables.tables import Tables
from podproof.simulator.network.kinds import USUAL, kind
from podproof.simulator.network.links import Links
from podproof.simulator.network.packet import Packet
from podproof.simulator.network.portmap import Forward, write
from podproof.simulator.network.routes import Route
from podproof.simulator.network.trace import Fate, Trace
from podproof.simulator.network.walk import Walk

Police = Callable[[End, End, int, str], Denied | None]


class Arrival(NamedTuple):
    """Where a walk led: the trace, the packet as it arrived, and whose it is (a pod's or a node's address)."""

    trace: Trace
    packet: Packet | None = None
    owner: str = ""


class Paths:
    """The walked network. `members` are the pods' addresses with the address of their node and who they are."""

    def __init__(
        self, nodes: Mapping[str, NodeFact], pods: Callable[[], Mapping[str, PodFact]],
        forwards: Callable[[str], list[Forward]],
    ) -> None:  # fmt: skip
        self.kind = kind(USUAL)
        self.dress: Callable[[str, Tables], None] = lambda node, tables: None
        self.refresh: Callable[[str], object] = lambda node: None
        self._nodes, self._pods, self._forwards = nodes, pods, forwards
        self._commands: dict[str, list[str]] = {}
        self._routes: dict[str, list[Route]] = {}
        self._fabric: Fabric | None = None

    @property
    def changed(self) -> bool:
        """Whether somebody wrote rules or routes of a scenario's own: then every connection is walked."""
        return bool(self._commands or self._routes)

    def become(self, words: str) -> None:
        """Be a network of another kind from now on.

        Raises:
            UnknownKindError: there is none of that name.
        """
        self.kind = kind(words)
        self.forget()

    def forget(self) -> None:
        """Build the nodes anew when somebody next asks: they, or what joins them, have changed."""
        self._fabric = None

    def command(self, node: str, line: str) -> None:
        """Run a line of iptables on the node that has an address.

        Raises:
            RuleError: iptables refuses it.
        """
        commands.run(self.space(node).tables, line)
        self._commands.setdefault(node, []).append(line)

    def add_route(self, node: str, route: Route) -> None:
        """Give a node a route of the scenario's own."""
        self.space(node).routes.add(route)
        self._routes.setdefault(node, []).append(route)

    def space(self, node: str) -> Space:
        """Return the namespace of the node that has an address."""
        return self._present().node(node)

    def pod(self, address: str) -> Space:
        """Return the namespace of the pod that has an address."""
        return self._present().pod(address)

    def listed(self, node: str, table: str, chain: str = "") -> str:
        """Return what `iptables -t TABLE -L -n -v` prints on a node. Raises KeyError where there is no such chain."""
        return texts.listed(self.space(node).tables, table, chain)

    def saved(self, node: str, table: str = "") -> str:
        """Return what iptables-save prints on a node."""
        return texts.saved(self.space(node).tables, table)

    def complaints(self, node: str) -> list[str]:
        """Return what the network's kind could not set up on a node."""
        return self.kind.refuses(self._nodes[node], Cluster(self._nodes))

    def arrive(self, origin: str, packet: Packet, police: Police, now: Nanos) -> Arrival:
        """Let a packet walk from a pod or node, and its answer back."""
        fabric = self._present()
        space = fabric.node(origin) if origin in self._nodes else fabric.pod(origin)
        for each in self._nodes.values():
            if (built := fabric.built(each.address)) is not None:
                built.around.now = now
        walk = Walk(Links(fabric), _guard(fabric, police))
        trace = walk.connect(space, packet)
        if walk.arrived is None or trace.fate is not Fate.DELIVERED:
            return Arrival(trace)
        return Arrival(trace, walk.last, fabric.owner(walk.arrived))

    def _present(self) -> Fabric:
        """Return the network as it is now."""
        if self._fabric is None:
            self._fabric = Fabric(Cluster(dict(self._nodes)), self._pods(), self.kind, self._dress)
        else:
            self._fabric.follow(self._pods())
        for node in self._nodes:
            if (built := self._fabric.built(node)) is not None:
                write(built.tables, self._forwards(node))
                self.refresh(node)
        return self._fabric

    def _dress(self, fact: NodeFact, space: Space) -> None:
        space.around.chance = Chance(f"iptables/{fact.name}")
        self.dress(fact.address, space.tables)
        write(space.tables, self._forwards(fact.address))
        for line in self._commands.get(fact.address, ()):
            commands.run(space.tables, line)
        for route in self._routes.get(fact.address, ()):
            space.routes.add(route)


def _guard(fabric: Fabric, police: Police) -> Callable[[str, Packet], str]:
    def guard(direction: str, packet: Packet) -> str:
        source = End(packet.source, fabric.name_of(packet.source))
        target = End(packet.destination, fabric.name_of(packet.destination))
        denied = police(source, target, packet.port, packet.protocol.upper())
        return str(denied) if denied is not None and denied.direction == direction else ""

    return guard

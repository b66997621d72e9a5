"""The cluster's network as programs meet it: an address per sandbox, who listens where, and where a packet goes.

Where it goes is the walked network's to say (`paths`). Pods of the usual kind always reach each other, so nobody walks
for them; for other pairs one walk decides for all pods of the same two nodes, as long as no scenario writes rules or
routes of its own: then each connection walks. A Service's address is translated by `route`, as kube-proxy would.
"""

import errno
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from podproof.simulator.data import rows
from podproof.simulator.machine.dns import Lookup, NameTable
from podproof.simulator.machine.effects import Service
from podproof.simulator.machine.namespaces import Namespace as Namespace
from podproof.simulator.model.dns_records import CLUSTER_DNS
from podproof.simulator.model.network_policies import Denied, End
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos
from podproof.simulator.network.facts import NodeFact, PodFact
from podproof.simulator.network.packet import SYN_BYTES, Packet
from podproof.simulator.network.service_routes import Route, no_services
from podproof.simulator.network.subnets import Subnet, gateway_of, is_loopback
from podproof.simulator.network.trace import Fate, Hop, Trace

if TYPE_CHECKING:
    from podproof.simulator.machine.paths import Arrival, Paths
    from podproof.simulator.network.iptables.tables import Tables
    from podproof.simulator.network.portmap import Forward

DNS_POD = ("kube-system", "coredns")
"""Who answers behind the cluster's address for names. Approximated: no such pod is shown."""
DNS_PORT = 53

Police = Callable[[End, End, int, str], Denied | None]
"""Why a connection (source, target, port, protocol) may not begin, None where nothing forbids it."""

ROUND_TRIP = Nanos(MILLISECOND // 5)
"""Approximated: one exchange between two pods."""
UNREACHABLE_AFTER = Nanos(3 * SECOND)
"""ARP gives up on a silent neighbour. Source: linux net/ipv4/arp.c, mcast/ucast probes of 1 s, 3 tries."""
CONNECT_TIMEOUT = Nanos(127 * SECOND)
"""Source: linux net/ipv4 tcp_syn_retries = 6: 1 + 2 + 4 + … + 64 s."""


class Delivery(NamedTuple):
    """Where a connection leads: after `after`, an answer (`serve`, to be asked as `client`) or an `error` (errno).

    `server` is the address and port it came to in the end, "" where it came nowhere.
    """

    after: Nanos
    serve: Service | None = None
    client: str = ""
    error: int = 0
    server: str = ""


class Network:
    """The network of one cluster. `lookup` answers names as the cluster DNS does, `route` is every node kube-proxy.

    `outside` answers what is asked of any other name server.
    """

    def __init__(
        self,
        lookup: Lookup | None = None,
        route: Route = no_services,
        outside: NameTable | None = None,
        now: Callable[[], Nanos] = lambda: Nanos(0),
    ) -> None:
        self.outside = outside or NameTable()
        self.lookup, self.route = lookup or self.outside, route
        self.police: Police = lambda source, target, port, protocol: None
        self.nodes: dict[str, NodeFact] = {}
        self.dress: Callable[[str, Tables], None] = lambda node, tables: None
        """Writes kube-proxy's rules into the tables of the node that has an address, and keeps them there."""
        self.refresh: Callable[[str], object] = lambda node: None
        """Brings those rules up to date."""
        self._now = now
        self._members: dict[str, Namespace] = {}
        self._subnets: dict[str, Subnet] = {}
        self._forwards: dict[tuple[str, int, str], tuple[str, int]] = {}
        self._usual = True
        self._ways: dict[tuple[str, bool, str, bool], Way] = {}
        self._paths: Paths | None = None
        self._pods: dict[str, PodFact] | None = None

    @property
    def paths(self) -> "Paths":
        """The walked network, built when somebody first asks for it."""
        if self._paths is None:
            from podproof.simulator.machine.paths import Paths

            self._paths = Paths(self.nodes, self._pod_facts, self._forwards_of)
            self._paths.dress, self._paths.refresh = self.dress, self.refresh
        return self._paths

    def become(self, kind: str) -> None:
        """Be a network of another kind, as "flannel host-gw".

        Raises:
            UnknownKindError: there is none of that name.
        """
        self.paths.become(kind)
        self._usual = False
        self._ways.clear()

    @property
    def gives_addresses(self) -> bool:
        """Whether its plugins give a sandbox an address."""
        return self._usual or self.paths.kind.family != "none"

    def exhausted(self, why: str) -> str:
        """Return how the network's plugin words that a node's range is used up."""
        name = "flannel vxlan" if self._usual else self.paths.kind.family
        return str(rows("network_kinds")[name]["exhausted"]).format(why)

    def add_node(self, fact: NodeFact) -> None:
        """Let a node join."""
        self.nodes[fact.address] = fact
        self._nodes_changed()

    def remove_node(self, address: str) -> None:
        """Let a node leave."""
        self.nodes.pop(address, None)
        self._members.pop(address, None)
        self._nodes_changed()

    def _nodes_changed(self) -> None:
        self._ways.clear()
        if self._paths is not None:
            self._paths.forget()

    def join(self, cidr: str, node: str = "", pod: tuple[str, str] | None = None) -> Namespace:
        """Return a new namespace with the next free address of a node's pod range, for a pod on that node.

        Raises:
            OSError: EADDRNOTAVAIL, the range is used up.
        """
        subnet = self._subnets.setdefault(cidr, Subnet(cidr))
        member = Namespace(subnet.take(), node, pod)
        self._members[member.address] = member
        self._pods = None
        return member

    def member(self, address: str) -> Namespace:
        """Return the namespace of the pod or node that has an address. Raises KeyError where nobody has."""
        return self._members[address]

    def host(self, address: str) -> Namespace:
        """Return the namespace of the node that has an address of its own, outside of all pod ranges."""
        return self._members.setdefault(address, Namespace(address, address))

    def forward(self, host: Namespace, port: int, protocol: str, member: Namespace, inner: int) -> Callable[[], None]:
        """Let a port of a node lead to a port of a pod until the returned function is called.

        Source: containernetworking/plugins plugins/meta/portmap.
        """
        key, target = (host.address, port, protocol), (member.address, inner)
        self._forwards[key] = target

        def end() -> None:
            if self._forwards.get(key) == target:
                del self._forwards[key]

        return end

    def leave(self, member: Namespace) -> None:
        """Give the address back; nobody answers there any more."""
        if self._members.get(member.address) is member:
            del self._members[member.address]
            self._pods = None
            for subnet in self._subnets.values():
                subnet.give_back(member.address)

    def deliver(self, origin: Namespace, address: str, port: int, protocol: str = "TCP") -> Delivery:
        """Return where a connection from `origin` to an address leads at this moment."""
        if is_loopback(address) or (address == origin.address and origin.pod is not None):
            return self._to(origin, address, port, protocol, "127.0.0.1" if is_loopback(address) else address)
        if self._paths is not None and self._paths.changed:
            return self._walked(origin, address, port, protocol)
        address, port = self._forwards.get((address, port, protocol), (address, port))
        routed = self.route(origin.node, origin.address, address, port, protocol)
        if routed is not None and routed.fate != "to":
            return _FAILED[Fate.REFUSED if routed.fate == "refuse" else Fate.LOST]
        if routed is None and address == origin.address:
            return self._to(origin, address, port, protocol, address)
        entrance, place = (
            self._members.get(address),
            (address, port) if routed is None else (routed.address, routed.port),
        )
        target = self._members.get(place[0])
        address, port = place
        way = _OWN if target is None else self._way(origin, target)
        client = way.client or origin.address
        if routed is not None and target is not None:
            client = self._client(origin, entrance, target, routed.node) or client
        if self._denied(origin, target, address, port, protocol, client):
            return _FAILED[Fate.LOST]
        if target is None or way.fate is not Fate.DELIVERED:
            return self._nowhere(origin, address) if target is None else _FAILED[way.fate]
        return self._to(target, address, port, protocol, client)

    def _client(self, origin: Namespace, entrance: Namespace | None, target: Namespace, masquerading: str) -> str:
        """Return as whom a Service's pod sees who asks, "" for as it would without the Service.

        A node that masquerades takes its address on the link to the pod; a node port has been reached by a way before.
        """
        if masquerading:
            node = self._members.get(masquerading)
            return masquerading if node is None else self._way(node, target).client or masquerading
        return "" if entrance is None else self._way(origin, entrance).client or origin.address

    def trace(self, origin: Namespace, address: str, port: int, protocol: str = "TCP", size: int = SYN_BYTES) -> Trace:
        """Return the way of a connection's first packet, of so many bytes, and of its answer, hop by hop."""
        trace, packet, owner = self._arrival(origin, address, port, protocol, size)
        if packet is not None and protocol != "ICMP":
            listener = self._members[owner].listener(packet.destination, packet.port, protocol)
            if listener is None:
                trace.back.clear()
                last = trace.hops[-1]
                why = f"nobody listens on {packet.to}"
                trace.hops.append(Hop(last.place, last.interface, "refused", packet, why))
                trace.fate, trace.reason = Fate.REFUSED, f"{last.place}: {why}"
        return trace

    def answers_ping(self, origin: Namespace, address: str) -> bool:
        """Say whether an ICMP echo is answered. A Service's address never does: it exists in translation rules only."""
        if is_loopback(address) or address == origin.address:
            return True
        if self._paths is not None and self._paths.changed:
            return self._arrival(origin, address, 0, "ICMP").trace.reaches
        target = self._members.get(address)
        if target is None or (way := self._way(origin, target)).fate is not Fate.DELIVERED:
            return False
        return not self._denied(origin, target, address, 0, "ICMP", way.client or origin.address)

    def answers_names(self, origin: Namespace, server: str) -> bool:
        """Say whether a name server is reached: the cluster's is a pod like others to policies."""
        if origin.pod is None:
            return True
        pod = DNS_POD if server == CLUSTER_DNS else None
        return self.police(End(origin.address, origin.pod), End(server, pod), DNS_PORT, "UDP") is None

    def _way(self, origin: Namespace, target: Namespace) -> "Way":
        """Return how the pods (or the node itself) of one node reach those of another, by one walk for all of them."""
        far, pods = origin.node != target.node, origin.pod is not None and target.pod is not None
        if (pods and (self._usual or not far)) or origin.node not in self.nodes or target.node not in self.nodes:
            return _OWN
        if origin.pod is None and origin.address not in self.nodes:
            return _OWN
        if self._usual and not far:
            return _OWN if target.pod is None else Way(client=gateway_of(self.nodes[target.node].cidr))
        key = (origin.node, origin.pod is None, target.node, target.pod is None)
        if key not in self._ways:
            trace, packet, _ = self.paths.arrive(
                self._place(origin), _packet(origin, target.address), _nobody, self._now()
            )
            own = packet is None or packet.source == origin.address
            self._ways[key] = Way(trace.fate, "" if own or packet is None else packet.source)
        return self._ways[key]

    def _walked(self, origin: Namespace, address: str, port: int, protocol: str) -> Delivery:
        trace, packet, owner = self._arrival(origin, address, port, protocol)
        if packet is None:
            return _FAILED[trace.fate]
        return self._to(self._members[owner], packet.destination, packet.port, protocol, packet.source)

    def _arrival(self, origin: Namespace, address: str, port: int, protocol: str, size: int = SYN_BYTES) -> "Arrival":
        """Let a packet walk, and say where it led."""
        packet = _packet(origin, address, port, protocol, size)
        return self.paths.arrive(self._place(origin), packet, self.police, self._now())

    def _place(self, origin: Namespace) -> str:
        return origin.address if origin.pod is not None else origin.node

    def _denied(
        self, origin: Namespace, target: Namespace | None, address: str, port: int, protocol: str, client: str
    ) -> bool:
        """Say whether a policy drops the packet. A node always reaches the pods it runs, and they reach it.

        Source: the API's documentation of NetworkPolicy, "traffic to and from the node where a Pod is running".
        """
        if target is not None and origin.node == target.node and None in (origin.pod, target.pod):
            return False
        source = End(origin.address, origin.pod) if origin.pod is not None else End(client)
        other = End(address, None if target is None else target.pod)
        return self.police(source, other, port, protocol) is not None

    def _to(self, target: Namespace, address: str, port: int, protocol: str, client: str) -> Delivery:
        listener, place = target.listener(address, port, protocol), f"{target.address}:{port}"
        if listener is None:
            return Delivery(ROUND_TRIP, error=errno.ECONNREFUSED, server=place)
        return Delivery(ROUND_TRIP, listener.serve, client, server=place)

    def _nowhere(self, origin: Namespace, address: str) -> Delivery:
        """A free address of the pod network is unreachable; anything else never answers: there is no outside."""
        if not self._usual and origin.node in self.nodes:
            return _FAILED[
                self.paths.arrive(self._place(origin), _packet(origin, address), _nobody, self._now()).trace.fate
            ]
        free = any(subnet.has(address) for subnet in self._subnets.values())
        return _FAILED[Fate.SILENT if free else Fate.LOST]

    def _pod_facts(self) -> dict[str, PodFact]:
        if self._pods is None:
            members = self._members.values()
            self._pods = {each.address: PodFact(each.address, each.node, each.pod) for each in members if each.pod}
        return self._pods

    def _forwards_of(self, node: str) -> "list[Forward]":
        from podproof.simulator.network.portmap import Forward

        cidr = self.nodes[node].cidr
        return [
            Forward(port, protocol.lower(), address, inner, cidr)
            for (host, port, protocol), (address, inner) in self._forwards.items()
            if host == node
        ]


class Way(NamedTuple):
    """How packets between two nodes end, and under which address they come ("": their own)."""

    fate: Fate = Fate.DELIVERED
    client: str = ""


_OWN = Way()
_FAILED = {
    Fate.REFUSED: Delivery(ROUND_TRIP, error=errno.ECONNREFUSED),
    Fate.UNREACHABLE: Delivery(ROUND_TRIP, error=errno.EHOSTUNREACH),
    Fate.SILENT: Delivery(UNREACHABLE_AFTER, error=errno.EHOSTUNREACH),
    Fate.LOST: Delivery(CONNECT_TIMEOUT, error=errno.ETIMEDOUT),
}
"""What connect(2) says of each fate. Source: linux net/ipv4/icmp.c, icmp_err_convert; net/ipv4/tcp_timer.c."""


def _nobody(source: End, target: End, port: int, protocol: str) -> Denied | None:
    return None


def _packet(origin: Namespace, address: str, port: int = 0, protocol: str = "TCP", size: int = SYN_BYTES) -> Packet:
    return Packet("" if origin.pod is None else origin.address, address, protocol.lower(), port, bytes=size)

"""The namespaces of one cluster and what joins them: made when a packet first comes there.

A network kind equips nodes and attaches pods; wires, routers and who answers on which link are the same for all.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from podproof.simulator.network.addresses import ANYWHERE, block
from podproof.simulator.network.facts import Cluster, NodeFact, PodFact
from podproof.simulator.network.interfaces import Interface, Space, joined
from podproof.simulator.network.routes import Route

WIRE = "eth0"
ROUTER = "router"
OUTSIDE = "outside"


class Kind(Protocol):
    """A network kind: how it equips a node, and how it attaches a pod."""

    name: str
    family: str
    """Its row in data/network_kinds.yaml."""

    @property
    def mtu(self) -> int:
        """The MTU of pods' interfaces."""

    def equip(self, node: Space, own: NodeFact, fabric: "Fabric") -> None:
        """Give a node its interfaces, routes, neighbours and rules."""

    def point(self, node: Space, pods: Iterable[PodFact]) -> None:
        """Give a node the routes to these pods and no others, where it has one for each."""

    def attach(self, node: Space, pod: Space, fact: PodFact) -> Interface:
        """Give a pod its interface and return the node's end of it."""

    def refuses(self, own: NodeFact, cluster: Cluster) -> list[str]:
        """Return what the kind could not set up on a node, in words."""

    @property
    def cni(self) -> tuple[str, str]:
        """The name and the text of its configuration in /etc/cni/net.d."""


Dress = Callable[[NodeFact, Space], None]
"""Gives a node's namespace the rules and routes that outlast a walk."""


class Fabric:
    """One cluster's namespaces. `dress` adds what others keep for a node: kube-proxy's rules, a user's routes."""

    def __init__(self, cluster: Cluster, pods: Mapping[str, PodFact], kind: Kind, dress: Dress) -> None:
        self.cluster, self.kind = cluster, kind
        self._pods, self._dress = pods, dress
        self._nodes: dict[str, Space] = {}
        self._attached: dict[str, tuple[Space, Interface]] = {}
        self._routers: dict[str, Interface] = {}

    def node(self, address: str) -> Space:
        """Return the namespace of the node that has an address."""
        if address not in self._nodes:
            fact = self.cluster.nodes[address]
            space = self._nodes[address] = Space(fact.name, fact.name, forwards=True)
            self._wire(space, fact)
            self.kind.equip(space, fact, self)
            self.kind.point(space, self.pods_of(address))
            self._dress(fact, space)
        return self._nodes[address]

    def built(self, address: str) -> Space | None:
        """Return the namespace of the node that has an address, where a packet has come there already."""
        return self._nodes.get(address)

    def follow(self, pods: Mapping[str, PodFact]) -> None:
        """Have these pods from now on."""
        if pods is self._pods:
            return
        for address in [each for each in self._attached if pods.get(each) is not self._pods[each]]:
            _, end = self._attached.pop(address)
            end.space.interfaces.pop(end.name, None)
        self._pods = pods
        for address, space in self._nodes.items():
            self.kind.point(space, self.pods_of(address))

    def owner(self, space: Space) -> str:
        """Return the address of the pod or node whose namespace this is."""
        spaces = {address: pod for address, (pod, _) in self._attached.items()} | self._nodes
        return next(address for address, each in spaces.items() if each is space)

    def name_of(self, address: str) -> tuple[str, str] | None:
        """Return which pod (namespace, name) has an address, None where none of its own network has."""
        fact = self._pods.get(address)
        return fact.pod if fact is not None else None

    def pod(self, address: str) -> Space:
        """Return the namespace of the pod that has an address."""
        return self._attach(address)[0]

    def node_of(self, address: str) -> str:
        """Return the address of the node whose pod range an address is of, "" where there is none."""
        found = self.cluster.node_of(address)
        return found.address if found is not None else ""

    def pods_of(self, node: str) -> Iterable[PodFact]:
        """Yield the pods of the node that has an address."""
        return (pod for pod in self._pods.values() if pod.node == node)

    def pod_end(self, space: Space, address: str) -> Interface | None:
        """Return the node's end of the veth of the pod that has an address, where it is one of this node."""
        fact = self._pods.get(address)
        if fact is None or self._nodes.get(fact.node) is not space:
            return None
        return self._attach(address)[1]

    def pod_of(self, space: Space, address: str) -> bool:
        """Say whether a pod of this node has an address."""
        fact = self._pods.get(address)
        return fact is not None and self._nodes.get(fact.node) is space

    def on_wire(self, segment: str, address: str) -> Interface | None:
        """Return the interface on a layer-2 segment that has an address."""
        fact = self.cluster.nodes.get(address)
        if fact is not None and fact.on == segment:
            return self.node(address).interfaces[WIRE]
        router = self._router(segment)
        return router if router.address == address else None

    def daemon_peer(self, space: Space, address: str) -> str:
        """Return the node address flanneld sends a pod's packet to, "" where it knows none."""
        return self.node_of(address)

    def gateway(self, segment: str) -> str:
        """Return the address of the router on a segment."""
        return self._router(segment).address

    def _attach(self, address: str) -> tuple[Space, Interface]:
        if address not in self._attached:
            fact = self._pods[address]
            node = self.node(fact.node)
            pod = Space(fact.name, node.node)
            pod.add("lo", "lo", "127.0.0.1/8")
            self._attached[address] = (pod, self.kind.attach(node, pod, fact))
        return self._attached[address]

    def _wire(self, space: Space, fact: NodeFact) -> None:
        """Give a node its card, and routes to the nodes beside it and to the router."""
        space.add("lo", "lo", "127.0.0.1/8")
        space.add(WIRE, "wire", fact.wire).segment = fact.on
        gateway = self.gateway(fact.on)
        space.routes.add(Route(ANYWHERE, WIRE, gateway))
        own = block(fact.wire)
        for other in self.cluster.nodes.values():
            beside = other.on == fact.on
            if other is not fact and beside is not own.has(other.address):
                space.routes.add(Route(f"{other.address}/32", WIRE, "" if beside else gateway, fact.address))

    def _router(self, segment: str) -> Interface:
        if not self._routers:
            self._make_router()
        return self._routers[segment]

    def _make_router(self) -> None:
        """Make the one router all segments have: it knows the nodes, and nothing of pods."""
        space = Space(ROUTER, ROUTER, forwards=True)
        taken = set(self.cluster.nodes)
        for fact in self.cluster.nodes.values():
            if fact.on not in self._routers:
                near = block(fact.wire)
                address = next(each for each in (near.address(1), near.address(254)) if each not in taken)
                port = space.add(f"{WIRE[:-1]}{len(self._routers)}", "wire", f"{address}/32")
                port.segment = fact.on
                self._routers[fact.on] = port
            device = self._routers[fact.on].name
            space.routes.add(Route(f"{fact.address}/32", device, source=self._routers[fact.on].address))
        space.add(OUTSIDE, "outside")
        space.routes.add(Route(ANYWHERE, OUTSIDE))


def veth(node: Space, pod: Space, name: str, addresses: tuple[str, ...], mtu: int) -> tuple[Interface, Interface]:
    """Return the node's end and the pod's end of a new veth, the pod's called eth0 with these addresses."""
    outer, inner = node.add(name, "veth", mtu=mtu), pod.add("eth0", "veth", addresses[0], mtu)
    inner.addresses = addresses
    joined(outer, inner)
    return outer, inner

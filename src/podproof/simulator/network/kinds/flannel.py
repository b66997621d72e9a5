"""Flannel: pods on a bridge, and three ways from node to node: a program (udp), a tunnel (vxlan), or routes (host-gw).

Source: flannel pkg/backend/{udp,vxlan,hostgw}, pkg/trafficmngr/iptables/iptables.go; Documentation/kube-flannel.yml.
"""

import json
from collections.abc import Iterable
from functools import cached_property

from podproof.simulator.data import rows
from podproof.simulator.network.addresses import block
from podproof.simulator.network.fabric import WIRE, Fabric, veth
from podproof.simulator.network.facts import Cluster, NodeFact, PodFact
from podproof.simulator.network.interfaces import Interface, Space
from podproof.simulator.network.iptables.reading import rule
from podproof.simulator.network.neighbours import hardware_address
from podproof.simulator.network.routes import Route

_MASQUERADE = (
    "-m mark --mark 0x4000/0x4000 -m comment --comment 'flanneld masq' -j RETURN",
    "-s {own} -d {all} -m comment --comment 'flanneld masq' -j RETURN",
    "-s {all} -d {own} -m comment --comment 'flanneld masq' -j RETURN",
    "! -s {all} -d {own} -m comment --comment 'flanneld masq' -j RETURN",
    "-s {all} ! -d 224.0.0.0/4 -m comment --comment 'flanneld masq' -j MASQUERADE --random-fully",
    "! -s {all} -d {all} -m comment --comment 'flanneld masq' -j MASQUERADE --random-fully",
)
"""Source: flannel pkg/trafficmngr/iptables/iptables.go, masqRules."""
_FORWARD = (
    "-s {all} -m comment --comment 'flanneld forward' -j ACCEPT",
    "-d {all} -m comment --comment 'flanneld forward' -j ACCEPT",
)
"""Source: flannel pkg/trafficmngr/iptables/iptables.go, forwardRules."""


class Bridged:
    """What all backends of Flannel share: a bridge that has the first address of the node's range."""

    name = family = ""

    @cached_property
    def facts(self) -> dict[str, str | int]:
        """The row of this kind: names of devices, bytes, ports."""
        found: dict[str, str | int] = rows("network_kinds")[self.name]
        return found

    @property
    def mtu(self) -> int:
        """The MTU of pods' interfaces: that of the wire, less what the tunnel's headers take."""
        return int(self.facts["wire_mtu"]) - int(self.facts["overhead"])

    def equip(self, node: Space, own: NodeFact, fabric: Fabric) -> None:
        """Give a node the bridge, flanneld's rules, and the way to the other nodes' ranges."""
        name, pods = str(self.facts["bridge"]), block(own.cidr)
        node.add(name, "bridge", f"{pods.address(1)}/{pods.bits}", self.mtu)
        texts = {"own": str(pods), "all": str(fabric.cluster.pod_network)}
        nat, forward = node.tables.chain("nat", "POSTROUTING"), node.tables.chain("filter", "FORWARD")
        node.tables.chain("nat", "FLANNEL-POSTRTG", [rule(each.format(**texts)) for each in _MASQUERADE])
        node.tables.chain("filter", "FLANNEL-FWD", [rule(each.format(**texts)) for each in _FORWARD])
        nat.append(rule("-m comment --comment 'flanneld masq' -j FLANNEL-POSTRTG"))
        forward.append(rule("-m comment --comment 'flanneld forward' -j FLANNEL-FWD"))
        self.lead(node, own, fabric)

    def lead(self, node: Space, own: NodeFact, fabric: Fabric) -> None:
        """Give a node the way to the other nodes' ranges."""
        raise NotImplementedError

    def attach(self, node: Space, pod: Space, fact: PodFact) -> Interface:
        """Give a pod one end of a veth, the bridge the other; the bridge is the pod's router."""
        bridge = node.interfaces[str(self.facts["bridge"])]
        bits = bridge.addresses[0].partition("/")[2]
        name = f"veth{hardware_address(f'{pod.name}/{fact.uid or fact.address}').replace(':', '')[4:]}"
        outer, _ = veth(node, pod, name, (f"{fact.address}/{bits}",), self.mtu)
        outer.master = bridge
        pod.routes.add(Route("0.0.0.0/0", "eth0", bridge.address))
        return outer

    def point(self, node: Space, pods: Iterable[PodFact]) -> None:
        """Nothing: the bridge finds its pods by ARP."""

    def refuses(self, own: NodeFact, cluster: Cluster) -> list[str]:
        """Return what could not be set up on a node: nothing, where tunnels lead everywhere."""
        return []

    @property
    def cni(self) -> tuple[str, str]:
        """Source: flannel Documentation/kube-flannel.yml, cni-conf.json."""
        flannel = {"type": "flannel", "delegate": {"hairpinMode": True, "isDefaultGateway": True}}
        portmap = {"type": "portmap", "capabilities": {"portMappings": True}}
        told = {"name": "cbr0", "cniVersion": "0.3.1", "plugins": [flannel, portmap]}
        return "10-flannel.conflist", json.dumps(told, indent=2)


class Udp(Bridged):
    """A TUN whose packets the program flanneld reads, wraps in UDP, and sends to the flanneld of the peer."""

    name = family = "flannel udp"

    def lead(self, node: Space, own: NodeFact, fabric: Fabric) -> None:
        """Route the whole pod network into the TUN."""
        network = fabric.cluster.pod_network
        device = str(self.facts["device"])
        tun = node.add(device, "tun", f"{block(own.cidr).address(0)}/32", self.mtu)
        tun.program, tun.port = str(self.facts["program"]), int(self.facts["port"])
        node.routes.add(Route(str(network), device, source=tun.address, protocol="kernel"))


class Vxlan(Bridged):
    """A VTEP on each node; ARP and FDB entries that flanneld writes say where the peers' are."""

    name = family = "flannel vxlan"

    def lead(self, node: Space, own: NodeFact, fabric: Fabric) -> None:
        """Route each other node's range through its VTEP."""
        device = str(self.facts["device"])
        vtep = node.add(device, "vxlan", f"{block(own.cidr).address(0)}/32", self.mtu)
        vtep.port, vtep.vni = int(self.facts["port"]), int(self.facts["vni"])
        for other in fabric.cluster.nodes.values():
            if other is own or not other.cidr:
                continue
            peer, mac = block(other.cidr).address(0), hardware_address(f"{other.name}/{device}")
            node.routes.add(Route(str(block(other.cidr)), device, peer, onlink=True))
            node.neighbours.arp[device, peer] = mac
            node.neighbours.fdb[device, mac] = other.address


class HostGateway(Bridged):
    """No tunnel: the next hop of another node's range is that node, which must be on the same layer-2 segment."""

    name = family = "flannel host-gw"

    def lead(self, node: Space, own: NodeFact, fabric: Fabric) -> None:
        """Route each other node's range through that node, where the kernel takes such a route."""
        for other in fabric.cluster.nodes.values():
            if other is not own and other.cidr and other.on == own.on:
                node.routes.add(Route(str(block(other.cidr)), WIRE, other.address))

    def refuses(self, own: NodeFact, cluster: Cluster) -> list[str]:
        """Return the routes the kernel does not take: their next hop is not on the node's own segment.

        Source: linux net/ipv4/fib_semantics.c, fib_check_nh; flannel pkg/backend/route_network.go, handleSubnetEvents.
        """
        return [
            f"Error adding route to {block(other.cidr)} via {other.address} dev {WIRE}: network is unreachable: "
            f'"{other.name}" is on segment {other.on}, "{own.name}" on {own.on}, and host-gw needs layer-2 adjacency'
            for other in cluster.nodes.values()
            if other.name != own.name and other.cidr and other.on != own.on
        ]

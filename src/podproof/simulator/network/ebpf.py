"""Cilium's eBPF programs at a node's interfaces: they know every pod, and hand packets on without asking routes.

With host routing a packet never meets the node's iptables and routing. Without, what leaves the node or comes to it
goes through them. Source: cilium bpf/bpf_lxc.c, handle_ipv4_from_lxc; bpf/lib/local_delivery.h, redirect_ep;
bpf/bpf_host.c, bpf/bpf_overlay.c.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from podproof.simulator.network.interfaces import Interface, Space
from podproof.simulator.network.packet import Packet

if TYPE_CHECKING:
    from podproof.simulator.network.walk import Step, Walk


class Endpoints(Protocol):
    """What the programs' maps hold."""

    def pod_end(self, space: Space, address: str) -> Interface | None:
        """Return the node's end of a pod's veth, by the pod's address; None where it is no pod of this node."""

    def node_of(self, address: str) -> str:
        """Return the address of the node whose pod range an address is of, "" where there is none."""


@dataclass(slots=True, eq=False)
class Ebpf:
    """The programs of one node. `tunnel` is its VXLAN device, "" where pods' packets are routed natively."""

    space: Space
    endpoints: Endpoints
    wire: str
    host_routing: bool
    tunnel: str = ""

    def takes(self, packet: Packet) -> bool:
        """Say whether the program at the node's edge hands an arriving packet to a pod."""
        return self.host_routing and self.endpoints.pod_end(self.space, packet.destination) is not None

    def leaving(self, walk: "Walk", end: Interface, packet: Packet) -> "Step":
        """Decide about what a pod sends (`cil_from_container`)."""
        was = packet
        if self.host_routing:
            packet = walk.destined(self.space, packet, end.name)
            served = walk.hook(self.space, "PREROUTING", packet, incoming=end.name, only="nat")
            if served is None:
                return None
            packet = served
        if self.endpoints.pod_end(self.space, packet.destination) is not None:
            walk.conntrack(self.space).note(was, packet)
            return self._to_pod(walk, end, packet)
        remote = "" if self.space.is_own(packet.destination) else self.endpoints.node_of(packet.destination)
        if not remote or not self.host_routing:
            return partial(walk.routed, end, packet)
        if walk.barred(self.space, end.name, packet):
            return None
        walk.conntrack(self.space).note(was, packet)
        packet = walk.sourced(self.space, packet, end.name)
        if self.tunnel:
            walk.told(self.space, end.name, "redirected", packet, f"bpf_redirect to {self.tunnel}")
            return partial(walk.links.transmit, walk, self.space.interfaces[self.tunnel], packet, remote)
        walk.told(
            self.space, end.name, "redirected", packet, f"bpf_redirect_neigh to {self.wire}: no routing, no iptables"
        )
        walk.told(self.space, self.wire, "sent", packet)
        return partial(walk.links.transmit, walk, self.space.interfaces[self.wire], packet, self._hop(remote))

    def arriving(self, walk: "Walk", interface: Interface, packet: Packet) -> "Step":
        """Hand what came for a pod to it (`cil_from_netdev`, `cil_from_overlay`)."""
        walk.conntrack(self.space).note(packet, packet)
        return self._to_pod(walk, interface, packet)

    def routed(self, walk: "Walk", interface: Interface, packet: Packet) -> "Step":
        """Take what the node's own routes sent to cilium_host: for a pod of this node, or for the tunnel."""
        if self.endpoints.pod_end(self.space, packet.destination) is not None:
            return self._to_pod(walk, interface, packet)
        remote = self.endpoints.node_of(packet.destination)
        if not remote or not self.tunnel:
            return walk.lose(self.space, interface.name, packet, f"no endpoint has {packet.destination}")
        walk.told(self.space, interface.name, "redirected", packet, f"bpf_redirect to {self.tunnel}")
        return partial(walk.links.transmit, walk, self.space.interfaces[self.tunnel], packet, remote)

    def _to_pod(self, walk: "Walk", interface: Interface, packet: Packet) -> "Step":
        end = self.endpoints.pod_end(self.space, packet.destination)
        assert end is not None
        assert end.peer is not None
        if walk.barred(self.space, interface.name, packet):
            return None
        packet = walk.sourced(self.space, packet, interface.name)
        if self.host_routing:
            why = f"bpf_redirect_peer to {end.peer.name} of {end.peer.space.name}: no routing, no iptables"
            walk.told(self.space, interface.name, "redirected", packet, why)
        else:
            walk.told(self.space, interface.name, "redirected", packet, f"bpf_redirect to {end.name}")
            walk.told(self.space, end.name, "sent", packet)
        return partial(walk.receive, end.peer, packet)

    def _hop(self, remote: str) -> str:
        """Return the neighbour a node is reached through: itself on the same segment, else the router."""
        route = self.space.routes.lookup(remote)
        return (route.via if route is not None else "") or remote

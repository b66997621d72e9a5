"""How each kind of interface hands a packet on: to the other end, to a neighbour, or wrapped to another node.

Source: linux drivers/net/veth.c, drivers/net/vxlan/vxlan_core.c, net/ipv4/ipip.c, net/bridge; flannel
pkg/backend/udp/proxy_amd64.c.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from podproof.simulator.network.interfaces import Interface, Space
from podproof.simulator.network.packet import FIRST_TTL, Packet
from podproof.simulator.network.trace import Fate

if TYPE_CHECKING:
    from podproof.simulator.network.walk import Step, Walk

OVERHEAD: Mapping[str, int] = {"vxlan": 50, "ipip": 20, "udp": 28}
"""Bytes a tunnel's headers take. Source: RFC 7348, 5 (20 + 8 + 8, and the inner Ethernet's 14); RFC 2003; RFC 768."""
_TUNNEL_PROTOCOLS = {"vxlan": "udp", "udp": "udp", "ipip": "ipencap"}


class Surrounding(Protocol):
    """Who is on which link."""

    def on_wire(self, segment: str, address: str) -> Interface | None:
        """Return the interface on a layer-2 segment that has an address."""

    def pod_end(self, space: Space, address: str) -> Interface | None:
        """Return the node's end of the veth of the pod that has an address, where it is one of this node."""

    def pod_of(self, space: Space, address: str) -> bool:
        """Say whether a pod of its own on this node has an address."""

    def daemon_peer(self, space: Space, address: str) -> str:
        """Return the node address flanneld sends a pod's packet to, "" where it knows none."""


class Links:
    """All links of one cluster."""

    def __init__(self, surrounding: Surrounding) -> None:
        self._surrounding = surrounding

    def pod_of(self, space: Space, address: str) -> bool:
        """Say whether a pod of its own on this node has an address."""
        return self._surrounding.pod_of(space, address)

    def device(self, space: Space, name: str, address: str) -> Interface:
        """Return a device a route names; a pod's veth is there as soon as somebody asks for the pod's address."""
        return space.interfaces.get(name) or self._pod_end(space, address)

    def _pod_end(self, space: Space, address: str) -> Interface:
        found = self._surrounding.pod_end(space, address)
        assert found is not None
        return found

    def transmit(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        """Hand a packet to the neighbour it goes through."""
        send: Mapping[str, Callable[[Walk, Interface, Packet, str], Step]] = {
            "lo": self._to_itself, "veth": self._through_veth, "bridge": self._into_bridge, "wire": self._on_wire,
            "tun": self._to_daemon, "vxlan": self._by_vxlan, "ipip": self._by_ipip, "ebpf": self._to_program,
            "outside": self._to_nowhere,
        }  # fmt: skip
        return send[interface.kind](walk, interface, packet, next_hop)

    def _to_itself(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        return partial(walk.receive, interface, packet)

    def _through_veth(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        peer = interface.peer
        if peer is None:
            return walk.lose(interface.space, interface.name, packet, "its other end is gone")
        if peer.space.ebpf is not None:
            walk.told(peer.space, peer.name, "received", packet)
            return peer.space.ebpf.leaving(walk, peer, packet)
        if peer.master is None:
            answers = peer.answers_all or peer.address == next_hop
            return partial(walk.receive, peer, packet) if answers else self._nobody(walk, interface, packet, next_hop)
        walk.told(peer.space, peer.name, "received", packet)
        return self._within_bridge(walk, peer.master, packet, next_hop)

    def _within_bridge(self, walk: "Walk", bridge: Interface, packet: Packet, next_hop: str) -> "Step":
        """Find who has the next hop's address: the bridge, another port, or nobody."""
        if bridge.address == next_hop:
            return partial(walk.receive, bridge, packet)
        port = self._surrounding.pod_end(bridge.space, next_hop)
        if port is None:
            return self._nobody(walk, bridge, packet, next_hop)
        return walk.bridged(bridge, packet, port)

    def _into_bridge(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        port = self._surrounding.pod_end(interface.space, next_hop)
        return (
            self._nobody(walk, interface, packet, next_hop) if port is None else self.through_port(walk, port, packet)
        )

    def through_port(self, walk: "Walk", port: Interface, packet: Packet) -> "Step":
        """Leave a node by a pod's veth."""
        walk.told(port.space, port.name, "sent", packet)
        assert port.peer is not None
        return partial(walk.receive, port.peer, packet)

    def _on_wire(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        found = self._surrounding.on_wire(interface.segment, next_hop)
        if found is None:
            return self._nobody(walk, interface, packet, next_hop)
        return partial(walk.receive, found, packet)

    def _to_daemon(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        space, to = interface.space, self._surrounding.daemon_peer(interface.space, packet.destination)
        if not to:
            why = f"{interface.program} knows no node that has {packet.destination}"
            return walk.lose(space, interface.program, packet, why, Fate.UNREACHABLE)
        outer = self._wrapped(space, packet, "udp", to, interface.port)
        walk.told(space, interface.program, "wrapped", outer, "a program reads the TUN and sends what it read as UDP")
        return partial(walk.output, space, outer)

    def _by_vxlan(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        """ARP says which hardware address the next hop has, the FDB at which node that is."""
        space = interface.space
        if space.ebpf is not None:
            to, why = next_hop, "the programs' tunnel map"
        else:
            mac = space.neighbours.arp.get((interface.name, next_hop), "")
            to = space.neighbours.fdb.get((interface.name, mac), "")
            why = f"ARP: {next_hop} is {mac}; FDB: {mac} is at {to}"
        if not to:
            return self._nobody(walk, interface, packet, next_hop)
        outer = replace(self._wrapped(space, packet, "vxlan", to, interface.port), vni=interface.vni)
        walk.told(space, interface.name, "wrapped", outer, why)
        return partial(walk.output, space, outer)

    def _by_ipip(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        outer = self._wrapped(interface.space, packet, "ipip", next_hop, 0)
        walk.told(interface.space, interface.name, "wrapped", outer, "IP in IP")
        return partial(walk.output, interface.space, outer)

    def _wrapped(self, space: Space, packet: Packet, tunnel: str, to: str, port: int) -> Packet:
        size = packet.bytes + OVERHEAD[tunnel]
        source_port = port if tunnel != "vxlan" else packet.source_port
        route = space.routes.lookup(to)
        source = space.source_for(route, space.interfaces[route.device]) if route is not None else ""
        return Packet(
            source,
            to,
            _TUNNEL_PROTOCOLS[tunnel],
            port,
            source_port,
            FIRST_TTL,
            bytes=size,
            payload=packet,
            tunnel=tunnel,
        )

    def unwrap(self, walk: "Walk", space: Space, outer: Packet) -> "Step":
        """Take what a tunnel carries out at its end."""
        kind = {"udp": "tun"}.get(outer.tunnel, outer.tunnel)
        end = space.of_kind(kind)
        assert outer.payload is not None
        if end is None or end.port != outer.port or end.vni != outer.vni:
            why = f"nobody takes {outer.tunnel} packets here"
            return walk.lose(space, "", outer, why, Fate.REFUSED if outer.protocol == "udp" else Fate.UNREACHABLE)
        if end.program:
            walk.told(space, end.program, "unwrapped", outer.payload)
            return partial(walk.receive, end, outer.payload)
        return partial(walk.receive, end, outer.payload, "unwrapped")

    def _nobody(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        why = f"nobody answers for {next_hop} (ARP)"
        return walk.lose(interface.space, interface.name, packet, why, Fate.SILENT)

    def _to_program(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        assert interface.space.ebpf is not None
        return interface.space.ebpf.routed(walk, interface, packet)

    def _to_nowhere(self, walk: "Walk", interface: Interface, packet: Packet, next_hop: str) -> "Step":
        """There is no outside: what leaves the cluster is never heard of again."""
        return walk.lose(interface.space, interface.name, packet, f"nobody out there has {packet.destination}")

"""Cilium: eBPF programs at each pod's veth and at the node's edge, which know where every pod is.

Source: cilium Documentation/network/ebpf/lifeofapacket.rst, network/concepts/routing.rst; operations/performance/tuning
(eBPF host-routing).
"""

import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from podproof.simulator.data import rows
from podproof.simulator.network.addresses import block
from podproof.simulator.network.ebpf import Ebpf
from podproof.simulator.network.fabric import WIRE, Fabric, veth
from podproof.simulator.network.facts import Cluster, NodeFact, PodFact
from podproof.simulator.network.interfaces import Interface, Space
from podproof.simulator.network.iptables.reading import rule
from podproof.simulator.network.neighbours import hardware_address
from podproof.simulator.network.routes import Route

_MASQUERADE = "-s {own} ! -d {all} ! -o cilium_+ -m comment --comment 'cilium masquerade non-cluster' -j MASQUERADE"
"""Source: cilium pkg/datapath/iptables/iptables.go, allEgressMasqueradeCmds."""


class Cilium:
    """`tunnel`: VXLAN between nodes, else their own routes. `host_routing`: packets skip the node's own stack."""

    family = "cilium"

    def __init__(self, name: str, tunnel: bool, host_routing: bool) -> None:
        self.name, self.tunnel, self.host_routing = name, tunnel, host_routing

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The row of this kind."""
        found: dict[str, Any] = rows("network_kinds")["cilium"]
        return found

    @property
    def mtu(self) -> int:
        """The MTU of pods' routes: that of the wire, less the tunnel's headers."""
        return int(self.facts["wire_mtu"]) - (int(self.facts["overhead"]) if self.tunnel else 0)

    def equip(self, node: Space, own: NodeFact, fabric: Fabric) -> None:
        """Give a node its programs, cilium_host with the routes into them, and the tunnel where there is one."""
        pods, host = block(own.cidr), str(self.facts["host"])
        router = f"{pods.address(1)}/32"
        node.add(host, "ebpf", router, self.mtu)
        tunnel = str(self.facts["device"]) if self.tunnel else ""
        node.ebpf = Ebpf(node, fabric, WIRE, self.host_routing, tunnel)
        node.routes.add(Route(str(pods), host, pods.address(1), pods.address(1)))
        if self.tunnel:
            made = node.add(tunnel, "vxlan", mtu=int(self.facts["wire_mtu"]))
            made.port, made.vni = int(self.facts["port"]), int(self.facts["vni"])
        for other in fabric.cluster.nodes.values():
            if other is not own and other.cidr:
                self._lead(node, other, own, pods.address(1))
        texts = {"own": str(pods), "all": str(fabric.cluster.pod_network)}
        node.tables.append("nat", "POSTROUTING", rule(_MASQUERADE.format(**texts)))

    def attach(self, node: Space, pod: Space, fact: PodFact) -> Interface:
        """Give a pod an address of its own; its router is the node's cilium_host."""
        name = f"{self.facts['prefix']}{hardware_address(f'{pod.name}/{fact.address}').replace(':', '')}"
        outer, _ = veth(node, pod, name, (f"{fact.address}/32",), self.mtu)
        router = node.interfaces[str(self.facts["host"])].address
        pod.routes.add(Route(f"{router}/32", "eth0"))
        pod.routes.add(Route("0.0.0.0/0", "eth0", router))
        return outer

    def point(self, node: Space, pods: Iterable[PodFact]) -> None:
        """Nothing: the programs know the pods."""

    def refuses(self, own: NodeFact, cluster: Cluster) -> list[str]:
        """Return the routes a node cannot have: without a tunnel its peers must be on its own segment."""
        if self.tunnel:
            return []
        return [
            f'"{other.name}" is on segment {other.on}, "{own.name}" on {own.on}: direct routes between nodes '
            f"(auto-direct-node-routes) need layer-2 adjacency"
            for other in cluster.nodes.values()
            if other.name != own.name and other.cidr and other.on != own.on
        ]

    @property
    def cni(self) -> tuple[str, str]:
        """Source: cilium plugins/cilium-cni, daemon/cmd/cni/config.go, cniConfigs."""
        told = {"cniVersion": "0.3.1", "name": "cilium", "plugins": [{"type": "cilium-cni", "enable-debug": False}]}
        return "05-cilium.conflist", json.dumps(told, indent=2)

    def _lead(self, node: Space, other: NodeFact, own: NodeFact, router: str) -> None:
        """Give a node the way to another's range: into the programs, or over the wire."""
        target = str(block(other.cidr))
        if not self.tunnel:
            if other.on == own.on:
                node.routes.add(Route(target, WIRE, other.address))
            return
        node.routes.add(Route(target, str(self.facts["host"]), router, router))

"""Calico: no bridge; every pod has a route of its own on its node, and BGP tells the nodes of each other's ranges.

Source: calico felix/dataplane/linux/endpoint_mgr.go, ipip_mgr.go; confd/etc/calico/confd/templates/bird.cfg.template;
felix/rules/static.go, StaticNATPostroutingChains.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import sha1
from itertools import combinations
from typing import Any, Literal

from podproof.simulator.data import rows
from podproof.simulator.network.addresses import block
from podproof.simulator.network.fabric import WIRE, Fabric, veth
from podproof.simulator.network.facts import Cluster, NodeFact, PodFact
from podproof.simulator.network.interfaces import Interface, Space
from podproof.simulator.network.iptables.matches import Comment, InSet
from podproof.simulator.network.iptables.rules import Rule
from podproof.simulator.network.iptables.targets import Jump, Masquerade
from podproof.simulator.network.routes import Route

Mode = Literal["Never", "Always", "CrossSubnet"]


class Calico:
    """`mode` says when packets between nodes go by IP in IP. Routes are spread by a full mesh of BGP sessions, or by
    `reflectors` (names of nodes) that tell each what the others have; `mesh` off and no reflectors: by nobody.
    """

    family = "calico"

    def __init__(self, name: str, mode: Mode, reflectors: Sequence[str] = (), mesh: bool = True) -> None:
        self.name, self.mode, self.reflectors, self.mesh = name, mode, tuple(reflectors), mesh and not reflectors

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The row of this kind, and of its tunnel."""
        both = rows("network_kinds")
        return {**both["calico"], **(both["calico ipip"] if self.mode != "Never" else {})}

    @property
    def mtu(self) -> int:
        """The MTU of pods' interfaces: that of the wire, less the outer IP header where there may be one."""
        return int(self.facts["wire_mtu"]) - int(self.facts["overhead"])

    def sessions(self, cluster: Cluster) -> list[tuple[str, str]]:
        """Return the BGP sessions between nodes, by their names."""
        names = [node.name for node in cluster.nodes.values()]
        return [pair for pair in combinations(names, 2) if self.mesh or set(pair) & set(self.reflectors)]

    def equip(self, node: Space, own: NodeFact, fabric: Fabric) -> None:
        """Give a node the routes BIRD learns, the tunnel where it may be needed, and Felix's rules."""
        if self.mode != "Never":
            node.add("tunl0", "ipip", f"{block(own.cidr).address(0)}/32", self.mtu)
        node.routes.add(Route(str(block(own.cidr)), kind="blackhole", protocol="bird"))
        for other in fabric.cluster.nodes.values():
            if other is not own and other.cidr and self._knows(own, other, fabric.cluster):
                node.routes.add(self._route(own, other, fabric))
        self._masquerade(node, fabric.cluster)

    def point(self, node: Space, pods: Iterable[PodFact]) -> None:
        """Give a node a route to each of its pods (Felix)."""
        wanted = {f"{pod.address}/32": self._end(pod) for pod in pods}
        for route in [each for each in node.routes if each.device.startswith(self.facts["prefix"])]:
            if route.destination not in wanted:
                node.routes.remove(route.destination)
        for destination, device in wanted.items():
            node.routes.add(Route(destination, device))

    def attach(self, node: Space, pod: Space, fact: PodFact) -> Interface:
        """Give a pod an address of its own and no network: its node answers for every other (proxy ARP)."""
        outer, _ = veth(node, pod, self._end(fact), (f"{fact.address}/32",), self.mtu)
        outer.answers_all, outer.mac = True, self.facts["mac"]
        pod.routes.add(Route(f"{self.facts['gateway']}/32", "eth0"))
        pod.routes.add(Route("0.0.0.0/0", "eth0", self.facts["gateway"]))
        pod.neighbours.arp["eth0", self.facts["gateway"]] = outer.mac
        return outer

    def refuses(self, own: NodeFact, cluster: Cluster) -> list[str]:
        """Return whose ranges a node does not learn, and whose it cannot reach without a tunnel."""
        others = [each for each in cluster.nodes.values() if each.name != own.name and each.cidr]
        unknown = [
            f'"{own.name}" has no BGP session that tells it of {block(each.cidr)} on "{each.name}"'
            for each in others
            if not self._knows(own, each, cluster)
        ]
        far = [
            f'"{each.name}" is on segment {each.on}, "{own.name}" on {own.on}: the router between knows nothing of '
            f"{block(each.cidr)}, and without IPIP the packet's destination is a pod"
            for each in others
            if self.mode == "Never" and each.on != own.on and self._knows(own, each, cluster)
        ]
        return unknown + far

    @property
    def cni(self) -> tuple[str, str]:
        """Source: calico manifests/calico.yaml, cni_network_config."""
        calico = {
            "type": "calico", "log_level": "info", "datastore_type": "kubernetes", "mtu": self.mtu,
            "ipam": {"type": "host-local", "subnet": "usePodCidr"}, "policy": {"type": "k8s"},
        }  # fmt: skip
        plugins = [calico, {"type": "portmap", "snat": True, "capabilities": {"portMappings": True}}]
        told = {"name": "k8s-pod-network", "cniVersion": "0.3.1", "plugins": plugins}
        return "10-calico.conflist", json.dumps(told, indent=2)

    def _route(self, own: NodeFact, other: NodeFact, fabric: Fabric) -> Route:
        target, beside = str(block(other.cidr)), other.on == own.on
        if self.mode == "Always" or (self.mode == "CrossSubnet" and not beside):
            return Route(target, "tunl0", other.address, protocol="bird", onlink=True)
        return Route(target, WIRE, other.address if beside else fabric.gateway(own.on), protocol="bird")

    def _knows(self, own: NodeFact, other: NodeFact, cluster: Cluster) -> bool:
        """Say whether BGP tells a node of another's range: by a session of the two, or by a reflector both have."""
        present = {node.name for node in cluster.nodes.values()} & set(self.reflectors)
        return self.mesh or bool(present)

    def _end(self, pod: PodFact) -> str:
        """Source: calico libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go, VethNameForWorkload."""
        namespace, name = pod.pod or ("", pod.address)
        return f"{self.facts['prefix']}{sha1(f'{namespace}.{name}'.encode()).hexdigest()[:11]}"

    def _masquerade(self, node: Space, cluster: Cluster) -> None:
        pools = (str(cluster.pod_network),)
        outside = (
            Comment("cali:flqWnvo8yq4ULQLa"), InSet("cali40masq-ipam-pools", pools, "src"),
            InSet("cali40all-ipam-pools", pools, "dst", negated=True),
        )  # fmt: skip
        node.tables.chain("nat", "cali-nat-outgoing", [Rule(Masquerade(random_fully=True), matches=outside)])
        node.tables.chain("nat", "cali-POSTROUTING", [Rule(Jump("cali-nat-outgoing"))])
        jump = Rule(Jump("cali-POSTROUTING"), matches=(Comment("cali:O3lYWMrLQYEMJtB5"),))
        node.tables.append("nat", "POSTROUTING", jump)

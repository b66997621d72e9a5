"""The rules of one port of a Service on one node: a pure function from what is known to what is written.

Source: pkg/proxy/iptables/proxier.go, syncProxyRules, writeServiceToEndpointRules.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from podproof.simulator.control.proxy import chain_names as names
from podproof.simulator.control.proxy.backends import Backend, Usable
from podproof.simulator.control.proxy.service_ports import ServicePort
from podproof.simulator.network.addresses import inside
from podproof.simulator.network.iptables.matches import AddressType, Comment, Match, Ports, Random, Recent, to_port
from podproof.simulator.network.iptables.rules import Rule
from podproof.simulator.network.iptables.targets import (
    ACCEPT,
    DROP,
    Jump,
    Note,
    Reject,
    Target,
    Translate,
)  # fmt: skip

_LOCAL_DESTINATION, _LOCAL_SOURCE = AddressType("LOCAL", "dst"), AddressType("LOCAL", "src")


@dataclass(frozen=True, slots=True)
class Host:
    """What a node's kube-proxy knows of its node: its name and address, and the addresses of the cluster's pods."""

    name: str
    address: str
    pods: str


@dataclass(slots=True)
class PortRules:
    """The rules of one port: those in chains that all share, by table and chain, and those in chains of its own."""

    shared: dict[tuple[str, str], list[Rule]] = field(default_factory=dict)
    own: dict[str, list[Rule]] = field(default_factory=dict)


def port_rules(port: ServicePort, found: Usable, host: Host) -> PortRules:
    """Return the rules of a port whose usable endpoints are `found`."""
    return _Writing(port, found, host).written()


@dataclass(slots=True)
class _Writing:
    """One port being written."""

    port: ServicePort
    found: Usable
    host: Host
    made: PortRules = field(default_factory=PortRules)

    def written(self) -> PortRules:
        self._cluster_address()
        for address in self.port.external_ips:
            self._entrance(address, "external IP", self._external)
        self._balancer()
        self._node_port()
        self._own_chains()
        return self.made

    @property
    def _external(self) -> str:
        return names.external_chain(self.port.label, self.port.protocol)

    @property
    def _cluster(self) -> str:
        return names.cluster_chain(self.port.label, self.port.protocol)

    @property
    def _local(self) -> str:
        return names.local_chain(self.port.label, self.port.protocol)

    @property
    def _inside(self) -> str:
        """The chain of traffic to the cluster address."""
        return self._local if self.port.internal_local else self._cluster

    @property
    def _has_inside(self) -> bool:
        return self.found.anywhere and (not self.port.internal_local or bool(self.found.local))

    @property
    def _has_outside(self) -> bool:
        return self.found.anywhere and (not self.port.external_local or bool(self.found.local))

    @property
    def _lack(self) -> tuple[Target, str]:
        """What becomes of packets for which there is no endpoint, and why."""
        if not self.found.anywhere:
            return Reject(), f"{self.port.label} has no endpoints"
        return DROP, f"{self.port.label} has no local endpoints"

    def _cluster_address(self) -> None:
        if self._has_inside:
            comment = f"{self.port.label} cluster IP"
            self._share("nat", names.SERVICES, self._to(self.port.cluster_ip, comment, Jump(self._inside)))
        else:
            target, comment = self._lack
            self._share("filter", names.SERVICES, self._to(self.port.cluster_ip, comment, target))

    def _entrance(self, address: str, what: str, chain: str) -> None:
        """Lead an address of the outside to a chain; say what becomes of packets that nobody here answers."""
        if self.found.anywhere:
            comment = f"{self.port.label} {what}"
            self._share("nat", names.SERVICES, self._to(address, comment, Jump(chain)))
        if not self._has_outside:
            target, comment = self._lack
            self._share("filter", names.EXTERNAL, self._to(address, comment, target))

    @property
    def _is_walled(self) -> bool:
        return bool(self.found.anywhere and self.port.balancer_ips and self.port.source_ranges)

    def _balancer(self) -> None:
        wall = names.firewall_chain(self.port.label, self.port.protocol)
        for address in self.port.balancer_ips:
            self._entrance(address, "loadbalancer IP", wall if self._is_walled else self._external)
            if self._is_walled:
                comment = f"{self.port.label} traffic not accepted by {wall}"
                self._share("filter", names.PROXY_FIREWALL, self._to(address, comment, DROP))
        if self._is_walled:
            self.made.own[wall] = list(self._wall())

    def _wall(self) -> Iterator[Rule]:
        comment = Comment(f"{self.port.label} loadbalancer IP")
        sources = list(self.port.source_ranges)
        if any(inside(self.host.address, each) for each in sources):
            sources += self.port.balancer_ips
        for source in sources:
            yield Rule(Jump(self._external), source=source, matches=(comment,))
        rest = f"other traffic to {self.port.label} will be dropped by KUBE-PROXY-FIREWALL"
        yield Rule(Note(), matches=(Comment(rest),))

    def _node_port(self) -> None:
        port, protocol = self.port, self.port.protocol
        if port.node_port:
            way = to_port(protocol, port.node_port)
            if self.found.anywhere:
                rule = Rule(Jump(self._external), protocol=protocol, matches=(Comment(port.label), way))
                self._share("nat", names.NODE_PORTS, rule)
            if not self._has_outside:
                target, comment = self._lack
                rule = Rule(target, protocol=protocol, matches=(Comment(comment), _LOCAL_DESTINATION, way))
                self._share("filter", names.EXTERNAL, rule)
        if port.health_port:
            health = Comment(f"{port.label} health check node port")
            rule = Rule(ACCEPT, protocol="tcp", matches=(health, to_port("tcp", port.health_port)))
            self._share("filter", names.NODE_PORTS, rule)

    def _own_chains(self) -> None:
        own, found = self.made.own, self.found
        if found.anywhere and self.port.is_accessible:
            own[self._external] = list(self._outer())
        if found.cluster and self.port.uses_cluster:
            own[self._cluster] = [*self._strangers(self._cluster), *self._spread(found.cluster)]
        if found.local and self.port.uses_local:
            own[self._local] = [*self._strangers(self._local), *self._spread(found.local)]
        for backend in found.reachable:
            own[self._chain(backend)] = list(self._end(backend))

    def _strangers(self, chain: str) -> Iterator[Rule]:
        """Masquerade who comes to the cluster address from outside of the pods' network."""
        if self._has_inside and chain == self._inside:
            comment = f"{self.port.label} cluster IP"
            yield self._to(self.port.cluster_ip, comment, Jump(names.MARK_MASQ), source=f"! {self.host.pods}")

    def _outer(self) -> Iterator[Rule]:
        label = self.port.label
        if not self.port.external_local:
            yield _rule(f"masquerade traffic for {label} external destinations", Jump(names.MARK_MASQ))
        else:
            yield Rule(
                Jump(self._cluster), source=self.host.pods,
                matches=(Comment(f"pod traffic for {label} external destinations"),),
            )  # fmt: skip
            local = f"LOCAL traffic for {label} external destinations"
            yield _rule(f"masquerade {local}", Jump(names.MARK_MASQ), _LOCAL_SOURCE)
            yield _rule(f"route {local}", Jump(self._cluster), _LOCAL_SOURCE)
        if self._has_outside:
            yield Rule(Jump(self._local if self.port.external_local else self._cluster))

    def _spread(self, found: tuple[Backend, ...]) -> Iterator[Rule]:
        """Lead to one endpoint: to the one a client had lately, else to each with the same probability."""
        if self.port.affinity:
            for backend in found:
                chain = self._chain(backend)
                recent = Recent(chain, "rcheck", self.port.affinity, reap=True)
                yield _rule(f"{self.port.label} -> {backend}", Jump(chain), recent)
        for place, backend in enumerate(found):
            left = len(found) - place
            share: tuple[Match, ...] = (Random(round(1 / left, 10)),) if left > 1 else ()
            yield _rule(f"{self.port.label} -> {backend}", Jump(self._chain(backend)), *share)

    def _end(self, backend: Backend) -> Iterator[Rule]:
        comment = Comment(self.port.label)
        yield Rule(Jump(names.MARK_MASQ), source=f"{backend.address}/32", matches=(comment,))
        recent = (Recent(self._chain(backend), "set"),) if self.port.affinity else ()
        matches = (comment, *recent, Ports(self.port.protocol))
        yield Rule(Translate("DNAT", backend.address, backend.port), protocol=self.port.protocol, matches=matches)

    def _chain(self, backend: Backend) -> str:
        return names.endpoint_chain(self.port.label, self.port.protocol, str(backend))

    def _to(self, address: str, comment: str, target: Target, source: str = "") -> Rule:
        way = to_port(self.port.protocol, self.port.port)
        matches = (Comment(comment), way)
        return Rule(target, source, f"{address}/32", protocol=self.port.protocol, matches=matches)

    def _share(self, table: str, chain: str, rule: Rule) -> None:
        self.made.shared.setdefault((table, chain), []).append(rule)


def _rule(comment: str, target: Target, *matches: Match) -> Rule:
    return Rule(target, matches=(Comment(comment), *matches))


def gathered(rules: Iterable[PortRules]) -> Mapping[tuple[str, str], list[Rule]]:
    """Return the rules of the chains that all share, in the order of the ports."""
    made: dict[tuple[str, str], list[Rule]] = {}
    for each in rules:
        for place, found in each.shared.items():
            made.setdefault(place, []).extend(found)
    return made

"""Where a Service's address leads on each node: kube-proxy's rules, asked for one packet at a time.

The rules of a node are written when a packet first needs them: most nodes of most clusters send none to a Service.
"""

from collections import Counter
from collections.abc import Callable
from typing import Literal, TypeVar

from podproof.simulator.control.endpoints.labels import index_by_service, service_key, slices_of
from podproof.simulator.control.proxy.backends import backends, usable
from podproof.simulator.control.proxy.frame import MARK
from podproof.simulator.control.proxy.node_proxy import NodeProxy, Ports
from podproof.simulator.control.proxy.rules import Host
from podproof.simulator.control.proxy.service_ports import ServicePort, service_ports
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.informer import Informer, Key, key_of
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos
from podproof.simulator.network.addresses import inside
from podproof.simulator.network.iptables.matches import Passing, Surroundings
from podproof.simulator.network.iptables.tables import Tables
from podproof.simulator.network.iptables.targets import Verdict
from podproof.simulator.network.packet import Packet
from podproof.simulator.network.service_routes import Routed

_T = TypeVar("_T")
CLUSTER_CIDR = "10.244.0.0/16"
_FATES: dict[Verdict, Literal["refuse", "drop"]] = {Verdict.REJECT: "refuse", Verdict.DROP: "drop"}


class Routing:
    """All nodes' kube-proxies. `now` tells the time, which session affinity counts in."""

    def __init__(
        self, services: Informer, slices: Informer, nodes: Informer, chance: Chance, now: Callable[[], Nanos]
    ) -> None:
        self._slices, self._nodes, self._chance, self._now = slices, nodes, chance, now
        self._ports: dict[Key, tuple[ServicePort, ...]] = {}
        self._known: dict[Key, Ports] = {}
        self._addresses: Counter[str] = Counter()
        self._node_ports: Counter[tuple[int, str]] = Counter()
        self._node_names: dict[str, str] = {}
        self._proxies: dict[str, tuple[NodeProxy, Surroundings]] = {}
        index_by_service(slices)
        services.on_change(self._service_changed)
        slices.on_change(self._slice_changed)
        nodes.on_change(self._node_changed)

    def route(self, node: str, source: str, address: str, port: int, protocol: str) -> Routed | None:
        """Return what becomes of a packet that a pod of a node, or the node, sends; None where it is for no Service.

        `node` is an address, "" for who is outside of the cluster.
        """
        protocol = protocol.lower()
        is_entrance = address in self._node_names and (port, protocol) in self._node_ports
        if address not in self._addresses and not is_entrance:
            return None
        first = node or self._entrance(address)
        if not first:
            return None
        found = self._at(first, source, address, port, protocol)
        if found is None and is_entrance and address != first:
            # A pod's packet comes to another node from the pod's own, masqueraded: flannel's masqRules
            # (pkg/trafficmngr/iptables/iptables.go), Calico's natOutgoing. Approximated: Cilium leaves it its address.
            return self._at(address, node or source, address, port, protocol)
        return found

    def tables(self, node: str) -> Tables:
        """Return the tables with kube-proxy's rules of the node that has an address, as they are now."""
        return self._proxy(node)[0].tables

    def dress(self, node: str, tables: Tables) -> None:
        """Write kube-proxy's rules of a node into tables that others have rules in, and keep them up to date there."""
        self._proxies[node] = self._made(node, tables)

    def _at(self, node: str, source: str, address: str, port: int, protocol: str) -> Routed | None:
        proxy, around = self._proxy(node)
        around.now = self._now()
        passing = Passing(Packet(source, address, protocol, port), around=around)
        own = source == proxy.host.address
        passed = proxy.tables.pass_hook("OUTPUT" if own else "PREROUTING", passing)
        if passed.verdict is Verdict.ACCEPT and not own:
            passing.packet = passed.packet
            passed = proxy.tables.pass_hook(
                "INPUT" if around.is_local(passed.packet.destination) else "FORWARD", passing
            )
        if passed.verdict is not Verdict.ACCEPT:
            return Routed(_FATES[passed.verdict])
        packet = passed.packet
        if (packet.destination, packet.port) == (address, port):
            return None
        return Routed("to", packet.destination, packet.port, node if packet.mark & MARK else "")

    def _entrance(self, address: str) -> str:
        """Return the node that a packet from outside meets first: the one it is for, or one that is drawn.

        A load balancer asks nodes for their health: one that has no local endpoint for a port that wants them is none.
        """
        if address in self._node_names:
            return address
        ports = [port for known in self._ports.values() for port in known if address in port.addresses]
        if any(port.cluster_ip == address for port in ports):
            return ""
        local = [port for port in ports if port.external_local]
        healthy = [node for node in sorted(self._node_names) if all(self._has_local(port, node) for port in local)]
        nodes = healthy or sorted(self._node_names)
        return nodes[self._chance.below(len(nodes))] if nodes else ""

    def _has_local(self, port: ServicePort, node: str) -> bool:
        found = self._of((port.namespace, port.name)).get(port, ())
        return bool(usable(port, found, self._node_names[node]).local)

    def _proxy(self, node: str) -> tuple[NodeProxy, Surroundings]:
        if node not in self._proxies:
            self._proxies[node] = self._made(node, Tables())
        found = self._proxies[node]
        found[0].sync()
        return found

    def _made(self, node: str, tables: Tables) -> tuple[NodeProxy, Surroundings]:
        name = self._node_names.get(node, "")
        host = Host(name, node, self._pods_of(name))
        around = Surroundings(frozenset({node}), self._chance.fork(name))
        return NodeProxy(host, tables, self._of, self._ports), around

    def _pods_of(self, name: str) -> str:
        """Return the addresses that a node takes for pods': the cluster's range, else the node's own.

        Source: pkg/proxy/util/localdetector.go; cmd/kube-proxy/app/server_linux.go, getLocalDetectors.
        """
        own = str(at(self._nodes.get("", name), "spec", "podCIDR") or CLUSTER_CIDR)
        return CLUSTER_CIDR if inside(own.partition("/")[0], CLUSTER_CIDR) else own

    def _of(self, key: Key) -> Ports:
        if key not in self._known:
            slices = slices_of(self._slices, key)
            self._known[key] = {port: backends(port, slices) for port in self._ports.get(key, ())}
        return self._known[key]

    def _service_changed(self, old: Object | None, new: Object | None) -> None:
        service = new or old
        assert service is not None
        key = key_of(service)
        ports = () if new is None else tuple(service_ports(new))
        if ports == self._ports.get(key, ()):
            return
        self._count(self._ports.pop(key, ()), -1)
        if ports:
            self._ports[key] = ports
        self._count(ports, 1)
        self._dirty(key)

    def _count(self, ports: tuple[ServicePort, ...], by: int) -> None:
        for port in ports:
            for address in port.addresses:
                _add(self._addresses, address, by)
            if port.node_port:
                _add(self._node_ports, (port.node_port, port.protocol), by)

    def _slice_changed(self, old: Object | None, new: Object | None) -> None:
        for each in (old, new):
            if each is not None:
                self._dirty(service_key(each))

    def _dirty(self, key: Key) -> None:
        self._known.pop(key, None)
        for proxy, _ in self._proxies.values():
            proxy.change(key)

    def _node_changed(self, old: Object | None, new: Object | None) -> None:
        for each in (old, new):
            rows = at(each, "status", "addresses") or ()
            for row in rows:
                if row["type"] == "InternalIP" and each is not None:
                    self._node_names.pop(row["address"], None)
                    if each is new:
                        self._node_names[row["address"]] = each["metadata"]["name"]


def _add(counter: "Counter[_T]", what: _T, by: int) -> None:
    counter[what] += by
    if not counter[what]:
        del counter[what]

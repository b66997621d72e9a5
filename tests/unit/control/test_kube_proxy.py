"""kube-proxy's rules: which chains a Service makes, in iptables-save's words, and where packets go by them."""

from collections import Counter
from itertools import product
from typing import Any

import pytest

from podproof.simulator.control.proxy.backends import Backend, Usable, backends, usable
from podproof.simulator.control.proxy.chain_names import cluster_chain, endpoint_chain
from podproof.simulator.control.proxy.node_proxy import NodeProxy
from podproof.simulator.control.proxy.rules import Host, port_rules
from podproof.simulator.control.proxy.service_ports import ServicePort, service_ports
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.network.iptables.matches import Passing, Surroundings
from podproof.simulator.network.iptables.tables import Tables
from podproof.simulator.network.packet import Packet
from podproof.simulator.network.trace import Fate
from podproof.simulator.world import NodeSpec, World

HOST = Host("node1", "192.168.0.10", "10.244.0.0/16")
A, B = Backend("10.244.0.2", 8080, "node1"), Backend("10.244.1.3", 8080, "node2")


def service(**more: Any) -> Object:
    spec = {"clusterIP": "10.96.0.7", "ports": [{"port": 80, "protocol": "TCP"}], **more.pop("spec", {})}
    return {"metadata": {"name": "web", "namespace": "default", **more.pop("meta", {})}, "spec": spec, **more}


def port(*, where: tuple[str, ...] = (), **spec: Any) -> ServicePort:
    status = {"loadBalancer": {"ingress": [{"ip": each} for each in where]}}
    [found] = service_ports(service(spec=spec, status=status))
    return found


def saved(given_port: ServicePort, *found: Backend) -> list[str]:
    """Return all rules as iptables-save has them; chains of one's own are called by their kind."""
    made = port_rules(given_port, usable(given_port, found, "node1"), HOST)
    lines = [f"{table} {chain} {rule.saved}" for (table, chain), rules in made.shared.items() for rule in rules]
    lines += [f"{chain} {rule.saved}" for chain, rules in made.own.items() for rule in rules]
    names = {endpoint_chain(given_port.label, given_port.protocol, str(each)): f"SEP-{each.address}" for each in (A, B)}
    for chain in {*made.own, *names}:
        lines = [line.replace(chain, names.get(chain, chain[5:8].rstrip("-"))) for line in lines]
    return lines


def test_the_names_of_chains_are_the_real_ones() -> None:
    """As seen on clusters: the chain of default/kubernetes:https is the same everywhere."""
    assert cluster_chain("default/kubernetes:https", "tcp") == "KUBE-SVC-NPX46M4PTMTKRN6Y"
    assert cluster_chain("kube-system/kube-dns:dns", "udp") == "KUBE-SVC-TCOU7JCQXEZGVUNU"


INNER = '-m comment --comment "default/web cluster IP" -m tcp --dport 80'
RULES: dict[str, tuple[ServicePort, tuple[Backend, ...], list[str]]] = {
    "a cluster address, and each endpoint with its probability": (port(), (A, B), [
        f"nat KUBE-SERVICES -d 10.96.0.7/32 -p tcp {INNER} -j SVC",
        f"SVC ! -s 10.244.0.0/16 -d 10.96.0.7/32 -p tcp {INNER} -j KUBE-MARK-MASQ",
        'SVC -m comment --comment "default/web -> 10.244.0.2:8080" '
        "-m statistic --mode random --probability 0.50000000000 -j SEP-10.244.0.2",
        'SVC -m comment --comment "default/web -> 10.244.1.3:8080" -j SEP-10.244.1.3',
        "SEP-10.244.0.2 -s 10.244.0.2/32 -m comment --comment default/web -j KUBE-MARK-MASQ",
        "SEP-10.244.0.2 -p tcp -m comment --comment default/web -m tcp -j DNAT --to-destination 10.244.0.2:8080",
        "SEP-10.244.1.3 -s 10.244.1.3/32 -m comment --comment default/web -j KUBE-MARK-MASQ",
        "SEP-10.244.1.3 -p tcp -m comment --comment default/web -m tcp -j DNAT --to-destination 10.244.1.3:8080"]),
    "no endpoints: refused": (port(), (), [
        'filter KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment "default/web has no endpoints" '
        "-m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable"]),
    "none on this node, where only these count: dropped": (port(internalTrafficPolicy="Local"), (B,), [
        'filter KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment "default/web has no local endpoints" '
        "-m tcp --dport 80 -j DROP"]),
    "a client that keeps its endpoint": (port(sessionAffinity="ClientIP"), (A,), [
        f"nat KUBE-SERVICES -d 10.96.0.7/32 -p tcp {INNER} -j SVC",
        f"SVC ! -s 10.244.0.0/16 -d 10.96.0.7/32 -p tcp {INNER} -j KUBE-MARK-MASQ",
        'SVC -m comment --comment "default/web -> 10.244.0.2:8080" -m recent --rcheck --seconds 10800 --reap '
        "--name SEP-10.244.0.2 --mask 255.255.255.255 --rsource -j SEP-10.244.0.2",
        'SVC -m comment --comment "default/web -> 10.244.0.2:8080" -j SEP-10.244.0.2',
        "SEP-10.244.0.2 -s 10.244.0.2/32 -m comment --comment default/web -j KUBE-MARK-MASQ",
        "SEP-10.244.0.2 -p tcp -m comment --comment default/web -m recent --set --name SEP-10.244.0.2 "
        "--mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.0.2:8080"]),
}  # fmt: skip


@pytest.mark.parametrize(("given_port", "found", "wanted"), RULES.values(), ids=RULES.keys())
def test_rules(given_port: ServicePort, found: tuple[Backend, ...], wanted: list[str]) -> None:
    assert saved(given_port, *found) == wanted


NODE_PORT: Any = {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}
HOLDING: dict[str, tuple[ServicePort, tuple[Backend, ...], str]] = {
    "a node port leads to the outer chain": (
        port(**NODE_PORT), (A,),
        "nat KUBE-NODEPORTS -p tcp -m comment --comment default/web -m tcp --dport 30080 -j EXT"),
    "which masquerades": (
        port(**NODE_PORT), (A,), 'EXT -m comment --comment "masquerade traffic for default/web external destinations" '
        "-j KUBE-MARK-MASQ"),
    "not where only the node's own endpoints count": (
        port(**NODE_PORT, externalTrafficPolicy="Local"), (A,), "EXT -j SVL"),
    "pods go to any endpoint even then": (
        port(**NODE_PORT, externalTrafficPolicy="Local"), (B,), "EXT -s 10.244.0.0/16 -m comment "
        '--comment "pod traffic for default/web external destinations" -j SVC'),
    "others are dropped where there is none": (
        port(**NODE_PORT, externalTrafficPolicy="Local"), (B,), "filter KUBE-EXTERNAL-SERVICES -p tcp -m comment "
        '--comment "default/web has no local endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30080 -j DROP'),
    "a node port without endpoints refuses": (
        port(**NODE_PORT), (), "filter KUBE-EXTERNAL-SERVICES -p tcp -m comment "
        '--comment "default/web has no endpoints" -m addrtype --dst-type LOCAL -m tcp --dport 30080 '
        "-j REJECT --reject-with icmp-port-unreachable"),
    "an external address": (
        port(externalIPs=["203.0.113.7"]), (A,), "nat KUBE-SERVICES -d 203.0.113.7/32 -p tcp -m comment "
        '--comment "default/web external IP" -m tcp --dport 80 -j EXT'),
    "a load balancer's address": (
        port(where=("203.0.113.8",)), (A,), "nat KUBE-SERVICES -d 203.0.113.8/32 -p tcp -m comment "
        '--comment "default/web loadbalancer IP" -m tcp --dport 80 -j EXT'),
    "one for some sources only": (
        port(where=("203.0.113.8",), loadBalancerSourceRanges=["198.51.100.0/24"]), (A,),
        'FW -s 198.51.100.0/24 -m comment --comment "default/web loadbalancer IP" -j EXT'),
    "drops all others": (
        port(where=("203.0.113.8",), loadBalancerSourceRanges=["198.51.100.0/24"]), (A,),
        "filter KUBE-PROXY-FIREWALL -d 203.0.113.8/32 -p tcp -m comment "
        '--comment "default/web traffic not accepted by FW" -m tcp --dport 80 -j DROP'),
    "the port of the node's health": (
        port(**{**NODE_PORT, "type": "LoadBalancer"}, externalTrafficPolicy="Local", healthCheckNodePort=31000), (A,),
        'filter KUBE-NODEPORTS -p tcp -m comment --comment "default/web health check node port" -m tcp --dport 31000 '
        "-j ACCEPT"),
}  # fmt: skip


@pytest.mark.parametrize(("given_port", "found", "wanted"), HOLDING.values(), ids=HOLDING.keys())
def test_a_rule_among_others(given_port: ServicePort, found: tuple[Backend, ...], wanted: str) -> None:
    shown = saved(given_port, *found)

    assert wanted in shown, "\n".join(shown)


SKIPPED = {
    "a headless one": service(spec={"clusterIP": "None"}),
    "an ExternalName": service(spec={"type": "ExternalName", "externalName": "x", "clusterIP": ""}),
    "another proxy's": service(meta={"labels": {"service.kubernetes.io/service-proxy-name": "mine"}}),
    "one of the other family": service(spec={"clusterIP": "fd00::7"}),
}


@pytest.mark.parametrize("skipped", SKIPPED.values(), ids=SKIPPED.keys())
def test_services_that_are_left_alone(skipped: Object) -> None:
    assert list(service_ports(skipped)) == []


ENDING = Backend("10.244.0.4", 8080, "node1", ready=False, serving=True, terminating=True)
WAITING = Backend("10.244.0.5", 8080, "node1", ready=False, serving=False)
LOCAL: Any = {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}], "externalTrafficPolicy": "Local"}
CHOICES: dict[str, tuple[ServicePort, tuple[Backend, ...], Usable]] = {
    "those that are ready": (port(), (A, ENDING, WAITING, B), Usable((A, B), (), (A, B), True)),
    "without any, those that still serve": (port(), (ENDING, WAITING), Usable((ENDING,), (), (ENDING,), True)),
    "none": (port(), (WAITING,), Usable()),
    "local ones beside all": (port(**LOCAL), (A, B), Usable((A, B), (A,), (A, B), True)),
    "a local one that ends, before none": (
        port(**LOCAL), (ENDING, B), Usable((B,), (ENDING,), (B, ENDING), True)),
    "only local ones": (port(internalTrafficPolicy="Local"), (A, B), Usable((), (A,), (A,), True)),
    "none here, but elsewhere": (port(internalTrafficPolicy="Local"), (B,), Usable((), (), (), True)),
}  # fmt: skip


@pytest.mark.parametrize(("given_port", "found", "wanted"), CHOICES.values(), ids=CHOICES.keys())
def test_which_endpoints_are_used(given_port: ServicePort, found: tuple[Backend, ...], wanted: Usable) -> None:
    assert usable(given_port, found, "node1") == wanted


def test_endpoints_come_from_all_slices_of_the_port() -> None:
    def one(name: str, *addresses: str, **more: Any) -> Object:
        rows = [{"addresses": [each], "nodeName": "n"} for each in addresses]
        return {
            "addressType": "IPv4",
            "ports": [{"name": name, "port": 1, "protocol": "TCP"}],
            "endpoints": rows,
            **more,
        }

    slices = [
        one("", "10.0.0.3"),
        one("", "10.0.0.2"),
        one("other", "10.0.0.4"),
        one("", "fd00::1", addressType="IPv6"),
    ]

    assert [each.address for each in backends(port(), slices)] == ["10.0.0.2", "10.0.0.3"]


class Node:
    """A node with Services."""

    def __init__(self, ports: dict[ServicePort, tuple[Backend, ...]]) -> None:
        self.ports, self.around = {("default", "web"): ports}, Surroundings(frozenset({HOST.address}), Chance("node"))
        self.proxy = NodeProxy(HOST, Tables(), lambda key: self.ports.get(key, {}), self.ports)

    def send(self, source: str, to: str = "10.96.0.7", number: int = 80) -> str:
        passing = Passing(Packet(source, to, "tcp", number), around=self.around)
        packet = self.proxy.tables.pass_hook("PREROUTING", passing).packet
        return f"{packet.destination}:{packet.port}" + (" masqueraded" if packet.mark else "")


@pytest.mark.parametrize("count", range(1, 7))
def test_requests_spread_evenly(count: int) -> None:
    """Of 1,200 requests each endpoint gets its share, within a third of it."""
    found = tuple(Backend(f"10.244.0.{number}", 80) for number in range(2, 2 + count))
    node = Node({port(): found})

    seen = Counter(node.send("10.244.0.99") for _ in range(1200))

    assert set(seen) == {str(each) for each in found}
    assert all(abs(number - 1200 / count) < 400 / count for number in seen.values())


def test_who_is_masqueraded() -> None:
    node = Node({port(): (A,)})

    assert [node.send(source) for source in ("10.244.0.9", "10.244.0.2", "192.0.2.1")] == [
        "10.244.0.2:8080", "10.244.0.2:8080 masqueraded", "10.244.0.2:8080 masqueraded"
    ]  # fmt: skip


def test_a_client_keeps_its_endpoint_until_the_time_is_over() -> None:
    config = {"clientIP": {"timeoutSeconds": 60}}
    node = Node({port(sessionAffinity="ClientIP", sessionAffinityConfig=config): (A, B)})
    first = {node.send("10.244.0.9") for _ in range(50)}
    others = {node.send(f"10.244.0.{number}") for number in range(10, 30)}
    node.around.now = Nanos(seconds(100))
    later = {node.send(f"10.244.0.{number}") for number in range(10, 30)}

    assert (len(first), len(others), len(later)) == (1, 2, 2)


def test_a_change_writes_only_the_chains_of_its_service() -> None:
    node = Node({port(): (A, B)})
    chains = dict(node.proxy.tables.tables["nat"])
    node.send("10.244.0.9")
    node.ports["default", "api"] = {ServicePort("default", "api", "", "tcp", "10.96.0.8", 80): (A,)}
    node.proxy.change(("default", "api"))
    node.proxy.sync()

    now = node.proxy.tables.tables["nat"]
    assert all(now[name] is chain for name, chain in chains.items())
    assert node.send("10.244.0.9", "10.96.0.8") == "10.244.0.2:8080"

    del node.ports["default", "api"]
    node.proxy.change(("default", "api"))
    node.proxy.sync()
    assert set(now) == set(chains)


def _two_nodes(**spec: Any) -> tuple[World, dict[str, str]]:
    """Return a world whose pods are on node1, behind the node port 30080, and the pods' addresses."""
    world = World(nodes=(NodeSpec("node1"), NodeSpec("node2")))
    user = Client(world.handle, "kubectl")
    ports = [{"port": 80, "nodePort": 30080}]
    said = {"type": "NodePort", "selector": {"app": "web"}, "ports": ports, **spec}
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": said}
    user.create("services", body, "default")
    for name in ("web", "client"):
        pod = {"nodeName": "node1", "containers": [{"name": "c", "image": "nginx:1.14"}]}
        meta = {"name": name, "labels": {"app": name}}
        user.create("pods", {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": pod}, "default")
    world.agenda.run_until(Nanos(world.now + seconds(5)))
    return world, {pod["metadata"]["name"]: pod["status"]["podIP"] for pod in world.pods()}


def test_a_packet_walks_by_the_rules_there_and_back() -> None:
    """From a pod to the other node's port, masqueraded, to a pod on its own node."""
    world, addresses = _two_nodes()
    trace = world.network.trace(world.network.member(addresses["client"]), "192.168.0.11", 30080)

    assert (trace.fate, trace.reason) == (Fate.DELIVERED, "")
    assert trace.hops[-1].packet.destination == addresses["web"]
    assert trace.back[-1].packet.source == "192.168.0.11"


def test_another_node_sees_a_pods_packet_come_from_the_pods_node() -> None:
    """So a node without a pod drops it where only its own pods count, though pods inside may go to any."""
    world, addresses = _two_nodes(externalTrafficPolicy="Local")
    own, other = (
        world.proxies.route("192.168.0.10", addresses["client"], node, 30080, "TCP")
        for node in ("192.168.0.10", "192.168.0.11")
    )
    trace = world.network.trace(world.network.member(addresses["client"]), "192.168.0.11", 30080)

    assert own is not None
    assert other is not None
    assert (own.fate, own.address, own.node, other.fate) == ("to", addresses["web"], "", "drop")
    assert trace.fate is Fate.LOST


@pytest.mark.parametrize("spec", [{}, {"externalTrafficPolicy": "Local"}, {"internalTrafficPolicy": "Local"}])
def test_the_quick_decision_is_the_walks(spec: dict[str, Any]) -> None:
    """Whoever asks, by whichever address: what arrives comes to the same pod, from the same address, as on the walk."""
    world, addresses = _two_nodes(**spec)
    pod = {"nodeName": "node2", "containers": [{"name": "c", "image": "nginx:1.14"}]}
    user = Client(world.handle, "kubectl")
    user.create("pods", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "far"}, "spec": pod}, "default")
    world.agenda.run_until(Nanos(world.now + seconds(5)))
    far = next(each["status"]["podIP"] for each in world.pods() if each["metadata"]["name"] == "far")
    service = user.get("services", "default", "web")["spec"]["clusterIP"]
    targets = ((service, 80), ("192.168.0.10", 30080), ("192.168.0.11", 30080))
    for asker, (address, number) in product((addresses["client"], far, "192.168.0.10", "192.168.0.11"), targets):
        origin = world.network.member(asker)
        quick, walked = world.network.deliver(origin, address, number), world.network.trace(origin, address, number)

        assert (quick.serve is not None) is (walked.fate is Fate.DELIVERED), (asker, address, walked.reason)
        assert quick.serve is None or quick.server == f"{walked.hops[-1].packet.destination}:80"
        assert quick.serve is None or (asker, address, quick.client) == (asker, address, walked.hops[-1].packet.source)

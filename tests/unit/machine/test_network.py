"""The network: who is reached, who refuses, who never answers."""

import errno

import pytest

from podproof.simulator.machine.network import CONNECT_TIMEOUT, UNREACHABLE_AFTER, Namespace, Network
from podproof.simulator.network.facts import NodeFact
from podproof.simulator.network.service_routes import Routed
from podproof.simulator.network.subnets import Subnet

POD_CIDR = "10.244.0.0/24"


def route(node: str, source: str, address: str, port: int, protocol: str) -> Routed | None:
    services = {
        ("10.96.0.7", 80): Routed("to", "10.244.0.2", 8080),
        ("10.96.0.6", 80): Routed("to", "10.244.0.2", 8080, node="192.168.0.9"),
        ("10.96.0.8", 80): Routed("refuse"),
        ("10.96.0.9", 80): Routed("drop"),
    }
    return services.get((address, port))


@pytest.fixture
def network() -> Network:
    return Network(route=route)


@pytest.fixture
def server(network: Network) -> Namespace:
    member = network.join(POD_CIDR)
    member.listen(8080, lambda request, client: f"{request} from {client}")
    return member


@pytest.fixture
def client(network: Network, server: Namespace) -> Namespace:
    return network.join(POD_CIDR)


REACHED = {
    "a pod by its address": ("10.244.0.2", 8080, "hi from 10.244.0.3"),
    "a pod by its Service": ("10.96.0.7", 80, "hi from 10.244.0.3"),
    "a pod by a node that masquerades": ("10.96.0.6", 80, "hi from 192.168.0.9"),
}


@pytest.mark.parametrize(("address", "port", "wanted"), REACHED.values(), ids=REACHED.keys())
def test_a_client_reaches(network: Network, client: Namespace, address: str, port: int, wanted: str) -> None:
    delivery = network.deliver(client, address, port)

    assert delivery.serve is not None
    assert delivery.serve("hi", delivery.client) == wanted


def test_a_sibling_is_reached_on_localhost(network: Network, server: Namespace) -> None:
    delivery = network.deliver(server, "127.0.0.1", 8080)

    assert delivery.serve is not None
    assert delivery.serve("hi", delivery.client) == "hi from 127.0.0.1"


FAILING = {
    "a port nobody serves refuses": ("10.244.0.2", 81, errno.ECONNREFUSED),
    "a Service without endpoints refuses": ("10.96.0.8", 80, errno.ECONNREFUSED),
    "a Service without endpoints on the node drops": ("10.96.0.9", 80, errno.ETIMEDOUT),
    "a free pod address is unreachable": ("10.244.0.99", 80, errno.EHOSTUNREACH),
    "an address outside never answers": ("192.0.2.1", 80, errno.ETIMEDOUT),
    "localhost is one's own": ("127.0.0.1", 8080, errno.ECONNREFUSED),
}


@pytest.mark.parametrize(("address", "port", "number"), FAILING.values(), ids=FAILING.keys())
def test_a_client_fails(network: Network, client: Namespace, address: str, port: int, number: int) -> None:
    assert network.deliver(client, address, port).error == number


def test_silence_takes_its_time(network: Network, client: Namespace) -> None:
    assert network.deliver(client, "192.0.2.1", 80).after == CONNECT_TIMEOUT
    assert network.deliver(client, "10.244.0.99", 80).after == UNREACHABLE_AFTER


def test_what_listens_on_localhost_is_not_reached_from_outside(network: Network, client: Namespace) -> None:
    other = network.join(POD_CIDR)
    other.listen(80, lambda request, client: "mine", address="127.0.0.1")

    assert network.deliver(client, other.address, 80).error == errno.ECONNREFUSED
    assert network.deliver(other, "127.0.0.1", 80).serve is not None


def test_a_port_is_taken_once(server: Namespace) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        server.listen(8080, lambda request, client: "")


def test_a_port_given_back_can_be_taken_again(server: Namespace) -> None:
    server.listen(80, lambda request, client: "first")()

    server.listen(80, lambda request, client: "second")

    assert server.listener(server.address, 80, "TCP") is not None


def test_protocols_have_their_own_ports(server: Namespace) -> None:
    server.listen(8080, lambda request, client: "", protocol="UDP")

    assert server.listener(server.address, 8080, "UDP") is not None


def test_who_has_left_is_unreachable(network: Network, server: Namespace, client: Namespace) -> None:
    network.leave(server)

    assert network.deliver(client, server.address, 8080).error == errno.EHOSTUNREACH
    assert not network.answers_ping(client, server.address)


def test_an_address_comes_back_last() -> None:
    subnet = Subnet("10.244.3.0/29")
    taken = [subnet.take() for _ in range(3)]
    subnet.give_back(taken[0])

    assert taken == ["10.244.3.2", "10.244.3.3", "10.244.3.4"]
    assert [subnet.take() for _ in range(3)] == ["10.244.3.5", "10.244.3.6", "10.244.3.2"]


def test_a_range_is_finite() -> None:
    subnet = Subnet("10.244.3.0/29")
    for _ in range(5):
        subnet.take()

    with pytest.raises(OSError, match=r"no IP addresses available in range set: 10\.244\.3\.1-10\.244\.3\.6"):
        subnet.take()


NODES = [NodeFact("node1", "192.168.0.10", "10.244.0.0/24"), NodeFact("node2", "192.168.0.11", "10.244.1.0/24", "far")]


@pytest.fixture
def two_nodes() -> Network:
    made = Network()
    for node in NODES:
        made.add_node(node)
        member = made.join(node.cidr, node.address, ("default", node.name))
        for namespace in (member, made.host(node.address)):
            namespace.listen(80, lambda request, client: client)
    return made


AS_SEEN = {
    "a pod by a pod of its node": ("10.244.0.2", "10.244.0.3", "10.244.0.2"),
    "a pod by a pod of another node": ("10.244.0.2", "10.244.1.2", "10.244.0.2"),
    "a pod by its node": ("10.244.0.2", "192.168.0.10", "10.244.0.2"),
    "a pod by another node": ("10.244.0.2", "192.168.0.11", "192.168.0.10"),
    "a node by its pod": ("192.168.0.10", "10.244.0.2", "10.244.0.1"),
    "a node by a pod of another node": ("192.168.0.10", "10.244.1.2", "10.244.0.0"),
    "a node by another node": ("192.168.0.10", "192.168.0.11", "192.168.0.10"),
}


@pytest.mark.parametrize(("source", "target", "client"), AS_SEEN.values(), ids=AS_SEEN.keys())
def test_under_which_address_is_seen(two_nodes: Network, source: str, target: str, client: str) -> None:
    other = two_nodes.join(NODES[0].cidr, NODES[0].address, ("default", "other"))
    other.listen(80, lambda request, client: client)
    origin = two_nodes.host(source) if source.startswith("192") else two_nodes.member(source)

    assert two_nodes.deliver(origin, target, 80).client == client
    assert two_nodes.trace(origin, target, 80).hops[-1].packet.source == client

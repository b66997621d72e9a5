"""Routes, ranges and what a host remembers of connections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.network.addresses import block
from podproof.simulator.network.conntrack import Conntrack
from podproof.simulator.network.facts import Cluster, NodeFact
from podproof.simulator.network.packet import Packet
from podproof.simulator.network.routes import Route, RouteError, Routes, read


def routes(*destinations: str) -> Routes:
    made = Routes()
    for each in destinations:
        made.add(Route(each, f"to-{each}"))
    return made


LOOKUPS = {
    "the longest prefix that has it": (("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16"), "10.1.2.3", "10.1.0.0/16"),
    "a host's own route": (("10.1.0.0/16", "10.1.2.3/32"), "10.1.2.3", "10.1.2.3/32"),
    "the default where nothing else has it": (("0.0.0.0/0", "10.0.0.0/8"), "11.0.0.1", "0.0.0.0/0"),
    "none": (("10.0.0.0/8",), "11.0.0.1", ""),
    "none of another family": (("0.0.0.0/0",), "fd00::1", ""),
}


@pytest.mark.parametrize(("known", "address", "found"), LOOKUPS.values(), ids=LOOKUPS.keys())
def test_a_packet_takes(known: tuple[str, ...], address: str, found: str) -> None:
    route = routes(*known).lookup(address)

    assert (route.destination if route is not None else "") == found


NUMBERS = st.integers(0, 2**32 - 1)


@given(
    st.lists(st.tuples(NUMBERS, st.integers(0, 32)), min_size=1, max_size=8), NUMBERS
)  # fmt: skip
def test_no_route_that_has_an_address_is_longer_than_the_one_that_is_taken(
    known: list[tuple[int, int]], number: int
) -> None:  # fmt: skip
    address = block("0.0.0.0/0").address(number)
    destinations = [str(block(f"{block('0.0.0.0/0').address(first)}/{bits}")) for first, bits in known]
    fitting = [block(each).bits for each in destinations if block(each).has(address)]
    route = routes(*destinations).lookup(address)

    assert (block(route.destination).bits if route is not None else None) == max(fitting, default=None)


def test_a_route_for_the_same_destination_takes_the_place_of_the_first_and_goes_alone() -> None:
    made = routes("10.0.0.0/8", "10.1.0.0/16")
    made.add(Route("10.1.0.0/16", "eth1"))
    made.remove("10.0.0.0/8")
    made.remove("10.9.0.0/16")

    assert [(route.destination, route.device) for route in made] == [("10.1.0.0/16", "eth1")]


LINK = Route("10.168.0.0/24", "eth0")
TEXTS = {
    "through a neighbour": ("10.9.0.0/16 via 10.168.0.3 dev eth0", Route("10.9.0.0/16", "eth0", "10.168.0.3")),
    "by a device that is found": ("10.9.0.0/16 via 10.168.0.3", Route("10.9.0.0/16", "eth0", "10.168.0.3")),
    "by a device": ("10.9.1.7 dev eth0", Route("10.9.1.7/32", "eth0")),
    "for all else": ("default via 10.168.0.1", Route("0.0.0.0/0", "eth0", "10.168.0.1")),
}  # fmt: skip
REFUSED = {
    "a next hop on no link": ("10.9.0.0/16 via 10.170.0.3 dev eth0", "Error: Nexthop has invalid gateway."),
    "a device that is not there": ("10.9.0.0/16 dev eth7", 'Cannot find device "eth7"'),
    "no prefix": ("nowhere dev eth0", 'Error: any valid prefix is expected rather than "nowhere".'),
    "no way at all": ("10.9.0.0/16", "RTNETLINK answers: No such device"),
}


@pytest.mark.parametrize(("text", "route"), TEXTS.values(), ids=TEXTS.keys())
def test_ip_route_add_takes_a_route(text: str, route: Route) -> None:
    assert read(text, {"eth0"}, lambda via: LINK if block(LINK.destination).has(via) else None) == route


@pytest.mark.parametrize(("text", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_ip_route_add_refuses(text: str, told: str) -> None:
    with pytest.raises(RouteError) as refused:
        read(text, {"eth0"}, lambda via: LINK if block(LINK.destination).has(via) else None)

    assert str(refused.value) == told


NETWORKS = {
    "the /16 of the first range where that has all": (("10.244.0.0/24", "10.244.7.0/24"), "10.244.0.0/16"),
    "the mission's": (("100.96.1.0/24", "100.96.2.0/24"), "100.96.0.0/16"),
    "a larger one where ranges are far apart": (("10.244.0.0/24", "10.245.0.0/24"), "10.244.0.0/15"),
    "what there is without nodes": ((), "10.244.0.0/16"),
}


@pytest.mark.parametrize(("ranges", "network"), NETWORKS.values(), ids=NETWORKS.keys())
def test_the_pod_network_is(ranges: tuple[str, ...], network: str) -> None:
    nodes = {str(place): NodeFact(str(place), f"10.0.0.{place}", each) for place, each in enumerate(ranges, 1)}

    assert str(Cluster(nodes).pod_network) == network


def test_answers_of_translated_connections_get_their_addresses_back_one_before_routing_one_behind() -> None:
    known = Conntrack()
    asked = Packet("10.244.0.2", "10.96.0.7", port=80)
    known.note(asked, Packet("192.168.0.10", "10.244.1.5", port=8080))
    answer = Packet("10.244.1.5", "192.168.0.10", port=40_000, source_port=8080)
    routed = known.destined(answer)

    assert (routed.from_, routed.to) == ("10.244.1.5:8080", "10.244.0.2:40000")
    assert known.sourced(routed).from_ == "10.96.0.7:80"
    assert known.states(answer) == known.states(routed) == {"ESTABLISHED", "DNAT", "SNAT"}
    assert known.states(Packet("10.244.1.5", "192.168.0.10", port=1)) == {"NEW"}

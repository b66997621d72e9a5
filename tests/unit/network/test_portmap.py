"""portmap's rules: a port of the node leads to a pod's, for all who ask, until the pod goes."""

import pytest

from podproof.simulator.network.iptables.matches import Passing, Surroundings
from podproof.simulator.network.iptables.tables import Tables
from podproof.simulator.network.iptables.texts import saved
from podproof.simulator.network.packet import Packet
from podproof.simulator.network.portmap import Forward, write

WEB = Forward(8080, "tcp", "10.244.0.5", 80, "10.244.0.0/24")
DNS = Forward(53, "udp", "10.244.0.6", 5353, "10.244.0.0/24")


def sent(tables: Tables, packet: Packet) -> Packet:
    around = Surroundings(frozenset({"192.168.0.10"}))
    return tables.pass_hook("PREROUTING", Passing(packet, "eth0", around=around)).packet


ASKED = {
    "the port of the node": (Packet("10.9.0.1", "192.168.0.10", port=8080), "10.244.0.5:80", 0),
    "from a pod of the node, whose answer must come back through it": (
        Packet("10.244.0.9", "192.168.0.10", port=8080), "10.244.0.5:80", 0x2000,
    ),
    "of another protocol": (Packet("10.9.0.1", "192.168.0.10", "udp", 53), "10.244.0.6:5353", 0),
    "a port nobody asked for": (Packet("10.9.0.1", "192.168.0.10", port=8081), "192.168.0.10:8081", 0),
    "the port of another address": (Packet("10.9.0.1", "192.168.0.11", port=8080), "192.168.0.11:8080", 0),
}  # fmt: skip


@pytest.mark.parametrize(("packet", "to", "mark"), ASKED.values(), ids=ASKED.keys())
def test_where_a_packet_to_a_node_goes(packet: Packet, to: str, mark: int) -> None:
    tables = Tables()
    write(tables, [WEB, DNS])
    found = sent(tables, packet)

    assert (found.to, found.mark) == (to, mark)


def test_rules_go_with_their_pod() -> None:
    tables = Tables()
    write(tables, [WEB, DNS])
    write(tables, [DNS])

    assert sent(tables, Packet("10.9.0.1", "192.168.0.10", port=8080)).to == "192.168.0.10:8080"
    assert WEB.chain not in tables.tables["nat"]
    assert DNS.chain in tables.tables["nat"]


def test_a_node_without_host_ports_has_no_such_rules() -> None:
    tables = Tables()
    write(tables, [])

    assert "CNI" not in saved(tables, "nat")


def test_writing_again_changes_nothing() -> None:
    tables = Tables()
    write(tables, [WEB])
    before = saved(tables, "nat")
    write(tables, [WEB])

    assert saved(tables, "nat") == before

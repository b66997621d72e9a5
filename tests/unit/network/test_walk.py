"""The way of a packet, hop by hop, in each network kind; what stops it, and how its answer comes back."""

import re
from itertools import permutations

import pytest

from podproof.simulator.network.facts import Cluster, NodeFact, overlaps
from podproof.simulator.network.iptables.commands import run
from podproof.simulator.network.kinds import UnknownKindError, kind
from podproof.simulator.network.kinds.calico import Calico
from podproof.simulator.network.packet import Packet
from podproof.simulator.network.routes import Route
from podproof.simulator.network.trace import Fate, Trace

from .conftest import NODES, PODS, fabric, walked

CONTAINER_1, NEIGHBOUR, CONTAINER_2, FAR = (pod.address for pod in PODS)
NODE_1, NODE_2, NODE_3 = (node.address for node in NODES)
KINDS = (
    "flannel udp", "flannel vxlan", "flannel host-gw", "calico", "calico ipip always", "calico ipip cross-subnet",
    "calico reflected by node3", "cilium", "cilium without host routing", "cilium native",
    "cilium native without host routing",
)  # fmt: skip
TUNNELS = ("flannel udp", "flannel vxlan", "calico ipip always", "calico ipip cross-subnet", "cilium")


def told(trace: Trace) -> list[str]:
    """Return the hops of the way there; the drawn part of a veth's name is a star."""
    return [
        re.sub(r"\b(veth|cali|lxc)[0-9a-f]+", r"\1*", f"{hop.place} {hop.interface} {hop.what}") for hop in trace.hops
    ]


BRIDGED = [
    "container-1 eth0 sent", "node1 veth* received", "node1 BRIDGE bridged", "node1 veth* sent",
    "neighbour eth0 delivered",
]  # fmt: skip
SAME_NODE = {
    "flannel udp": [line.replace("BRIDGE", "docker0") for line in BRIDGED],
    "flannel vxlan": [line.replace("BRIDGE", "cni0") for line in BRIDGED],
    "calico": [
        "container-1 eth0 sent", "node1 cali* received", "node1 cali* forwarded", "neighbour eth0 delivered",
    ],
    "cilium": [
        "container-1 eth0 sent", "node1 lxc* received", "node1 lxc* redirected", "neighbour eth0 delivered",
    ],
    "cilium without host routing": [
        "container-1 eth0 sent", "node1 lxc* received", "node1 lxc* redirected", "node1 lxc* sent",
        "neighbour eth0 delivered",
    ],
}  # fmt: skip
TO_NODE_2 = {
    "flannel udp": [
        "container-1 eth0 sent", "node1 veth* received", "node1 docker0 received", "node1 flannel0 forwarded",
        "node1 flanneld wrapped", "node1 eth0 sent", "node2 eth0 received", "node2 flanneld unwrapped",
        "node2 flannel0 received", "node2 docker0 forwarded", "node2 veth* sent", "container-2 eth0 delivered",
    ],
    "flannel vxlan": [
        "container-1 eth0 sent", "node1 veth* received", "node1 cni0 received", "node1 flannel.1 forwarded",
        "node1 flannel.1 wrapped", "node1 eth0 sent", "node2 eth0 received", "node2 flannel.1 unwrapped",
        "node2 cni0 forwarded", "node2 veth* sent", "container-2 eth0 delivered",
    ],
    "flannel host-gw": [
        "container-1 eth0 sent", "node1 veth* received", "node1 cni0 received", "node1 eth0 forwarded",
        "node2 eth0 received", "node2 cni0 forwarded", "node2 veth* sent", "container-2 eth0 delivered",
    ],
    "calico ipip cross-subnet": [
        "container-1 eth0 sent", "node1 cali* received", "node1 eth0 forwarded", "node2 eth0 received",
        "node2 cali* forwarded", "container-2 eth0 delivered",
    ],
    "calico ipip always": [
        "container-1 eth0 sent", "node1 cali* received", "node1 tunl0 forwarded", "node1 tunl0 wrapped",
        "node1 eth0 sent", "node2 eth0 received", "node2 tunl0 unwrapped", "node2 cali* forwarded",
        "container-2 eth0 delivered",
    ],
    "cilium": [
        "container-1 eth0 sent", "node1 lxc* received", "node1 lxc* redirected", "node1 cilium_vxlan wrapped",
        "node1 eth0 sent", "node2 eth0 received", "node2 cilium_vxlan unwrapped", "node2 cilium_vxlan redirected",
        "container-2 eth0 delivered",
    ],
    "cilium native": [
        "container-1 eth0 sent", "node1 lxc* received", "node1 lxc* redirected", "node1 eth0 sent",
        "node2 eth0 received", "node2 eth0 redirected", "container-2 eth0 delivered",
    ],
    "cilium native without host routing": [
        "container-1 eth0 sent", "node1 lxc* received", "node1 eth0 forwarded", "node2 eth0 received",
        "node2 cilium_host forwarded", "node2 cilium_host redirected", "node2 lxc* sent", "container-2 eth0 delivered",
    ],
    "cilium without host routing": [
        "container-1 eth0 sent", "node1 lxc* received", "node1 cilium_host forwarded", "node1 cilium_host redirected",
        "node1 cilium_vxlan wrapped", "node1 eth0 sent", "node2 eth0 received", "node2 cilium_vxlan unwrapped",
        "node2 cilium_host forwarded", "node2 cilium_host redirected", "node2 lxc* sent", "container-2 eth0 delivered",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("words", "hops"), SAME_NODE.items(), ids=SAME_NODE.keys())
def test_the_way_to_a_pod_of_the_same_node(words: str, hops: list[str]) -> None:
    assert told(walked(fabric(words), CONTAINER_1, NEIGHBOUR)) == hops


@pytest.mark.parametrize(("words", "hops"), TO_NODE_2.items(), ids=TO_NODE_2.keys())
def test_the_way_to_a_pod_of_another_node(words: str, hops: list[str]) -> None:
    assert told(walked(fabric(words), CONTAINER_1, CONTAINER_2)) == hops


@pytest.mark.parametrize("words", KINDS)
def test_on_one_segment_every_pod_reaches_every_pod_and_node_in_every_kind(words: str) -> None:
    made = fabric(words)
    near = (CONTAINER_1, NEIGHBOUR, CONTAINER_2, NODE_1, NODE_2)

    lost = [(one, other) for one, other in permutations(near, 2) if not walked(made, one, other).reaches]
    assert lost == []


@pytest.mark.parametrize("words", KINDS)
def test_no_pod_sees_another_under_a_foreign_address(words: str) -> None:
    made = fabric(words)
    for one, other in permutations((CONTAINER_1, NEIGHBOUR, CONTAINER_2), 2):
        end = walked(made, one, other).hops[-1].packet
        assert (end.source, end.destination) == (one, other)


@pytest.mark.parametrize("words", TUNNELS)
def test_tunnels_lead_to_other_segments(words: str) -> None:
    assert walked(fabric(words), CONTAINER_1, FAR).reaches


@pytest.mark.parametrize("words", ["flannel host-gw", "calico", "cilium native"])
def test_without_a_tunnel_other_segments_are_out_of_reach_and_the_kind_says_why(words: str) -> None:
    made = fabric(words)
    trace = walked(made, CONTAINER_1, FAR)
    refused = made.kind.refuses(NODES[0], made.cluster)

    assert (trace.fate, trace.hops[-1].place) == (Fate.LOST, "router")
    assert len(refused) == 1
    assert '"node3" is on segment 10.170.3.0/24, "node1" on 10.168.0.0/24' in refused[0]


def test_host_gw_says_what_the_kernel_says_to_such_a_route() -> None:
    said = kind("flannel host-gw").refuses(NODES[0], Cluster({node.address: node for node in NODES}))

    assert said == [
        "Error adding route to 100.96.3.0/24 via 10.170.3.2 dev eth0: network is unreachable: "
        '"node3" is on segment 10.170.3.0/24, "node1" on 10.168.0.0/24, and host-gw needs layer-2 adjacency'
    ]


WRAPS = {
    "flannel udp": "udp 10.168.0.2 > 10.168.0.3:8285",
    "flannel vxlan": "vxlan VNI 1 10.168.0.2 > 10.168.0.3:8472",
    "calico ipip always": "ipip 10.168.0.2 > 10.168.0.3",
    "cilium": "vxlan 10.168.0.2 > 10.168.0.3:8472",
}


@pytest.mark.parametrize(("words", "header"), WRAPS.items(), ids=WRAPS.keys())
def test_what_a_packet_is_wrapped_in_between_nodes(words: str, header: str) -> None:
    trace = walked(fabric(words), CONTAINER_1, CONTAINER_2)

    assert next(hop.packet.encapsulation for hop in trace.hops if hop.place == "node2") == header


MTUS = {
    "flannel udp": 1472, "flannel vxlan": 1450, "flannel host-gw": 1500, "calico": 1500, "calico ipip always": 1480,
    "cilium": 1450, "cilium native": 1500,
}  # fmt: skip


@pytest.mark.parametrize(("words", "mtu"), MTUS.items(), ids=MTUS.keys())
def test_a_pods_mtu_leaves_room_for_the_headers_of_its_kind(words: str, mtu: int) -> None:
    made = fabric(words)

    assert walked(made, CONTAINER_1, CONTAINER_2, size=mtu).reaches
    assert f"do not fit its MTU of {mtu}" in walked(made, CONTAINER_1, CONTAINER_2, size=mtu + 1).reason


def test_what_leaves_for_another_node_is_masqueraded_and_its_answer_finds_back() -> None:
    trace = walked(fabric("flannel vxlan"), CONTAINER_1, NODE_2)
    translated = [hop for hop in (*trace.hops, *trace.back) if hop.what.startswith("translated")]

    assert [(hop.place, hop.what, hop.packet.source, hop.packet.destination) for hop in translated] == [
        ("node1", "translated", "10.168.0.2", "10.168.0.3"),
        ("node1", "translated back", "10.168.0.3", "100.96.1.2"),
    ]
    assert trace.back[-1].packet.source == NODE_2


def test_a_service_is_translated_there_and_back_by_rules() -> None:
    made = fabric("flannel vxlan")
    run(made.node(NODE_1).tables, f"-t nat -A PREROUTING -d 10.96.0.7 -j DNAT --to-destination {CONTAINER_2}:8080")
    trace = walked(made, CONTAINER_1, "10.96.0.7")

    assert trace.hops[-1].packet.to == f"{CONTAINER_2}:8080"
    assert trace.back[-1].packet.from_ == "10.96.0.7:80"


def test_a_pod_that_reaches_itself_through_a_service_must_be_masqueraded() -> None:
    made = fabric("flannel vxlan")
    run(made.node(NODE_1).tables, f"-t nat -A PREROUTING -d 10.96.0.7 -j DNAT --to-destination {CONTAINER_1}:8080")
    hairpin = walked(made, CONTAINER_1, "10.96.0.7")
    run(made.node(NODE_1).tables, f"-t nat -I POSTROUTING -s {CONTAINER_1} -d {CONTAINER_1} -j MASQUERADE")

    assert not hairpin.reaches
    assert walked(made, CONTAINER_1, "10.96.0.7").reaches


NOBODY = "nobody answers for {} (ARP)"
ENDS = {
    "a free address of another node's range": ("100.96.2.77", Fate.SILENT, f"node2 cni0: {NOBODY}"),
    "a free address of its own node's range": ("100.96.1.77", Fate.SILENT, f"node1 cni0: {NOBODY}"),
    "an address of no node's range": ("100.96.9.1", Fate.LOST, "router outside: nobody out there has {}"),
    "an address outside": ("8.8.8.8", Fate.LOST, "router outside: nobody out there has {}"),
    "a node that is not there": ("10.168.0.99", Fate.SILENT, f"node1 eth0: {NOBODY}"),
}


@pytest.mark.parametrize(("target", "fate", "reason"), ENDS.values(), ids=ENDS.keys())
def test_why_nobody_is_reached(target: str, fate: Fate, reason: str) -> None:
    trace = walked(fabric("flannel vxlan"), CONTAINER_1, target)

    assert (trace.fate, trace.reason) == (fate, reason.format(target))


RULES = {
    "dropped where it is forwarded": (
        "-A FORWARD -d 100.96.2.0/24 -j DROP",
        Fate.LOST,
        "node1 cni0: dropped by filter FORWARD rule 1: -d 100.96.2.0/24 -j DROP",
    ),
    "rejected": (
        "-A FORWARD -p tcp --dport 80 -j REJECT",
        Fate.REFUSED,
        "node1 cni0: rejected by filter FORWARD rule 1: "
        "-p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable",
    ),
    "told that the host is unreachable": (
        "-A FORWARD -j REJECT --reject-with icmp-host-unreachable",
        Fate.UNREACHABLE,
        "node1 cni0: rejected by filter FORWARD rule 1: -j REJECT --reject-with icmp-host-unreachable",
    ),
    "its tunnel's packets dropped": (
        "-A OUTPUT -p udp --dport 8472 -j DROP",
        Fate.LOST,
        "node1 eth0: dropped by filter OUTPUT rule 1: -p udp -m udp --dport 8472 -j DROP",
    ),
    "its answer dropped": (
        "-A FORWARD -s 100.96.2.0/24 -j DROP",
        Fate.LOST,
        "the answer: node1 flannel.1: dropped by filter FORWARD rule 1: -s 100.96.2.0/24 -j DROP",
    ),
}


@pytest.mark.parametrize(("line", "fate", "reason"), RULES.values(), ids=RULES.keys())
def test_a_packet_is(line: str, fate: Fate, reason: str) -> None:
    made = fabric("flannel vxlan")
    tables = made.node(NODE_1).tables
    run(tables, line.replace("-A FORWARD", "-I FORWARD"))
    trace = walked(made, CONTAINER_1, CONTAINER_2)

    assert (trace.fate, trace.reason) == (fate, reason)


def test_answers_of_connections_that_began_inside_pass_a_firewall_that_knows_states() -> None:
    made = fabric("flannel vxlan")
    for line in ("-P FORWARD DROP", "-F FORWARD", "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT"):
        run(made.node(NODE_1).tables, line)
    run(made.node(NODE_1).tables, "-A FORWARD -i cni0 -j ACCEPT")

    assert walked(made, CONTAINER_1, CONTAINER_2).reaches
    assert (
        walked(made, CONTAINER_2, CONTAINER_1).reason == "node1 flannel.1: dropped by the policy DROP of filter FORWARD"
    )


def test_host_routing_leaves_the_nodes_iptables_out() -> None:
    for words, reached in {"cilium": True, "cilium without host routing": False}.items():
        made = fabric(words)
        run(made.node(NODE_1).tables, "-P FORWARD DROP")

        assert walked(made, CONTAINER_1, CONTAINER_2).reaches is reached


def test_packets_that_go_in_a_circle_die_of_their_time_to_live() -> None:
    made = fabric("flannel host-gw")
    made.node(NODE_1).routes.add(Route("100.96.9.0/24", "eth0", NODE_2))
    made.node(NODE_2).routes.add(Route("100.96.9.0/24", "eth0", NODE_1))
    trace = walked(made, CONTAINER_1, "100.96.9.5")

    assert trace.fate is Fate.UNREACHABLE
    assert "its time to live is over: it went in a circle" in trace.reason
    assert sum(hop.what == "forwarded" for hop in trace.hops) == 63


POLICIES = {
    "Egress": "node1 cni0: no way out",
    "Ingress": "node2 flannel.1: no way in",
}


@pytest.mark.parametrize(("asked", "reason"), POLICIES.items(), ids=POLICIES.keys())
def test_a_policy_drops_at_the_node_of_the_pod_it_protects(asked: str, reason: str) -> None:
    def guard(direction: str, packet: Packet) -> str:
        return f"no way {'out' if direction == 'Egress' else 'in'}" * (direction == asked)

    trace = walked(fabric("flannel vxlan"), CONTAINER_1, CONTAINER_2, guard)

    assert (trace.fate, trace.reason) == (Fate.LOST, reason)


def test_a_mesh_has_a_session_for_each_pair_and_reflectors_one_for_each_node() -> None:
    many = Cluster({f"10.0.0.{n}": NodeFact(f"node{n}", f"10.0.0.{n}", f"10.244.{n}.0/24") for n in range(1, 11)})

    assert len(Calico("calico", "Never").sessions(many)) == 45
    assert len(Calico("calico", "Never", ["node1"]).sessions(many)) == 9
    assert len(Calico("calico", "Never", ["node1", "node2"]).sessions(many)) == 17


def test_without_a_mesh_and_without_a_reflector_no_node_learns_of_anothers_range() -> None:
    made = fabric("calico without mesh")

    assert not walked(made, CONTAINER_1, CONTAINER_2).reaches
    assert made.kind.refuses(NODES[0], made.cluster) == [
        '"node1" has no BGP session that tells it of 100.96.2.0/24 on "node2"',
        '"node1" has no BGP session that tells it of 100.96.3.0/24 on "node3"',
    ]


def test_the_tables_of_a_node_read_as_on_a_real_one() -> None:
    node = fabric("flannel vxlan").node(NODE_1)
    arp, fdb = node.neighbours.arp_lines()[0], node.neighbours.fdb_lines()[0]

    assert [str(route) for route in node.routes] == [
        "default via 10.168.0.1 dev eth0",
        "10.168.0.0/24 dev eth0 proto kernel scope link src 10.168.0.2",
        "100.96.1.0/24 dev cni0 proto kernel scope link src 100.96.1.1",
        "100.96.2.0/24 via 100.96.2.0 dev flannel.1 onlink",
        "100.96.3.0/24 via 100.96.3.0 dev flannel.1 onlink",
    ]
    assert re.fullmatch(r"100\.96\.2\.0 dev flannel\.1 lladdr ([0-9a-f]{2}:){5}[0-9a-f]{2} PERMANENT", arp)
    assert re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2} dev flannel\.1 dst 10\.168\.0\.3 self permanent", fdb)


def test_ranges_that_share_addresses_are_told() -> None:
    assert overlaps({"a": "10.244.0.0/23", "b": "10.244.1.0/24", "c": "10.244.2.0/24"}) == [
        'the pod ranges of "a" (10.244.0.0/23) and "b" (10.244.1.0/24) overlap'
    ]


def test_a_kind_that_is_none_is_told_with_those_there_are() -> None:
    with pytest.raises(
        UnknownKindError, match='there is no network kind "weave": there are flannel udp, flannel vxlan'
    ):
        kind("weave")

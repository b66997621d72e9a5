"""What the network decides at once is what a packet's walk ends in, whatever the kind, segments and policies."""

from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.machine.network import Namespace, Network
from podproof.simulator.model.network_policies import Denied, End
from podproof.simulator.network.facts import NodeFact
from podproof.simulator.network.trace import Fate

KINDS = (
    "", "flannel udp", "flannel vxlan", "flannel host-gw", "calico", "calico ipip cross-subnet", "calico without mesh",
    "cilium", "cilium native", "cilium native without host routing",
)  # fmt: skip
FREE = ("10.244.0.200", "10.9.9.9")
ERRORS = {0: {Fate.DELIVERED}, 111: {Fate.REFUSED}, 113: {Fate.UNREACHABLE, Fate.SILENT}, 110: {Fate.LOST}}


def network(kind: str, segments: list[str], denied: set[tuple[str, str]]) -> tuple[Network, list[Namespace]]:
    made, members = Network(), []
    for number, segment in enumerate(segments):
        fact = NodeFact(
            f"node{number}", f"192.168.{number if segment else 0}.1{number}", f"10.244.{number}.0/24", segment
        )
        made.add_node(fact)
        members.append(made.host(fact.address))
        members += [made.join(fact.cidr, fact.address, ("default", f"p{number}{each}")) for each in "ab"]
    for member in members[::2]:
        member.listen(80, lambda request, client: client)
    if kind:
        made.become(kind)

    def police(source: End, target: End, port: int, protocol: str) -> Denied | None:
        hit = target.pod is not None and (source.address, target.address) in denied
        return Denied("Ingress", ("default/x",)) if hit else None

    made.police = police
    return made, members


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.lists(st.sampled_from(["", "far"]), min_size=1, max_size=3), st.data())
def test_a_decision_is_the_walks_end(kind: str, segments: list[str], data: st.DataObject) -> None:
    addresses = [f"10.244.{number}.{host}" for number in range(3) for host in (2, 3)]
    denied = data.draw(st.sets(st.tuples(st.sampled_from(addresses), st.sampled_from(addresses)), max_size=4))
    made, members = network(kind, segments, denied)
    for origin in members:
        for target in (*(each.address for each in members if each is not origin), *FREE):
            decision, trace = made.deliver(origin, target, 80), made.trace(origin, target, 80)

            assert trace.fate in ERRORS[decision.error], (origin.address, target, str(trace))
            assert decision.serve is None or decision.client == trace.hops[-1].packet.source


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(KINDS), st.sampled_from(["FORWARD", "OUTPUT", "INPUT"]), st.integers(0, 3))
def test_with_rules_of_its_own_it_is_too(kind: str, chain: str, host: int) -> None:
    made, members = network(kind, ["", ""], set())
    made.paths.command(members[0].address, f"-A {chain} -d 10.244.{host // 2}.{2 + host % 2} -j DROP")
    for origin in members:
        for target in (each.address for each in members if each is not origin):
            decision, trace = made.deliver(origin, target, 80), made.trace(origin, target, 80)

            assert trace.fate in ERRORS[decision.error], str(trace)

"""iptables: which rule decides, in which order tables are asked, what becomes of the packet, and what is counted."""

from dataclasses import replace

import pytest

from podproof.simulator.kernel.chance import Chance
from podproof.simulator.model.times import seconds
from podproof.simulator.network.iptables.commands import run
from podproof.simulator.network.iptables.matches import Passing, Surroundings
from podproof.simulator.network.iptables.reading import rule as read
from podproof.simulator.network.iptables.tables import LoopError, Passed, Tables
from podproof.simulator.network.packet import Packet

SYN = Packet("10.244.0.2", "10.96.0.7", port=80)


def tables(*lines: str) -> Tables:
    made = Tables()
    for line in lines:
        run(made, line)
    return made


def passing(packet: Packet = SYN, **told: object) -> Passing:
    return Passing(packet, **{"around": Surroundings(frozenset({"192.168.0.10"})), **told})  # type: ignore[arg-type]


def through(made: Tables, hook: str, packet: Packet = SYN, **told: object) -> Passed:
    return made.pass_hook(hook, passing(packet, **told))


VERDICTS = {
    "without a rule the policy lets the packet pass": ((), "ACCEPT", "no rule"),
    "the first rule that fits decides": (
        ("-A FORWARD -p udp -j DROP", "-A FORWARD -p tcp -j ACCEPT", "-A FORWARD -p tcp -j DROP"),
        "ACCEPT",
        "filter FORWARD rule 2: -p tcp -j ACCEPT",
    ),
    "a policy decides where no rule did": (
        ("-P FORWARD DROP", "-A FORWARD -p udp -j ACCEPT"),
        "DROP",
        "the policy DROP of filter FORWARD",
    ),
    "a rule in front of the others comes first": (
        ("-A FORWARD -j ACCEPT", "-I FORWARD -s 10.244.0.0/24 -j DROP"),
        "DROP",
        "filter FORWARD rule 1: -s 10.244.0.0/24 -j DROP",
    ),
    "a chain that does not decide leads back to the rule behind the jump": (
        ("-N OWN", "-A OWN -p udp -j DROP", "-A FORWARD -j OWN", "-A FORWARD -j DROP"),
        "DROP",
        "filter FORWARD rule 2: -j DROP",
    ),
    "RETURN leads back at once": (
        ("-N OWN", "-A OWN -p tcp -j RETURN", "-A OWN -j DROP", "-A FORWARD -j OWN"),
        "ACCEPT",
        "filter OWN rule 1: -p tcp -j RETURN",
    ),
    "RETURN in a chain of the kernel's own means its policy": (
        ("-P FORWARD DROP", "-A FORWARD -j RETURN", "-A FORWARD -j ACCEPT"),
        "DROP",
        "the policy DROP of filter FORWARD",
    ),
    "who goes to a chain does not come back": (
        ("-N OWN", "-A FORWARD -g OWN", "-A FORWARD -j DROP"),
        "ACCEPT",
        "filter FORWARD rule 1: -g OWN",
    ),
    "a mark changes nothing about the way": (
        ("-t mangle -A FORWARD -j MARK --set-xmark 0x4000/0x4000", "-A FORWARD -m mark --mark 0x4000/0x4000 -j DROP"),
        "DROP",
        "filter FORWARD rule 1: -m mark --mark 0x4000/0x4000 -j DROP",
    ),
    "mangle is asked before filter": (
        ("-A FORWARD -j ACCEPT", "-t mangle -A FORWARD -j DROP"),
        "DROP",
        "mangle FORWARD rule 1: -j DROP",
    ),
    "REJECT tells the sender": (
        ("-A FORWARD -j REJECT",),
        "REJECT",
        "filter FORWARD rule 1: -j REJECT --reject-with icmp-port-unreachable",
    ),
}


@pytest.mark.parametrize(("lines", "verdict", "by"), VERDICTS.values(), ids=VERDICTS.keys())
def test_what_decides(lines: tuple[str, ...], verdict: str, by: str) -> None:
    passed = through(tables(*lines), "FORWARD")

    assert (passed.verdict, passed.by) == (verdict, by)


FITS = {
    "a range of sources": ("-s 10.244.0.0/24", {}, True),
    "any source but those": ("! -s 10.244.0.0/24", {}, False),
    "one destination": ("-d 10.96.0.8", {}, False),
    "an interface it came in by": ("-i cni0", {"incoming": "cni0"}, True),
    "interfaces of a name's beginning": ("-i veth+", {"incoming": "veth12ab"}, True),
    "an interface it goes out by": ("-o flannel.1", {"outgoing": "eth0"}, False),
    "any interface but that": ("! -o cni0", {"outgoing": "eth0"}, True),
    "a range of ports": ("-p tcp --dport 80:90", {}, True),
    "a range up to a port": ("-p tcp --dport :79", {}, False),
    "the source's port": ("-p tcp --sport 40000", {}, True),
    "several ports": ("-p tcp -m multiport --dports 22,80:81", {}, True),
    "a port of another protocol": ("-p udp --dport 80", {}, False),
    "the state of its connection": ("-m conntrack --ctstate RELATED,ESTABLISHED", {}, False),
    "a state it is in": ("-m state --state NEW", {}, True),
    "an address that is not the host's": ("-m addrtype --dst-type LOCAL", {}, False),
    "an address that is nobody's own": ("-m addrtype ! --dst-type LOCAL", {}, True),
    "a mark it has not": ("-m mark --mark 0x4000/0x4000", {}, False),
    "a mark it must not have": ("-m mark ! --mark 0x4000/0x4000", {}, True),
    "never": ("-m statistic --mode random --probability 0.0", {}, False),
    "always": ("-m statistic --mode random --probability 1.0", {}, True),
    "who was never seen": ("-m recent --rcheck --name seen", {}, False),
}


@pytest.mark.parametrize(("asked", "told", "fits"), FITS.values(), ids=FITS.keys())
def test_whom_a_rule_is_for(asked: str, told: dict[str, object], fits: bool) -> None:
    passed = through(tables(f"-A FORWARD {asked} -j DROP"), "FORWARD", SYN, **told)

    assert (passed.verdict == "DROP") is fits


ADDRESSES = {
    "DNAT gives another destination": ("PREROUTING", "-j DNAT --to-destination 10.244.0.9", "10.244.0.9:80"),
    "and another port": ("OUTPUT", "-p tcp -j DNAT --to-destination 10.244.0.9:8080", "10.244.0.9:8080"),
}


@pytest.mark.parametrize(("hook", "rule", "to"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_where_a_packet_is_sent(hook: str, rule: str, to: str) -> None:
    made = tables(f"-t nat -A {hook} {rule}", f"-t nat -A {hook} -j DNAT --to-destination 1.1.1.1")

    assert through(made, hook).packet.to == to


def test_a_source_is_translated_on_the_way_out() -> None:
    made = tables(
        "-t nat -A POSTROUTING ! -o cni0 -j MASQUERADE", "-t nat -A POSTROUTING -j SNAT --to-source 1.2.3.4:99"
    )

    assert through(made, "POSTROUTING", outgoing="eth0", address="192.168.0.10").packet.from_ == "192.168.0.10:40000"
    assert through(made, "POSTROUTING", outgoing="cni0", address="10.244.0.1").packet.from_ == "1.2.3.4:99"


def test_only_the_first_packet_of_a_connection_asks_nat() -> None:
    made = tables("-t nat -A PREROUTING -j DNAT --to-destination 10.244.0.9")

    assert made.pass_hook("PREROUTING", passing(), nat=False).packet.destination == "10.96.0.7"


MARKS = {
    "set": ("--set-mark 0x1", 0x10, 0x1),
    "set under a mask": ("--set-mark 0x1/0xf", 0x1E, 0x11),
    "or": ("--or-mark 0x4000", 0x1, 0x4001),
    "and": ("--and-mark 0xf", 0x4001, 0x1),
    "xor under a mask": ("--set-xmark 0x4000/0x4000", 0x1, 0x4001),
    "xor of a bit that is not under the mask": ("--set-xmark 0x4000/0x0", 0x4001, 0x1),
}


@pytest.mark.parametrize(("option", "before", "after"), MARKS.values(), ids=MARKS.keys())
def test_how_marks_change(option: str, before: int, after: int) -> None:
    made = tables(f"-t mangle -A OUTPUT -j MARK {option}")

    assert through(made, "OUTPUT", replace(SYN, mark=before)).packet.mark == after


def test_chance_is_seeded_and_fair() -> None:
    def share(seed: str) -> int:
        made = tables("-A FORWARD -m statistic --mode random --probability 0.25 -j DROP")
        around = Surroundings(chance=Chance(seed))
        return sum(through(made, "FORWARD", around=around).verdict == "DROP" for _ in range(2000))

    assert share("a") == share("a")
    assert 420 < share("a") < 580


def test_who_was_seen_lately_is_known_until_the_time_is_over() -> None:
    made = tables(
        "-A FORWARD -m recent --rcheck --seconds 10 --reap --name kept --rsource -j DROP",
        "-A FORWARD -m recent --set --name kept --rsource -j ACCEPT",
    )
    around = Surroundings()
    verdicts = []
    for second in (0, 5, 10, 21):
        around.now = seconds(second)
        verdicts.append(str(through(made, "FORWARD", around=around).verdict))

    assert verdicts == ["ACCEPT", "DROP", "DROP", "ACCEPT"]


def test_rules_and_policies_count_what_they_met() -> None:
    made = tables("-A FORWARD -p udp -j DROP", "-N OWN", "-A FORWARD -j OWN", "-A OWN -p tcp")
    through(made, "FORWARD")
    through(made, "FORWARD")

    counted = {name: [entry.packets for entry in chain.entries] for name, chain in made.tables["filter"].items()}
    assert counted == {"INPUT": [], "FORWARD": [0, 2], "OUTPUT": [], "OWN": [2]}
    assert (made.tables["filter"]["FORWARD"].packets, made.tables["filter"]["FORWARD"].bytes) == (2, 120)


def test_a_chain_of_ten_thousand_services_is_not_asked_from_its_first_rule() -> None:
    made = tables("-t nat -N KUBE-SERVICES", "-t nat -A PREROUTING -j KUBE-SERVICES")
    for number in range(10_000):
        place = f"10.96.{number // 250}.{number % 250}"
        made.append(
            "nat", "KUBE-SERVICES", read(f"-d {place} -p tcp --dport 80 -j DNAT --to-destination 10.0.0.{number % 250}")
        )
    made.append("nat", "KUBE-SERVICES", read("-j MARK --or-mark 0x1"))
    chain = made.tables["nat"]["KUBE-SERVICES"]

    assert [number for number, _ in chain.candidates("10.96.39.249", 80)] == [10_000, 10_001]
    assert through(made, "PREROUTING", replace(SYN, destination="10.96.20.7")).packet.to == "10.0.0.7:80"
    assert through(made, "PREROUTING", replace(SYN, destination="10.97.0.1")).packet.mark == 1


def test_rules_stay_in_their_order_however_they_are_looked_up() -> None:
    made = tables(*(f"-A FORWARD -d 10.1.0.{number} -j ACCEPT" for number in range(20)))
    for line in ("-I FORWARD 3 -p tcp --dport 80 -j DROP", "-I FORWARD 1 -d 10.1.0.9 -p tcp --dport 80 -j REJECT"):
        run(made, line)

    candidates = made.tables["filter"]["FORWARD"].candidates("10.1.0.9", 80)
    assert [(number, entry.rule.saved) for number, entry in candidates] == [
        (1, "-d 10.1.0.9/32 -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable"),
        (4, "-p tcp -m tcp --dport 80 -j DROP"),
        (12, "-d 10.1.0.9/32 -j ACCEPT"),
    ]


def test_rules_that_stay_keep_what_they_have_counted() -> None:
    made = tables("-A FORWARD -p tcp -j ACCEPT")
    through(made, "FORWARD")
    chain = made.tables["filter"]["FORWARD"]
    chain.replace([read("-p udp -j DROP"), read("-p tcp -j ACCEPT")])

    assert [entry.packets for entry in chain.entries] == [0, 1]


def test_a_circle_of_chains_that_nobody_refused_is_told() -> None:
    made = tables("-N A", "-N B", "-A FORWARD -j A", "-A A -j B")
    made.append("filter", "B", read("-j A"))

    with pytest.raises(LoopError):
        through(made, "FORWARD")

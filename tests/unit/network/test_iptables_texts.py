"""iptables' own words: rules read and written, listings, and what is refused."""

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.network.iptables.commands import run
from podproof.simulator.network.iptables.matches import Passing
from podproof.simulator.network.iptables.reading import RuleError, rule
from podproof.simulator.network.iptables.tables import Tables
from podproof.simulator.network.iptables.texts import listed, saved
from podproof.simulator.network.packet import Packet

SAVED = (
    "-d 10.96.0.1/32 -p tcp -m comment --comment default/kubernetes:https -m tcp --dport 443 -j KUBE-SVC-X",
    "-m comment --comment default/web -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-A",
    "-s 10.244.0.5/32 -m comment --comment default/web -j KUBE-MARK-MASQ",
    "-p tcp -m comment --comment default/web -m tcp -j DNAT --to-destination 10.244.0.5:8080",
    "! -s 10.244.0.0/16 -d 10.96.0.7/32 -p udp -m udp --dport 53 -j KUBE-MARK-MASQ",
    "-j MARK --set-xmark 0x4000/0x4000",
    "-m mark ! --mark 0x4000/0x4000 -j RETURN",
    '-m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    "-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-A --mask 255.255.255.255 --rsource -j KUBE-SEP-A",
    "-m recent --set --name KUBE-SEP-A --mask 255.255.255.255 --rsource -j ACCEPT",
    "-m conntrack --ctstate NEW -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES",
    "-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
    "! -i cni0 -p tcp -m multiport --dports 80,443,8000:8080 -j REJECT --reject-with tcp-reset",
    "-i cni0 -o veth+ -j ACCEPT",
    "-p tcp -m tcp --sport 1024:65535 -g OTHER",
    "-p icmp",
)  # fmt: skip


@pytest.mark.parametrize("text", SAVED)
def test_what_iptables_save_wrote_is_read_and_written_alike(text: str) -> None:
    assert rule(text).saved == text


SHORT = {
    "an address alone is a range of one": ("-s 10.0.0.1 -j DROP", "-s 10.0.0.1/32 -j DROP"),
    "a range is cut to its length": ("-d 10.1.2.3/8 -j DROP", "-d 10.0.0.0/8 -j DROP"),
    "a port's name": ("-p tcp --dport http -j DROP", "-p tcp -m tcp --dport 80 -j DROP"),
    "options in the order of the kernel": ("-j DROP -p tcp -i eth0", "-i eth0 -p tcp -j DROP"),
    "the old name of a state": ("-m state --state NEW -j DROP", "-m conntrack --ctstate NEW -j DROP"),
    "a mark that is or-ed": ("-j MARK --or-mark 0x8000", "-j MARK --set-xmark 0x8000/0x8000"),
    "a negation behind the option": ("-d ! 10.0.0.1 -j DROP", "! -d 10.0.0.1/32 -j DROP"),
}


@pytest.mark.parametrize(("text", "written"), SHORT.values(), ids=SHORT.keys())
def test_what_people_write_is_written_out(text: str, written: str) -> None:
    assert rule(text).saved == written


def test_a_table_is_saved_with_its_chains() -> None:
    made = Tables()
    for line in ("-t nat -N KUBE-SERVICES", "-t nat -A PREROUTING -j KUBE-SERVICES", "-t nat -P INPUT DROP"):
        run(made, f"iptables {line}")
    made.pass_hook("PREROUTING", Passing(Packet("10.0.0.1", "10.0.0.2", port=80)))

    assert saved(made, "nat", counters=True).splitlines() == [
        "*nat",
        ":PREROUTING ACCEPT [1:60]",
        ":INPUT DROP [0:0]",
        ":OUTPUT ACCEPT [0:0]",
        ":POSTROUTING ACCEPT [0:0]",
        ":KUBE-SERVICES - [0:0]",
        "[1:60] -A PREROUTING -j KUBE-SERVICES",
        "COMMIT",
    ]


LISTING = """\
Chain PREROUTING (policy ACCEPT 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source               destination         
    0     0 KUBE-SERVICES  all  --  *      *       0.0.0.0/0            0.0.0.0/0            /* service portals */
    0     0 DNAT       tcp  --  eth0   *      !10.0.0.0/8           10.244.0.5           tcp dpt:80 to:10.1.0.9:80

Chain INPUT (policy ACCEPT 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source               destination         

Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source               destination         

Chain POSTROUTING (policy ACCEPT 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source               destination         
    0     0 MASQUERADE  all  --  *      !docker0  172.17.0.0/16        0.0.0.0/0           

Chain KUBE-SERVICES (1 references)
 pkts bytes target     prot opt in     out     source               destination         
    0     0 MARK       all  --  *      *       0.0.0.0/0            0.0.0.0/0            MARK or 0x4000"""  # noqa: W291


def test_a_table_is_listed_as_iptables_lists_it() -> None:
    made = Tables()
    for line in (
        "-N KUBE-SERVICES",
        '-A PREROUTING -m comment --comment "service portals" -j KUBE-SERVICES',
        "-A PREROUTING -i eth0 -p tcp ! -s 10.0.0.0/8 -d 10.244.0.5 --dport 80 -j DNAT --to-destination 10.1.0.9:80",
        "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
        "-A KUBE-SERVICES -j MARK --or-mark 0x4000",
    ):
        run(made, f"iptables -t nat {line}")

    assert listed(made, "nat") == LISTING


INVALID = "iptables: Invalid argument. Run `dmesg' for more information."
REFUSED = {
    "a table that is none": ("-t nut -A INPUT -j DROP", "can't initialize iptables table `nut': Table does not exist"),
    "what is negated twice": ("-A INPUT ! ! -i eth0 -j DROP", "multiple consecutive ! not allowed"),
    "what is negated before and behind": ("-A INPUT ! -i ! eth0 -j DROP", "multiple consecutive ! not allowed"),
    "an interface that is none": ("-A INPUT -i '' -j DROP", "Empty interface is likely to be undesired"),
    "an interface the kernel has no name for": (
        "-A INPUT -i 'a b' -j DROP",
        "weird character in interface `a b' ('/' and ' ' are not allowed by the kernel)",
    ),
    "an interface of a long name": (
        "-A INPUT -i interface-number-1 -j DROP",
        "interface name `interface-number-1' must be shorter than 16 characters",
    ),
    "a target of two words": ("-A INPUT -j 'a b'", "Invalid target name `a b'"),
    "a target without a name": ("-A INPUT -j ''", "Invalid target name (too short)"),
    "a target of a long name": (f"-A INPUT -j {'A' * 29}", f"Invalid target name `{'A' * 29}' (28 chars max)"),
    "a chain that is not there": ("-A NOWHERE -j DROP", "iptables: No chain/target/match by that name."),
    "a chain of another table": ("-t raw -A INPUT -j DROP", "iptables: No chain/target/match by that name."),
    "a jump to nowhere": ("-A INPUT -j NOWHERE", "Couldn't load target `NOWHERE':No such file or directory"),
    "a jump in a circle": ("-A OWN -j OWN", "iptables: Too many levels of symbolic links."),
    "an address that is none": ("-A INPUT -s 10.0.0 -j DROP", "host/network `10.0.0' not found"),
    "a port without its protocol": ("-A INPUT --dport 80 -j DROP", 'unknown option "--dport"'),
    "a port that is none": ("-A INPUT -p tcp --dport 99999 -j DROP", "invalid port/service `99999' specified"),
    "a protocol that is none": ("-A INPUT -p tpc -j DROP", 'unknown protocol "tpc" specified'),
    "an interface the packet has not got yet": ("-A INPUT -o eth0 -j DROP", "Can't use -o with INPUT"),
    "a translation outside of nat": ("-A INPUT -j MASQUERADE", INVALID),
    "a destination behind routing": (
        "-t nat -A POSTROUTING -j DNAT --to-destination 10.0.0.1",
        INVALID,
    ),
    "DNAT to nowhere": ("-t nat -A PREROUTING -j DNAT", 'DNAT: option "--to-destination" must be specified'),
    "a share above one": (
        "-A INPUT -m statistic --mode random --probability 1.5 -j DROP",
        'statistic: Bad value for "--probability" option: "1.5"',
    ),
    "a place behind the end": ("-I INPUT 3 -j DROP", "iptables: Index of insertion too big."),
    "a number that is not there": ("-D INPUT 1", "iptables: Index of deletion too big."),
    "a rule that is not there": ("-D INPUT -j DROP", "iptables: Bad rule (does a matching rule exist in that chain?)."),
    "a chain a second time": ("-N OWN", "iptables: Chain already exists."),
    "the end of a chain of the kernel's": ("-X INPUT", "iptables: Too many links."),
    "a policy that is none": ("-P INPUT REJECT", "iptables: Bad policy name. Run `dmesg' for more information."),
    "a policy of a user's chain": ("-P OWN DROP", "iptables: Bad policy name. Run `dmesg' for more information."),
    "a quotation without its end": ('-A INPUT -m comment --comment "open', "No closing quotation"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_iptables_refuses(line: str, words: str) -> None:
    made = Tables()
    run(made, "-N OWN")
    with pytest.raises(RuleError) as refused:
        run(made, line)

    assert refused.value.faults == (words,)
    assert saved(made, "filter").count("-A ") == 0


def test_all_faults_of_a_rule_are_told_at_once() -> None:
    with pytest.raises(RuleError) as refused:
        rule("-s here -p tcp --dport x -j REJECT --reject-with tea")

    assert refused.value.faults == (
        "host/network `here' not found",
        "invalid port/service `x' specified",
        'unknown reject type "tea"',
    )


@pytest.mark.parametrize(
    "text",
    ["-m string --string x -j DROP", "-j TPROXY", "-p tcp --syn -j DROP", "-j DNAT --to-destination 10.0.0.1-10.0.0.9"],
)
def test_what_is_not_modelled_is_named(text: str) -> None:
    with pytest.raises(NotModelledError):
        rule(text)


def test_a_chain_that_others_jump_to_is_kept_until_they_are_gone() -> None:
    made = Tables()
    for line in ("-N OWN", "-A INPUT -j OWN"):
        run(made, line)
    with pytest.raises(RuleError, match="Too many links"):
        run(made, "-X OWN")
    for line in ("-F INPUT", "-X OWN"):
        run(made, line)

    assert "OWN" not in made.tables["filter"]

"""hostPort: the rules the portmap plugin writes on a node for the ports of its pods.

Source: containernetworking/plugins plugins/meta/portmap/portmap_iptables.go; utils.go, FormatChainName.
"""

from collections.abc import Iterable
from hashlib import sha512
from typing import NamedTuple

from podproof.simulator.network.iptables.reading import rule
from podproof.simulator.network.iptables.rules import Rule
from podproof.simulator.network.iptables.tables import Tables

TOP = "CNI-HOSTPORT-DNAT"
_LONGEST = 28
_MARK = "-m comment --comment 'CNI portfwd masquerade mark' -j MARK --set-xmark 0x2000/0x2000"
_MASQUERADE = "-m mark --mark 0x2000/0x2000 -j MASQUERADE"
_JUMP = f"-m addrtype --dst-type LOCAL -j {TOP}"
_LAST = "-m comment --comment 'CNI portfwd requiring masquerade' -j CNI-HOSTPORT-MASQ"


class Forward(NamedTuple):
    """A port of a node that leads to a port of a pod, whose node has this range."""

    port: int
    protocol: str
    address: str
    inner: int
    cidr: str

    @property
    def chain(self) -> str:
        """The chain of this pod's ports. Approximated: a real one is named after the sandbox."""
        return f"CNI-DN-{sha512(self.address.encode()).hexdigest()}"[:_LONGEST]


def write(tables: Tables, forwards: Iterable[Forward]) -> None:
    """Let a node's nat table have the rules for these ports and no others."""
    wanted = list(forwards)
    if not wanted and TOP not in tables.tables["nat"]:
        return
    if TOP not in tables.tables["nat"]:
        _begin(tables)
    chains: dict[str, list[Rule]] = {}
    for each in wanted:
        chains.setdefault(each.chain, []).extend(_rules(each))
    for name in [each for each in tables.tables["nat"] if each.startswith("CNI-DN-") and each not in chains]:
        tables.remove("nat", name)
    for name, rules in chains.items():
        tables.chain("nat", name, rules)
    tables.chain("nat", TOP, [_entry(each) for each in wanted])


def _begin(tables: Tables) -> None:
    tables.chain("nat", TOP)
    tables.chain("nat", "CNI-HOSTPORT-SETMARK", [rule(_MARK)])
    tables.chain("nat", "CNI-HOSTPORT-MASQ", [rule(_MASQUERADE)])
    for chain in ("PREROUTING", "OUTPUT"):
        tables.append("nat", chain, rule(_JUMP))
    tables.append("nat", "POSTROUTING", rule(_LAST))


def _entry(each: Forward) -> Rule:
    told = f"dnat name: cbr0 id: {each.address}"
    return rule(f"-p {each.protocol} -m comment --comment '{told}' -m multiport --dports {each.port} -j {each.chain}")


def _rules(each: Forward) -> list[Rule]:
    way = f"-p {each.protocol} --dport {each.port}"
    return [
        rule(f"-s {each.cidr} {way} -j CNI-HOSTPORT-SETMARK"),
        rule(f"-s 127.0.0.1/32 {way} -j CNI-HOSTPORT-SETMARK"),
        rule(f"{way} -j DNAT --to-destination {each.address}:{each.inner}"),
    ]

"""The tables of one network namespace, and what becomes of a packet at each of the five hooks.

Source: netfilter include/uapi/linux/netfilter_ipv4.h, enum nf_ip_hook_priorities (the order of tables at a hook).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from podproof.simulator.network.iptables.chains import Chain, Entry
from podproof.simulator.network.iptables.matches import Passing
from podproof.simulator.network.iptables.rules import Rule
from podproof.simulator.network.iptables.targets import (
    Jump,
    Mark,
    Masquerade,
    Note,
    Reject,
    Say,
    Target,
    Translate,
    Verdict,
)  # fmt: skip
from podproof.simulator.network.packet import Packet

TABLES: Mapping[str, tuple[str, ...]] = {
    "raw": ("PREROUTING", "OUTPUT"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
}
"""The chains each table begins with."""

HOOKS: Mapping[str, tuple[str, ...]] = {
    "PREROUTING": ("raw", "mangle", "nat"),
    "INPUT": ("mangle", "filter", "nat"),
    "FORWARD": ("mangle", "filter"),
    "OUTPUT": ("raw", "mangle", "nat", "filter"),
    "POSTROUTING": ("mangle", "nat"),
}
"""The tables a packet passes at each hook, in order. Between raw and mangle conntrack finds its connection."""

_DEEPEST = 128
"""Approximated: linux refuses a loop of jumps when it is loaded; here a packet that meets one is told."""


class Hit(NamedTuple):
    """A rule that fitted (`number` from 1), or (0) a policy: what it was, and the packet behind it."""

    table: str
    chain: str
    number: int
    entry: Entry | None
    packet: Packet
    policy: str = ""

    def __str__(self) -> str:
        if self.entry is None:
            return f"the policy {self.policy} of {self.table} {self.chain}"
        return f"{self.table} {self.chain} rule {self.number}: {self.entry.rule.saved}"


@dataclass(frozen=True, slots=True)
class Passed:
    """What became of a packet at a hook (`answer` is what REJECT tells), what it is now, and by which rules."""

    verdict: Verdict
    packet: Packet
    hits: tuple[Hit, ...]
    answer: str = ""

    @property
    def by(self) -> str:
        """What decided."""
        return str(self.hits[-1]) if self.hits else "no rule"

    @property
    def translations(self) -> tuple[Hit, ...]:
        """The rules that gave the packet another source or destination."""
        return tuple(
            hit for hit in self.hits if hit.entry and isinstance(hit.entry.rule.target, Translate | Masquerade)
        )


class LoopError(Exception):
    """Chains jump to each other in a circle."""


class Tables:
    """raw, mangle, nat and filter. Each holds chains by name; user chains are added by `chain`."""

    def __init__(self) -> None:
        self.tables = {name: {each: Chain(each, policy="ACCEPT") for each in chains} for name, chains in TABLES.items()}

    def chain(self, table: str, name: str, rules: Iterable[Rule] | None = None) -> Chain:
        """Return a chain, made where there was none; `rules` are all it has from now on."""
        found = self.tables[table].get(name)
        if found is None:
            found = self.tables[table][name] = Chain(name)
        if rules is not None:
            found.replace(rules)
        return found

    def remove(self, table: str, name: str) -> None:
        """Take a user chain away. Harmless where there is none."""
        self.tables[table].pop(name, None)

    def append(self, table: str, chain: str, rule: Rule) -> None:
        """Add a rule at the end of a chain, which is made where there was none."""
        self.chain(table, chain).append(rule)

    @property
    def empty(self) -> bool:
        """Whether no packet can fare differently for these tables."""
        chains = (chain for table in self.tables.values() for chain in table.values())
        return not any(chain.entries or chain.policy == "DROP" for chain in chains)

    def pass_hook(self, hook: str, passing: Passing, nat: bool = True, only: str = "") -> Passed:
        """Take a packet through the tables of a hook (or `only` one of them).

        nat is only asked about the first packet of a connection.
        """
        hits: list[Hit] = []
        for name in HOOKS[hook]:
            if (name == "nat" and not nat) or only not in ("", name):
                continue
            chain = self.tables[name][hook]
            if not chain.entries and chain.policy == "ACCEPT":
                continue
            way = _Way(name, self.tables[name], passing, hits)
            verdict = way.through(chain)
            if verdict in (Verdict.DROP, Verdict.REJECT):
                return Passed(verdict, passing.packet, tuple(hits), way.answer)
        return Passed(Verdict.ACCEPT, passing.packet, tuple(hits))


@dataclass(slots=True)
class _Way:
    """A packet's way through one table."""

    table: str
    chains: Mapping[str, Chain]
    passing: Passing
    hits: list[Hit]
    answer: str = ""
    depth: int = field(default=0)

    def through(self, chain: Chain) -> Verdict:
        """Return what a built-in chain decides, by a rule or by its policy."""
        found = self._walk(chain)
        if found in (None, Verdict.RETURN):
            chain.packets, chain.bytes = chain.packets + 1, chain.bytes + self.passing.packet.bytes
            found = Verdict(chain.policy)
            if found is not Verdict.ACCEPT:
                self.hits.append(Hit(self.table, chain.name, 0, None, self.passing.packet, chain.policy))
        assert found is not None
        return found

    def _walk(self, chain: Chain) -> Verdict | None:
        packet = self.passing.packet
        for number, entry in chain.candidates(packet.destination, packet.port):
            if not entry.rule.fits(self.passing):
                continue
            entry.packets, entry.bytes = entry.packets + 1, entry.bytes + packet.bytes
            found = self._meet(chain, number, entry)
            if found is not None:
                return None if found is Verdict.RETURN else found
        return None

    def _meet(self, chain: Chain, number: int, entry: Entry) -> Verdict | None:
        """Do what a rule's target says: a verdict, or None to go on with the next rule."""
        target = entry.rule.target
        self._change(target)
        self.hits.append(Hit(self.table, chain.name, number, entry, self.passing.packet))
        match target:
            case Say(verdict=verdict):
                return verdict
            case Reject(answer=answer):
                self.answer = answer
                return Verdict.REJECT
            case Jump():
                return self._jump(target)
            case Mark() | Note():
                return None
        return Verdict.ACCEPT

    def _jump(self, target: Jump) -> Verdict | None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise LoopError(f"{self.table} {target.chain}")
        found = self._walk(self.chains[target.chain])
        self.depth -= 1
        return found or (Verdict.RETURN if target.goto else None)

    def _change(self, target: Target) -> None:
        passing, packet = self.passing, self.passing.packet
        if isinstance(target, Mark):
            passing.packet = replace(packet, mark=packet.mark & ~target.mask ^ target.value)
        elif isinstance(target, Masquerade):
            passing.packet = replace(packet, source=passing.address or packet.source)
        elif isinstance(target, Translate) and target.kind == "DNAT":
            passing.packet = replace(packet, destination=target.address, port=target.port or packet.port)
        elif isinstance(target, Translate):
            port = target.port or packet.source_port
            passing.packet = replace(packet, source=target.address, source_port=port)

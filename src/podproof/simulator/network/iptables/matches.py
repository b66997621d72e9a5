"""What a rule may ask of a packet. Each match says whether it fits, and how iptables-save and `iptables -L` word it.

Source: netfilter's net/netfilter/xt_*.c for what fits; iptables' extensions/libxt_*.c, libipt_*.c for the words.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from podproof.simulator.kernel.chance import Chance
from podproof.simulator.model.times import SECOND, Nanos
from podproof.simulator.network.addresses import block
from podproof.simulator.network.packet import Packet

_CERTAIN = 1 << 31
"""Source: net/netfilter/xt_statistic.c: a probability is a share of 2^31."""
_BEGINNING = Nanos(0)


@dataclass(slots=True)
class Surroundings:
    """What rules may ask of their host: its own addresses, chance, whom it saw when, and the present moment (ns)."""

    addresses: frozenset[str] = frozenset()
    chance: Chance = field(default_factory=lambda: Chance("iptables"))
    recent: dict[str, dict[str, Nanos]] = field(default_factory=dict)
    now: Nanos = _BEGINNING

    def is_local(self, address: str) -> bool:
        """Say whether an address is the host's own."""
        return address in self.addresses or address.startswith("127.")


@dataclass(slots=True)
class Passing:
    """A packet at a hook: the interfaces it came in and goes out by ("": none), and its state as conntrack sees it."""

    packet: Packet
    incoming: str = ""
    outgoing: str = ""
    states: frozenset[str] = frozenset({"NEW"})
    address: str = ""
    """The outgoing interface's own, for who masquerades."""
    around: Surroundings = field(default_factory=Surroundings)


class Match(Protocol):
    """One condition of a rule."""

    def fits(self, passing: Passing) -> bool:
        """Say whether the packet is such a one."""

    @property
    def saved(self) -> str:
        """As iptables-save writes it."""

    @property
    def listed(self) -> str:
        """As `iptables -L` writes it."""


@dataclass(frozen=True, slots=True)
class Comment:
    """Words for people."""

    text: str

    def fits(self, passing: Passing) -> bool:
        return True

    @property
    def saved(self) -> str:
        return f"-m comment --comment {quoted(self.text)}"

    @property
    def listed(self) -> str:
        return f"/* {self.text} */"


class Range(NamedTuple):
    """Ports from one to another, both included; negated: all others."""

    first: int
    last: int
    negated: bool = False

    def has(self, port: int) -> bool:
        """Say whether a port is meant."""
        return (self.first <= port <= self.last) is not self.negated

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}:{self.last}"


@dataclass(frozen=True, slots=True)
class Ports:
    """A packet of tcp, udp or sctp, to some ports of its destination and from some of its source; None asks nothing."""

    protocol: str
    destination: Range | None = None
    source: Range | None = None

    def fits(self, passing: Passing) -> bool:
        packet = passing.packet
        return (self.destination is None or self.destination.has(packet.port)) and (
            self.source is None or self.source.has(packet.source_port)
        )

    @property
    def saved(self) -> str:
        sides = ((self.source, "--sport"), (self.destination, "--dport"))
        return f"-m {self.protocol}" + "".join(f" {_not(way.negated)}{name} {way}" for way, name in sides if way)

    @property
    def listed(self) -> str:
        sides = ((self.source, "spt"), (self.destination, "dpt"))
        return self.protocol + "".join(f" {name}{_several(way)}:{'!' * way.negated}{way}" for way, name in sides if way)


def to_port(protocol: str, port: int) -> Ports:
    """Return the match of one port of the destination."""
    return Ports(protocol, Range(port, port))


def _several(way: Range) -> str:
    return "s" if way.first != way.last else ""


@dataclass(frozen=True, slots=True)
class ManyPorts:
    """Any of some ports and ranges of ports."""

    ranges: tuple[tuple[int, int], ...]
    side: str = "d"
    negated: bool = False

    def fits(self, passing: Passing) -> bool:
        port = passing.packet.port if self.side == "d" else passing.packet.source_port
        return any(first <= port <= last for first, last in self.ranges) is not self.negated

    @property
    def saved(self) -> str:
        return f"-m multiport {_not(self.negated)}--{self.side}ports {self._list}"

    @property
    def listed(self) -> str:
        return f"multiport {self.side}ports {_not(self.negated)}{self._list}"

    @property
    def _list(self) -> str:
        return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class State:
    """What conntrack knows of the packet's connection: NEW, ESTABLISHED, RELATED, INVALID, and DNAT or SNAT."""

    states: tuple[str, ...]
    negated: bool = False

    def fits(self, passing: Passing) -> bool:
        return any(each in passing.states for each in self.states) is not self.negated

    @property
    def saved(self) -> str:
        return f"-m conntrack {_not(self.negated)}--ctstate {','.join(self.states)}"

    @property
    def listed(self) -> str:
        return f"{_not(self.negated)}ctstate {','.join(self.states)}"


@dataclass(frozen=True, slots=True)
class Marked:
    """The bits of the packet's mark under `mask`."""

    value: int
    mask: int = 0xFFFFFFFF
    negated: bool = False

    def fits(self, passing: Passing) -> bool:
        return (passing.packet.mark & self.mask == self.value) is not self.negated

    @property
    def saved(self) -> str:
        return f"-m mark {_not(self.negated)}--mark {masked(self.value, self.mask)}"

    @property
    def listed(self) -> str:
        return f"mark match {'!' * self.negated}{masked(self.value, self.mask)}"


@dataclass(frozen=True, slots=True)
class Random:
    """A share of all packets, drawn from the host's seeded chance."""

    probability: float

    def fits(self, passing: Passing) -> bool:
        return passing.around.chance.below(_CERTAIN) < self._share

    @property
    def saved(self) -> str:
        return f"-m statistic --mode random --probability {self._share / _CERTAIN:.11f}"

    @property
    def listed(self) -> str:
        return f"statistic mode random probability {self._share / _CERTAIN:.11f}"

    @property
    def _share(self) -> int:
        return int(self.probability * _CERTAIN + 0.5)


@dataclass(frozen=True, slots=True)
class Recent:
    """Whether a source was seen lately: "rcheck" looks, "update" looks and notes, "set" notes, "remove" forgets."""

    name: str
    what: str
    seconds: int = 0
    reap: bool = False
    negated: bool = False

    def fits(self, passing: Passing) -> bool:
        seen, source = passing.around.recent.setdefault(self.name, {}), passing.packet.source
        found = self._found(seen.get(source), passing.around.now)
        if self.what == "remove":
            found = seen.pop(source, None) is not None
        elif self.what == "set" or (self.what == "update" and found):
            seen[source] = passing.around.now
        return found is not self.negated

    def _found(self, last: Nanos | None, now: Nanos) -> bool:
        if self.what == "set":
            return True
        return last is not None and (not self.seconds or now - last <= self.seconds * SECOND)

    @property
    def saved(self) -> str:
        times = f" --seconds {self.seconds}" * bool(self.seconds) + " --reap" * self.reap
        told = f"-m recent {_not(self.negated)}--{self.what}{times} --name {self.name}"
        return f"{told} --mask 255.255.255.255 --rsource"

    @property
    def listed(self) -> str:
        word = {"rcheck": "CHECK", "set": "SET", "update": "UPDATE", "remove": "REMOVE"}[self.what]
        times = f" seconds: {self.seconds}" * bool(self.seconds) + " reap" * self.reap
        return f"recent: {_not(self.negated)}{word}{times} name: {self.name} side: source mask: 255.255.255.255"


@dataclass(frozen=True, slots=True)
class AddressType:
    """Whether the destination ("dst") or source ("src") is the host's own address (LOCAL) or not (UNICAST)."""

    kind: str = "LOCAL"
    side: str = "dst"
    negated: bool = False

    def fits(self, passing: Passing) -> bool:
        address = passing.packet.destination if self.side == "dst" else passing.packet.source
        return (passing.around.is_local(address) is (self.kind == "LOCAL")) is not self.negated

    @property
    def saved(self) -> str:
        return f"-m addrtype {_not(self.negated)}--{self.side}-type {self.kind}"

    @property
    def listed(self) -> str:
        return f"ADDRTYPE match {self.side}-type {'!' * self.negated}{self.kind}"


@dataclass(frozen=True, slots=True)
class InSet:
    """Whether the source ("src") or destination ("dst") is of a named set of ranges (an ipset)."""

    name: str
    ranges: tuple[str, ...]
    side: str = "dst"
    negated: bool = False

    def fits(self, passing: Passing) -> bool:
        address = passing.packet.destination if self.side == "dst" else passing.packet.source
        return any(block(each).has(address) for each in self.ranges) is not self.negated

    @property
    def saved(self) -> str:
        return f"-m set {_not(self.negated)}--match-set {self.name} {self.side}"

    @property
    def listed(self) -> str:
        return f"match-set {_not(self.negated)}{self.name} {self.side}"


def masked(value: int, mask: int) -> str:
    """Return a mark as tools print it: its mask only where it leaves bits out."""
    return f"0x{value:x}" if mask == 0xFFFFFFFF else f"0x{value:x}/0x{mask:x}"


def quoted(text: str) -> str:
    """Return words as iptables-save quotes them: only where they need it.

    Source: iptables libxtables/xtables.c, xtables_save_string.
    """
    plain = all(char.isalnum() or char in "_-./:" for char in text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return text if plain and text else f'"{escaped}"'


def _not(negated: bool) -> str:
    return "! " if negated else ""

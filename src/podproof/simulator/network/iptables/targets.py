"""What a rule does with a packet that fits it.

Source: iptables' extensions/libxt_*.c, libipt_*.c, for the words; net/netfilter for the effects.
"""

from dataclasses import dataclass
from enum import StrEnum

from podproof.simulator.network.iptables.matches import quoted

ALL_BITS = 0xFFFFFFFF


class Verdict(StrEnum):
    """What ends a packet's way through a table; RETURN ends it through one chain only."""

    ACCEPT = "ACCEPT"
    DROP = "DROP"
    REJECT = "REJECT"
    RETURN = "RETURN"


@dataclass(frozen=True, slots=True)
class Jump:
    """Go through another chain, and on here when it has not decided."""

    chain: str
    goto: bool = False
    """Do not come back here, but to who jumped to this chain."""

    @property
    def saved(self) -> str:
        """As iptables-save writes it."""
        return f"{'-g' if self.goto else '-j'} {self.chain}"


@dataclass(frozen=True, slots=True)
class Say:
    """Decide: ACCEPT, DROP or RETURN."""

    verdict: Verdict

    @property
    def saved(self) -> str:
        """As iptables-save writes it."""
        return f"-j {self.verdict}"


@dataclass(frozen=True, slots=True)
class Reject:
    """Drop, and tell the sender."""

    answer: str = "icmp-port-unreachable"

    @property
    def saved(self) -> str:
        """As iptables-save writes it."""
        return f"-j REJECT --reject-with {self.answer}"


@dataclass(frozen=True, slots=True)
class Translate:
    """Give the packet another destination (DNAT) or source (SNAT); port 0 keeps the one it has."""

    kind: str
    address: str
    port: int = 0

    @property
    def to(self) -> str:
        """The new end, as it is written."""
        bracketed = f"[{self.address}]" if ":" in self.address else self.address
        return f"{bracketed}:{self.port}" if self.port else self.address

    @property
    def saved(self) -> str:
        """As iptables-save writes it."""
        return f"-j {self.kind} --to-{'destination' if self.kind == 'DNAT' else 'source'} {self.to}"


@dataclass(frozen=True, slots=True)
class Masquerade:
    """Give the packet the outgoing interface's own address as its source."""

    random_fully: bool = False

    @property
    def saved(self) -> str:
        """As iptables-save writes it."""
        return "-j MASQUERADE" + " --random-fully" * self.random_fully


@dataclass(frozen=True, slots=True)
class Mark:
    """Set the bits of the packet's mark under `mask`: they become `mark & ~mask ^ value`."""

    value: int
    mask: int = ALL_BITS

    @property
    def saved(self) -> str:
        """As iptables-save writes it."""
        return f"-j MARK --set-xmark 0x{self.value:x}/0x{self.mask:x}"


@dataclass(frozen=True, slots=True)
class Note:
    """Let the packet go on as it is: LOG, NOTRACK, and a rule without a target, which only counts."""

    name: str = ""
    options: str = ""

    @property
    def saved(self) -> str:
        """As iptables-save writes it."""
        return f"-j {self.name}{self.options and ' ' + self.options}" if self.name else ""


Target = Jump | Say | Reject | Translate | Masquerade | Mark | Note

ACCEPT, DROP, RETURN = Say(Verdict.ACCEPT), Say(Verdict.DROP), Say(Verdict.RETURN)


def name_of(target: Target) -> str:
    """Return the name of a target as `iptables -L` prints it."""
    match target:
        case Jump(chain=name) | Note(name=name) | Translate(kind=name):
            return name
        case Say(verdict=verdict):
            return str(verdict)
    return type(target).__name__.upper()


def words_of(target: Target) -> str:
    """Return what `iptables -L` prints of a target after the matches."""
    match target:
        case Jump(goto=True):
            return "[goto] "
        case Reject(answer=answer):
            return f"reject-with {answer}"
        case Translate():
            return f"to:{target.to}"
        case Masquerade(random_fully=True):
            return "random-fully"
        case Mark():
            return _mark_words(target)
    return quoted(target.options) if isinstance(target, Note) and target.options else ""


def _mark_words(target: Mark) -> str:
    """Source: iptables extensions/libxt_MARK.c, mark_tg_print."""
    if target.value == 0:
        return f"MARK and 0x{~target.mask & ALL_BITS:x}"
    if target.value == target.mask:
        return f"MARK or 0x{target.value:x}"
    if target.mask == 0:
        return f"MARK xor 0x{target.value:x}"
    return f"MARK xset 0x{target.value:x}/0x{target.mask:x}"

"""What is told of a packet's way: its hops, and how it ended."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from podproof.simulator.network.packet import Packet


class Fate(StrEnum):
    """How a packet ends. A refusal and a word that somebody is unreachable come back at once; a lost one is awaited."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SILENT = "unreachable after a while"
    LOST = "lost"


class Hop(NamedTuple):
    """One thing that happened to a packet: in whose namespace, at which interface, what, to which packet, and why."""

    place: str
    interface: str
    what: str
    packet: Packet
    why: str = ""

    @property
    def cells(self) -> dict[str, str]:
        """The hop as a row of a table."""
        inner = self.packet.innermost
        return {
            "hop": self.place, "interface": self.interface, "what happened": self.what,
            "source": inner.source, "destination": inner.destination,
            "encapsulation": self.packet.encapsulation, "why": self.why,
        }  # fmt: skip


@dataclass(slots=True)
class Trace:
    """A connection's first packet and its answer: the hops of each, the fate of both, and the reason of the fate."""

    hops: list[Hop] = field(default_factory=list)
    back: list[Hop] = field(default_factory=list)
    fate: Fate = Fate.LOST
    reason: str = ""

    @property
    def reaches(self) -> bool:
        """Whether the packet arrived and its answer came back."""
        return self.fate is Fate.DELIVERED

    @property
    def end(self) -> Hop | None:
        """The last hop of the packet that decided."""
        hops = self.back or self.hops
        return hops[-1] if hops else None

    def __str__(self) -> str:
        lines = [_line(hop) for hop in self.hops]
        lines += ["back:", *map(_line, self.back)] if self.back else []
        return "\n".join([*lines, f"{self.fate}{': ' + self.reason if self.reason else ''}"])


def _line(hop: Hop) -> str:
    inner, wrapped = hop.packet.innermost, hop.packet.encapsulation
    told = [f"{hop.place} {hop.interface}: {hop.what}", f"{inner.from_} > {inner.to}", wrapped and f"[{wrapped}]"]
    return "  ".join(filter(None, [*told, hop.why and f"({hop.why})"]))

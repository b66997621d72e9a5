"""How packets travel in a cluster, as steps may ask for it: who reaches whom, by which hops, past which rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos

Row = Mapping[str, str]
"""One hop: hop (whose namespace), interface, what happened, source, destination, encapsulation, why."""

_MOST = 40
"""How many hops a message tells of."""


@dataclass(frozen=True, slots=True)
class Path:
    """The way of a connection's first packet and of its answer, how it ended ("delivered" and else), and why."""

    hops: tuple[Row, ...]
    back: tuple[Row, ...]
    fate: str
    reason: str = ""

    def __str__(self) -> str:
        lines = [_line(row) for row in self.hops] + (["back:", *map(_line, self.back)] if self.back else [])
        if len(lines) > _MOST:
            lines[_MOST // 2 : -_MOST // 2] = [f"… {len(lines) - _MOST} more …"]
        return "\n".join([*lines, f"{self.fate}{': ' + self.reason if self.reason else ''}"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A connection from a Pod or Node to a Pod, Node, Service or address; `size` is the packet's, in bytes."""

    source: Ref
    target: Ref | str
    port: int = 80
    protocol: str = "TCP"
    size: int = 60


class Paths(Protocol):
    """The network of a cluster. Each raises an error of podproof's own where an end of a path does not exist."""

    def become(self, kind: str) -> None:
        """Let the network be of a kind, as "flannel vxlan"."""

    def connects(self, asked: Asked, patience: Nanos | None = None) -> str:
        """Open a connection, as a program would: "" where it opens, else why not, in the words of connect(2).

        What has not opened after `patience` has timed out.
        """

    def path(self, asked: Asked) -> Path:
        """Return the way of a connection's first packet, and of its answer."""

    def run(self, node: str, line: str) -> str:
        """Run a command of the network's on a node (iptables, iptables-save, ip, bridge), and return what it prints."""

    def mtu(self, pod: str) -> int:
        """Return the MTU of a pod's interface."""

    def rules(self, node: str, table: str, chain: str) -> Sequence[Row]:
        """Return the rules of a chain: rule, as iptables-save writes it, and packets, how many it fitted."""

    def configure(self, node: str, *, configured: bool) -> None:
        """Let a node have its CNI configuration in /etc/cni/net.d, or none."""

    def complaints(self, node: str) -> Sequence[str]:
        """Return what the network could not set up on a node."""


def _line(row: Row) -> str:
    told = [f"{row['hop']} {row['interface']}: {row['what happened']}", f"{row['source']} > {row['destination']}"]
    return "  ".join([*told, *(f"[{row['encapsulation']}]",) * bool(row["encapsulation"]), *_why(row)])


def _why(row: Row) -> list[str]:
    return [f"({row['why']})"] if row["why"] else []

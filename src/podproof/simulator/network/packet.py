"""A packet: who sends what to whom, what was marked on it, and what it is wrapped in."""

from dataclasses import dataclass, replace
from typing import NamedTuple

FIRST_PORT = 40_000
"""Where a client's port comes from when nobody says. Approximated: of net.ipv4.ip_local_port_range, 32768 to 60999."""
SYN_BYTES = 60
"""Source: RFC 9293, 3.1, and the options linux sends: a header of 20 bytes under a TCP header of 40."""
FIRST_TTL = 64
"""Source: linux include/uapi/linux/ip.h, IPDEFTTL."""


class Wrap(NamedTuple):
    """An outer header: the kind of tunnel, from node to node, on which port (0: none), for which network (VNI)."""

    kind: str
    source: str
    destination: str
    port: int = 0
    vni: int = 0

    def __str__(self) -> str:
        told = {"vxlan": f" VNI {self.vni}"}.get(self.kind, "")
        return f"{self.kind} {self.source} > {self.destination}" + (f":{self.port}" if self.port else "") + told


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of a connection, or its answer. Protocols are written as iptables does: tcp, udp, sctp, icmp."""

    source: str
    destination: str
    protocol: str = "tcp"
    port: int = 0
    source_port: int = FIRST_PORT
    ttl: int = FIRST_TTL
    mark: int = 0
    wraps: tuple[Wrap, ...] = ()
    bytes: int = SYN_BYTES

    @property
    def from_(self) -> str:
        """Its source as tools print it."""
        return _shown(self.source, self.source_port, self.protocol)

    @property
    def to(self) -> str:
        """Its destination as tools print it."""
        return _shown(self.destination, self.port, self.protocol)

    def answer(self) -> "Packet":
        """Return the packet that comes back."""
        return replace(
            self, source=self.destination, destination=self.source, port=self.source_port, source_port=self.port,
            ttl=FIRST_TTL, mark=0, wraps=(),
        )  # fmt: skip


def _shown(address: str, port: int, protocol: str) -> str:
    bracketed = f"[{address}]" if ":" in address else address
    return address if protocol == "icmp" else f"{bracketed}:{port}"

"""A packet: who sends what to whom, what was marked on it, and what it carries when it is a tunnel's."""

from dataclasses import dataclass, replace

FIRST_PORT = 40_000
"""Where a client's port comes from when nobody says. Approximated: of net.ipv4.ip_local_port_range, 32768 to 60999."""
SYN_BYTES = 60
"""Source: RFC 9293, 3.1, and the options linux sends: a header of 20 bytes under a TCP header of 40."""
FIRST_TTL = 64
"""Source: linux include/uapi/linux/ip.h, IPDEFTTL."""


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of a connection, or its answer. Protocols are written as iptables does: tcp, udp, sctp, icmp.

    `payload` is the packet a tunnel carries in this one, `tunnel` what kind of tunnel that is ("vxlan", "ipip", "udp").
    """

    source: str
    destination: str
    protocol: str = "tcp"
    port: int = 0
    source_port: int = FIRST_PORT
    ttl: int = FIRST_TTL
    mark: int = 0
    bytes: int = SYN_BYTES
    payload: "Packet | None" = None
    tunnel: str = ""
    vni: int = 0

    @property
    def from_(self) -> str:
        """Its source as tools print it."""
        return shown(self.source, self.source_port, self.protocol)

    @property
    def to(self) -> str:
        """Its destination as tools print it."""
        return shown(self.destination, self.port, self.protocol)

    @property
    def innermost(self) -> "Packet":
        """What was sent to begin with, without the headers of tunnels."""
        return self if self.payload is None else self.payload.innermost

    @property
    def encapsulation(self) -> str:
        """The headers of tunnels round what was sent, the outermost first; "" where there are none."""
        if self.payload is None:
            return ""
        number = f" VNI {self.vni}" if self.vni else ""
        port = f":{self.port}" if self.port else ""
        inner = self.payload.encapsulation
        return f"{self.tunnel}{number} {self.source} > {self.destination}{port}" + (f", {inner}" if inner else "")

    def answer(self) -> "Packet":
        """Return the packet that comes back."""
        return replace(
            self, source=self.destination, destination=self.source, port=self.source_port, source_port=self.port,
            ttl=FIRST_TTL, mark=0, payload=None, tunnel="", vni=0,
        )  # fmt: skip


def shown(address: str, port: int, protocol: str = "tcp") -> str:
    """Return an end of a connection as tools print it."""
    bracketed = f"[{address}]" if ":" in address else address
    return address if protocol in ("icmp", "ipencap") else f"{bracketed}:{port}"

"""Neighbours: hardware addresses of next hops (ARP), and behind which tunnel end a hardware address is (FDB)."""

from dataclasses import dataclass, field
from hashlib import sha256


def hardware_address(of: str) -> str:
    """Return the hardware address of a device: always the same for the same words, locally administered, of one device.

    Source: IEEE 802, 8.4 (the two lowest bits of the first octet). Approximated: a real one is drawn.
    """
    first, *rest = sha256(of.encode()).digest()[:6]
    return ":".join(f"{octet:02x}" for octet in (first & 0xFC | 0x02, *rest))


@dataclass(slots=True)
class Neighbours:
    """Entries somebody wrote, as flanneld does. `arp` is by (device, address), `fdb` by (device, hardware address)."""

    arp: dict[tuple[str, str], str] = field(default_factory=dict)
    fdb: dict[tuple[str, str], str] = field(default_factory=dict)

    def arp_lines(self) -> list[str]:
        """Return the entries as `ip neigh` prints them."""
        return [f"{address} dev {device} lladdr {mac} PERMANENT" for (device, address), mac in self.arp.items()]

    def fdb_lines(self) -> list[str]:
        """Return the entries as `bridge fdb show` prints them."""
        return [f"{mac} dev {device} dst {address} self permanent" for (device, mac), address in self.fdb.items()]

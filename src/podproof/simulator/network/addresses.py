"""Addresses and ranges of them as numbers. Arithmetic is `ipaddress`'s; results are kept, for few are asked often."""

from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import NamedTuple

ANYWHERE = "0.0.0.0/0"


class Block(NamedTuple):
    """A range of addresses: those whose bits under `mask` are `first`'s."""

    version: int
    first: int
    mask: int
    bits: int

    def has(self, address: str) -> bool:
        """Say whether an address is of this range."""
        version, value = number(address)
        return version == self.version and value & self.mask == self.first

    def overlaps(self, other: "Block") -> bool:
        """Say whether some address is of both ranges."""
        mask = self.mask & other.mask
        return self.version == other.version and self.first & mask == other.first & mask

    def address(self, offset: int) -> str:
        """Return the address that lies `offset` after the first."""
        return str(ip_address(self.first + offset))

    @property
    def width(self) -> int:
        """How many bits an address of this version has."""
        return 32 if self.version == 4 else 128

    @property
    def size(self) -> int:
        """How many addresses it has."""
        return 1 << (self.width - self.bits)

    def __str__(self) -> str:
        return f"{self.address(0)}/{self.bits}"


@lru_cache(maxsize=65536)
def number(address: str) -> tuple[int, int]:
    """Return an address as (IP version, number). Raises ValueError where it is none."""
    parsed = ip_address(address)
    return parsed.version, int(parsed)


@lru_cache(maxsize=16384)
def block(cidr: str) -> Block:
    """Return the range a text names; an address alone is a range of one. Raises ValueError where it is none."""
    parsed = ip_network(cidr, strict=False)
    return Block(parsed.version, int(parsed.network_address), int(parsed.netmask), parsed.prefixlen)


def inside(address: str, cidr: str) -> bool:
    """Say whether an address is of a range."""
    return block(cidr).has(address)

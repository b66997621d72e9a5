"""Pod ranges: which address comes next, and the arithmetic of dotted addresses.

Source: containernetworking/plugins plugins/ipam/host-local.
"""

import errno


class Subnet:
    """One node's pod range, handed out in turn: an address comes back into use last.

    Source: containernetworking/plugins plugins/ipam/host-local/backend/allocator/allocator.go, IPAllocator.Get.
    """

    def __init__(self, cidr: str) -> None:
        address, _, bits = cidr.partition("/")
        size = 1 << (32 - int(bits))
        begin = number_of(address) & ~(size - 1)
        self._numbers = range(begin, begin + size)
        self._first, self._last = begin + 2, begin + size - 2
        self._next = self._first
        self._taken: set[int] = set()

    def take(self) -> str:
        """Return the next free address. Raises OSError(EADDRNOTAVAIL) where there is none."""
        if len(self._taken) > self._last - self._first:
            told = f"{dotted(self._first - 1)}-{dotted(self._last)}"
            raise OSError(errno.EADDRNOTAVAIL, f"no IP addresses available in range set: {told}")
        while self._next in self._taken:
            self._advance()
        taken = self._next
        self._taken.add(taken)
        self._advance()
        return dotted(taken)

    def give_back(self, address: str) -> None:
        """Make an address free again."""
        self._taken.discard(number_of(address))

    def has(self, address: str) -> bool:
        """Say whether an address is of this range."""
        return ":" not in address and number_of(address) in self._numbers

    def _advance(self) -> None:
        self._next = self._first if self._next == self._last else self._next + 1


def number_of(address: str) -> int:
    """Return a dotted IPv4 address as a number. Raises ValueError where it is none."""
    a, b, c, d = map(int, address.split("."))
    return a << 24 | b << 16 | c << 8 | d


def dotted(number: int) -> str:
    """Return a number as a dotted IPv4 address."""
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def numbered(first: str, index: int, bits: int = 0) -> str:
    """Return the address `index` behind another, in steps of 2 to the power of `bits`."""
    return dotted(number_of(first) + (index << bits))


def gateway_of(cidr: str) -> str:
    """Return the address a node's bridge has in its pod range: who comes from the node itself comes from there.

    Source: containernetworking/plugins plugins/main/bridge/bridge.go, isGateway.
    """
    address, _, bits = cidr.partition("/")
    return dotted((number_of(address) & ~((1 << (32 - int(bits))) - 1)) + 1)


def is_loopback(address: str) -> bool:
    """Say whether an address is the namespace's own loopback."""
    return address in ("localhost", "::1") or address.startswith("127.")

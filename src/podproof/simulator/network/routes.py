"""Routes: which way a packet leaves, decided by the longest prefix that has its destination.

Source: linux net/ipv4/fib_trie.c, fib_table_lookup; iproute2 ip/iproute.c, print_route, for the words.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from podproof.simulator.network.addresses import Block, block, number


@dataclass(frozen=True, slots=True)
class Route:
    """Packets to `destination` leave by `device`, through the neighbour `via` ("": to the destination itself).

    `source` is what a program that does not say sends from. A route of the kind "blackhole" throws packets away.
    """

    destination: str
    device: str = ""
    via: str = ""
    source: str = ""
    kind: str = ""
    onlink: bool = False
    protocol: str = ""

    def __str__(self) -> str:
        name = "default" if self.destination == "0.0.0.0/0" else self.destination.removesuffix("/32")
        words = [self.kind, name, f"via {self.via}" if self.via else "", f"dev {self.device}" if self.device else ""]
        words += [f"proto {self.protocol}" if self.protocol else "", "" if self.via or self.kind else "scope link"]
        words += [f"src {self.source}" if self.source else "", "onlink" if self.onlink else ""]
        return " ".join(filter(None, words))


class RouteError(ValueError):
    """iproute2 or the kernel does not take a route; the message is theirs."""


def read(text: str, devices: Collection[str], reaches: Callable[[str], "Route | None"]) -> Route:
    """Return the route a text says, as `ip route add` takes it; `reaches` says by which route a next hop is reached.

    Raises:
        RouteError: it is none, or its next hop is not on a link of the namespace's own.
    Source: iproute2 ip/iproute.c, iproute_modify; linux net/ipv4/fib_semantics.c, fib_check_nh.
    """
    name, *words = text.split()
    said = dict(zip(words[::2], words[1::2], strict=False))
    destination = "0.0.0.0/0" if name == "default" else name
    via, device = said.get("via", ""), said.get("dev", "")
    try:
        found, next_hop = str(block(destination)), reaches(via) if via else None
    except ValueError:
        raise RouteError(f'Error: any valid prefix is expected rather than "{name}".') from None
    if device and device not in devices:
        raise RouteError(f'Cannot find device "{device}"')
    if via and (next_hop is None or next_hop.via):
        raise RouteError("Error: Nexthop has invalid gateway.")
    if not (via or device):
        raise RouteError("RTNETLINK answers: No such device")
    return Route(found, device or (next_hop.device if next_hop else ""), via)


class Routes:
    """The routes of one namespace, by the length of their prefix and its bits."""

    def __init__(self) -> None:
        self._lengths: dict[tuple[int, int], dict[int, Route]] = {}
        self._masks: list[tuple[int, int, int]] = []

    def add(self, route: Route) -> None:
        """Have a route, instead of the one there was for the same destination."""
        found = block(route.destination)
        length = (found.version, found.bits)
        if length not in self._lengths:
            self._lengths[length] = {}
            self._masks = sorted(
                ((bits, version, _mask(version, bits)) for version, bits in self._lengths), reverse=True
            )
        self._lengths[length][found.first] = route

    def remove(self, destination: str) -> None:
        """Have no route for exactly this destination. Harmless where there is none."""
        found = block(destination)
        self._lengths.get((found.version, found.bits), {}).pop(found.first, None)

    def lookup(self, address: str) -> Route | None:
        """Return the route a packet to an address takes, None where there is none."""
        version, value = number(address)
        for bits, of, mask in self._masks:
            if of == version and (found := self._lengths[of, bits].get(value & mask)) is not None:
                return found
        return None

    def __iter__(self) -> Iterator[Route]:
        """Yield all routes, in the order of `ip route`: the default first, then by address."""
        return iter(sorted((each for row in self._lengths.values() for each in row.values()), key=_place))


def _place(route: Route) -> tuple[int, int]:
    found: Block = block(route.destination)
    return found.first, found.bits


def _mask(version: int, bits: int) -> int:
    return block(f"{'0.0.0.0' if version == 4 else '::'}/{bits}").mask

"""The cluster's network as programs meet it: an address per sandbox, who listens where, and where a packet goes.

Approximated: one flat network without loss; a Service's address is translated by `route`, as kube-proxy would.
"""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from podproof.simulator.machine.dns import Lookup, NameTable
from podproof.simulator.machine.effects import Service
from podproof.simulator.model.network_policies import Denied, End
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos
from podproof.simulator.network.service_routes import Route, no_services

Police = Callable[[End, End, int, str], Denied | None]
"""Why a connection (source, target, port, protocol) may not begin, None where nothing forbids it."""

ROUND_TRIP = Nanos(MILLISECOND // 5)
"""Approximated: one exchange between two pods."""
UNREACHABLE_AFTER = Nanos(3 * SECOND)
"""ARP gives up on a silent neighbour. Source: linux net/ipv4/arp.c, mcast/ucast probes of 1 s, 3 tries."""
CONNECT_TIMEOUT = Nanos(127 * SECOND)
"""Source: linux net/ipv4 tcp_syn_retries = 6: 1 + 2 + 4 + … + 64 s."""


class Listener(NamedTuple):
    """Who serves a port of a namespace."""

    serve: Service
    address: str


@dataclass(slots=True, eq=False)
class Namespace:
    """One sandbox's network: an address, and what listens on it. `node` is the address of the node it is on.

    `pod` (namespace, name) is whose own network it is; a node's is nobody's.
    """

    address: str
    node: str = ""
    pod: tuple[str, str] | None = None
    listeners: dict[tuple[str, int], Listener] = field(default_factory=dict)

    def listen(self, port: int, serve: Service, address: str = "0.0.0.0", protocol: str = "TCP") -> Callable[[], None]:
        """Serve on a port until the returned function is called.

        Raises:
            OSError: EADDRINUSE, the port is taken.
        """
        key = (protocol, port)
        if key in self.listeners:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        self.listeners[key] = listener = Listener(serve, address)

        def stop() -> None:
            if self.listeners.get(key) is listener:
                del self.listeners[key]

        return stop

    def listener(self, address: str, port: int, protocol: str) -> Listener | None:
        """Return who serves a port for those who come to `address`."""
        found = self.listeners.get((protocol, port))
        if found is None or found.address in ("0.0.0.0", "::", "", address):
            return found
        return found if found.address in ("localhost", "127.0.0.1") and is_loopback(address) else None


class Delivery(NamedTuple):
    """Where a connection leads: after `after`, an answer (`serve`, to be asked as `client`) or an `error` (errno).

    `server` is the address and port it came to in the end, "" where it came nowhere.
    """

    after: Nanos
    serve: Service | None = None
    client: str = ""
    error: int = 0
    server: str = ""


class Network:
    """The network of one cluster. `lookup` answers names as the cluster DNS does, `route` is every node kube-proxy.

    `outside` answers what is asked of any other name server.
    """

    def __init__(
        self,
        lookup: Lookup | None = None,
        route: Route = no_services,
        outside: NameTable | None = None,
    ) -> None:
        self.outside = outside or NameTable()
        self.lookup, self.route = lookup or self.outside, route
        self.police: Police = lambda source, target, port, protocol: None
        self._members: dict[str, Namespace] = {}
        self._subnets: dict[str, Subnet] = {}
        self._forwards: dict[tuple[str, int, str], tuple[str, int]] = {}

    def join(self, cidr: str, node: str = "", pod: tuple[str, str] | None = None) -> Namespace:
        """Return a new namespace with the next free address of a node's pod range, for a pod on that node.

        Raises:
            OSError: EADDRNOTAVAIL, the range is used up.
        """
        subnet = self._subnets.setdefault(cidr, Subnet(cidr))
        member = Namespace(subnet.take(), node, pod)
        self._members[member.address] = member
        return member

    def host(self, address: str) -> Namespace:
        """Return the namespace of the node that has an address of its own, outside of all pod ranges."""
        return self._members.setdefault(address, Namespace(address, address))

    def forward(self, host: Namespace, port: int, protocol: str, member: Namespace, inner: int) -> Callable[[], None]:
        """Let a port of a node lead to a port of a pod until the returned function is called.

        Source: containernetworking/plugins plugins/meta/portmap.
        """
        key, target = (host.address, port, protocol), (member.address, inner)
        self._forwards[key] = target

        def end() -> None:
            if self._forwards.get(key) == target:
                del self._forwards[key]

        return end

    def leave(self, member: Namespace) -> None:
        """Give the address back; nobody answers there any more."""
        if self._members.get(member.address) is member:
            del self._members[member.address]
            for subnet in self._subnets.values():
                subnet.give_back(member.address)

    def deliver(self, origin: Namespace, address: str, port: int, protocol: str = "TCP") -> Delivery:
        """Return where a connection from `origin` to an address leads at this moment."""
        address, port = self._forwards.get((address, port, protocol), (address, port))
        if is_loopback(address) or address == origin.address:
            return self._to(origin.address, origin, address, port, protocol)
        routed, client = self.route(origin.node, origin.address, address, port, protocol), origin.address
        if routed is not None:
            if routed.fate == "refuse":
                return Delivery(ROUND_TRIP, error=errno.ECONNREFUSED)
            if routed.fate == "drop":
                return Delivery(CONNECT_TIMEOUT, error=errno.ETIMEDOUT)
            address, port, client = routed.address, routed.port, routed.node or client
        target = self._members.get(address)
        if self._denied(origin, target, address, port, protocol):
            return Delivery(CONNECT_TIMEOUT, error=errno.ETIMEDOUT)
        return self._nowhere(address) if target is None else self._to(client, target, address, port, protocol)

    def answers_ping(self, origin: Namespace, address: str) -> bool:
        """Say whether an ICMP echo is answered. A Service's address never does: it exists in translation rules only."""
        if is_loopback(address) or address == origin.address:
            return True
        target = self._members.get(address)
        return target is not None and not self._denied(origin, target, address, 0, "ICMP")

    def _denied(self, origin: Namespace, target: Namespace | None, address: str, port: int, protocol: str) -> bool:
        """Say whether a policy drops the packet. A node always reaches the pods it runs, and they reach it.

        Source: the API's documentation of NetworkPolicy, "traffic to and from the node where a Pod is running".
        """
        if target is not None and origin.node == target.node and None in (origin.pod, target.pod):
            return False
        other = End(address, None if target is None else target.pod)
        return self.police(End(origin.address, origin.pod), other, port, protocol) is not None

    def _to(self, client: str, target: Namespace, address: str, port: int, protocol: str) -> Delivery:
        listener, place = target.listener(address, port, protocol), f"{target.address}:{port}"
        if listener is None:
            return Delivery(ROUND_TRIP, error=errno.ECONNREFUSED, server=place)
        return Delivery(ROUND_TRIP, listener.serve, "127.0.0.1" if is_loopback(address) else client, server=place)

    def _nowhere(self, address: str) -> Delivery:
        """A free address of the pod network is unreachable; anything else never answers: there is no outside."""
        if any(subnet.has(address) for subnet in self._subnets.values()):
            return Delivery(UNREACHABLE_AFTER, error=errno.EHOSTUNREACH)
        return Delivery(CONNECT_TIMEOUT, error=errno.ETIMEDOUT)


class Subnet:
    """One node's pod range, handed out in turn: an address comes back into use last.

    Source: containernetworking/plugins plugins/ipam/host-local/backend/allocator/allocator.go, IPAllocator.Get.
    """

    def __init__(self, cidr: str) -> None:
        address, _, bits = cidr.partition("/")
        size = 1 << (32 - int(bits))
        self._cidr, begin = cidr, number_of(address) & ~(size - 1)
        self._numbers = range(begin, begin + size)
        self._first, self._last = begin + 2, begin + size - 2
        self._next = self._first
        self._taken: set[int] = set()

    def take(self) -> str:
        """Return the next free address. Raises OSError(EADDRNOTAVAIL) where there is none."""
        if len(self._taken) > self._last - self._first:
            raise OSError(errno.EADDRNOTAVAIL, f"no IP addresses available in range set: {self._cidr}")
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


def gateway_of(cidr: str) -> str:
    """Return the address a node's bridge has in its pod range: who comes from the node itself comes from there.

    Source: containernetworking/plugins plugins/main/bridge/bridge.go, isGateway.
    """
    address, _, bits = cidr.partition("/")
    return dotted((number_of(address) & ~((1 << (32 - int(bits))) - 1)) + 1)


def is_loopback(address: str) -> bool:
    """Say whether an address is the namespace's own loopback."""
    return address in ("localhost", "::1") or address.startswith("127.")

"""Network namespaces and the interfaces in them.

Kinds of interfaces: lo, wire (a node's card on a segment), veth (two ends), bridge (with ports), tun (a program behind
it), vxlan and ipip (tunnels), dummy (there for its address).
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podproof.simulator.network.addresses import block
from podproof.simulator.network.iptables.matches import Surroundings
from podproof.simulator.network.iptables.tables import Tables
from podproof.simulator.network.neighbours import Neighbours, hardware_address
from podproof.simulator.network.routes import Route, Routes

if TYPE_CHECKING:
    from podproof.simulator.network.ebpf import Ebpf


@dataclass(slots=True, eq=False)
class Interface:
    """One interface. `addresses` have their prefix's length; `peer` is a veth's other end, `master` a port's bridge.

    `segment` is the layer-2 network a wire is on. `answers_all` is proxy ARP: it answers for every address.
    `program` is what a tun hands its packets to. `port` and `vni` are a tunnel's.
    """

    name: str
    kind: str
    space: "Space"
    addresses: tuple[str, ...] = ()
    mtu: int = 1500
    peer: "Interface | None" = None
    master: "Interface | None" = None
    segment: str = ""
    answers_all: bool = False
    program: str = ""
    port: int = 0
    vni: int = 0
    mac: str = ""

    def __post_init__(self) -> None:
        self.mac = self.mac or hardware_address(f"{self.space.name}/{self.name}")

    def __str__(self) -> str:
        other = f"@{self.peer.name}" if self.peer is not None else ""
        master = f" master {self.master.name}" if self.master is not None else ""
        inet = "".join(f" inet {each}" for each in self.addresses)
        return f"{self.name}{other}: mtu {self.mtu}{master} link/{self.kind} {self.mac}{inet}"

    @property
    def address(self) -> str:
        """Its first address, "" where it has none."""
        return self.addresses[0].partition("/")[0] if self.addresses else ""


@dataclass(slots=True, eq=False)
class Space:
    """A network namespace: a node's, or a pod's. `node` is the name of the node it is on; nodes forward packets."""

    name: str
    node: str
    forwards: bool = False
    tables: Tables = field(default_factory=Tables)
    around: Surroundings = field(default_factory=Surroundings)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    routes: Routes = field(default_factory=Routes)
    neighbours: Neighbours = field(default_factory=Neighbours)
    ebpf: "Ebpf | None" = None
    """The programs at its interfaces that may hand packets on, past iptables and routes (Cilium)."""

    def add(self, name: str, kind: str, address: str = "", mtu: int = 1500, on_link: bool = True) -> Interface:
        """Return a new interface; an address with a prefix brings the route to its own network unless not `on_link`."""
        made = Interface(name, kind, self, (address,) if address else (), mtu)
        self.interfaces[name] = made
        if address:
            self.around.addresses |= {made.address}
            if on_link and kind != "lo" and block(address).size > 1:
                self.routes.add(Route(str(block(address)), name, source=made.address, protocol="kernel"))
        return made

    def of_kind(self, kind: str) -> Interface | None:
        """Return its first interface of a kind."""
        return next((each for each in self.interfaces.values() if each.kind == kind), None)

    def source_for(self, route: Route, device: "Interface") -> str:
        """Return the address a program sends from that does not say: the route's, the device's, or the first there is.

        Source: linux net/ipv4/devinet.c, inet_select_addr.
        """
        others = (each.address for each in self.interfaces.values() if each.kind != "lo" and each.address)
        return route.source or device.address or next(others, "")

    def is_own(self, address: str) -> bool:
        """Say whether an address is its own."""
        return self.around.is_local(address)


def joined(one: Interface, other: Interface) -> None:
    """Make two interfaces the ends of one veth."""
    one.peer, other.peer = other, one

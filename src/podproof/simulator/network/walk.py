"""A packet's walk: hop by hop through namespaces, rules, routes and links, until somebody has it or it is lost.

Source: linux net/ipv4/ip_input.c, ip_forward.c, ip_output.c; net/bridge/br_netfilter_hooks.c (bridged packets pass
iptables too, as Kubernetes asks: net.bridge.bridge-nf-call-iptables = 1).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from podproof.simulator.network.conntrack import Conntrack
from podproof.simulator.network.interfaces import Interface, Space
from podproof.simulator.network.iptables.matches import Passing
from podproof.simulator.network.iptables.tables import Passed
from podproof.simulator.network.iptables.targets import Verdict
from podproof.simulator.network.links import Links
from podproof.simulator.network.packet import Packet
from podproof.simulator.network.routes import Route
from podproof.simulator.network.trace import Fate, Hop, Trace

Step: TypeAlias = "Callable[[], Step | None] | None"

_REFUSALS = {"icmp-port-unreachable": Fate.REFUSED, "tcp-reset": Fate.REFUSED}
"""What REJECT's answers mean to who connects. Source: linux net/ipv4/icmp.c, icmp_err_convert."""
_NEW = frozenset({"NEW"})


Guard: TypeAlias = Callable[[str, Packet], str]
"""Who enforces policies: asked where a packet leaves the pod it comes from ("Egress"), and where it enters another
("Ingress"). Returns why the packet may not pass, "" where it may."""


@dataclass(slots=True)
class Walk:
    """One connection's first packet and the answer, in one cluster. `links` knows who is at the other end of what."""

    links: Links
    guard: Guard
    trace: Trace = field(default_factory=Trace)
    hops: list[Hop] = field(default_factory=list)
    arrived: Space | None = None
    last: Packet | None = None
    answering: bool = False
    _known: dict[int, Conntrack] = field(default_factory=dict)

    def connect(self, space: Space, packet: Packet) -> Trace:
        """Walk the way there and the way back; the fate is that of both."""
        self.hops = self.trace.hops
        self._run(partial(self.output, space, packet))
        if self.trace.fate is Fate.DELIVERED and self.arrived is not None and self.last is not None:
            self.hops, self.answering = self.trace.back, True
            self._run(partial(self.output, self.arrived, self.last.answer()))
            if self.trace.fate is not Fate.DELIVERED:
                self.trace.reason = f"the answer: {self.trace.reason}"
                self.trace.fate = Fate.LOST
        return self.trace

    def _run(self, step: Step) -> None:
        while step is not None:
            step = step()

    def told(self, space: Space, interface: str, what: str, packet: Packet, why: str = "") -> None:
        """Note a hop."""
        self.hops.append(Hop(space.name, interface, what, packet, why))

    def end(self, fate: Fate, reason: str) -> None:
        """Let the walk end."""
        self.trace.fate, self.trace.reason = fate, reason

    def lose(self, space: Space, interface: str, packet: Packet, why: str, fate: Fate = Fate.LOST) -> Step:
        """Let the packet be dropped here: no step follows."""
        self.told(space, interface, "dropped", packet, why)
        self.end(fate, f"{space.name} {interface}: {why}".replace(" :", ":"))
        return None

    def output(self, space: Space, packet: Packet) -> Step:
        """Send what a program of this namespace, or a tunnel of it, sends."""
        route = self._routed(space, packet)
        if route is None:
            return None
        if not packet.source:
            device = self.links.device(space, route.device, packet.destination)
            packet = replace(packet, source=space.source_for(route, device))
        packet = self.destined(space, packet, route.device)
        passed = self.hook(space, "OUTPUT", packet, outgoing=route.device)
        if passed is None:
            return None
        if passed.destination != packet.destination:
            found = self._routed(space, passed)
            if found is None:
                return None
            route = found
        return partial(self._leave, space, passed, route, "sent", packet)

    def _leave(self, space: Space, packet: Packet, route: Route, what: str, first: Packet, incoming: str = "") -> Step:
        """Leave by a route: POSTROUTING, then the interface. `first` is what the packet was when it came here."""
        interface = self.links.device(space, route.device, packet.destination)
        address = space.source_for(route, interface)
        passed = self.hook(space, "POSTROUTING", packet, outgoing=route.device, incoming=incoming, address=address)
        if passed is None:
            return None
        if not self.answering or not self.conntrack(space).known(first):
            self.conntrack(space).note(first, passed)
        passed = self.sourced(space, passed, interface.name)
        if passed.bytes > interface.mtu:
            why = f"{passed.bytes} bytes do not fit its MTU of {interface.mtu}"
            return self.lose(space, interface.name, passed, why)
        self.told(space, interface.name, what, passed, str(route))
        return self.links.transmit(self, interface, passed, route.via or passed.destination)

    def receive(self, interface: Interface, packet: Packet, what: str = "received") -> Step:
        """Take what comes in by an interface that has an address of its own, or that routes for others."""
        space = interface.space
        if interface.kind != "lo":
            self.told(space, interface.name, what, packet)
        if space.ebpf is not None and interface.kind in ("wire", "vxlan") and space.ebpf.takes(packet):
            return space.ebpf.arriving(self, interface, self.destined(space, packet, interface.name))
        return self.routed(interface, packet)

    def routed(self, interface: Interface, packet: Packet) -> Step:
        """Take a packet through PREROUTING and the routing decision: in here, or on."""
        was, packet = packet, self.destined(interface.space, packet, interface.name)
        passed = self.hook(interface.space, "PREROUTING", packet, incoming=interface.name)
        return None if passed is None else self._taken(interface, passed, was)

    def _taken(self, interface: Interface, packet: Packet, was: Packet) -> Step:
        """Decide: in here, or on. Who comes from outside under one's own address is a liar ("martian").

        An answer gets the address of who was asked as its source only when it leaves: `was` is what came in.

        Source: linux net/ipv4/fib_frontend.c, fib_validate_source.
        """
        if interface.kind != "lo" and interface.space.is_own(was.source):
            return self.lose(interface.space, interface.name, packet, f"martian source {was.source}: it is its own")
        if interface.space.is_own(packet.destination):
            return partial(self._input, interface, packet, was)
        return partial(self._forward, interface, packet, was)

    def _input(self, interface: Interface, packet: Packet, was: Packet) -> Step:
        space = interface.space
        passed = self.hook(space, "INPUT", packet, incoming=interface.name)
        if passed is None:
            return None
        self.conntrack(space).note(was, passed)
        passed = self.sourced(space, passed, interface.name)
        if passed.payload is not None:
            return self.links.unwrap(self, space, passed)
        if self.hops and self.hops[-1][:3] == (space.name, interface.name, "received"):
            self.hops.pop()
        self.told(space, interface.name, "delivered", passed)
        if not self.answering:
            self.arrived, self.last = space, passed
        self.end(Fate.DELIVERED, "")
        return None

    def _forward(self, interface: Interface, packet: Packet, was: Packet) -> Step:
        """Route for others: the packet's life gets shorter, then FORWARD and the policies decide."""
        space = interface.space
        if not space.forwards:
            return self.lose(
                space, interface.name, packet, f"{packet.destination} is not its own, and it forwards nothing"
            )
        if packet.ttl <= 1:
            return self.lose(
                space, interface.name, packet, "its time to live is over: it went in a circle", Fate.UNREACHABLE
            )
        packet = replace(packet, ttl=packet.ttl - 1)
        route = self._routed(space, packet, interface.name)
        if route is None:
            return None
        passed = self.hook(space, "FORWARD", packet, incoming=interface.name, outgoing=route.device)
        if passed is None or self.barred(space, interface.name, passed):
            return None
        return partial(self._leave, space, passed, route, "forwarded", was, interface.name)

    def bridged(self, bridge: Interface, packet: Packet, to: Interface) -> Step:
        """Hand a frame from port to port of a bridge; iptables sees it as forwarded from the bridge to itself."""
        space, was = bridge.space, packet
        for hook in ("PREROUTING", "FORWARD", "POSTROUTING"):
            incoming = "" if hook == "POSTROUTING" else bridge.name
            outgoing = "" if hook == "PREROUTING" else bridge.name
            packet = self.destined(space, packet, bridge.name) if hook == "PREROUTING" else packet
            found = self.hook(space, hook, packet, incoming=incoming, outgoing=outgoing, address=bridge.address)
            if found is None or (hook == "FORWARD" and self.barred(space, bridge.name, found)):
                return None
            packet = found
        self.conntrack(space).note(was, packet)
        packet = self.sourced(space, packet, bridge.name)
        self.told(space, bridge.name, "bridged", packet, f"to {to.mac}")
        return self.links.through_port(self, to, packet)

    def barred(self, space: Space, interface: str, packet: Packet) -> bool:
        """Say whether a policy drops the packet here; answers are never asked about."""
        if self.answering or packet.payload is not None:
            return False
        for direction, address in (("Egress", packet.source), ("Ingress", packet.destination)):
            if self.links.pod_of(space, address) and (why := self.guard(direction, packet)):
                self.lose(space, interface, packet, why)
                return True
        return False

    def _routed(self, space: Space, packet: Packet, interface: str = "") -> Route | None:
        """Return the route of a packet, or end the walk where there is none."""
        if space.is_own(packet.destination):
            return Route(packet.destination, "lo", source=packet.source or packet.destination)
        route = space.routes.lookup(packet.destination)
        if route is not None and route.kind != "blackhole":
            return route
        why = f"no route to {packet.destination}" if route is None else f"{route}: nobody has this address here"
        self.lose(space, interface, packet, why, Fate.UNREACHABLE)
        return None

    def hook(
        self,
        space: Space,
        hook: str,
        packet: Packet,
        incoming: str = "",
        outgoing: str = "",
        address: str = "",
        only: str = "",
    ) -> Packet | None:
        """Return the packet as iptables lets it pass, None where it does not."""
        conntrack = self.conntrack(space)
        states = conntrack.states(packet) if self.answering else _NEW
        passing = Passing(packet, incoming, outgoing, states, address, space.around)
        passed = space.tables.pass_hook(hook, passing, nat=not self.answering, only=only)
        self._note_translations(space, incoming or outgoing, packet, passed)
        if passed.verdict is Verdict.ACCEPT:
            return passed.packet
        rejected = passed.verdict is Verdict.REJECT
        fate = _REFUSALS.get(passed.answer, Fate.UNREACHABLE) if rejected else Fate.LOST
        what = "rejected" if rejected else "dropped"
        self.told(space, incoming or outgoing, what, passed.packet, passed.by)
        self.end(fate, f"{space.name} {incoming or outgoing}: {what} by {passed.by}")
        return None

    def _note_translations(self, space: Space, interface: str, before: Packet, passed: Passed) -> None:
        for hit in passed.translations:
            if (hit.packet.from_, hit.packet.to) != (before.from_, before.to):
                self.told(space, interface, "translated", hit.packet, str(hit))
            before = hit.packet

    def destined(self, space: Space, packet: Packet, interface: str) -> Packet:
        """Return an answer with the destination it had before this host translated its question."""
        if not self.answering:
            return packet
        return self._told_back(space, interface, packet, self.conntrack(space).destined(packet))

    def sourced(self, space: Space, packet: Packet, interface: str) -> Packet:
        """Return an answer with the source that was asked before this host translated the question."""
        if not self.answering:
            return packet
        return self._told_back(space, interface, packet, self.conntrack(space).sourced(packet))

    def _told_back(self, space: Space, interface: str, packet: Packet, restored: Packet) -> Packet:
        if (restored.from_, restored.to) != (packet.from_, packet.to):
            self.told(space, interface, "translated back", restored, "conntrack")
        return restored

    def conntrack(self, space: Space) -> Conntrack:
        """Return what a namespace remembers of this connection."""
        return self._known.setdefault(id(space), Conntrack())

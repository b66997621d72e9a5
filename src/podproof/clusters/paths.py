"""The paths of the simulated cluster's packets, and the commands that look at what they meet."""

import errno
import os
from collections.abc import Callable, Mapping, Sequence

from podproof.errors import NotModelledError, PodproofError
from podproof.paths import Asked, Path, Row
from podproof.proof import NotSoError
from podproof.simulator.kernel.requests import Request
from podproof.simulator.machine.namespaces import Namespace
from podproof.simulator.machine.network import Delivery
from podproof.simulator.model.objects import Object, Ref, at
from podproof.simulator.model.times import Nanos
from podproof.simulator.world import World

_RESOURCES = {"Pod": "pods", "Node": "nodes", "Service": "services"}


class CommandError(PodproofError, ValueError):
    """A command on a node failed; `said` is what it printed."""

    def __init__(self, line: str, said: str) -> None:
        super().__init__(line, said)
        self.line, self.said = line, said

    def __str__(self) -> str:
        return f'the command "{self.line}" failed: {self.said}'


class SimulatedPaths:
    """Asks the walked network."""

    def __init__(self, world: World, namespace: str) -> None:
        self._world, self._namespace = world, namespace

    def become(self, kind: str) -> None:
        """Let the network be of a kind, as "flannel vxlan". Raises UnknownKindError where there is none."""
        self._world.network.become(kind)

    def connects(self, asked: Asked, patience: Nanos | None = None) -> str:
        """Open a connection; the time it takes passes, which is no more than `patience`."""
        world, origin = self._world, self._origin(asked.source)
        delivery = world.network.deliver(origin, self._address(asked.target), asked.port, asked.protocol)
        if patience is not None and delivery.after > patience:
            delivery = Delivery(patience, error=errno.ETIMEDOUT)
        world.agenda.run_until(Nanos(world.now + delivery.after))
        return os.strerror(delivery.error) if delivery.error else ""

    def path(self, asked: Asked) -> Path:
        """Return the way of a connection's first packet, and of its answer; no time passes."""
        origin, address = self._origin(asked.source), self._address(asked.target)
        trace = self._world.network.trace(origin, address, asked.port, asked.protocol, asked.size)
        hops, back = (tuple(hop.cells for hop in way) for way in (trace.hops, trace.back))
        return Path(hops, back, str(trace.fate), trace.reason)

    def run(self, node: str, line: str) -> str:
        """Run a command of the network's on a node.

        Raises:
            RuleError: iptables refuses it.
            CommandError: another command does.
            NotModelledError: it is none of those that are modelled.
        """
        address = self._of_node(node)
        for words, printed in _PRINTED.items():
            if line == words:
                return printed(self._world, address)
        if line.startswith("ip route add "):
            return self._add_route(address, line)
        if not line.startswith("iptables"):
            raise NotModelledError(f"the command {line}", f'node "{node}"')
        return self._iptables(address, line)

    def mtu(self, pod: str) -> int:
        """Return the MTU of a pod's interface."""
        address = self._address(Ref("Pod", self._namespace, pod))
        return self._world.network.paths.pod(address).interfaces["eth0"].mtu

    def rules(self, node: str, table: str, chain: str) -> Sequence[Row]:
        """Return the rules of a chain of iptables, with what they have counted.

        Raises:
            CommandError: there is no such table or chain.
        """
        chains = self._world.network.paths.space(self._of_node(node)).tables.tables.get(table, {})
        if chain not in chains:
            raise CommandError(f"iptables -t {table} -S {chain}", "iptables: No chain/target/match by that name.")
        return [{"rule": each.rule.saved, "packets": str(each.packets)} for each in chains[chain].entries]

    def configure(self, node: str, *, configured: bool) -> None:
        """Let a node have its CNI configuration in /etc/cni/net.d, or none."""
        self._of_node(node)
        self._world.configure_network(node, configured=configured)

    def complaints(self, node: str) -> Sequence[str]:
        """Return what the network could not set up on a node."""
        return self._world.network.paths.complaints(self._of_node(node))

    def _iptables(self, address: str, line: str) -> str:
        from podproof.simulator.network.iptables.commands import listing

        paths, asked = self._world.network.paths, listing(line)
        if asked is None:
            paths.command(address, line)
            return ""
        try:
            return paths.listed(address, *asked)
        except KeyError:
            raise CommandError(line, "iptables: No chain/target/match by that name.") from None

    def _add_route(self, address: str, line: str) -> str:
        from podproof.simulator.network.routes import RouteError, read

        paths = self._world.network.paths
        try:
            space = paths.space(address)
            paths.add_route(address, read(line.removeprefix("ip route add "), space.interfaces, space.routes.lookup))
        except RouteError as error:
            raise CommandError(line, str(error)) from None
        return ""

    def _origin(self, ref: Ref) -> Namespace:
        """Return whose network an end of a path is: a pod's own, or its node's where it has none of its own."""
        item = self._object(ref)
        if ref.kind == "Pod" and not at(item, "spec", "hostNetwork"):
            return self._world.network.member(self._address(ref))
        return self._world.network.host(self._address(ref))

    def _address(self, target: Ref | str) -> str:
        if isinstance(target, str):
            return target
        item = self._object(target)
        found = {
            "Pod": lambda: at(item, "status", "podIP"),
            "Node": lambda: item["status"]["addresses"][0]["address"],
            "Service": lambda: at(item, "spec", "clusterIP"),
        }[target.kind]()
        if not found or found == "None":
            raise NotSoError(f'{target.kind.lower()} "{target.name}" has an address', "it has none", subjects=(target,))
        return str(found)

    def _object(self, ref: Ref) -> Object:
        if ref.kind not in _RESOURCES:
            raise NotSoError(
                "a path leads from a pod or node to a pod, node, service or address", f"it is a {ref.kind}"
            )
        response = self._world.handle(Request("get", _RESOURCES[ref.kind], ref.namespace, ref.name))
        if response.code != 200:
            kind = ref.kind.lower()
            raise NotSoError(f'{kind} "{ref.name}" is an end of a path', f"there is no such {kind}", subjects=(ref,))
        found: Object = response.body
        return found

    def _of_node(self, name: str) -> str:
        return self._address(Ref("Node", "", name))


def _routes(world: World, node: str) -> str:
    return "\n".join(map(str, world.network.paths.space(node).routes))


def _arp(world: World, node: str) -> str:
    return "\n".join(world.network.paths.space(node).neighbours.arp_lines())


def _fdb(world: World, node: str) -> str:
    return "\n".join(world.network.paths.space(node).neighbours.fdb_lines())


def _links(world: World, node: str) -> str:
    return "\n".join(map(str, world.network.paths.space(node).interfaces.values()))


def _cni_files(world: World, node: str) -> str:
    return world.network.paths.kind.cni[0]


def _cni_text(world: World, node: str) -> str:
    return world.network.paths.kind.cni[1]


_PRINTED: Mapping[str, Callable[[World, str], str]] = {
    "iptables-save": lambda world, node: world.network.paths.saved(node),
    "ip route": _routes,
    "ip neigh": _arp,
    "bridge fdb show": _fdb,
    "ip addr": _links,
    "ls /etc/cni/net.d": _cni_files,
    "cat /etc/cni/net.d/*": _cni_text,
}

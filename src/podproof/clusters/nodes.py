"""The nodes of the simulated world, for those who stop them, starve them or let others join."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from podproof.cluster import Placement
from podproof.errors import PodproofError
from podproof.simulator.control.nodes import Node, NodeSpec
from podproof.simulator.control.scheduling.configuring import read
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.objects import Object
from podproof.simulator.model.qos import pod_requests
from podproof.simulator.model.taints import taint
from podproof.simulator.network.facts import NodeFact, overlaps
from podproof.simulator.world import World


class UnknownNodeError(PodproofError, ValueError):
    """The cluster has no such node; `known` are those it has."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name, self.known = name, known

    def __str__(self) -> str:
        return f'there is no node "{self.name}": this cluster has {", ".join(self.known)}'


class NodesInUseError(PodproofError, ValueError):
    """Nodes cannot be replaced or taken away once pods are bound to them."""

    def __init__(self, pods: tuple[str, ...], advice: str = "say what the nodes are before anything runs") -> None:
        super().__init__(pods, advice)
        self.pods, self.advice = pods, advice

    def __str__(self) -> str:
        return f"the nodes have pods already ({', '.join(self.pods)}): {self.advice}"


class NodeExistsError(PodproofError, ValueError):
    """A node joins under a name that another has."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f'there is a node "{self.name}" already: a node that joins needs a name of its own'


class AddressesError(PodproofError, ValueError):
    """Nodes cannot have these addresses and ranges; `faults` are all that is wrong with them."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return f"{'; '.join(self.faults)}: give each node an address and a range of its own"


class SimulatedNodes:
    """All nodes there are."""

    def __init__(self, world: World) -> None:
        self._world = world

    def become(self, rows: Sequence[Mapping[str, str]], labels: Sequence[Mapping[str, str]]) -> None:
        """Be these nodes and no others; a row has name, amounts, taints, disks, images, `labels` those of each row.

        Raises:
            NodesInUseError: pods are bound to the nodes that would go.
            AddressesError: two have an address or a range in common.
        """
        bound = self._bound()
        if bound:
            raise NodesInUseError(bound)
        self._check(rows, ())
        for name in list(self._world.nodes):
            self._world.remove_node(name)
        for row, own in zip(rows, labels, strict=True):
            self._world.add_node(_spec(row, own))

    def add(self, row: Mapping[str, str], labels: Mapping[str, str]) -> None:
        """Let another node join, a row as for `become`.

        Raises:
            NodeExistsError: there is one of that name.
            AddressesError: another has its address, or a part of its range.
        """
        if row["name"] in self._world.nodes:
            raise NodeExistsError(row["name"])
        self._check([row], self._world.network.nodes.values())
        self._world.add_node(_spec(row, labels))

    def _check(self, rows: Sequence[Mapping[str, str]], present: Iterable[NodeFact]) -> None:
        """Raise AddressesError where rows have addresses or ranges that others have."""
        known = [*present, *(self._world.placed(_spec(row, {}), place) for place, row in enumerate(rows))]
        owners: dict[str, str] = {}
        faults = []
        for fact in known:
            if (other := owners.setdefault(fact.address, fact.name)) != fact.name:
                faults.append(f'"{other}" and "{fact.name}" have the same address, {fact.address}')
        faults += overlaps({fact.name: fact.cidr for fact in known})
        if faults:
            raise AddressesError(tuple(faults))

    def remove(self, name: str) -> None:
        """Take a node away on which nothing runs.

        Raises:
            UnknownNodeError: there is no such node.
            NodesInUseError: pods are bound to it.
        """
        self._node(name)
        bound = self._bound(name)
        if bound:
            raise NodesInUseError(bound, f'drain node "{name}" first, and wait until they are gone')
        self._world.remove_node(name)

    def placement(self, pod: Object) -> Placement:
        """Return how the scheduler would decide about a pod now; of one that has a node, as if it had none yet."""
        found = self._world.scheduler.explain(pod)
        refusals = {name: refusal.reasons for name, refusal in found.refusals.items()}
        asked = {name: str(amount) for name, amount in pod_requests(pod).items()} if found.node else {}
        claims = {f"claim {name}": volume for name, volume in found.reserved.items()}
        return Placement(found.node or "", refusals, found.scores, found.bar, {**asked, **claims})

    def configure_scheduler(self, configuration: Any) -> None:
        """Let the scheduler run with a KubeSchedulerConfiguration from now on.

        Raises:
            SchedulerConfigurationError: it is none, or names what there is not.
            NotModelledError: it asks for what is not modelled.
        """
        self._world.scheduler.configure(read(configuration))

    def join(self, name: str) -> None:
        """Let a node join that is ready but cordoned: it takes no pods."""
        self._world.add_peer(name)

    def stop(self, name: str) -> None:
        """Let a node's kubelet stop.

        Raises:
            UnknownNodeError: there is no such node.
        """
        self._node(name).stop()

    def start(self, name: str) -> None:
        """Let a node's kubelet start again.

        Raises:
            UnknownNodeError: there is no such node.
        """
        self._node(name)
        self._world.start_kubelet(name)

    def starve(self, name: str, what: str, by: int = 1) -> None:
        """Let a node run short of memory or disk, by so many bytes below what evicts pods.

        Raises:
            UnknownNodeError: there is no such node.
        """
        self._node(name).starve(what, by)

    def relieve(self, name: str, what: str) -> None:
        """Let a node have enough memory or disk again.

        Raises:
            UnknownNodeError: there is no such node.
        """
        self._node(name).relieve(what)

    def _bound(self, node: str = "") -> tuple[str, ...]:
        """Return the names of the pods that are on a node; "" is any."""
        pods = self._world.handle(Request("list", "pods")).body["items"]
        placed = ((each["metadata"]["name"], each["spec"].get("nodeName")) for each in pods)
        return tuple(name for name, where in placed if where and node in ("", where))

    def _node(self, name: str) -> Node:
        if name not in self._world.nodes:
            raise UnknownNodeError(name, tuple(self._world.nodes))
        return self._world.nodes[name]


def _spec(row: Mapping[str, str], labels: Mapping[str, str]) -> NodeSpec:
    """Read a row of a table of nodes; disks are the paths they are mounted at, and as taints have commas between."""
    amounts: dict[str, Any] = {key: value for key, value in row.items() if key not in ("disks", "images", "taints")}
    taints = tuple(taint(text) for text in _parts(row.get("taints", "")))
    disks, images = _parts(row.get("disks", "")), _parts(row.get("images", ""))
    return NodeSpec(**amounts, labels=labels, disks=disks, images=images, taints=taints)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())

"""Which node a pod goes to: filters with the scheduler's own reasons, then the least allocated node.

Source: pkg/scheduler/framework/plugins (nodename, nodeunschedulable, tainttoleration, nodeaffinity, nodeports,
noderesources); pkg/scheduler/framework/types.go, FitError.Error.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop
from typing import NamedTuple

from podproof.simulator.model.host_ports import HostPort, clash, host_ports
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.qos import pod_requests, resources
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.taints import tolerates

_ONE = parse("1").nano
_UNSCHEDULABLE = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


class Decision(NamedTuple):
    """Where a pod goes, or the message of why it goes nowhere."""

    node: str | None
    message: str = ""


class Rejection(NamedTuple):
    """Why one node was filtered out; `evictable` says whether removing pods could help."""

    reasons: tuple[str, ...]
    evictable: bool


class Usage:
    """What the pods of one node request together; kept up to date pod by pod, so that a decision costs no sum."""

    def __init__(self) -> None:
        self.requests: dict[str, dict[str, int]] = {}
        self.total: Counter[str] = Counter()
        self.ports: dict[str, tuple[HostPort, ...]] = {}
        self.version = 0

    def add(self, pod: Object) -> None:
        """Count a pod; counting it again replaces what it counted for."""
        self.remove(pod)
        amounts = {name: amount.nano for name, amount in pod_requests(pod).items()}
        self.version += 1
        self.requests[pod["metadata"]["uid"]] = amounts
        self.total.update(amounts)
        if ports := host_ports(pod["spec"]):
            self.ports[pod["metadata"]["uid"]] = ports

    def remove(self, pod: Object) -> bool:
        """Count a pod no more; return whether it was counted."""
        amounts = self.requests.pop(pod["metadata"]["uid"], None)
        self.version += 1
        self.total.subtract(amounts or {})
        self.ports.pop(pod["metadata"]["uid"], None)
        return amounts is not None


@dataclass(slots=True)
class NodeInfo:
    """A node as a decision sees it: worked out once for each version of the node, not once for each pod.

    Source: pkg/scheduler/framework/types.go, NodeInfo.
    """

    name: str
    labels: Mapping[str, str]
    taints: Sequence[Object]
    unschedulable: bool
    allocatable: Mapping[str, int]
    usage: Usage
    _load: tuple[float, int, str] = (0.0, 0, "")
    _loaded: int = -1

    @classmethod
    def of(cls, node: Object, usage: Usage) -> "NodeInfo":
        """Return what matters of a node, and what is requested on it already."""
        meta, spec = node["metadata"], node.get("spec") or {}
        barring = [taint for taint in spec.get("taints") or () if taint["effect"] in ("NoSchedule", "NoExecute")]
        amounts = {name: amount.nano for name, amount in resources(at(node, "status", "allocatable")).items()}
        return cls(meta["name"], meta.get("labels") or {}, barring, bool(spec.get("unschedulable")), amounts, usage)

    @property
    def load(self) -> tuple[float, int, str]:
        """How full the node is: the mean share of cpu and memory requested, then its pods; names break ties.

        Source: pkg/scheduler/framework/plugins/noderesources/least_allocated.go, leastResourceScorer.
        """
        if self._loaded != self.usage.version:
            total, most = self.usage.total, self.allocatable
            shares = total["cpu"] / (most.get("cpu") or 1) + total["memory"] / (most.get("memory") or 1)
            self._load = shares / 2, len(self.usage.requests), self.name
            self._loaded = self.usage.version
        return self._load


class Wanted(NamedTuple):
    """What a pod asks of a node, worked out once for all nodes: amounts by resource, and ports of the node."""

    amounts: Mapping[str, int]
    ports: tuple[HostPort, ...]

    @classmethod
    def of(cls, pod: Object) -> "Wanted":
        """Return what a pod asks for."""
        amounts = {name: amount.nano for name, amount in pod_requests(pod).items() if amount.nano > 0}
        return cls(amounts, host_ports(pod["spec"]))


def decide(pod: Object, nodes: Sequence[NodeInfo]) -> Decision:
    """Return the decision for a pod: the emptiest node that no filter rejects."""
    if not nodes:
        return Decision(None, "no nodes available to schedule pods")
    wanted, rejections = Wanted.of(pod), []
    emptiest_first = [(node.load, node) for node in nodes]  # names make loads differ: nodes are never compared
    heapify(emptiest_first)
    while emptiest_first:
        _, node = heappop(emptiest_first)
        verdict = rejection(pod["spec"], wanted, node)
        if verdict is None:
            return Decision(node.name)
        rejections.append(verdict)
    return Decision(None, _message(rejections))


def rejection(spec: Object, wanted: Wanted, node: NodeInfo) -> Rejection | None:
    """Return why `node` cannot take a pod of this spec and these requests, by the first filter that says so."""
    tolerations = spec.get("tolerations") or ()
    if node.unschedulable and not _tolerated(_UNSCHEDULABLE, tolerations):
        return Rejection(("node(s) were unschedulable",), False)
    if node.taints and any(not _tolerated(taint, tolerations) for taint in node.taints):
        return Rejection(("node(s) had untolerated taint(s)",), False)
    selector = spec.get("nodeSelector")
    if selector and any(node.labels.get(key) != value for key, value in selector.items()):
        return Rejection(("node(s) didn't match Pod's node affinity/selector",), False)
    if wanted.ports and clash(wanted.ports, (port for ports in node.usage.ports.values() for port in ports)):
        return Rejection(("node(s) didn't have free ports for the requested pod ports",), True)
    return _fit(wanted.amounts, node)


def _tolerated(taint: Object, tolerations: Sequence[Object]) -> bool:
    return any(tolerates(toleration, taint) for toleration in tolerations)


def _fit(wanted: Mapping[str, int], node: NodeInfo) -> Rejection | None:
    """Compare what the pod requests with what the node has left.

    Source: pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest.
    """
    allocatable, usage = node.allocatable, node.usage
    short = [name for name, amount in wanted.items() if amount > allocatable.get(name, 0) - usage.total[name]]
    full = (len(usage.requests) + 1) * _ONE > allocatable.get("pods", 0)
    if not short and not full:
        return None
    reasons = [*(["Too many pods"] if full else []), *(f"Insufficient {name}" for name in short)]
    hopeless = not usage.requests or any(wanted[name] > allocatable.get(name, 0) for name in short)
    return Rejection(tuple(reasons), not hopeless)


def _message(rejections: Sequence[Rejection]) -> str:
    """Return the message of a pod that fits nowhere.

    Source: pkg/scheduler/framework/types.go, FitError.Error; plugins/defaultpreemption.
    """
    total = len(rejections)
    counts = Counter(reason for rejection in rejections for reason in rejection.reasons)
    hopeless = sum(not rejection.evictable for rejection in rejections)
    preemption = {
        "Preemption is not helpful for scheduling": hopeless,
        "No preemption victims found for incoming pod": total - hopeless,
    }
    head = f"0/{total} nodes are available"
    return f"{head}: {_listed(counts)}. no new claims to deallocate, preemption: {head}: {_listed(preemption)}."


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(sorted(f"{count} {reason}" for reason, count in counts.items() if count))

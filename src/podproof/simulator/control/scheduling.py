"""Which node a pod goes to: filters with the scheduler's own reasons, then the least allocated node.

Source: pkg/scheduler/framework/plugins (nodename, nodeunschedulable, tainttoleration, nodeaffinity, nodeports,
noderesources); pkg/scheduler/framework/types.go, FitError.Error.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podproof.simulator.model.host_ports import HostPort, clash, host_ports
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.qos import pod_requests, resources
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.taints import tolerates

_ONE = parse("1").nano
_UNSCHEDULABLE = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a pod goes, or the message of why it goes nowhere."""

    node: str | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why one node was filtered out; `evictable` says whether removing pods could help."""

    reasons: tuple[str, ...]
    evictable: bool


class Usage:
    """What the pods of one node request together; kept up to date pod by pod, so that a decision costs no sum."""

    def __init__(self) -> None:
        self.requests: dict[str, dict[str, int]] = {}
        self.total: Counter[str] = Counter()
        self.ports: dict[str, tuple[HostPort, ...]] = {}

    def add(self, pod: Object) -> None:
        """Count a pod; counting it again replaces what it counted for."""
        self.remove(pod)
        amounts = {name: amount.nano for name, amount in pod_requests(pod).items()}
        self.requests[pod["metadata"]["uid"]] = amounts
        self.total.update(amounts)
        if ports := host_ports(pod["spec"]):
            self.ports[pod["metadata"]["uid"]] = ports

    def remove(self, pod: Object) -> bool:
        """Count a pod no more; return whether it was counted."""
        amounts = self.requests.pop(pod["metadata"]["uid"], None)
        self.total.subtract(amounts or {})
        self.ports.pop(pod["metadata"]["uid"], None)
        return amounts is not None


def decide(pod: Object, nodes: Sequence[Object], placed: Mapping[str, Usage]) -> Decision:
    """Return the decision for a pod. `placed` has what is requested on each node already."""
    if not nodes:
        return Decision(None, "no nodes available to schedule pods")
    verdicts = {node["metadata"]["name"]: rejection(pod, node, placed) for node in nodes}
    fitting = [node for node in nodes if verdicts[node["metadata"]["name"]] is None]
    if fitting:
        best = min(fitting, key=lambda node: (_load(node, placed), node["metadata"]["name"]))
        return Decision(best["metadata"]["name"])
    return Decision(None, _message([verdict for verdict in verdicts.values() if verdict is not None]))


def rejection(pod: Object, node: Object, placed: Mapping[str, Usage]) -> Rejection | None:
    """Return why `node` cannot take the pod, by the first filter that says so."""
    spec = pod["spec"]
    tolerations = spec.get("tolerations") or ()
    if at(node, "spec", "unschedulable") and not _tolerated(_UNSCHEDULABLE, tolerations):
        return Rejection(("node(s) were unschedulable",), False)
    taints = (taint for taint in at(node, "spec", "taints") or () if taint["effect"] in ("NoSchedule", "NoExecute"))
    if any(not _tolerated(taint, tolerations) for taint in taints):
        return Rejection(("node(s) had untolerated taint(s)",), False)
    labels = node["metadata"].get("labels") or {}
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return Rejection(("node(s) didn't match Pod's node affinity/selector",), False)
    usage = placed.get(node["metadata"]["name"]) or Usage()
    if clash(host_ports(spec), (port for ports in usage.ports.values() for port in ports)):
        return Rejection(("node(s) didn't have free ports for the requested pod ports",), True)
    return _fit(pod, node, usage)


def _tolerated(taint: Object, tolerations: Sequence[Object]) -> bool:
    return any(tolerates(toleration, taint) for toleration in tolerations)


def _fit(pod: Object, node: Object, usage: Usage) -> Rejection | None:
    """Compare what the pod requests with what the node has left.

    Source: pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest.
    """
    allocatable = _amounts(node)
    wanted = {name: amount.nano for name, amount in pod_requests(pod).items() if amount.nano > 0}
    short = [name for name, amount in wanted.items() if amount > allocatable.get(name, 0) - usage.total[name]]
    reasons = [f"Insufficient {name}" for name in short]
    if (len(usage.requests) + 1) * _ONE > allocatable.get("pods", 0):
        reasons.insert(0, "Too many pods")
    hopeless = not usage.requests or any(wanted[name] > allocatable.get(name, 0) for name in short)
    return Rejection(tuple(reasons), not hopeless) if reasons else None


def _amounts(node: Object) -> dict[str, int]:
    return {name: amount.nano for name, amount in resources(at(node, "status", "allocatable")).items()}


def _load(node: Object, placed: Mapping[str, Usage]) -> tuple[float, int]:
    """Return how full a node is: the mean share of cpu and memory requested, then the number of pods.

    Source: pkg/scheduler/framework/plugins/noderesources/least_allocated.go, leastResourceScorer.
    """
    usage = placed.get(node["metadata"]["name"]) or Usage()
    allocatable = _amounts(node)
    shares = [usage.total[name] / (allocatable.get(name) or 1) for name in ("cpu", "memory")]
    return sum(shares) / len(shares), len(usage.requests)


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

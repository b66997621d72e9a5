"""Plugins that compare what a pod requests with what a node has.

Source: pkg/scheduler/framework/plugins/noderesources/{fit,least_allocated,balanced_allocation}.go;
pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
"""

from collections.abc import Sequence

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.framework import BEST, Check, Refusal, Scores
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo
from podproof.simulator.model.quantities import NANO

_WEIGHED = ("cpu", "memory")


class NodeResourcesFit:
    """A node must have room for what a pod requests, and for one more pod; the emptier it is, the better."""

    name = "NodeResourcesFit"
    weight = 1

    def prepare(self, asking: Asking, _: Cluster) -> Check:
        """Return the check of one node."""
        return lambda node: fit(asking, node)

    def scores(self, asking: Asking, _: Cluster, nodes: Sequence[NodeInfo]) -> Scores:
        """Return the scores: the mean share of cpu and memory that stays free."""
        return [least_allocated(asking, node) for node in nodes]


def fit(asking: Asking, node: NodeInfo) -> Refusal | None:
    """Return what a node has too little of; an evicted pod helps only where the node as a whole has enough.

    Source: pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest.
    """
    allocatable, total = node.allocatable, node.usage.total
    full = (len(node.pods) + 1) * NANO > allocatable.get("pods", 0)
    short = [name for name, amount in asking.amounts.items() if amount > allocatable.get(name, 0) - total[name]]
    if not short and not full:
        return None
    reasons = [*(["Too many pods"] if full else []), *(f"Insufficient {name}" for name in short)]
    hopeless = any(asking.amounts[name] > allocatable.get(name, 0) for name in short)
    return Refusal(tuple(reasons), not hopeless)


def least_allocated(asking: Asking, node: NodeInfo) -> int:
    """Return how empty a node would be with the pod on it. Source: leastResourceScorer."""
    total, counted = 0, 0
    for name in _WEIGHED:
        capacity = node.allocatable.get(name, 0)
        if capacity:
            left = capacity - node.weights[name] - asking.weights[name]
            total += left * BEST // capacity if left > 0 else 0
            counted += 1
    return total // counted if counted else 0


class NodeResourcesBalancedAllocation:
    """Cpu and memory of a node had better be used alike."""

    name = "NodeResourcesBalancedAllocation"
    weight = 1

    def scores(self, asking: Asking, _: Cluster, nodes: Sequence[NodeInfo]) -> Scores | None:
        """Return the scores; a pod that asks for nothing changes no balance."""
        return None if asking.is_best_effort else [balance(asking, node) for node in nodes]


def balance(asking: Asking, node: NodeInfo) -> int:
    """Return how alike the shares in use would be with the pod on a node. Source: balancedResourceScorer."""
    shares = []
    for name in _WEIGHED:
        capacity = node.allocatable.get(name, 0)
        if capacity:
            shares.append(min((node.usage.total[name] + asking.amounts.get(name, 0)) / capacity, 1))
    deviation = abs(shares[0] - shares[1]) / 2 if len(shares) == 2 else 0
    return int((1 - deviation) * BEST)

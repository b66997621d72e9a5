"""Plugins that compare what a pod requests with what a node has.

Source: pkg/scheduler/framework/plugins/noderesources/{fit,least_allocated,most_allocated,balanced_allocation}.go.
"""

from collections.abc import Sequence
from typing import NamedTuple

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.framework import BEST, Check, Refusal, Scores
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo
from podproof.simulator.model.quantities import NANO

_WEIGHED = ("cpu", "memory")


class NodeResourcesFit:
    """A node must have room for what a pod requests, and for one more pod; the emptier it is, the better."""

    name = "NodeResourcesFit"

    def __init__(self, scoring: "Scoring | None" = None) -> None:
        self._scoring = scoring

    def prepare(self, asking: Asking, _: Cluster) -> Check:
        """Return the check of one node."""
        size = asking.size
        return lambda node: (node.ratings.get(size) or _rated(asking, node)).refusal

    def scores(self, asking: Asking, _: Cluster, nodes: Sequence[NodeInfo]) -> Scores:
        """Return the scores: the mean share of cpu and memory that stays free, or what the profile has instead."""
        if self._scoring is not None:
            return [self._scoring.of(asking, node) for node in nodes]
        size = asking.size
        return [(node.ratings.get(size) or _rated(asking, node)).emptiness for node in nodes]


class Scoring(NamedTuple):
    """How full or empty nodes are scored: by which resources, with which weights.

    Source: pkg/scheduler/framework/plugins/noderesources/{least_allocated,most_allocated}.go.
    """

    fuller_is_better: bool
    resources: tuple[tuple[str, int], ...] = (("cpu", 1), ("memory", 1))

    def of(self, asking: Asking, node: NodeInfo) -> int:
        """Return a node's score with the pod on it; what a node does not have does not count."""
        total = weights = 0
        for name, weight in self.resources:
            capacity = node.allocatable.get(name, 0)
            if capacity:
                used = _used(asking, node, name)
                share = used if self.fuller_is_better else capacity - used
                total += weight * (share * BEST // capacity if 0 <= share <= capacity else 0)
                weights += weight
        return total // weights if weights else 0


def _used(asking: Asking, node: NodeInfo, name: str) -> int:
    if name in _WEIGHED:
        return node.weights[name] + asking.weights[name]
    return node.usage.total[name] + asking.amounts.get(name, 0)


class _Rating(NamedTuple):
    """What a node is to pods of one size."""

    refusal: Refusal | None
    emptiness: int
    balance: int


def _rated(asking: Asking, node: NodeInfo) -> _Rating:
    """Work out what a node is to pods of this size, and keep it until the node changes."""
    refusal = fit(asking, node)
    scores = (0, 0) if refusal else (least_allocated(asking, node), balance(asking, node))
    rating = node.ratings[asking.size] = _Rating(refusal, *scores)
    return rating


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

    def scores(self, asking: Asking, _: Cluster, nodes: Sequence[NodeInfo]) -> Scores | None:
        """Return the scores; a pod that asks for nothing changes no balance."""
        if asking.is_best_effort:
            return None
        return [(node.ratings.get(asking.size) or _rated(asking, node)).balance for node in nodes]


def balance(asking: Asking, node: NodeInfo) -> int:
    """Return how alike the shares in use would be with the pod on a node. Source: balancedResourceScorer."""
    shares = []
    for name in _WEIGHED:
        capacity = node.allocatable.get(name, 0)
        if capacity:
            shares.append(min((node.usage.total[name] + asking.amounts.get(name, 0)) / capacity, 1))
    deviation = abs(shares[0] - shares[1]) / 2 if len(shares) == 2 else 0
    return int((1 - deviation) * BEST)

"""One decision: which nodes the filters leave, and which of those scores best.

Source: pkg/scheduler/schedule_one.go, schedulePod, findNodesThatFitPod, prioritizeNodes, selectHost,
numFeasibleNodesToFind; staging/src/k8s.io/kube-scheduler/framework/types.go, FitError.Error.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from operator import add

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.framework import Bar, Check, Refusal
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo
from podproof.simulator.control.scheduling.profiles import Profile

_FEW = 100
"""With fewer nodes all of them are looked at. Source: minFeasibleNodesToFind."""
_LEAST_SHARE = 5
"""Percent. Source: minFeasibleNodesPercentageToFind."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a pod goes; or why it goes nowhere, by node, or by a bar that no node can lift."""

    node: str | None
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    bar: str = ""
    total: int = 0
    rejected_by: frozenset[str] = frozenset()
    scores: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The weighed score of each node by plugin, where several nodes were left."""
    reserved: Mapping[str, str] = field(default_factory=dict)
    """What each claim of the pod gets on the node, in words; of a thorough decision."""


class Decider:
    """Decides for one pod after another; where nodes are many, each time from another node on."""

    def __init__(self, cluster: Cluster, profile: Profile) -> None:
        self._cluster, self.profile = cluster, profile
        self._start = 0

    def decide(self, asking: Asking, *, thorough: bool = False) -> Decision:
        """Return the decision for a pod; `thorough` looks at every node and keeps every score."""
        nodes = self._cluster.nodes()
        if not nodes:
            return Decision(None, bar="no nodes available to schedule pods")
        checks = list(self._prepared(asking))
        bars = [(name, bar) for name, bar in checks if isinstance(bar, Bar) and bar.only is None]
        if bars:
            name, bar = bars[0]
            return Decision(None, bar=bar.message, total=len(nodes), rejected_by=frozenset({name}))
        left, refusals, blamed = self._left(asking, nodes, checks, thorough)
        if not left:
            return Decision(None, refusals, total=len(nodes), rejected_by=frozenset(blamed))
        return self._best(asking, left, refusals, len(nodes), thorough)

    def refusal(self, asking: Asking, node: NodeInfo) -> Refusal | None:
        """Return why one node cannot take a pod, by the first filter that says so."""
        for name, check in self._prepared(asking):
            found = _barred(name, check, node) if isinstance(check, Bar) else check(node)
            if found is not None:
                return found
        return None

    def _prepared(self, asking: Asking) -> Iterator[tuple[str, Check | Bar]]:
        for each in self.profile.filters:
            check = each.prepare(asking, self._cluster)
            if check is not None:
                yield each.name, check

    def _left(
        self, asking: Asking, nodes: list[NodeInfo], checks: Sequence[tuple[str, Check | Bar]], thorough: bool
    ) -> tuple[list[NodeInfo], dict[str, Refusal], set[str]]:
        """Return the nodes that are left, why the others are not, and which plugins said so."""
        enough = len(nodes) if thorough else _enough(len(nodes))
        begin = 0 if enough >= len(nodes) else self._start % len(nodes)
        left: list[NodeInfo] = []
        refusals: dict[str, Refusal] = {}
        blamed: set[str] = set()
        asked = [(name, partial(_barred, name, each) if isinstance(each, Bar) else each) for name, each in checks]
        looked_at = 0
        for node in chain(nodes[begin:], nodes[:begin]):
            looked_at += 1
            for name, check in asked:
                if (refusal := check(node)) is not None:
                    refusals[node.name] = refusal
                    blamed.add(name)
                    break
            else:
                left.append(node)
                if len(left) >= enough:
                    break
        self._start = (begin + looked_at) % len(nodes)
        return left, refusals, blamed

    def _best(
        self, asking: Asking, left: Sequence[NodeInfo], refusals: Mapping[str, Refusal], total: int, thorough: bool
    ) -> Decision:
        """Return the node with the best sum of scores; of equals the one with the fewest pods, then the first name.

        The real scheduler draws lots among equals.
        """
        if len(left) == 1 and not thorough:
            return Decision(left[0].name, refusals, total=total)
        sums, told = [0] * len(left), dict[str, dict[str, int]]()
        for plugin, weight in self.profile.scores:
            scores = plugin.scores(asking, self._cluster, left)
            if not scores:
                continue
            weighed = [weight * score for score in scores]
            sums = [*map(add, sums, weighed)]
            for node, score in zip(left, weighed, strict=True) if thorough else ():
                told.setdefault(node.name, {})[plugin.name] = score
        most = max(sums)
        best = [node for node, score in zip(left, sums, strict=True) if score == most]
        chosen = min(best, key=lambda node: (len(node.pods), node.name))
        return Decision(chosen.name, refusals, total=total, scores=told)


def _barred(name: str, bar: Bar, node: NodeInfo) -> Refusal | None:
    if bar.only is None or node.name in bar.only:
        return None
    return Refusal((f"node(s) didn't satisfy plugin(s) [{name}]",))


def _enough(total: int) -> int:
    """Return how many nodes are enough to choose among. Source: numFeasibleNodesToFind."""
    if total < _FEW:
        return total
    share = max(50 - total // 125, _LEAST_SHARE)
    return max(total * share // 100, _FEW)


def message(decision: Decision, preemption: str) -> str:
    """Return what the scheduler says of a pod that goes nowhere; `preemption` is what came of preempting.

    Source: staging/src/k8s.io/kube-scheduler/framework/types.go, FitError.Error.
    """
    if not decision.total:
        return decision.bar
    head = f"0/{decision.total} nodes are available"
    if decision.bar:
        return f"{head}: {decision.bar}. not found"
    counts = Counter(reason for refusal in decision.refusals.values() for reason in refusal.reasons)
    return f"{head}: {listed(counts)}.{preemption}"


def listed(counts: Mapping[str, int]) -> str:
    """Return reasons with their counts, sorted as texts."""
    return ", ".join(sorted(f"{count} {reason}" for reason, count in counts.items() if count))

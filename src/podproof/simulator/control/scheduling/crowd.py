"""Plugins that look at the pods that are there already: affinity to them, and spread among domains.

Source: pkg/scheduler/framework/plugins/interpodaffinity/{filtering,scoring}.go;
pkg/scheduler/framework/plugins/podtopologyspread/{filtering,scoring,common}.go.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from podproof.simulator.control.scheduling.asking import Asking, Spread, Term
from podproof.simulator.control.scheduling.framework import BEST, Check, Refusal, Scores
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo
from podproof.simulator.control.scheduling.placement import suits, tolerated


@dataclass(frozen=True, slots=True)
class Named:
    """Counts the pods a term of affinity speaks of."""

    term: Term

    def counted(self, asking: Asking) -> int:
        """Return 1 for a pod that counts."""
        return int(self.term.asks_for(asking.namespace, asking.namespace_labels, asking.labels))


@dataclass(frozen=True, slots=True)
class Carried:
    """Counts the pods that carry a term of one kind themselves ("near", "apart", "leanings")."""

    term: Term
    kind: str

    def counted(self, asking: Asking) -> int:
        """Return how often a pod carries it."""
        terms: tuple[Term, ...] = getattr(asking, self.kind)
        return terms.count(self.term)


@dataclass(frozen=True, slots=True)
class Alike:
    """Counts the pods of a namespace that a constraint of spread counts; those on their way out do not."""

    namespace: str
    spread: Spread

    def counted(self, asking: Asking) -> int:
        """Return 1 for a pod that counts."""
        mine = asking.namespace == self.namespace and not asking.is_going
        return int(mine and self.spread.counts(asking.labels))


class InterPodAffinity:
    """Pods that must be, or must not be, in one domain with others; and those already there that will not have them."""

    name = "InterPodAffinity"
    _OWN = Refusal(("node(s) didn't match pod affinity rules",))
    _APART = Refusal(("node(s) didn't match pod anti-affinity rules",), evictable=True)
    _OTHERS = Refusal(("node(s) didn't satisfy existing pods anti-affinity rules",), evictable=True)

    def __init__(self, hard_weight: int = 1) -> None:
        self._hard_weight = hard_weight

    def prepare(self, asking: Asking, cluster: Cluster) -> Check | None:
        """Return the check of one node."""
        against = [term for term in cluster.carried["apart"] if _speaks_of(term, asking)]
        if not (asking.near or asking.apart or against):
            return None
        near = [(term.topology, cluster.counts.in_domains(Named(term), term.topology)) for term in asking.near]
        apart = [(term.topology, cluster.counts.in_domains(Named(term), term.topology)) for term in asking.apart]
        others = [(term.topology, cluster.counts.in_domains(Carried(term, "apart"), term.topology)) for term in against]
        first = not any(sum(counts.values()) for _, counts in near) and all(_speaks_of(t, asking) for t in asking.near)

        def check(node: NodeInfo) -> Refusal | None:
            if not _is_near(node, near, first):
                return self._OWN
            if any(_number(node, key, counts) for key, counts in apart):
                return self._APART
            return self._OTHERS if any(_number(node, key, counts) for key, counts in others) else None

        return check

    def scores(self, asking: Asking, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Scores | None:
        """Return the scores: weights of own preferences, and of what pods already there prefer."""
        weighed = [
            (term, term.weight, cluster.counts.in_domains(Named(term), term.topology)) for term in asking.leanings
        ]
        for kind, hard in (("leanings", 0), ("near", self._hard_weight)):
            for term in cluster.carried[kind]:
                if (kind == "leanings" or hard) and _speaks_of(term, asking):
                    counts = cluster.counts.in_domains(Carried(term, kind), term.topology)
                    weighed.append((term, hard or term.weight, counts))
        if not weighed:
            return None
        raw = [sum(weight * _number(node, term.topology, counts) for term, weight, counts in weighed) for node in nodes]
        least, most = min(raw), max(raw)
        return [BEST * (each - least) // (most - least) if most > least else 0 for each in raw]


def _speaks_of(term: Term, asking: Asking) -> bool:
    return term.asks_for(asking.namespace, asking.namespace_labels, asking.labels)


def _number(node: NodeInfo, topology: str, counts: Mapping[str, int]) -> int:
    value = node.labels.get(topology)
    return counts.get(value, 0) if value is not None else 0


def _is_near(node: NodeInfo, near: Sequence[tuple[str, Mapping[str, int]]], first: bool) -> bool:
    """Say whether every term finds a pod in the node's domains; the first of its own kind may begin anywhere."""
    if any(key not in node.labels for key, _ in near):
        return False
    return first or all(_number(node, key, counts) for key, counts in near)


DefaultSpreads = Callable[[Asking], tuple[Spread, ...]]
"""The constraints the cluster itself has for a pod without any: of its Service's and its controller's pods."""


class PodTopologySpread:
    """Pods of one kind shall be spread among domains: as a rule, or rather so.

    `filters` says that some of the constraints a pod without any has are hard.
    """

    name = "PodTopologySpread"
    _SKEWED = Refusal(("node(s) didn't match pod topology spread constraints",), evictable=True)
    _UNLABELLED = Refusal(("node(s) didn't match pod topology spread constraints (missing required label)",))

    def __init__(self, defaults: DefaultSpreads = lambda _: (), *, filters: bool = False) -> None:
        self._defaults, self._filters = defaults, filters

    def prepare(self, asking: Asking, cluster: Cluster) -> Check | None:
        """Return the check of one node."""
        usual = self._defaults(asking) if self._filters and not asking.spreads else ()
        hard = [each for each in asking.spreads or usual if each.is_hard]
        if not hard:
            return None
        keys = [each.topology for each in hard]
        domains = [(each, _domains(each, asking, cluster, keys)) for each in hard]
        limits = [(each.topology, counts, _most(each, counts, asking)) for each, counts in domains]

        def check(node: NodeInfo) -> Refusal | None:
            for topology, counts, most in limits:
                value = node.labels.get(topology)
                if value is None:
                    return self._UNLABELLED
                if counts.get(value, 0) > most:
                    return self._SKEWED
            return None

        return check

    def scores(self, asking: Asking, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Scores | None:
        """Return the scores: the fewer pods of the kind a node's domains have, the better."""
        soft = [each for each in asking.spreads if not each.is_hard]
        usual = self._defaults(asking) if not asking.spreads else ()
        wanted = soft or [each for each in usual if not each.is_hard]
        if not wanted:
            return None
        required = [] if not soft else [each.topology for each in wanted]
        usable = [all(key in node.labels for key in required) for node in nodes]
        raw = [0.0] * len(nodes)
        for spread in wanted:
            _weigh(raw, spread, asking, cluster, nodes)
        return _normalised([round(each) for each in raw], usable)


def _weigh(raw: list[float], spread: Spread, asking: Asking, cluster: Cluster, nodes: Sequence[NodeInfo]) -> None:
    """Add what one constraint says against each node; a domain weighs the more the more of them there are."""
    counts = _domains(spread, asking, cluster, [spread.topology])
    size = len({node.labels.get(spread.topology) for node in nodes if spread.topology in node.labels})
    factor = math.log(size + 2)
    for place, node in enumerate(nodes):
        value = node.labels.get(spread.topology)
        if value is not None:
            raw[place] += counts.get(value, 0) * factor + (spread.most_skew - 1)


def _normalised(raw: Sequence[int], usable: Sequence[bool]) -> Scores:
    """Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go, NormalizeScore."""
    known = [each for each, is_usable in zip(raw, usable, strict=True) if is_usable]
    least, most = min(known, default=0), max(known, default=0)
    if not most:
        return [BEST if is_usable else 0 for is_usable in usable]
    return [
        BEST * (most + least - each) // most if is_usable else 0 for each, is_usable in zip(raw, usable, strict=True)
    ]


def _domains(spread: Spread, asking: Asking, cluster: Cluster, keys: Iterable[str]) -> Mapping[str, int]:
    """Return how many pods count in each domain; a domain without pods is there with none.

    Nodes that lack one of the keys, and (by the constraint's policies) those the pod cannot go to, make no domain.
    """
    question = Alike(asking.namespace, spread)
    needed = list(keys)
    picky = spread.honors_taints or (spread.honors_affinity and _is_choosy(asking))
    if not picky and len(needed) == 1:
        counts = cluster.counts.in_domains(question, spread.topology)
        return {value: counts.get(value, 0) for value in cluster.values(spread.topology)}
    by_node, found = cluster.counts.of(question), Counter[str]()
    for node in cluster.nodes():
        if all(key in node.labels for key in needed) and _is_open(spread, asking, node):
            found[node.labels[spread.topology]] += by_node.get(node.name, 0)
    return found


def _is_choosy(asking: Asking) -> bool:
    return bool(asking.pod["spec"].get("nodeSelector")) or asking.node_terms is not None


def _is_open(spread: Spread, asking: Asking, node: NodeInfo) -> bool:
    """Source: podtopologyspread/common.go, matchNodeInclusionPolicies."""
    if spread.honors_affinity and not suits(asking, node):
        return False
    return not spread.honors_taints or all(tolerated(taint, asking.tolerations) for taint in node.taints)


def _most(spread: Spread, counts: Mapping[str, int], asking: Asking) -> int:
    """Return how many pods a domain may have that the pod still goes to. Source: filtering.go, Filter."""
    return spread.most_skew + _floor(spread, counts) - spread.counts(asking.labels)


def _floor(spread: Spread, counts: Mapping[str, int]) -> int:
    """Return the fewest pods of any domain; none where there are fewer domains than wanted."""
    return 0 if len(counts) < spread.least_domains else min(counts.values(), default=0)

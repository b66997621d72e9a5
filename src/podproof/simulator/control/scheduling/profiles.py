"""A scheduler's profile: which plugins it asks, in which order, and what their scores weigh.

Source: pkg/scheduler/apis/config/v1/default_plugins.go, getDefaultPlugins;
pkg/scheduler/framework/runtime/framework.go, NewFramework.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from podproof.simulator.control.scheduling.amounts import NodeResourcesBalancedAllocation, NodeResourcesFit, Scoring
from podproof.simulator.control.scheduling.asking import NodeTerm
from podproof.simulator.control.scheduling.crowd import DefaultSpreads, InterPodAffinity, PodTopologySpread
from podproof.simulator.control.scheduling.framework import Filter, Score
from podproof.simulator.control.scheduling.images import ImageLocality
from podproof.simulator.control.scheduling.placement import (
    NodeAffinity,
    NodeName,
    NodePorts,
    NodeUnschedulable,
    TaintToleration,
)

DEFAULT = "default-scheduler"
FILTERS = (
    "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
    "VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "PodTopologySpread", "InterPodAffinity",
)  # fmt: skip
WEIGHTS: Mapping[str, int] = {
    "TaintToleration": 3,
    "NodeAffinity": 2,
    "NodeResourcesFit": 1,
    "PodTopologySpread": 2,
    "InterPodAffinity": 2,
    "NodeResourcesBalancedAllocation": 1,
    "ImageLocality": 1,
}
"""What each plugin's score weighs."""


@dataclass(frozen=True, slots=True)
class ProfileSpec:
    """A profile to be: the plugins that filter, the weights of those that score, and what they are told.

    `spreads` are the (topology, most skew, whether hard) of pods that ask for none, None for the cluster's own.
    """

    name: str = DEFAULT
    filters: frozenset[str] = frozenset(FILTERS)
    weights: Mapping[str, int] = field(default_factory=lambda: WEIGHTS)
    preempts: bool = True
    scoring: Scoring | None = None
    hard_weight: int = 1
    added_terms: tuple[NodeTerm, ...] | None = None
    spreads: tuple[tuple[str, int, bool], ...] | None = None


class Profile:
    """The plugins of one profile: `volumes` are those that look at claims, `defaults` the spread of pods without."""

    def __init__(
        self,
        volumes: Sequence[Filter] = (),
        defaults: DefaultSpreads = lambda _: (),
        spec: ProfileSpec | None = None,
    ) -> None:
        self.spec = spec or ProfileSpec()
        taints, affinity, fit = (
            TaintToleration(),
            NodeAffinity(self.spec.added_terms),
            NodeResourcesFit(self.spec.scoring),
        )
        hard = any(is_hard for _, _, is_hard in self.spec.spreads or ())
        spread, crowd = PodTopologySpread(defaults, filters=hard), InterPodAffinity(self.spec.hard_weight)
        asked: tuple[Filter, ...] = (
            NodeUnschedulable(), NodeName(), taints, affinity, NodePorts(), fit, *volumes, spread, crowd,
        )  # fmt: skip
        scoring: tuple[Score, ...] = (
            taints, affinity, fit, spread, crowd, NodeResourcesBalancedAllocation(), ImageLocality(),
        )  # fmt: skip
        self.filters = tuple(each for each in asked if each.name in self.spec.filters)
        weights = self.spec.weights
        self.scores = tuple((each, weights[each.name]) for each in scoring if weights.get(each.name))

"""What a plugin is: it looks at a pod once, and then says of each node whether and how well it suits.

Source: staging/src/k8s.io/kube-scheduler/framework/interface.go; pkg/scheduler/framework/runtime/framework.go.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo

BEST = 100
"""Source: staging/src/k8s.io/kube-scheduler/framework/interface.go, MaxNodeScore."""


class Refusal(NamedTuple):
    """Why a node does not suit; `evictable` says whether removing pods from it could help."""

    reasons: tuple[str, ...]
    evictable: bool = False


class Bar(NamedTuple):
    """Why no node can suit, whatever it is; or the only nodes that can."""

    message: str = ""
    only: frozenset[str] | None = None


Check: TypeAlias = Callable[[NodeInfo], Refusal | None]
Scores: TypeAlias = Sequence[int]
"""One score per node, 0 to 100, in the order of the nodes."""


class Filter(Protocol):
    """Says which nodes cannot take a pod."""

    name: str

    def prepare(self, asking: Asking, cluster: Cluster) -> Check | Bar | None:
        """Return the check of one node; a bar where no node, or only some, can suit; None where all nodes do."""
        ...


class Score(Protocol):
    """Says how well the nodes that can take a pod suit it."""

    name: str

    def scores(self, asking: Asking, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Scores | None:
        """Return the scores, None where all nodes are as good."""
        ...


def spread_out(raw: Sequence[int], *, reverse: bool = False) -> Scores:
    """Return raw scores scaled so that the largest is the best, or (reversed) the worst.

    Source: pkg/scheduler/framework/plugins/helper/normalize_score.go, DefaultNormalizeScore.
    """
    most = max(raw, default=0)
    if most == 0:
        return [BEST if reverse else 0] * len(raw)
    return [BEST - BEST * each // most if reverse else BEST * each // most for each in raw]

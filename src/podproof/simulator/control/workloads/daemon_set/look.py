"""A DaemonSet and what is around it, as its rules see it.

Source of the numbers: pkg/controller/daemon/util/daemonset_util.go, UnavailableCount, SurgeCount;
pkg/controller/daemon/update.go, updatedDesiredNodeCounts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podproof.simulator.control.workloads.daemon_set.nodes import fit
from podproof.simulator.control.workloads.deployment.scaling import scaled_value
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos


@dataclass(frozen=True, slots=True)
class Look:
    """A DaemonSet at a moment; `pods` by node, `held` the nodes where a failed pod may not go yet."""

    owner: Object
    nodes: Sequence[Object]
    pods: Mapping[str, list[Object]]
    word: str
    """The hash of the present template's revision."""
    held: frozenset[str]
    now: Nanos

    @property
    def least_ready(self) -> int:
        """For how many seconds a pod has to be ready to count as available."""
        return int(self.owner["spec"].get("minReadySeconds") or 0)

    @property
    def wanted(self) -> int:
        """On how many nodes there is to be a pod."""
        return sum(fit(self.owner, node).runs for node in self.nodes)

    @property
    def surge(self) -> bool:
        """Whether a node may have its new pod beside the old one."""
        return self._limit("maxSurge", 0, 1) > 0

    def limits(self) -> tuple[int, int]:
        """Return (how many nodes may have two pods, on how many none may be available)."""
        total = self.wanted
        if not total:
            return 0, 0
        surge, unavailable = self._limit("maxSurge", 0, total), self._limit("maxUnavailable", 1, total)
        return surge, unavailable or (0 if surge else 1)

    def _limit(self, name: str, default: int, total: int) -> int:
        value = at(self.owner, "spec", "updateStrategy", "rollingUpdate", name)
        return scaled_value(default if value is None else value, total, True)

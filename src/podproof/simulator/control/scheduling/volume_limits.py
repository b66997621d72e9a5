"""How many volumes of a driver a node may have.

Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go, CSILimits.Filter, checkAttachableInlineVolume,
getCSIDriverInfo, getCSIDriverInfoFromSC.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.framework import Check, Refusal
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo

Volume = tuple[str, str]
"""A driver and the handle of a volume, or of one that is to be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the plugin asks: the volume behind a claim, None where no driver has it; a node's limits by driver."""

    volume: Callable[[str, str], Volume | None]
    limits: Callable[[str], Mapping[str, int]]


class NodeVolumeLimits:
    """A node takes no pod that would bring it more volumes of a driver than the driver can attach there."""

    name = "NodeVolumeLimits"
    _REFUSAL = Refusal(("node(s) exceed max volume count",), evictable=True)

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def prepare(self, asking: Asking, _: Cluster) -> Check | None:
        """Return the check of one node."""
        wanted = self._volumes(asking)
        if not wanted:
            return None

        def check(node: NodeInfo) -> Refusal | None:
            limits = self._limits.limits(node.name)
            if not any(driver in limits for driver, _ in wanted):
                return None
            there = set().union(*(self._volumes(each) for each in node.pods.values()))
            counts = Counter(driver for driver, _ in wanted | there)
            new = {driver for driver, _ in wanted - there}
            return self._REFUSAL if any(counts[each] > limits.get(each, counts[each]) for each in new) else None

        return check

    def _volumes(self, asking: Asking) -> set[Volume]:
        found = (self._limits.volume(asking.namespace, name) for name in asking.claims)
        return {each for each in found if each is not None}

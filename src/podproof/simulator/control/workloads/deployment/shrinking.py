"""How far the old ReplicaSets of a rolling Deployment may shrink now.

Source: pkg/controller/deployment/rolling.go, reconcileOldReplicaSets, cleanupUnhealthyReplicas,
scaleDownOldReplicaSetsForRollingUpdate.
"""

from collections.abc import Sequence

from podproof.simulator.control.workloads.deployment.scaling import counted, max_unavailable, wanted
from podproof.simulator.model.objects import Object


def shrunk_sizes(deployment: Object, new: Object, old: Sequence[Object]) -> list[int]:
    """Return the size of each old set from now on; `old` are those that want pods, the oldest first.

    Pods that are not available go first, whatever that leaves; then as many as availability can spare.
    """
    sizes = [wanted(each) for each in old]
    least = wanted(deployment) - max_unavailable(deployment)
    room = wanted(new) + sum(sizes) - least - (wanted(new) - _available(new))
    if room <= 0:
        return sizes
    for place, each in enumerate(old):
        if room <= 0:
            break
        if _available(each) > wanted(each):
            # It was told to shrink and its status does not show it yet: what it counts are pods that go.
            return sizes
        sick = min(room, wanted(each) - _available(each))
        sizes[place] -= sick
        room -= sick
    return _spared(sizes, _available(new) + sum(map(_available, old)) - least)


def _spared(sizes: list[int], spare: int) -> list[int]:
    """Take as many pods away as are available beyond need."""
    left = []
    for size in sizes:
        less = min(size, max(spare, 0))
        left.append(size - less)
        spare -= less
    return left


def _available(each: Object) -> int:
    return counted(each, "availableReplicas")

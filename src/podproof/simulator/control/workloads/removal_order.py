"""Which pods go first when there are too many.

Source: pkg/controller/controller_utils.go, ActivePodsWithRanks.Less (gate LogarithmicScaleDown).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from podproof.simulator.control.workloads.pods import is_active, phase_of, ready_since
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, moment

_COST = "controller.kubernetes.io/pod-deletion-cost"
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def first_to_go(pods: Sequence[Object], related: Iterable[Object], count: int, now: Nanos) -> list[Object]:
    """Return the `count` pods to delete; `related` are the pods of all controllers with the same owner."""
    if count >= len(pods):
        return list(pods)
    crowd = Counter(pod["spec"].get("nodeName", "") for pod in related if is_active(pod))
    return sorted(pods, key=lambda pod: _order(pod, crowd[pod["spec"].get("nodeName", "")], now))[:count]


def _order(pod: Object, crowd: int, now: Nanos) -> tuple[Any, ...]:
    """Return what sorts pods: those without a node, not running, not ready, cheap, crowded and young come first."""
    since = ready_since(pod)
    return (
        bool(pod["spec"].get("nodeName")),
        _PHASES.get(phase_of(pod), 1),
        since is not None,
        _cost(pod),
        -crowd,
        _age_class(since, now) if since is not None else 0,
        -_restarts(pod),
        _age_class(moment(pod["metadata"]["creationTimestamp"]), now),
        pod["metadata"]["uid"],
    )


def _cost(pod: Object) -> int:
    """Return the pod's deletion cost; one that is no number counts as none."""
    try:
        return int((pod["metadata"].get("annotations") or {}).get(_COST, "0"))
    except ValueError:
        return 0


def _age_class(since: Nanos, now: Nanos) -> int:
    """Return the power of two an age belongs to: pods of about one age are equals.

    Source: pkg/controller/controller_utils.go, logarithmicRankDiff.
    """
    return max(now - since, 0).bit_length()


def _restarts(pod: Object) -> int:
    """Return the most restarts of any container of a pod."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return max((each.get("restartCount", 0) for each in statuses), default=0)

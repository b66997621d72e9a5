"""The next step of a DaemonSet's rolling update.

Source: pkg/controller/daemon/update.go, rollingUpdate, findUpdatedPodsOnNode.
"""

from collections.abc import Sequence

from podproof.simulator.control.workloads.daemon_set.look import Look
from podproof.simulator.control.workloads.daemon_set.managing import Need
from podproof.simulator.control.workloads.daemon_set.nodes import is_updated
from podproof.simulator.control.workloads.pods import is_available
from podproof.simulator.model.objects import Object, at


def rolled(look: Look) -> Need:
    """Return the old pods that make way now, or the nodes that get their new pod beside the old one."""
    if (at(look.owner, "spec", "updateStrategy", "type") or "RollingUpdate") != "RollingUpdate":
        return Need()
    surge, unavailable = look.limits()
    return _surged(look, surge) if surge else _replaced(look, unavailable)


def _replaced(look: Look, most: int) -> Need:
    """An old pod that is not available goes at once; others as far as enough nodes stay available."""
    missing, sick, healthy = 0, list[Object](), list[Object]()
    for pods in look.pods.values():
        pair = _pair(look, pods)
        new, old = pair or (None, None)
        if new is None and old is not None:
            (healthy if _is_up(look, old) else sick).append(old)
        elif new is None or old is not None or not _is_up(look, new):
            missing += 1
    return Need(pods=(*sick, *healthy[: max(most - missing, 0)]))


def _surged(look: Look, most: int) -> Need:
    """A node gets its new pod beside the old one; the old one goes when the new one is available."""
    surging, free, others, gone = 0, list[str](), list[str](), list[Object]()
    for name, pods in look.pods.items():
        pair = _pair(look, pods)
        if pair is None:
            surging += 1
            continue
        new, old = pair
        if old is not None and new is None:
            (others if _is_up(look, old) else free).append(name)
        elif old is not None and new is not None and _is_up(look, new):
            gone.append(old)
        elif old is not None:
            surging += 1
    return Need((*free, *others[: max(most - surging, 0)]), tuple(gone))


def _pair(look: Look, pods: Sequence[Object]) -> tuple[Object | None, Object | None] | None:
    """Return (new, old) of a node's pods, None where there are several of one kind."""
    staying = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    new = [pod for pod in staying if is_updated(look.owner, pod, look.word)]
    old = [pod for pod in staying if not is_updated(look.owner, pod, look.word)]
    if len(new) > 1 or len(old) > 1:
        return None
    return next(iter(new), None), next(iter(old), None)


def _is_up(look: Look, pod: Object) -> bool:
    return is_available(pod, look.least_ready, look.now)

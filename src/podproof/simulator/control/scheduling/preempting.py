"""Who has to leave for a pod of higher priority.

Source: pkg/scheduler/framework/preemption/preemption.go, Evaluator.Preempt, SelectCandidate, pickOneNodeForPreemption;
pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, SelectVictimsOnNode.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.deciding import Decider, Decision, listed
from podproof.simulator.control.scheduling.framework import Refusal
from podproof.simulator.control.scheduling.nodes import Cluster, NodeInfo
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.selectors import matches

_HELPLESS = "Preemption is not helpful for scheduling"
_NOBODY = "No preemption victims found for incoming pod"
_NEVER = " no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never."
_NO_CLAIMS = " no new claims to deallocate."
"""What is left of the words where nobody preempts."""
_WAITING = " no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node."


@dataclass(frozen=True, slots=True)
class Way:
    """A node that has room once its victims are gone."""

    node: str
    victims: tuple[Asking, ...]
    violations: int
    """How many of the victims a disruption budget would keep."""


@dataclass(frozen=True, slots=True)
class Preemption:
    """What came of preempting: a way, or the words that end the scheduler's message."""

    way: Way | None
    words: str


def preempt(
    asking: Asking, decision: Decision, cluster: Cluster, decider: Decider, budgets: Callable[[], Iterable[Object]]
) -> Preemption:
    """Find whom a pod that fits nowhere may drive away; `budgets` are the PodDisruptionBudgets there are."""
    if decision.bar:
        return Preemption(None, "")
    if not decider.profile.spec.preempts:
        return Preemption(None, _NO_CLAIMS)
    if asking.pod["spec"].get("preemptionPolicy") == "Never":
        return Preemption(None, _NEVER)
    if _waits_for_room(asking, cluster):
        return Preemption(None, _WAITING)
    ways, counts = [], Counter[str]()
    known = list(budgets())
    for name, refusal in decision.refusals.items():
        found = _way(asking, cluster, cluster.info(name), refusal, decider, known)
        if isinstance(found, Way):
            ways.append(found)
        else:
            counts.update(found.reasons)
    if ways:
        return Preemption(min(ways, key=_cost), "")
    return Preemption(
        None, f" no new claims to deallocate, preemption: 0/{decision.total} nodes are available: {listed(counts)}."
    )


def _waits_for_room(asking: Asking, cluster: Cluster) -> bool:
    """Say whether pods of lower priority leave the pod's nominated node already."""
    nominated = at(asking.pod, "status", "nominatedNodeName")
    if not nominated:
        return False
    return any(pod.is_going and pod.priority < asking.priority for pod in cluster.info(nominated).pods.values())


def _way(
    asking: Asking, cluster: Cluster, node: NodeInfo, refusal: Refusal, decider: Decider, budgets: Sequence[Object]
) -> Way | Refusal:
    """Return whom to remove from a node: all of lower priority leave, then who may stay comes back one by one."""
    if not refusal.evictable:
        return Refusal((_HELPLESS,))
    lower = [pod for pod in node.pods.values() if pod.priority < asking.priority]
    if not lower:
        return Refusal((_NOBODY,))
    for pod in lower:
        cluster.remove(pod.uid, node.name)
    try:
        still = decider.refusal(asking, node)
        if still is not None:
            return still
        protected = _protected(lower, budgets)
        order = sorted(lower, key=lambda pod: (pod.uid not in protected, -pod.priority, pod.started))
        victims = [pod for pod in order if not _stays(pod, asking, cluster, node, decider)]
    finally:
        for pod in lower:
            cluster.add(pod, node.name)
    if not victims:
        return Refusal((_NOBODY,))
    return Way(node.name, tuple(victims), sum(pod.uid in protected for pod in victims))


def _stays(pod: Asking, asking: Asking, cluster: Cluster, node: NodeInfo, decider: Decider) -> bool:
    """Let a pod come back where the preemptor fits all the same."""
    cluster.add(pod, node.name)
    if decider.refusal(asking, node) is None:
        return True
    cluster.remove(pod.uid, node.name)
    return False


def _protected(pods: Iterable[Asking], budgets: Sequence[Object]) -> frozenset[str]:
    """Return the uids of pods whose budget has no disruption left. Source: filterPodsWithPDBViolation."""
    left = {each["metadata"]["uid"]: int(at(each, "status", "disruptionsAllowed") or 0) for each in budgets}
    found = set()
    for pod in sorted(pods, key=lambda pod: (-pod.priority, pod.started)):
        for each in budgets:
            same = each["metadata"].get("namespace", "") == pod.namespace
            if same and pod.labels and matches(each["spec"].get("selector"), pod.labels):
                left[each["metadata"]["uid"]] -= 1
                if left[each["metadata"]["uid"]] < 0:
                    found.add(pod.uid)
    return frozenset(found)


def _cost(way: Way) -> tuple[int, int, int, int, int, str]:
    """Return what sorts ways, the least harmful first."""
    highest = max(pod.priority for pod in way.victims)
    latest = min(pod.started for pod in way.victims if pod.priority == highest)
    total = sum(pod.priority + 2**31 for pod in way.victims)
    return way.violations, highest, total, len(way.victims), -latest, way.node

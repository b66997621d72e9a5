"""The disruption controller: how many pods of a budget may go at this moment.

Source: pkg/controller/disruption/disruption.go, trySync, getExpectedPodCount, countHealthyPods, buildDisruptedPodMap,
updatePdbStatus.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.plans import Emit, Plan, UpdateStatus
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.selectors import matches
from podproof.simulator.model.times import Nanos, moment, timestamp

NAME = "controllermanager"
BUDGETS = "poddisruptionbudgets.policy"
_CONDITION = "DisruptionAllowed"

Owner = Callable[[Object], Object | None]
"""A pod to what owns it and has a scale in the end, None where nothing does."""


def reconcile(budget: Object, pods: Sequence[Object], owner: Owner, now: Nanos) -> Plan:
    """Bring a budget's status in line with the pods it selects; `owner` tells how many there should be."""
    events = () if pods else (Emit(budget, "Normal", "NoPods", "No matching pods found", ""),)
    expected, desired = _expected(budget["spec"], pods, owner)
    going, wake = _still_going(budget, pods, now)
    healthy = sum(1 for pod in pods if _is_healthy(pod) and pod["metadata"]["name"] not in going)
    allowed = max(healthy - desired, 0) if expected > 0 else 0
    known = budget.get("status") or {}
    status: dict[str, Any] = {
        "observedGeneration": budget["metadata"].get("generation", 0),
        "disruptionsAllowed": allowed,
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "expectedPods": expected,
        **({"disruptedPods": going} if going else {}),
        "conditions": [_condition(budget, allowed, timestamp(now))],
    }
    if status == known:
        return Plan(wake_at=wake)
    return Plan((*events, UpdateStatus(BUDGETS, {**budget, "status": status})), wake_at=wake)


def _expected(spec: Object, pods: Sequence[Object], owner: Owner) -> tuple[int, int]:
    """Return how many pods there should be, and how many of them must be healthy."""
    most = spec.get("maxUnavailable")
    if most is not None:
        expected = _scale(pods, owner)
        return expected, max(expected - _share(most, expected), 0)
    least = spec.get("minAvailable", 1)
    if isinstance(least, str):
        expected = _scale(pods, owner)
        return expected, _share(least, expected)
    return len(pods), least


def _scale(pods: Sequence[Object], owner: Owner) -> int:
    """Return the replicas of all that owns some of the pods; pods that nothing owns count for nothing."""
    owners = {found["metadata"]["uid"]: found for pod in pods if (found := owner(pod)) is not None}
    return sum(found["spec"].get("replicas", 1) for found in owners.values())


def _share(amount: int | str, whole: int) -> int:
    """Return a number, or a percentage of the whole, rounded up."""
    if isinstance(amount, int):
        return amount
    return -(-int(amount.rstrip("%")) * whole // 100)


def _is_healthy(pod: Object) -> bool:
    conditions = at(pod, "status", "conditions") or ()
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    return ready and "deletionTimestamp" not in pod["metadata"]


def _still_going(budget: Object, pods: Iterable[Object], now: Nanos) -> tuple[dict[str, str], Nanos | None]:
    """Return whose eviction was granted and is not seen yet, and when the first of them is taken to have failed."""
    there = {pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}
    ends: Mapping[str, Nanos] = {
        name: Nanos(moment(since) + span("control", "disruption_timeout"))
        for name, since in (at(budget, "status", "disruptedPods") or {}).items()
        if name in there
    }
    going = {name: at(budget, "status", "disruptedPods")[name] for name, end in ends.items() if end > now}
    return going, min((ends[name] for name in going), default=None)


def _condition(budget: Object, allowed: int, now_text: str) -> Object:
    known = next((each for each in at(budget, "status", "conditions") or () if each["type"] == _CONDITION), None)
    status = "True" if allowed > 0 else "False"
    same = known is not None and known["status"] == status
    return {
        "type": _CONDITION,
        "status": status,
        "observedGeneration": budget["metadata"].get("generation", 0),
        "lastTransitionTime": known["lastTransitionTime"] if known is not None and same else now_text,
        "reason": "SufficientPods" if allowed > 0 else "InsufficientPods",
        "message": "",
    }


_SCALED = {
    "Deployment": "deployments.apps",
    "ReplicaSet": "replicasets.apps",
    "StatefulSet": "statefulsets.apps",
    "ReplicationController": "replicationcontrollers",
}


class DisruptionController:
    """Counts a budget's pods whenever the budget, one of them, or what owns them changes."""

    def __init__(
        self, agenda: Agenda, client: Client, events: EventSeries, informers: Callable[[str], Informer]
    ) -> None:
        self._agenda, self._budgets, self._pods = agenda, informers(BUDGETS), informers("pods")
        self._owners = {kind: informers(resource) for kind, resource in _SCALED.items()}
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        self._budgets.on_change(self._budget_changed)
        self._pods.on_change(self._pod_changed)
        for informer in self._owners.values():
            informer.on_change(self._owner_changed)

    def _budget_changed(self, _: Object | None, new: Object | None) -> None:
        if new is not None:
            self._controller.add(new)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        for pod in (old, new):
            for budget in self._of(pod) if pod is not None else ():
                self._controller.add(budget)

    def _of(self, pod: Object) -> Iterator[Object]:
        meta = pod["metadata"]
        for budget in self._budgets.list(meta["namespace"]):
            if matches(budget["spec"].get("selector"), meta.get("labels") or {}):
                yield budget

    def _owner_changed(self, old: Object | None, new: Object | None) -> None:
        item = new or old or {}
        for budget in self._budgets.list(item["metadata"]["namespace"]):
            self._controller.add(budget)

    def _reconcile(self, key: Key) -> Plan:
        budget = self._budgets.get(*key)
        if budget is None:
            return Plan()
        selector = budget["spec"].get("selector")
        pods = [pod for pod in self._pods.list(key[0]) if matches(selector, pod["metadata"].get("labels") or {})]
        return reconcile(budget, pods, self._owner, self._agenda.now)

    def _owner(self, pod: Object) -> Object | None:
        """Return what has the scale: of a ReplicaSet that a Deployment owns, the Deployment."""
        found = self._controller_of(pod)
        return None if found is None else self._controller_of(found) or found

    def _controller_of(self, item: Object) -> Object | None:
        references = item["metadata"].get("ownerReferences") or ()
        reference = next((each for each in references if each.get("controller")), None)
        if reference is None or reference["kind"] not in self._owners:
            return None
        found = self._owners[reference["kind"]].get(item["metadata"]["namespace"], reference["name"])
        return found if found is not None and found["metadata"]["uid"] == reference["uid"] else None

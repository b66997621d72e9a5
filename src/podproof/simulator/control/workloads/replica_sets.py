"""The ReplicaSet controller, wired to its informers."""

from collections.abc import Iterator
from dataclasses import replace

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Outcome, Plan
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.expectations import Expectations
from podproof.simulator.control.workloads.owners import (
    BY_CONTROLLER,
    claimable,
    controlled,
    controller_of,
    index_controllers,
)
from podproof.simulator.control.workloads.replica_set import Kind, View, reconcile
from podproof.simulator.control.workloads.standing import Standings
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.selectors import matches


class ReplicaSetController:
    """Reconciles a ReplicaSet whenever it, or a pod of it, changes."""

    def __init__(
        self, agenda: Agenda, client: Client, events: EventRecorder, sets: Informer, pods: Informer, kind: Kind
    ) -> None:
        self._agenda, self._sets, self._pods, self._kind = agenda, sets, pods, kind
        self._expectations = Expectations()
        self._standings: dict[str, Standings] = {}
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        index_controllers(pods)
        index_controllers(sets)
        sets.on_change(self._set_changed)
        pods.on_change(self._pod_changed)

    def _set_changed(self, old: Object | None, new: Object | None) -> None:
        item = new or old
        assert item is not None
        if new is None:
            self._standings.pop(item["metadata"]["uid"], None)
        self._controller.add(item)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        """Wake whoever controls the pod, or controlled it; an orphan wakes all that would take it."""
        owners = [controller_of(pod) for pod in (old, new) if pod is not None]
        for owner in owners:
            if owner is not None and owner["kind"] == self._kind.named:
                self._owned_changed(owner, old, new)
        if new is not None and controller_of(new) is None:
            for item in self._takers(new):
                self._controller.add(item)

    def _owned_changed(self, owner: Object, old: Object | None, new: Object | None) -> None:
        self._expectations.seen(owner["uid"], old, new)
        pod = new or old
        assert pod is not None
        self._controller.add_key((pod["metadata"]["namespace"], owner["name"]))

    def _takers(self, pod: Object) -> Iterator[Object]:
        labels = pod["metadata"].get("labels") or {}
        for item in self._sets.list(pod["metadata"]["namespace"]):
            if labels and matches(self._kind.selecting(item)["spec"]["selector"], labels):
                yield item

    def _reconcile(self, key: Key) -> Plan:
        item, now = self._sets.get(*key), self._agenda.now
        if item is None:
            return Plan()
        item = self._kind.selecting(item)
        uid = item["metadata"]["uid"]
        standings = self._standings.setdefault(uid, Standings())
        view = View(claimable(self._pods, item), self._related(item), self._expectations.met(uid, now), standings)
        plan = reconcile(item, view, self._kind, now)
        follows = plan.then

        def then(outcome: Outcome) -> Plan:
            self._expectations.expect(uid, outcome, now)
            return follows(outcome) if follows else Plan()

        return replace(plan, then=then)

    def _related(self, item: Object) -> Iterator[Object]:
        """Yield the pods of all sets under the item's own controller.

        Source: pkg/controller/replicaset/replica_set.go, getIndirectlyRelatedPods.
        """
        owner = controller_of(item)
        siblings = [item] if owner is None else self._sets.by_index(BY_CONTROLLER, owner["uid"])
        for each in siblings:
            yield from controlled(self._pods, each)

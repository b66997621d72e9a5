"""The StatefulSet controller, wired to its informers."""

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Plan
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.owners import (
    claim,
    claimable,
    controlled,
    controller_of,
    controllers_among,
    index_controllers,
)
from podproof.simulator.control.workloads.stateful_set.identity import ordinal_of
from podproof.simulator.control.workloads.stateful_set.reconcile import Look, reconcile
from podproof.simulator.control.workloads.stateful_set.retention import goes
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.selectors import matches


class StatefulSetController:
    """Reconciles a StatefulSet whenever it, or a pod of it, changes."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventRecorder,
        sets: Informer,
        pods: Informer,
        revisions: Informer,
        claims: Informer,
    ) -> None:
        self._agenda, self._sets, self._pods = agenda, sets, pods
        self._revisions, self._claims = revisions, claims
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        for informer in (pods, revisions):
            index_controllers(informer)
        sets.on_change(self._set_changed)
        pods.on_change(self._pod_changed)
        claims.on_change(self._claim_changed)

    def _set_changed(self, old: Object | None, new: Object | None) -> None:
        if new is not None:
            self._controller.add(new)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        for _, key in controllers_among("StatefulSet", old, new):
            self._controller.add_key(key)
        if new is not None and controller_of(new) is None:
            for each in self._sets.list(new["metadata"]["namespace"]):
                if matches(each["spec"]["selector"], new["metadata"].get("labels") or {}):
                    self._controller.add(each)

    def _claim_changed(self, old: Object | None, new: Object | None) -> None:
        """Wake the StatefulSets whose next pod may wait for the claim of an earlier one to be gone.

        Approximated: the real controller does not follow claims, and looks again when something else happens.
        """
        if new is None and old is not None:
            for each in self._sets.list(old["metadata"]["namespace"]):
                if goes(each, "whenScaled"):
                    self._controller.add(each)

    def _reconcile(self, key: Key) -> Plan:
        owner = self._sets.get(*key)
        if owner is None:
            return Plan()
        mine = [pod for pod in claimable(self._pods, owner) if ordinal_of(pod, owner) >= 0]
        claims = claim(owner, "pods", mine)
        look = Look(owner, claims.owned, tuple(controlled(self._revisions, owner)), self._claims.get, self._agenda.now)
        if claims.patches:
            return Plan(claims.patches, then=lambda outcome: Plan() if outcome.refusal else reconcile(look))
        return reconcile(look)

"""The Deployment controller, wired to its informers."""

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Emit, Plan
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.deployment.reconcile import reconcile
from podproof.simulator.control.workloads.owners import (
    claimable,
    controlled,
    controller_of,
    controllers_among,
    index_controllers,
)
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.selectors import matches


class DeploymentController:
    """Reconciles a Deployment whenever it or a ReplicaSet of it changes, and when the last pod of one is gone."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventRecorder,
        deployments: Informer,
        sets: Informer,
        pods: Informer,
    ) -> None:
        self._agenda, self._deployments, self._sets, self._pods = agenda, deployments, sets, pods
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        index_controllers(sets)
        index_controllers(pods)
        deployments.on_change(self._changed)
        sets.on_change(self._set_changed)
        pods.on_change(self._pod_changed)

    def _changed(self, old: Object | None, new: Object | None) -> None:
        item = new or old
        assert item is not None
        self._controller.add(item)

    def _set_changed(self, old: Object | None, new: Object | None) -> None:
        for _, key in controllers_among("Deployment", old, new):
            self._controller.add_key(key)
        if new is not None and controller_of(new) is None:
            for item in self._deployments.list(new["metadata"]["namespace"]):
                if matches(item["spec"]["selector"], new["metadata"].get("labels") or {}):
                    self._controller.add(item)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        """Wake the Deployment that waits with its new pods for the old ones to be gone."""
        owner = controller_of(old) if new is None and old is not None else None
        if owner is None or old is None or owner["kind"] != "ReplicaSet":
            return
        each = self._sets.get(old["metadata"]["namespace"], owner["name"])
        above = controller_of(each) if each is not None else None
        if above is not None:
            self._controller.add_key((old["metadata"]["namespace"], above["name"]))

    def _reconcile(self, key: Key) -> Plan:
        item = self._deployments.get(*key)
        if item is None:
            return Plan()
        if not any(item["spec"]["selector"].values()):
            why = "This deployment is selecting all pods. A non-empty selector is required."
            return Plan((Emit(item, "Warning", "SelectingAll", why, ""),))
        return reconcile(
            item,
            claimable(self._sets, item),
            lambda each: controlled(self._pods, each),
            lambda name: self._sets.get(key[0], name) is not None,
            self._agenda.now,
        )

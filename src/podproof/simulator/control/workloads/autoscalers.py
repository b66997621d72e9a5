"""The controller of HorizontalPodAutoscalers, wired to its informers."""

from collections.abc import Mapping

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Plan
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.autoscaling import PERIOD, reconcile
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object

TARGETS = {
    "Deployment": "deployments.apps",
    "ReplicaSet": "replicasets.apps",
    "StatefulSet": "statefulsets.apps",
    "ReplicationController": "replicationcontrollers",
}


class AutoscalerController:
    """Looks at each autoscaler every 15 seconds, the first time 15 seconds after it was made or changed."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventRecorder,
        scalers: Informer,
        targets: Mapping[str, Informer],
    ) -> None:
        self._agenda, self._scalers, self._targets = agenda, scalers, targets
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        scalers.on_change(self._changed)

    def _changed(self, old: Object | None, new: Object | None) -> None:
        if new is not None:
            self._controller.add_after(new, PERIOD)

    def _reconcile(self, key: Key) -> Plan:
        scaler = self._scalers.get(*key)
        if scaler is None:
            return Plan()
        reference = scaler["spec"]["scaleTargetRef"]
        informer = self._targets.get(reference["kind"])
        target = informer.get(key[0], reference["name"]) if informer is not None else None
        return reconcile(scaler, target, TARGETS.get(reference["kind"], reference["kind"]), self._agenda.now)

"""The controller of HorizontalPodAutoscalers, wired to its informers."""

from collections.abc import Mapping

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.plans import Plan
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.autoscaler.behaviors import History
from podproof.simulator.control.workloads.autoscaler.measurements import Measurements
from podproof.simulator.control.workloads.autoscaler.metrics import Scaled
from podproof.simulator.control.workloads.autoscaler.reconcile import PERIOD, Look, reconcile
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.selectors import matches

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
        pods: Informer,
        measured: Measurements,
    ) -> None:
        self._agenda, self._scalers, self._targets = agenda, scalers, targets
        self._pods, self._measured = pods, measured
        self._histories: dict[str, History] = {}
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        scalers.on_change(self._changed)

    def _changed(self, old: Object | None, new: Object | None) -> None:
        if new is not None:
            self._controller.add_after(new, PERIOD)
        elif old is not None:
            self._histories.pop(old["metadata"]["uid"], None)

    def _reconcile(self, key: Key) -> Plan:
        scaler = self._scalers.get(*key)
        if scaler is None:
            return Plan()
        uid, kind = scaler["metadata"]["uid"], scaler["spec"]["scaleTargetRef"]["kind"]
        history = self._histories.get(uid, History())
        look = Look(
            scaler, self._scaled(scaler), TARGETS.get(kind, kind), self._measured, history, self._agenda.now
        )  # fmt: skip
        plan, self._histories[uid] = reconcile(look)
        return plan

    def _scaled(self, scaler: Object) -> Scaled | None:
        """Return what an autoscaler scales, with the pods its selector fits."""
        of, namespace = scaler["spec"]["scaleTargetRef"], scaler["metadata"]["namespace"]
        informer = self._targets.get(of["kind"])
        target = informer.get(namespace, of["name"]) if informer is not None else None
        if target is None:
            return None
        chosen = target["spec"].get("selector") or {}
        selector = {"matchLabels": chosen} if of["kind"] == "ReplicationController" else chosen
        pods = [pod for pod in self._pods.list(namespace) if matches(selector, pod["metadata"].get("labels") or {})]
        there = int((target.get("status") or {}).get("replicas") or 0)
        wanted = int(target["spec"].get("replicas", 1))
        return Scaled((namespace, of["kind"], of["name"]), wanted, there, pods)

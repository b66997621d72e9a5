"""The controller of HorizontalPodAutoscalers, wired to its informers."""

from collections.abc import Callable

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
from podproof.simulator.kernel.requests import ApiError
from podproof.simulator.model.objects import Object
from podproof.simulator.model.selectors import parse

ResourceOf = Callable[[str, str], str | None]
"""How requests name the kind of a group, None where nobody serves it."""


class AutoscalerController:
    """Looks at each autoscaler every 15 seconds, the first time 15 seconds after it was made or changed."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventRecorder,
        scalers: Informer,
        pods: Informer,
        measured: Measurements,
        resource_of: ResourceOf,
    ) -> None:
        self._agenda, self._client, self._scalers = agenda, client, scalers
        self._pods, self._measured, self._resource_of = pods, measured, resource_of
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
        uid, of = scaler["metadata"]["uid"], scaler["spec"]["scaleTargetRef"]
        group = of.get("apiVersion", "").rpartition("/")[0]
        resource = self._resource_of(group, of["kind"])
        missing = f'no matches for kind "{of["kind"]}" in group "{group}"'
        scaled = self._scaled(key[0], resource, of) if resource is not None else missing
        history = self._histories.get(uid, History())
        look = Look(scaler, scaled, resource or "", self._measured, history, self._agenda.now)
        plan, self._histories[uid] = reconcile(look)
        return plan

    def _scaled(self, namespace: str, resource: str, of: Object) -> Scaled | str:
        """Return what an autoscaler scales, with the pods its selector fits; or why there is no such thing.

        The real controller asks for the Scale at every look as well: there are no informers of it.
        """
        try:
            scale = self._client.scale(resource, namespace, of["name"])
        except ApiError as error:
            return error.message
        selector, fits = scale["status"].get("selector"), parse(scale["status"].get("selector") or "")
        pods = [pod for pod in self._pods.list(namespace) if fits(pod["metadata"].get("labels") or {})]
        sizes = int(scale["spec"].get("replicas") or 0), int(scale["status"].get("replicas") or 0)
        return Scaled((namespace, of["kind"], of["name"]), *sizes, pods, selects=bool(selector))

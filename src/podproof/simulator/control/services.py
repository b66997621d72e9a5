"""The endpoints controllers, wired to their informers."""

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.endpoints import concern, reconcile, service_of
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.plans import Plan
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.model.objects import Object
from podproof.simulator.model.services import selects


class EndpointsController:
    """Reconciles a Service whenever it, or a pod it selects, changes."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventSeries,
        services: Informer,
        pods: Informer,
        endpoints: Informer,
        slices: Informer,
    ) -> None:
        self._services, self._pods = services, pods
        self._endpoints, self._slices = endpoints, slices
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        services.on_change(self._service_changed)
        pods.on_change(self._pod_changed)

    def _service_changed(self, old: Object | None, new: Object | None) -> None:
        service = new or old
        assert service is not None
        self._controller.add(service)

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        if old is not None and new is not None and concern(old) == concern(new):
            return
        seen = [pod for pod in (old, new) if pod is not None]
        for service in self._services.list(seen[0]["metadata"]["namespace"]):
            if any(selects(service, pod) for pod in seen):
                self._controller.add(service)

    def _reconcile(self, key: Key) -> Plan:
        namespace, name = key
        slices = [each for each in self._slices.list(namespace) if service_of(each) == name]
        service = self._services.get(namespace, name)
        return reconcile(service, self._pods.list(namespace), self._endpoints.get(namespace, name), slices)

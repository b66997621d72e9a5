"""The ways into a cluster that somebody installs: load balancers and ingress controllers."""

from collections.abc import Callable, Sequence

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.ingress.controller import CLASSES, IngressController, class_object
from podproof.simulator.control.load_balancers import NAME, Pool, concerns, reconcile
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.machine.network import Network
from podproof.simulator.model.objects import Object

_INGRESS = "ingress-controller"


class Entrances:
    """Installs them; without, Services of type LoadBalancer stay pending and nobody follows Ingresses."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        informer: Callable[[str], Informer],
        network: Network,
    ) -> None:
        self._agenda, self._client = agenda, client
        self._informer, self._network = informer, network
        self._ingress: IngressController | None = None

    def add_load_balancer(self, addresses: Sequence[str]) -> None:
        """Let a load balancer give these addresses to Services of its type, one to each."""
        services, pool = self._informer("services"), Pool(addresses)
        controller = Controller(
            self._agenda, self._client, EventRecorder(self._client, self._agenda, NAME),
            lambda key: reconcile(services.get(*key), pool, self._agenda.now), span("control", "work"),
        )  # fmt: skip

        def changed(old: Object | None, new: Object | None) -> None:
            if new is not None and concerns(old, new):
                controller.add(new)

        services.on_change(changed)
        for service in list(services.list()):
            changed(None, service)

    def add_ingress_class(self, name: str, *, default: bool = False) -> None:
        """Install the ingress controller, if it is not there, and a class that it follows."""
        self._client.create(CLASSES, class_object(name, default))
        if self._ingress is None:
            events = EventRecorder(self._client, self._agenda, _INGRESS)
            self._ingress = IngressController(self._agenda, self._client, events, self._informer, self._network)

"""An ingress controller as it is installed: a class, a proxy on every node, and the status of its Ingresses.

Approximated: it is no pod, but there from when it is installed, and changes count at once. Other controllers'
annotations mean nothing to it.
"""

from collections.abc import Callable
from functools import partial

from podproof.simulator.control.controller import Controller
from podproof.simulator.control.events import EventRecorder
from podproof.simulator.control.ingress.proxying import HTTP, HTTPS, Proxy
from podproof.simulator.control.ingress.routes import Routes, is_of_class
from podproof.simulator.control.plans import Command, Emit, Plan, UpdateStatus
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer, Key
from podproof.simulator.machine.network import Network
from podproof.simulator.model.objects import Object, at

CONTROLLER = "podproof.dev/ingress"
INGRESSES, CLASSES = "ingresses.networking.k8s.io", "ingressclasses.networking.k8s.io"
DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
_SCHEMES = ((HTTP, "http"), (HTTPS, "https"))


class IngressController:
    """Follows the Ingresses of its classes, and answers on the nodes."""

    def __init__(
        self,
        agenda: Agenda,
        client: Client,
        events: EventRecorder,
        informer: Callable[[str], Informer],
        network: Network,
    ) -> None:
        self._ingresses, self._classes, self._nodes = informer(INGRESSES), informer(CLASSES), informer("nodes")
        self._network, self._routes = network, Routes(())
        self._proxy = Proxy(network, informer, lambda: self._routes)
        self._listening: dict[str, list[Callable[[], None]]] = {}
        self._greeted: set[str] = set()
        self._controller = Controller(agenda, client, events, self._reconcile, span("control", "work"))
        for followed in (self._ingresses, self._classes):
            followed.on_change(lambda old, new: self._look())
        self._nodes.on_change(lambda old, new: self._follow_nodes())
        self._follow_nodes()
        self._look()

    def _look(self) -> None:
        own = self._own()
        self._routes = Routes(own)
        for each in own:
            self._controller.add(each)

    def _own(self) -> list[Object]:
        classes = list(self._classes.list())
        return [each for each in self._ingresses.list() if is_of_class(each, classes, CONTROLLER)]

    def _reconcile(self, key: Key) -> Plan:
        """Say once that an Ingress is followed, and where it is reached."""
        item = self._ingresses.get(*key)
        if item is None or not is_of_class(item, self._classes.list(), CONTROLLER):
            return Plan()
        commands: list[Command] = []
        if item["metadata"]["uid"] not in self._greeted:
            self._greeted.add(item["metadata"]["uid"])
            commands.append(Emit(item, "Normal", "Sync", "Scheduled for sync", ""))
        points = [{"ip": address} for address in sorted(self._listening)]
        if at(item, "status", "loadBalancer", "ingress") != points:
            commands.append(UpdateStatus(INGRESSES, {**item, "status": {"loadBalancer": {"ingress": points}}}))
        return Plan(tuple(commands))

    def _follow_nodes(self) -> None:
        """Listen on the nodes there are, as a DaemonSet on the host's network would."""
        there = {address for node in self._nodes.list() if (address := _address(node))}
        if there == set(self._listening):
            return
        for address in sorted(set(self._listening) - there):
            for stop in self._listening.pop(address):
                stop()
        for address in sorted(there - set(self._listening)):
            self._listening[address] = [self._listen(address, port, scheme) for port, scheme in _SCHEMES]
        self._look()

    def _listen(self, address: str, port: int, scheme: str) -> Callable[[], None]:
        return self._network.host(address).listen(port, partial(self._proxy.serve, address, scheme))


def class_object(name: str, default: bool) -> Object:
    """Return the IngressClass that comes with the controller."""
    notes = {DEFAULT_CLASS: "true"} if default else {}
    meta = {"name": name, "annotations": notes}
    return {
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": meta,
        "spec": {"controller": CONTROLLER},
    }  # fmt: skip


def _address(node: Object) -> str:
    rows = at(node, "status", "addresses") or ()
    return next((str(row["address"]) for row in rows if row["type"] == "InternalIP"), "")

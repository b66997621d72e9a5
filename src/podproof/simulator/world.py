"""A whole cluster, wired: API server, scheduler, controllers, and a kubelet with its machine for each node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from podproof.simulator.api.server import Api
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.kubelet.kubelet import Kubelet
from podproof.simulator.control.kubelet.pod_status import NodeAddress
from podproof.simulator.control.network_view import ServiceNames, ServiceRoutes
from podproof.simulator.control.scheduler import NAME as SCHEDULER
from podproof.simulator.control.scheduler import Scheduler
from podproof.simulator.control.services import EndpointsController
from podproof.simulator.control.timings import span
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.kernel.store import Store
from podproof.simulator.machine.images import ImageTable, Unknown
from podproof.simulator.machine.network import Network
from podproof.simulator.machine.registry import Registry
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object
from podproof.simulator.model.services import service_environment
from podproof.simulator.model.times import Nanos, moment, seconds, timestamp

BEGINNING = moment("2026-01-01T00:00:00Z")
SETTLED = seconds(10)
"""How long a new cluster runs before the first request reaches it."""

_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """A node to be: what it can allocate, in Kubernetes' quantities."""

    name: str = "node1"
    cpu: str = "4"
    memory: str = "16Gi"
    pods: str = "110"
    labels: Mapping[str, str] = field(default_factory=dict)


class World:
    """One simulated cluster. `handle` is its API server; time passes only through `agenda`.

    `registry` lists the image references that can be pulled (None: every row of the image table); `images_on_node`
    those that every node has from the start.
    """

    def __init__(
        self,
        *,
        seed: str = "podproof",
        nodes: Sequence[NodeSpec] = (NodeSpec(),),
        images: ImageTable | None = None,
        registry: Sequence[str] | None = None,
        images_on_node: Sequence[str] = (),
        unknown_images: Unknown = "absent",
    ) -> None:
        self.agenda = Agenda(BEGINNING)
        self._chance = Chance(seed)
        self._images = images or ImageTable.load(())
        self.registry = Registry(self._images, registry, unknown=unknown_images)
        self._api = Api(Store(), lambda: self.agenda.now, self._chance.fork("api"), self._read_log)
        self._client = Client(self._api.handle, "system:controller")
        self.kubelets: dict[str, Kubelet] = {}
        self._wire()
        self._populate(nodes, images_on_node)
        self.start = Nanos(self.agenda.now + SETTLED)
        self.agenda.run_until(self.start)

    @property
    def now(self) -> Nanos:
        """The present moment, nanoseconds since the Unix epoch."""
        return self.agenda.now

    def handle(self, request: Request) -> Response:
        """Answer a request as the API server does."""
        return self._api.handle(request)

    def close(self) -> None:
        """End the world: nothing is due any more, so what only waited for its turn is let go at once."""
        self.agenda.clear()

    def _wire(self) -> None:
        services, pods = self._informer("services"), self._informer("pods")
        endpoints, slices = self._informer("endpoints"), self._informer("endpointslices.discovery.k8s.io")
        nodes = self._informer("nodes")
        self._services = services
        names, routes = (
            ServiceNames(services, endpoints),
            ServiceRoutes(services, endpoints, self._chance.fork("proxy")),
        )
        self.network = Network(names.lookup, routes.route)
        Scheduler(self.agenda, self._client, self._events(SCHEDULER), pods, nodes)
        events = self._events("endpoint-controller")
        EndpointsController(self.agenda, self._client, events, services, pods, endpoints, slices)
        pods.on_change(self._pod_changed)
        for informer in (services, pods, endpoints, slices, nodes):
            informer.start()

    def _events(self, component: str) -> EventSeries:
        return EventSeries(self._client, self.agenda, self._chance.fork(component), component)

    def _informer(self, resource: str) -> Informer:
        return Informer(
            self.agenda, lambda on_event: self._client.watch(resource).subscribe(on_event), span("control", "watch")
        )

    def _populate(self, nodes: Sequence[NodeSpec], images_on_node: Sequence[str]) -> None:
        for name in _NAMESPACES:
            self._client.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        for service in _system_services():
            self._client.create("services", service)
        for index, spec in enumerate(nodes):
            self._add_node(spec, index, images_on_node)

    def _add_node(self, spec: NodeSpec, index: int, images: Sequence[str]) -> None:
        address = f"192.168.0.{10 + index}"
        node = NodeAddress(spec.name, address)
        cidr = f"10.244.{index}.0/24"
        chance = self._chance.fork(f"node/{spec.name}")
        runtime = Runtime(self.agenda, self.network, self._images, chance.fork("runtime"), cidr)
        for reference in images:
            runtime.images.add(reference)
        client = Client(self._api.handle, "kubelet")
        self.kubelets[spec.name] = Kubelet(
            node, self.agenda, client, runtime, self.registry, self._service_environment, chance.fork("kubelet")
        )
        self._client.create("nodes", _node(spec, address, cidr, timestamp(self.agenda.now)))

    def _service_environment(self, pod: Object) -> Mapping[str, str]:
        """Return the service variables of a pod: its namespace's Services, and always the API server's.

        Source: pkg/kubelet/kubelet_pods.go, getServiceEnvVarMap.
        """
        space = pod["metadata"]["namespace"] if pod["spec"].get("enableServiceLinks", True) else None
        master = self._services.get("default", "kubernetes")
        seen = [] if space == "default" or master is None else [master]
        return service_environment([*seen, *(self._services.list(space) if space else ())])

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        node = (new or old or {})["spec"].get("nodeName")
        if node in self.kubelets:
            self.kubelets[node].pod_changed(old, new)

    def _read_log(self, pod: Object, container: str, previous: bool) -> str:
        return self.kubelets[pod["spec"]["nodeName"]].log(pod, container, previous)


def _system_services() -> tuple[dict[str, Any], ...]:
    return (
        _service("default", "kubernetes", "10.96.0.1", [{"name": "https", "port": 443, "targetPort": 6443}]),
        _service(
            "kube-system",
            "kube-dns",
            "10.96.0.10",
            [
                {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
                {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
            ],
        ),
    )


def _service(namespace: str, name: str, address: str, ports: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"clusterIP": address, "ports": ports},
    }


def _node(spec: NodeSpec, address: str, cidr: str, now_text: str) -> dict[str, Any]:
    amounts = {"cpu": spec.cpu, "memory": spec.memory, "pods": spec.pods, "ephemeral-storage": "100Gi"}
    labels = {"kubernetes.io/arch": "amd64", "kubernetes.io/hostname": spec.name, "kubernetes.io/os": "linux"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": spec.name, "labels": {**labels, **spec.labels}},
        "spec": {"podCIDR": cidr, "podCIDRs": [cidr]},
        "status": {
            "capacity": amounts,
            "allocatable": amounts,
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": spec.name}],
            "conditions": [_node_condition(*row, now_text) for row in _NODE_CONDITIONS],
            "nodeInfo": _NODE_INFO,
        },
    }


_NODE_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)
_NODE_INFO = {
    "architecture": "amd64",
    "containerRuntimeVersion": "containerd://2.1.0",
    "kernelVersion": "6.12.0",
    "kubeletVersion": "v1.36.2",
    "operatingSystem": "linux",
    "osImage": "podproof simulator",
}


def _node_condition(kind: str, status: str, reason: str, message: str, now_text: str) -> dict[str, str]:
    times = {"lastHeartbeatTime": now_text, "lastTransitionTime": now_text}
    return {"type": kind, "status": status, **times, "reason": reason, "message": message}

"""A whole cluster, wired: API server, scheduler, controllers, and a kubelet with its machine for each node."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from podproof.simulator.api.catalogue import Catalogue
from podproof.simulator.api.discovery import Resource, resources
from podproof.simulator.api.server import Api
from podproof.simulator.api.static_pod import static_pod
from podproof.simulator.control import system_objects
from podproof.simulator.control.cluster_dns import ClusterDns
from podproof.simulator.control.definitions import DEFINITIONS, DefinitionControllers
from podproof.simulator.control.definitions import NAME as DEFINITION_CONTROLLER
from podproof.simulator.control.disruption import NAME as DISRUPTION
from podproof.simulator.control.disruption import DisruptionController
from podproof.simulator.control.endpoints.controllers import EndpointControllers
from podproof.simulator.control.entrances import Entrances
from podproof.simulator.control.events import EventSeries
from podproof.simulator.control.garbage.collector import NAME as GARBAGE
from podproof.simulator.control.garbage.collector import GarbageCollector
from podproof.simulator.control.kubelet.kubelet import Kubelet
from podproof.simulator.control.kubelet.pod_status import NodeAddress
from podproof.simulator.control.kubelet.sources import Sources
from podproof.simulator.control.kubelet.volumes.claimed import ClaimedStorage, StoredVolumes
from podproof.simulator.control.namespace_objects import namespace_objects
from podproof.simulator.control.namespaces import NAME as NAMESPACES
from podproof.simulator.control.namespaces import NamespaceController
from podproof.simulator.control.network_policies import NETWORK_POLICIES, PolicyAgent
from podproof.simulator.control.node_lifecycle.heartbeats import Heartbeats
from podproof.simulator.control.node_lifecycle.node_lifecycle import NAME as NODE_LIFECYCLE
from podproof.simulator.control.node_lifecycle.node_lifecycle import NodeLifecycle
from podproof.simulator.control.node_lifecycle.taint_eviction import TaintEviction
from podproof.simulator.control.nodes import Node, node_object, peer_object, with_peer_ready
from podproof.simulator.control.nodes import NodeSpec as NodeSpec
from podproof.simulator.control.proxy.health import HealthPorts
from podproof.simulator.control.proxy.routing import Routing
from podproof.simulator.control.quotas import NAME as QUOTAS
from podproof.simulator.control.quotas import QuotaController
from podproof.simulator.control.scheduler import Scheduler
from podproof.simulator.control.scheduling.defaults import DefaultSpread
from podproof.simulator.control.storage.binder import Binder
from podproof.simulator.control.storage.drivers.installing import Drivers
from podproof.simulator.control.storage.facts import CLAIMS, DRIVERS, VOLUMES
from podproof.simulator.control.timings import span
from podproof.simulator.control.workloads.autoscaler.measurements import Measurements
from podproof.simulator.control.workloads.awakening import Workloads
from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.client import Client
from podproof.simulator.kernel.collector import look_seldom
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.kernel.process import Process
from podproof.simulator.kernel.reflector import ListWatch
from podproof.simulator.kernel.requests import NodeUnreachableError, Request, Response
from podproof.simulator.kernel.store import Store
from podproof.simulator.machine.dns import NameTable
from podproof.simulator.machine.exec import Done, Streams
from podproof.simulator.machine.images import ImageTable, Unknown
from podproof.simulator.machine.logs import Log
from podproof.simulator.machine.network import Network
from podproof.simulator.machine.registry import Registry
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object
from podproof.simulator.model.registry_credentials import Entry
from podproof.simulator.model.services import service_environment
from podproof.simulator.model.times import Nanos, moment, seconds, timestamp
from podproof.simulator.network.facts import NodeFact
from podproof.simulator.network.subnets import numbered

BEGINNING = moment("2026-01-01T00:00:00Z")
SETTLED = seconds(10)
"""How long a new cluster runs before the first request reaches it."""

_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")

_SETS = {("apps/v1", "ReplicaSet"): "replicasets.apps", ("apps/v1", "StatefulSet"): "statefulsets.apps"}
"""Controllers whose pods the scheduler spreads."""

_FIRST_NODE, _PODS, _SEGMENT = "192.168.0.10", "10.244.0.0", "192.168.0.0/24"
"""The first node's address, its pods' range, and the segment of all nodes that have their addresses in turn."""

_REFUSED = "connect: connection refused"
"""How Go words that nobody listens."""


class World:
    """One simulated cluster. `handle` is its API server; time passes only through `agenda`.

    `registry` lists the image references that can be pulled (None: every row of the image table); `images_on_node`
    those that every node has from the start; `beginning` is when its clock begins; `names` are those that exist
    outside of it, with their addresses; `without` may name node-lifecycle-controller, which then does not run
    (kube-controller-manager's --controllers=*,-NAME).
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
        beginning: Nanos = BEGINNING,
        names: Mapping[str, Sequence[str]] | None = None,
        without: Collection[str] = (),
    ) -> None:
        self._look_often = look_seldom(self)
        self._without = without
        self.agenda = Agenda(beginning)
        self._chance = Chance(seed)
        self._images = images or ImageTable.load(())
        self.registry = Registry(self._images, registry, unknown=unknown_images)
        self.logins: list[Entry] = []
        """What every node may show to registries, as its own docker configuration."""
        self._api = Api(Store(), lambda: self.agenda.now, self._chance.fork("api"), self._read_log)
        self._client = Client(self._api.handle, "system:controller")
        self.nodes: dict[str, Node] = {}
        self._joined = 0
        self._images_on_node = tuple(images_on_node)
        self.informers: dict[str, Informer] = {}
        """By resource; what follows it shares one."""
        self._stored = StoredVolumes()
        self.drivers = Drivers(
            self.agenda, self._api.handle, self._informer, self._stored, self._chance.fork("drivers")
        )
        """The storage drivers that are installed into it."""
        self._variables: dict[str | None, tuple[tuple[Object, ...], Mapping[str, str]]] = {}
        self._heartbeats = Heartbeats(self.agenda, self._chance.fork("heartbeats"))
        self.outside = NameTable(names)
        self._wire()
        self._populate(nodes)
        self.start = Nanos(self.agenda.now + SETTLED)
        self.agenda.run_until(self.start)

    @property
    def now(self) -> Nanos:
        """The present moment, nanoseconds since the Unix epoch."""
        return self.agenda.now

    def handle(self, request: Request) -> Response:
        """Answer a request as the API server does."""
        return self._api.handle(request)

    @property
    def catalogue(self) -> Catalogue:
        """Which resources this cluster serves."""
        return self._api.catalogue

    def bookmark(self) -> None:
        """Send a bookmark to every watch that asked for them."""
        self._api.bookmark()

    def compact(self) -> None:
        """Let the API server forget all versions but the present ones."""
        self._api.compact()

    def write_static_pod(self, file: str, manifest: Object | None, namespace: str, node: str = "") -> None:
        """Write a file into a node's folder of static pods ("": of the first node), or (None) remove it.

        Raises:
            StaticPodError: the kubelet does not take it.
            KeyError: there is no such node.
        """
        name = node or next(iter(self.nodes))
        machine = self.nodes[name]
        pod = None if manifest is None else static_pod(manifest, file, name, namespace, self.now)
        machine.process.do(partial(machine.kubelet.write_static_file, file, pod))

    def kill_sandbox(self, pod: Object) -> bool:
        """Let the sandbox of a pod die; return whether it had one."""
        machine = self.nodes.get(pod["spec"].get("nodeName", ""))
        return machine is not None and machine.kubelet.kill_sandbox(pod["metadata"]["uid"])

    def exec(self, pod: Object, container: str, argv: Sequence[str], streams: Streams, done: Done) -> None:
        """Run a process in a container of a pod that is on a node; `done` gets how it ended.

        Raises:
            KeyError: the node has no machine.
            NodeUnreachableError: its kubelet does not run.
        """
        node = self.nodes[pod["spec"]["nodeName"]]
        if not node.process.running:
            raise NodeUnreachableError(f"error dialing backend: dial tcp {node.kubelet.node.address}:10250: {_REFUSED}")
        node.kubelet.exec(pod, container, argv, streams, done)

    def close(self) -> None:
        """End the world: nothing is due any more, so what only waited for its turn is let go at once."""
        self.agenda.clear()
        self._look_often()

    def _wire(self) -> None:
        services, pods = self._informer("services"), self._informer("pods")
        nodes = self._node_cache = self._informer("nodes")
        self._services = services
        slices, namespaces = self._informer("endpointslices.discovery.k8s.io"), self._informer("namespaces")
        dns = ClusterDns(services, slices, namespaces, self.outside, self._chance.fork("dns"))
        self.proxies = Routing(services, slices, nodes, self._chance.fork("proxy"), lambda: self.agenda.now)
        self.network = Network(dns, self.proxies.route, self.outside, lambda: self.agenda.now)
        self.network.dress, self.network.refresh = self.proxies.dress, self.proxies.tables
        self.entrances = Entrances(self.agenda, self._client, self._informer, self.network)
        HealthPorts(services, slices, nodes, self.network)
        budgets = self._informer("poddisruptionbudgets.policy")
        self.network.police = PolicyAgent(
            self._informer(NETWORK_POLICIES), pods, namespaces, system_objects.UNSEEN
        ).verdict
        binder = Binder(self.agenda, self._client, self._informer)
        sets = {kind: self._informer(name).get for kind, name in _SETS.items()}
        spread = DefaultSpread(services.list, sets)
        self.scheduler = Scheduler(
            self.agenda, self._client, self._events, pods, nodes, namespaces, budgets, binder, spread
        )
        binder.on_change(self.scheduler.retry)
        EndpointControllers(self.agenda, self._client, self._informer)
        self._config_maps, self._secrets = self._informer("configmaps"), self._informer("secrets")
        self._config_maps.on_change(partial(self._source_changed, "configmap"), who="kubelets")
        self._secrets.on_change(partial(self._source_changed, "secret"), who="kubelets")
        self._pods = pods
        chance = self._chance.fork("node-lifecycle")
        if NODE_LIFECYCLE not in self._without:
            NodeLifecycle(self.agenda, self._client, nodes, pods, self._heartbeats, chance)
        TaintEviction(self.agenda, self._client, nodes, pods)
        tuple(namespace_objects(self.agenda, self._client, self._events, self._informer))
        pods.on_change(self._pod_changed, who="kubelets")
        self.measured = Measurements(self._images.uses)
        Workloads(self.agenda, self._api.handle, self._informer, self.measured, self._resource_of)
        self._wire_everything()
        for informer in self.informers.values():
            informer.start()

    def _events(self, component: str) -> EventSeries:
        return EventSeries(self._client, self.agenda, self._chance.fork(component), component)

    def _informer(self, resource: str) -> Informer:
        """Return the informer of a resource, which all controllers share."""
        if resource not in self.informers:
            source, chance = ListWatch(self._client, resource), self._chance.fork(f"informer/{resource}")
            self.informers[resource] = Informer(self.agenda, source, span("control", "watch"), chance)
        return self.informers[resource]

    def _resource_of(self, group: str, kind: str) -> str | None:
        """Return how requests name the kind of a group, None where nobody serves it."""
        named = (each.name for each in self.catalogue.resources() if (each.group, each.kind) == (group, kind))
        return next(named, None)

    def _wire_everything(self) -> None:
        """Wire the controllers that look at objects of every kind."""
        # Events come and go by themselves: nothing owns them, and no quota counts them.
        every = {each.name: self._informer(each.name) for each in resources() if each.name != "events"}
        namespaced = {each.name: each.namespaced for each in resources()}
        inside = {name: informer for name, informer in every.items() if namespaced[name]}
        QuotaController(self.agenda, self._client, self._events(QUOTAS), every["resourcequotas"], inside)
        emptied = [name for name, is_namespaced in namespaced.items() if is_namespaced]
        NamespaceController(self.agenda, self._client, self._events(NAMESPACES), every["namespaces"], emptied)
        DisruptionController(self.agenda, self._client, self._events(DISRUPTION), self._informer)
        kinds = {(each.api_version, each.kind): (each.name, each.namespaced) for each in resources()}
        self._collector = GarbageCollector(self.agenda, self._client, self._events(GARBAGE), every, kinds)
        definitions = every[DEFINITIONS]
        DefinitionControllers(self.agenda, self._client, self._events(DEFINITION_CONTROLLER), definitions)
        self._emptied = emptied
        self.catalogue.on_served(self._served)

    def _served(self, versions: Sequence[Resource]) -> None:
        """Let the controllers that look at every kind look at one that a definition has added."""
        name, is_new = versions[0].name, versions[0].name not in self.informers
        informer = self._informer(name)
        self._collector.follow(name, {(each.api_version, each.kind): each.namespaced for each in versions}, informer)
        if versions[0].namespaced and name not in self._emptied:
            self._emptied.append(name)
        if is_new:
            informer.start()
        self.drivers.served(name)

    def _populate(self, nodes: Sequence[NodeSpec]) -> None:
        for name in _NAMESPACES:
            self._client.create("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        for each in system_objects.priority_classes():
            self._client.create("priorityclasses.scheduling.k8s.io", each)
        for service in system_objects.services():
            self._client.create("services", service)
        for spec in nodes:
            self.add_node(spec)

    def add_peer(self, name: str) -> None:
        """Let a node join that is ready, but cordoned: it takes no pods and has no machine."""
        self._heartbeats.begin(name)
        node = self._client.create("nodes", peer_object(name))

        def report() -> None:
            self._client.update_status("nodes", with_peer_ready(node, timestamp(self.now)))

        self.agenda.after(span("kubelet", "join"), report)

    def add_node(self, spec: NodeSpec) -> None:
        """Let a node join."""
        fact = self.placed(spec)
        address, cidr = fact.address, fact.cidr
        self._joined += 1
        self.network.add_node(fact)
        chance = self._chance.fork(f"node/{spec.name}")
        runtime = Runtime(self.agenda, self.network, self._images, chance.fork("runtime"), cidr, address)
        for reference in (*self._images_on_node, *spec.images):
            runtime.images.add(reference)
        client, process = Client(self._api.handle, "kubelet"), Process(self.agenda)
        kubelet = Kubelet(
            NodeAddress(spec.name, address, spec.amounts, int(spec.pulls)), process, client, runtime, self.registry,
            self._sources(spec), chance.fork("kubelet"),
        )  # fmt: skip
        on_change = runtime.on_change
        runtime.on_change = lambda uid: process.do(partial(on_change, uid))
        reports = chance.fork("node")
        self.nodes[spec.name] = Node(
            spec.name, self.agenda, process, kubelet, client, self._heartbeats, reports, runtime.images
        )
        now, images = timestamp(self.agenda.now), runtime.images.present()
        self._client.create("nodes", node_object(spec, address, cidr, now, images))

    def placed(self, spec: NodeSpec, before: int = 0) -> NodeFact:
        """Return the network of a node to be; what it does not say is next in turn, after `before` other nodes."""
        index = self._joined + before
        segment = spec.segment or ("" if spec.address else _SEGMENT)
        cidr = spec.pod_cidr or f"{numbered(_PODS, index, 8)}/24"
        return NodeFact(spec.name, spec.address or numbered(_FIRST_NODE, index), cidr, segment)

    def remove_node(self, name: str) -> None:
        """Take a node away that runs nothing."""
        node = self.nodes.pop(name)
        node.process.halt()
        self.network.remove_node(node.kubelet.node.address)
        self._client.delete("nodes", "", name)

    def configure_network(self, name: str, *, configured: bool) -> None:
        """Let a node have its CNI configuration, or none. Raises KeyError where the node has no machine."""
        self.nodes[name].kubelet.cni.configured = configured

    def pods(self) -> list[Object]:
        """Return all pods as the controllers see them."""
        return list(self._pods.list())

    def start_kubelet(self, node: str) -> None:
        """Let a node's kubelet start again."""
        self.nodes[node].start(lambda: [pod for pod in self.pods() if pod["spec"].get("nodeName") == node])

    def _sources(self, spec: NodeSpec) -> Sources:
        config_maps, secrets = self._config_maps.get, self._secrets.get
        node = partial(self._node_cache.get, "", spec.name)
        volumes = partial(self._informer(VOLUMES).get, "")
        attached, drivers = partial(self.drivers.is_attached, spec.name), partial(self._informer(DRIVERS).get, "")
        storage = ClaimedStorage(self._informer(CLAIMS).get, volumes, self._stored, spec.disks, attached, drivers)
        return Sources(self._service_environment, config_maps, secrets, spec.amounts, self.logins, node, storage)

    def _source_changed(self, kind: str, old: Object | None, new: Object | None) -> None:
        meta = (new or old or {})["metadata"]
        for node in self.nodes.values():
            node.process.do(partial(node.kubelet.source_changed, kind, meta["namespace"], meta["name"]))

    def _service_environment(self, pod: Object) -> Mapping[str, str]:
        """Return the service variables of a pod: its namespace's Services, and always the API server's.

        Source: pkg/kubelet/kubelet_pods.go, getServiceEnvVarMap.
        """
        space = pod["metadata"]["namespace"] if pod["spec"].get("enableServiceLinks", True) else None
        master = self._services.get("default", "kubernetes")
        seen = [] if space == "default" or master is None else [master]
        services = (*seen, *(self._services.list(space) if space else ()))
        known = self._variables.get(space)
        if known is None or known[0] != services:
            known = self._variables[space] = services, service_environment(services)
        return known[1]

    def _pod_changed(self, old: Object | None, new: Object | None) -> None:
        node = (new or old or {})["spec"].get("nodeName")
        if node in self.nodes:
            self.nodes[node].process.do(partial(self.nodes[node].kubelet.pod_changed, old, new))

    def _read_log(self, pod: Object, container: str, previous: bool) -> Log:
        """Return what a node's kubelet answers.

        Source: pkg/registry/core/pod/strategy.go, LogLocation; pkg/kubelet/server/server.go, getContainerLogs.
        """
        node = self.nodes[pod["spec"]["nodeName"]]
        if not node.process.running:
            meta, host = pod["metadata"], f"{node.kubelet.node.address}:10250"
            path = f"{meta['namespace']}/{meta['name']}/{container}{'?previous=true' if previous else ''}"
            error = f"dial tcp {host}: {_REFUSED}"
            raise NodeUnreachableError(f'Get "https://{host}/containerLogs/{path}": {error}')
        return node.kubelet.log(pod, container, previous)

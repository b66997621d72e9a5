"""The simulator behind the port: one world in this process per scenario, on virtual time.

Rules for editing: waiting is stepping the agenda; a claim is judged again only when the record has something new or
time alone may decide it. A world in which nothing is due leaps to the end of the wait.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from podproof.claims import Claim, Verdict
from podproof.cluster import Answer, Operators
from podproof.clusters.asking import Asking
from podproof.clusters.clients import SimulatedClients
from podproof.clusters.hosts import SimulatedHosts
from podproof.clusters.informers import SimulatedInformers
from podproof.clusters.kinds import Wanted
from podproof.clusters.metrics import SimulatedMetrics
from podproof.clusters.nodes import SimulatedNodes
from podproof.clusters.outside import SimulatedOutside
from podproof.clusters.paths import SimulatedPaths
from podproof.clusters.reaching import reach
from podproof.clusters.registries import SimulatedRegistries
from podproof.clusters.storage import SimulatedStorage
from podproof.clusters.waiting import Waiting
from podproof.clusters.worlds import world_of
from podproof.configuration import Configuration
from podproof.simulator.api.discovery import Resource
from podproof.simulator.kernel.requests import Request, Response, Watch, WatchEvent
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import SECOND, Nanos
from podproof.timeline import Record

if TYPE_CHECKING:
    from podproof.clusters.operators.simulated import SimulatedOperators

NAMESPACE = "default"
_CAN = frozenset((
    "virtual-time", "node-failure", "fresh-nodes", "known-time", "storage-drivers", "operators", "dropped-watches",
    "outside", "network-clients", "packet-paths", "other-namespaces",
    "informers", "declared-metrics",
    "snapshots",
))  # fmt: skip


class SimulatedCluster(Asking):
    """A simulated cluster that is born with the scenario and ends with it."""

    name = "simulator"

    def __init__(
        self,
        configuration: Configuration | None = None,
        seed: str | None = None,
        namespace: str = NAMESPACE,
        field_validation: str = "Strict",
    ) -> None:
        config = configuration or Configuration()
        self.namespace, self.field_validation = namespace, field_validation
        self.world = world_of(config, seed)
        self.hosts = SimulatedHosts(self.world, namespace)
        self.registries = SimulatedRegistries(self.world)
        self.nodes = SimulatedNodes(self.world)
        self.storage = SimulatedStorage(self.world)
        self.outside = SimulatedOutside(self.world)
        self.clients = SimulatedClients(self.world, namespace)
        self.paths = SimulatedPaths(self.world, namespace)
        self.informers = SimulatedInformers(self.world)
        self.metrics = SimulatedMetrics(self.world, namespace)
        many = {"multi-node"} if len(self.world.nodes) > 1 else set()
        usual = {"default-namespace"} if namespace == NAMESPACE else set()
        self.capabilities = _CAN | _cel() | many | usual
        if namespace != NAMESPACE:
            self.world.handle(Request("create", "namespaces", body=_namespace(namespace)))
        self._record = Record(lambda: Nanos(self.world.now - self.world.start), self.world.start)
        self._watches = [self._recorded(resource) for resource in self.world.catalogue.resources()]
        self._recorded_too: set[str] = set()
        self._operators: SimulatedOperators | None = None
        self._patience = config.operator_patience / SECOND
        self.world.catalogue.on_served(self._served)
        self._record.began = True

    @property
    def operators(self) -> Operators:
        """The operators that run beside the cluster."""
        if self._operators is None:
            from podproof.clusters.operators.simulated import SimulatedOperators

            self._operators = SimulatedOperators(self.world, self.namespace, self._patience)
        return self._operators

    def reach(self, pod: str, port: int) -> Answer:
        """Ask a pod for `GET /` on a port, from its node."""
        return reach(self.world, self.get(Ref("Pod", self.namespace, pod)), port)

    def record(self) -> Record:
        """Return everything the cluster has shown so far in this scenario."""
        return self._record

    def wait(self, claim: Claim, within: Nanos) -> Verdict:
        """Let time pass until the claim is decided or `within` is over, and return the verdict."""
        waiting = Waiting(claim, self._record)
        end = Nanos(self.world.now + within)
        while not waiting.decided():
            if self.world.now >= end:
                return waiting.judge.close()
            wake = waiting.judge.wake
            stop = end if wake is None else min(end, Nanos(wake + self.world.start))
            self._until(max(stop, self.world.now), waiting.decided)
        return waiting.verdict

    def pass_time(self, span: Nanos) -> None:
        """Let `span` of cluster time pass."""
        self._until(Nanos(self.world.now + span))

    def close(self) -> None:
        """End the scenario: nobody watches the world any more, and nothing in it is due."""
        if self._operators is not None:
            self._operators.close()
        for watch in self._watches:
            watch.stop()
        self._watches.clear()
        self.world.close()

    def _until(self, deadline: Nanos, condition: Callable[[], bool] | None = None) -> bool:
        passes = self.world.agenda.run_until if self._operators is None else self._operators.until
        return passes(deadline, condition)

    def _handle(self, request: Request) -> Response:
        return self.world.handle(request)

    def _resources(self) -> Sequence[Resource]:
        return self.world.catalogue.resources()

    def _served(self, versions: Sequence[Resource]) -> None:
        """Record a kind that a definition has added as well."""
        if versions[0].name not in self._recorded_too:
            self._recorded_too.add(versions[0].name)
            self._watches.append(self._recorded(versions[0]))

    def _recorded(self, resource: Resource) -> Watch:
        watch = self.world.handle(Request("watch", resource.name)).watch
        assert watch is not None
        watch.subscribe(self._seen(resource.kind))
        return watch

    def _seen(self, kind: str) -> "Callable[[WatchEvent], None]":
        see = self._record.see

        def seen(event: WatchEvent) -> None:
            meta = event.object["metadata"]
            ref = Ref(kind, meta.get("namespace", ""), meta["name"])
            see(ref, None if event.type == "DELETED" else event.object)

        return seen


def _cel() -> set[str]:
    """Return the capability of rules in CEL, where the library is there that reads them."""
    return {"cel"} if find_spec("cel_expr_python") else set()


def made(wanted: Wanted) -> SimulatedCluster:
    """Return the simulator that is wanted; the detail of its kind is a seed."""
    return SimulatedCluster(wanted.configuration, wanted.detail or wanted.seed)


def _namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}

"""The port: what a step may ask of a cluster, whichever cluster it is.

Times are cluster time in integer nanoseconds (`Nanos`), counted from the start of the record: virtual on the simulator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from podproof.claims import Claim, Verdict
from podproof.manifests import Manifest
from podproof.paths import Paths
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record


@dataclass(frozen=True, slots=True)
class Refusal:
    """The API's own refusal of a request; `causes` name each fault's field, as the Status has them."""

    code: int
    reason: str
    message: str
    causes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one object of a manifest: kubectl's word ("created", "configured", …) or a refusal."""

    ref: Ref
    outcome: str
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from a port: the body of a reply, or, where none came, `error` in the network's own words."""

    body: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """What a pod's resolver found: addresses, or records as zone files write them ("SRV 0 100 80 web.…").

    `code` is the name server's ("" where nobody tells): NOERROR, NXDOMAIN, SERVFAIL, NODATA for a name without
    addresses, SILENT for no answer; `tried` are the full names that were asked for.
    """

    code: str
    found: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and what came of it: `status` 0 where no answer came, for which `error` has the network's words.

    `server` is the address that answered or refused in the end, behind all translation, "" where none did;
    `certificate` whose certificate an https server showed: that of a Secret (namespace/name), or its own.
    """

    status: int
    body: str = ""
    server: str = ""
    error: str = ""
    certificate: str = ""


class Outside(Protocol):
    """What lies beyond the cluster, and what leads into it."""

    def load_balancer(self, addresses: Sequence[str]) -> None:
        """Let a load balancer give these addresses to Services of its type."""

    def ingress_class(self, name: str, default: bool = False) -> None:
        """Install an ingress controller that follows a class, which is the default one if wanted."""

    def name(self, name: str, found: Sequence[str]) -> None:
        """Let a name exist there from now on, with these addresses, or as another name for one."""

    def silence_names(self) -> None:
        """Let the name servers there answer no more."""


class Clients(Protocol):
    """What the pods of a cluster can ask of its network. Each raises an error of podproof's own without the pod."""

    def resolve(self, pod: str, name: str) -> NameAnswer:
        """Ask a pod's resolver for the addresses of a name, as its programs do."""

    def records(self, pod: str, name: str, kind: str) -> NameAnswer:
        """Ask a pod's name server for the records of a full name."""

    def request(self, asker: Ref | None, url: str) -> Exchange:
        """GET a URL from a pod, from a node, or (None) from outside of the cluster; redirects are not followed."""

    def rules(self, node: str, table: str) -> tuple[str, ...]:
        """Return the rules kube-proxy keeps in a table of a node ("nat", "filter"), as `iptables-save` writes them."""


class Registries(Protocol):
    """Where images come from. Each raises ImageNameError for a reference that does not parse."""

    def put(self, reference: str) -> None:
        """Let an image exist from now on."""

    def remove(self, reference: str) -> None:
        """Let an image exist no more."""

    def close(self, reference: str, user: str = "", password: str = "") -> None:
        """Make an image private: to one user, or to everybody who has credentials at all."""

    def log_in(self, registry: str, user: str, password: str) -> None:
        """Give every node credentials of its own for a registry."""


class Hosts(Protocol):
    """The machines of the nodes: what happens there past the API."""

    def kill_sandbox(self, pod: str) -> bool:
        """Let the sandbox of a pod die; return whether it had one."""

    def write_static_pod(self, file: str, manifest: Object | None, node: str = "") -> tuple[str, ...]:
        """Write a file of static pods on a node ("": the first), or (None) remove it; return why it is not taken."""


@dataclass(frozen=True, slots=True)
class Command:
    """How an operator is started: its words, the folder it runs in, and what its environment has besides ours.

    In a word `{namespace}`, `{kubeconfig}` and `{name}` stand for the scenario's namespace, the kubeconfig that leads
    to its cluster, and the operator's own name.
    """

    words: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


class Operators(Protocol):
    """Operators of the user's own, each a process beside the cluster, by the name a scenario gives it.

    What is asked of one that does not run raises NotSoError; one that ends by itself, or works for ever, raises
    OperatorError as soon as a step waits.
    """

    def run(self, name: str, command: Command | None = None) -> None:
        """Start an operator: as before, where it ran before and no command is given."""

    def stop(self, name: str) -> None:
        """Ask an operator to end (SIGTERM), and wait for it."""

    def kill(self, name: str) -> None:
        """End an operator in the middle of what it does (SIGKILL)."""

    def drop_watches(self) -> None:
        """Cut the connections of all watches, as a failing network does."""

    def pace(self, factor: int) -> None:
        """Let each second of the operators last so many of the cluster's, where that has a time of its own."""

    def outputs(self) -> Mapping[str, str]:
        """Return the end of what each operator wrote, also of those that run no more."""


@dataclass(frozen=True, slots=True)
class Placement:
    """How the scheduler decides about a pod: the node it chooses ("": none), and why.

    `refusals` are the reasons of each node that the filters left out, `scores` the weighed scores of each that they
    left, by plugin; `bar` is what keeps the pod from every node. `reserved` is what the pod takes of its node, and what
    its claims get, before it is bound.
    """

    node: str
    refusals: Mapping[str, tuple[str, ...]]
    scores: Mapping[str, Mapping[str, int]]
    bar: str = ""
    reserved: Mapping[str, str] = field(default_factory=dict)


class Nodes(Protocol):
    """The machines of a cluster. Each raises an error of podproof's own where the node named does not exist."""

    def become(self, rows: Sequence[Mapping[str, str]], labels: Sequence[Mapping[str, str]]) -> None:
        """Be these nodes and no others; a row says name, cpu, memory, pods, taints, disks; `labels` go row by row."""

    def add(self, row: Mapping[str, str], labels: Mapping[str, str]) -> None:
        """Let another node join, a row as for `become`."""

    def remove(self, name: str) -> None:
        """Take a node away on which nothing runs."""

    def placement(self, pod: Object) -> Placement:
        """Return how the scheduler would decide about a pod now; of one that has a node, as if it had none yet."""

    def configure_scheduler(self, configuration: Any) -> None:
        """Let the scheduler run with a KubeSchedulerConfiguration from now on."""

    def join(self, name: str) -> None:
        """Let a node join that is ready but cordoned: it takes no pods."""

    def stop(self, name: str) -> None:
        """Let a node's kubelet stop."""

    def start(self, name: str) -> None:
        """Let a node's kubelet start again."""

    def starve(self, name: str, what: str, by: int = 1) -> None:
        """Let a node run short of memory or disk, by so many bytes below what evicts pods."""

    def relieve(self, name: str, what: str) -> None:
        """Let a node have enough memory or disk again."""


class Storage(Protocol):
    """The storage drivers of a cluster. Each raises an error of podproof's own where there is no such driver."""

    def install(self, name: str, settings: Mapping[str, str]) -> None:
        """Install a driver; the settings are those of the step that installs one."""

    def behave(self, name: str, how: str) -> None:
        """Let a driver "works", "hangs", "fails" or "fails every second call" from now on."""

    def volumes(self, name: str) -> tuple[str, ...]:
        """Return the handles of the volumes a driver has."""

    def install_snapshots(self) -> None:
        """Install the snapshot controller, which begins once its kinds are defined."""

    def take_snapshot(self, name: str, handle: str, volume: str) -> None:
        """Let a driver have a snapshot of a volume, by their handles, that Kubernetes does not know of."""

    def snapshots(self, name: str) -> tuple[str, ...]:
        """Return the handles of the snapshots a driver has."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing that a stage of an informer did, and when.

    `part` is the informer's resource ("pods") or a controller ("replicaset-controller"); `stage` is Reflector,
    DeltaFIFO, Indexer, ring or handler of the one, work queue or rule of the other.
    """

    at: Nanos
    part: str
    stage: str
    what: str


class Informers(Protocol):
    """The informers of a cluster's own controllers. Each raises an error of podproof's own where there is none."""

    def look(self) -> None:
        """Note what each stage does, from now on."""

    def seen(self) -> Sequence[Sight]:
        """Return what the stages did since the look began; an error where nobody looks."""

    def resources(self) -> Sequence[str]:
        """Return the resources there are informers of."""

    def cut(self, resource: str) -> None:
        """Break the watch of an informer, and every new one."""

    def mend(self, resource: str) -> None:
        """Let its watch be opened again, and its events arrive in time and in full."""

    def lag(self, resource: str, span: Nanos) -> None:
        """Let the events of its watch arrive later."""

    def lose(self, resource: str, count: int) -> None:
        """Let the next events of its watch get lost."""

    def resync(self, resource: str) -> None:
        """Let it hand out again everything it knows, to all handlers."""

    def hold(self, resource: str, *, held: bool) -> None:
        """Let its handlers take nothing, or again everything that waits for them."""

    def bookmark(self) -> None:
        """Let the API server send bookmarks."""

    def forget(self) -> None:
        """Let the API server forget all versions but the present ones."""


class Metrics(Protocol):
    """What the metrics APIs of a cluster answer. Amounts are quantities; each raises an error for what is none."""

    def use(self, of: Ref, resource: str, amount: str, *, container: str = "", shared: bool = False) -> None:
        """Let each pod of a workload use so much of a resource, or, `shared`, all that are ready together."""

    def show(self, of: Ref, metric: str, amount: str) -> None:
        """Let a metric of each pod of a workload be so much."""

    def describe(self, of: Ref, metric: str, amount: str) -> None:
        """Let a metric of an object be so much."""

    def announce(self, metric: str, amount: str) -> None:
        """Let a metric from outside be so much."""


class Cluster(Protocol):
    """What a step may ask of a cluster."""

    name: str
    namespace: str
    capabilities: frozenset[str]

    @property
    def registries(self) -> Registries:
        """The registries that the cluster's nodes pull from."""

    @property
    def nodes(self) -> Nodes:
        """The cluster's machines."""

    @property
    def storage(self) -> Storage:
        """The cluster's storage drivers."""

    @property
    def metrics(self) -> Metrics:
        """What the cluster's metrics APIs answer."""

    @property
    def informers(self) -> Informers:
        """The informers of the cluster's own controllers."""

    @property
    def hosts(self) -> Hosts:
        """The machines of the cluster's nodes."""

    @property
    def outside(self) -> Outside:
        """What lies beyond the cluster."""

    @property
    def clients(self) -> Clients:
        """What its pods can ask of the network."""

    @property
    def paths(self) -> Paths:
        """How its packets travel."""

    @property
    def operators(self) -> Operators:
        """The operators that run beside the cluster."""

    def apply(self, manifest: Manifest) -> Sequence[Applied]:
        """Apply each document in order, as kubectl apply does; a refusal is an outcome, not an exception."""

    def create(self, item: Object) -> Applied:
        """Create one object."""

    def replace(self, ref: Ref, item: Object) -> Applied:
        """Put an object in the place of one; where that is not of the version that it says, it is refused."""

    def patch(self, ref: Ref, body: Mapping[str, Any], subresource: str = "") -> Applied:
        """Apply a strategic merge patch."""

    def delete(self, ref: Ref, grace_seconds: int | None = None) -> Applied:
        """Ask for deletion, as kubectl delete does, without waiting for its end."""

    def evict(self, ref: Ref) -> Applied:
        """Ask for the eviction of a pod, as kubectl drain does; a disruption budget may refuse it."""

    def get(self, ref: Ref) -> Object | None:
        """Return the object as the API has it now, None where there is none."""

    def list(self, kind: str) -> Sequence[Object]:
        """Return the namespace's objects of a kind, ordered by name."""

    def logs(self, pod: str, container: str = "", previous: bool = False) -> "str | Refusal":
        """Return a container's log, or the API's own refusal."""

    def reach(self, pod: str, port: int) -> Answer:
        """Ask a pod for `GET /` on a port, from outside of it."""

    def record(self) -> Record:
        """Return everything the cluster has shown so far in this scenario."""

    def wait(self, claim: Claim, within: Nanos) -> Verdict:
        """Let time pass until the claim is decided or `within` is over, and return the verdict."""

    def pass_time(self, span: Nanos) -> None:
        """Let `span` of cluster time pass."""

    def close(self) -> None:
        """End the scenario: remove what it made, leave nothing running."""

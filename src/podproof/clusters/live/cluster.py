"""A cluster that is reached over HTTP, behind the port."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NoReturn

from podproof.claims import Claim, Verdict
from podproof.cluster import (
    Answer,
    Applied,
    Clients,
    Hosts,
    Informers,
    Metrics,
    Nodes,
    Operators,
    Outside,
    Registries,
    Storage,
)
from podproof.clusters.asking import Asking
from podproof.clusters.live.clients import LiveClients
from podproof.clusters.live.clocks import clock_of, ours
from podproof.clusters.live.discovering import Catalogue
from podproof.clusters.live.joining import Joining
from podproof.clusters.live.paths import LivePaths
from podproof.clusters.live.releasing import release
from podproof.clusters.live.territory import Territory
from podproof.clusters.live.transport import Transport, UnreachableError
from podproof.clusters.live.watching import Watching
from podproof.clusters.operators.live import LiveOperators
from podproof.clusters.waiting import Waiting
from podproof.errors import CapabilityError
from podproof.paths import Paths
from podproof.simulator.api.discovery import Resource
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.model.objects import Object, Ref, at
from podproof.simulator.model.times import Nanos, seconds
from podproof.timeline import Record

_WRITES = ("create", "update", "patch", "delete")
_ACCOUNT, _LOOK, _ROOM = seconds(30), seconds(1), seconds(60)
_REFUSED = "connect: "
"""Before the network's own words, where the API server tells why it could not reach a pod."""


class LiveCluster(Asking):
    """One namespace of a cluster, from the moment it is watched; in a new one pods can run before that.

    `config` is the kubeconfig that operators get; without one there are none, nor beside a simulator whose clock is
    moved from here: it would leap over what they wait for.

    Raises:
        UnreachableError: the cluster does not answer.
        PaceError: it is a simulator whose time passes as it likes.
    """

    def __init__(
        self, transport: Transport, namespace: str, name: str = "live", territory: Territory | None = None,
        new: bool = False, config: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.name, self.namespace = name, namespace
        self.after: Callable[[], object] = lambda: None
        self._transport, self._territory = transport, territory or Territory(namespace, "")
        self._catalogue = Catalogue(transport)
        self._clock = clock = clock_of(transport)
        start = clock.now
        self._record = Record(lambda: Nanos(clock.now - start), start)
        self._watching = Watching(transport, namespace, self._record, ours, lambda m: Nanos(clock.moment(m) - start))
        self._watching.begin()
        clock.settle(self._watching)
        if new and not clock.is_virtual:  # the simulator admits pods without one, and makes none
            self._await_account()
        self._record.began = True
        self._operators = None if config is None or clock.is_virtual else LiveOperators(config, namespace, name)
        joining = Joining(self)
        self._paths = LivePaths(self, joining, self._lack)
        self._clients = LiveClients(self, joining, self._lack)
        self.capabilities = frozenset(self._can())

    @property
    def registries(self) -> Registries:
        """Not to be had: a cluster's registries are nobody's to change."""
        self._lack("registries")

    @property
    def nodes(self) -> Nodes:
        """Not to be had: a cluster's machines are nobody's to change."""
        self._lack("node-failure")

    @property
    def hosts(self) -> Hosts:
        """Not to be had: a cluster's machines are nobody's to enter."""
        self._lack("hosts")

    @property
    def outside(self) -> Outside:
        """Not to be had: what is beyond a cluster is nobody's to change."""
        self._lack("outside")

    @property
    def clients(self) -> Clients:
        """What its pods can ask of the network: names and requests."""
        return self._clients

    @property
    def paths(self) -> Paths:
        """Who reaches whom; the way of the packets is nobody's to see."""
        return self._paths

    @property
    def storage(self) -> Storage:
        """Not to be had: a cluster's storage drivers are nobody's to install."""
        self._lack("storage-drivers")

    @property
    def metrics(self) -> Metrics:
        """Not to be had: what a cluster measures is nobody's to declare."""
        self._lack("declared-metrics")

    @property
    def informers(self) -> Informers:
        """Not to be had: nobody sees into the controllers of a cluster."""
        self._lack("informers")

    @property
    def operators(self) -> Operators:
        """The operators that run beside the cluster."""
        if self._operators is None:
            self._lack("operators")
        return self._operators

    def reach(self, pod: str, port: int) -> Answer:
        """Ask a pod for `GET /` on a port, through the API server."""
        found = self.get(Ref("Pod", self.namespace, pod))
        if found is None or not at(found, "status", "podIP"):
            return Answer("", "there is no such pod" if found is None else "the pod has no address yet")
        response = self._transport.handle(Request("get", "pods", self.namespace, f"{pod}:{port}", "proxy"))
        if response.code == HTTPStatus.NOT_FOUND and at(response.body, "kind") == "Status":
            self._lack("pod-proxy")
        if isinstance(response.body, str):
            return Answer(response.body)
        return Answer("", str(at(response.body, "message")).rpartition(_REFUSED)[2].strip().capitalize())

    def create(self, item: Object) -> Applied:
        """Create one object."""
        self._make_room(item)
        return super().create(item)

    def record(self) -> Record:
        """Return everything the cluster has shown so far in this scenario."""
        return self._record

    def wait(self, claim: Claim, within: Nanos) -> Verdict:
        """Let time pass until the claim is decided or `within` is over, and return the verdict."""
        for kind in {ref.kind for ref in claim.subjects}:
            self._catalogued(kind)
        self._clock.settle(self._watching)
        waiting = Waiting(claim, self._record)
        end = Nanos(self._clock.now + within)
        while not waiting.decided():
            if self._clock.now >= end:
                return waiting.judge.close()
            wake = waiting.judge.wake
            stop = end if wake is None else min(end, Nanos(wake + self._record.start))
            self._step(max(stop, self._clock.now))
            if self._clock.now >= stop:
                self._look_at(claim)
        return waiting.verdict

    def pass_time(self, span: Nanos) -> None:
        """Let `span` of cluster time pass."""
        self._clock.settle(self._watching)
        end = Nanos(self._clock.now + span)
        while self._clock.now < end:
            self._step(end)

    def close(self) -> None:
        """End the scenario: watch no more, let the clock go, and do what is to be done then."""
        if self._operators is not None:
            self._operators.close()
        self._watching.end()
        self._clock.end()
        self.after()

    def release(self) -> None:
        """Let go what operators of this scenario hold by their finalizers: they have ended."""
        if self._operators is not None and self._operators.ran:
            release(self._transport, self._record, self.namespace, self._catalogue.kind)

    def _step(self, deadline: Nanos) -> None:
        """Let time pass until something is seen, at most until a moment; operators are looked at meanwhile."""
        runs = self._operators is not None and self._operators.check()
        self._clock.step(min(deadline, Nanos(self._clock.now + _LOOK)) if runs else deadline, self._watching)

    def _await_account(self) -> None:
        """Wait for the namespace's default ServiceAccount, without which no pod is admitted.

        Source: plugin/pkg/admission/serviceaccount/admission.go, Plugin.getServiceAccount.
        """
        account = Ref("ServiceAccount", self.namespace, "default")
        end = Nanos(self._clock.now + _ACCOUNT)
        while self._record.latest(account) is None:
            if self._clock.now >= end:
                raise UnreachableError(f"wait for {account} in {self.namespace}", self._transport.url, "it never came")
            self._clock.step(end, self._watching)

    def _apply(self, item: Object, source: str) -> Applied:
        self._make_room(item)
        return super()._apply(item, source)

    def _make_room(self, item: Object) -> None:
        """Wait for the end of what another scenario of this run has made outside of namespaces, under the same name."""
        found = self._placed(item)
        if isinstance(found, Applied) or found[0].namespaced or (found[0].name, found[1].name) in self._territory.made:
            return
        end = Nanos(self._clock.now + _ROOM)
        while self._territory.is_siblings(self.get(found[1])) and self._clock.now < end:
            self._step(end)

    def _resources(self) -> Sequence[Resource]:
        return self._catalogue.resources

    def _resource_for(self, api_version: str, kind: str) -> Resource:
        return self._followed(self._catalogue.of_manifest(api_version, kind))

    def _of_kind(self, kind: str) -> Resource:
        return self._catalogued(kind) or super()._of_kind(kind)

    def _catalogued(self, kind: str) -> Resource | None:
        found = self._catalogue.kind(kind)
        return None if found is None else self._followed(found)

    def _followed(self, resource: Resource) -> Resource:
        """Return a kind that is watched: one that is not built in is from when a scenario first names it.

        Whichever version was named, the preferred one is watched, in which the cluster shows it.
        """
        if resource.custom is not None:
            self._watching.follow(self._catalogue.kind(resource.kind) or resource)
        return resource

    def _handle(self, request: Request) -> Response:
        if not self._territory.holds(request):
            self._lack("objects-of-others")
        response = self._transport.handle(self._territory.marked(_strict(request)))
        if request.verb in _WRITES:
            if response.code == HTTPStatus.CREATED:
                self._territory.answered(request, str(at(response.body, "metadata", "name")))
            self._see(request, response)
            self._clock.settle(self._watching)
        return response

    def _see(self, request: Request, response: Response) -> None:
        """Wait until the record has what was written."""
        if response.code >= HTTPStatus.BAD_REQUEST or self._clock.is_virtual:
            return
        kind, body = self._transport.resource(request.resource).kind, response.body
        if request.verb == "delete" or request.subresource == "eviction":
            found = self._transport.handle(request._replace(verb="get", subresource="", body=None, params={}))
            if found.code == HTTPStatus.NOT_FOUND:
                self._watching.gone(Ref(kind, request.namespace, request.name), _uid_of(body))
                return
            body = found.body
        self._watching.caught_up(int(at(body, "metadata", "resourceVersion") or 0), kind)

    def _look_at(self, claim: Claim) -> None:
        """Make sure that the record has what the claim speaks about as it is now: what is on its way may decide it."""
        if self._clock.is_virtual:
            return
        for ref in claim.subjects:
            found = self.get(ref)
            if found is not None:
                self._watching.caught_up(int(found["metadata"]["resourceVersion"]), ref.kind)
        self._watching.take_in()

    def _can(self) -> set[str]:
        found = {
            "operators": self._operators is not None,
            "virtual-time": self._clock.is_virtual,
            "multi-node": len(self._record.refs("Node")) > 1,
            "default-namespace": self.namespace == "default",
        }
        return {name for name, can in found.items() if can}

    def _lack(self, capability: str) -> NoReturn:
        raise CapabilityError(self.name, (capability,))


def _strict(request: Request) -> Request:
    """Return a request that is refused for fields nobody knows, as kubectl asks for.

    Source: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go, AddValidateFlags.
    """
    if request.verb not in ("create", "update", "patch"):
        return request
    return request._replace(params={"fieldValidation": "Strict", **request.params})


def _uid_of(body: Object) -> str:
    """Return the uid of what a deletion removed, which the server tells as an object or as a Status."""
    return str(at(body, "metadata", "uid") or at(body, "details", "uid") or "")

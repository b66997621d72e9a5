"""The simulator behind the port: one world in this process per scenario, on virtual time.

Rules for editing: waiting is stepping the agenda; a claim is judged again only when the record has something new or
time alone may decide it. A world in which nothing is due leaps to the end of the wait.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from podproof.claims import Claim, Outcome, Verdict
from podproof.cluster import Answer, Applied, Refusal
from podproof.clusters.applying import apply_request, without_change
from podproof.clusters.hosts import SimulatedHosts
from podproof.clusters.nodes import SimulatedNodes
from podproof.clusters.reaching import reach
from podproof.clusters.registries import SimulatedRegistries
from podproof.clusters.worlds import world_of
from podproof.configuration import Configuration
from podproof.errors import NotModelledError
from podproof.manifests import Manifest
from podproof.simulator.api.discovery import NoMatchError, Resource
from podproof.simulator.kernel.requests import Request, Response, Watch, WatchEvent
from podproof.simulator.model.objects import Object, Ref
from podproof.simulator.model.times import Nanos
from podproof.timeline import Record

NAMESPACE = "default"


class SimulatedCluster:
    """A simulated cluster that is born with the scenario and ends with it."""

    name = "simulator"

    def __init__(
        self, configuration: Configuration | None = None, seed: str | None = None, namespace: str = NAMESPACE,
        field_validation: str = "Strict",
    ) -> None:  # fmt: skip
        config = configuration or Configuration()
        self.namespace, self._field_validation = namespace, field_validation
        self.world = world_of(config, seed)
        self.hosts = SimulatedHosts(self.world, namespace)
        self.registries = SimulatedRegistries(self.world)
        self.nodes = SimulatedNodes(self.world)
        many = {"multi-node"} if len(self.world.nodes) > 1 else set()
        self.capabilities = frozenset({"virtual-time", "node-failure", *many})
        if namespace != NAMESPACE:
            self.world.handle(Request("create", "namespaces", body=_namespace(namespace)))
        self._record = Record(lambda: Nanos(self.world.now - self.world.start), self.world.start)
        self._watches = [self._recorded(resource) for resource in self.world.catalogue.resources()]
        self._recorded_too: set[str] = set()
        self.world.catalogue.on_served(self._served)
        self._record.began = True

    def apply(self, manifest: Manifest) -> Sequence[Applied]:
        """Apply each document in order, as kubectl apply does; a refusal is an outcome, not an exception."""
        return [self._apply(document.object, manifest.source) for document in manifest.documents]

    def create(self, item: Object) -> Applied:
        """Create one object."""
        found = self._placed(item)
        if isinstance(found, Applied):
            return found
        resource, ref = found
        return _applied(ref, "created", self.world.handle(Request("create", resource.name, ref.namespace, body=item)))

    def patch(self, ref: Ref, body: Mapping[str, Any], subresource: str = "") -> Applied:
        """Apply a strategic merge patch."""
        before = self.get(ref)
        resource = self._of_kind(ref.kind)
        # As kubectl does where the server tells it that it has no strategy for the kind.
        params = {"patchType": "merge" if resource.custom else "strategic", "fieldManager": "kubectl-patch"}
        name = resource.name
        response = self.world.handle(Request("patch", name, ref.namespace, ref.name, subresource, body, params))
        same = without_change(before, response)
        return _applied(ref, "patched (no change)" if same else "patched", response)

    def delete(self, ref: Ref, grace_seconds: int | None = None) -> Applied:
        """Ask for deletion, as kubectl delete does, without waiting for its end."""
        options: dict[str, Any] = {"propagationPolicy": "Background"}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        name = self._of_kind(ref.kind).name
        return _applied(
            ref, "deleted", self.world.handle(Request("delete", name, ref.namespace, ref.name, body=options))
        )

    def get(self, ref: Ref) -> Object | None:
        """Return the object as the API has it now, None where there is none."""
        response = self.world.handle(Request("get", self._of_kind(ref.kind).name, ref.namespace, ref.name))
        found: Object | None = response.body if response.code == 200 else None
        return found

    def list(self, kind: str) -> Sequence[Object]:
        """Return the namespace's objects of a kind, ordered by name."""
        resource = self._of_kind(kind)
        namespace = self.namespace if resource.namespaced else ""
        response = self.world.handle(Request("list", resource.name, namespace))
        return sorted(response.body["items"], key=lambda item: str(item["metadata"]["name"]))

    def logs(self, pod: str, container: str = "", previous: bool = False) -> str | Refusal:
        """Return a container's log, or the API's own refusal."""
        params = {"container": container} if container else {}
        if previous:
            params["previous"] = "true"
        response = self.world.handle(Request("get", "pods", self.namespace, pod, "log", params=params))
        return str(response.body) if response.code == 200 else _refusal(response)

    def reach(self, pod: str, port: int) -> Answer:
        """Ask a pod for `GET /` on a port, from its node."""
        return reach(self.world, self.get(Ref("Pod", self.namespace, pod)), port)

    def record(self) -> Record:
        """Return everything the cluster has shown so far in this scenario."""
        return self._record

    def wait(self, claim: Claim, within: Nanos) -> Verdict:
        """Let time pass until the claim is decided or `within` is over, and return the verdict."""
        waiting = _Waiting(claim, self._record)
        end = Nanos(self.world.now + within)
        while not waiting.decided():
            if self.world.now >= end:
                return waiting.judge.close()
            wake = waiting.judge.wake
            stop = end if wake is None else min(end, Nanos(wake + self.world.start))
            self.world.agenda.run_until(max(stop, self.world.now), waiting.decided)
        return waiting.verdict

    def pass_time(self, span: Nanos) -> None:
        """Let `span` of cluster time pass."""
        self.world.agenda.run_until(Nanos(self.world.now + span))

    def close(self) -> None:
        """End the scenario: nobody watches the world any more, and nothing in it is due."""
        for watch in self._watches:
            watch.stop()
        self._watches.clear()
        self.world.close()

    def _apply(self, item: Object, source: str) -> Applied:
        found = self._placed(item, source)
        if isinstance(found, Applied):
            return found
        resource, ref = found
        current = self.get(ref)
        response = self.world.handle(apply_request(resource, ref, item, current, self._field_validation))
        if current is None:
            return _applied(ref, "created", response)
        return _applied(ref, "unchanged" if without_change(current, response) else "configured", response)

    def _placed(self, item: Object, source: str = "STDIN") -> "tuple[Resource, Ref] | Applied":
        """Return where an object belongs, or the refusal of a kind that Kubernetes does not have."""
        meta, kind = item["metadata"], item["kind"]
        try:
            resource = self.world.catalogue.resource_for(item["apiVersion"], kind)
        except NoMatchError as error:
            ref = Ref(kind, meta.get("namespace", ""), meta.get("name", ""))
            told = f'resource mapping not found for name: "{ref.name}" namespace: "{ref.namespace}" from "{source}"'
            message = f"{told}: {error}\nensure CRDs are installed first"
            return Applied(ref, "refused", Refusal(404, "NotFound", message))
        namespace = (meta.get("namespace") or self.namespace) if resource.namespaced else ""
        return resource, Ref(kind, namespace, meta.get("name", ""))

    def _served(self, versions: Sequence[Resource]) -> None:
        """Record a kind that a definition has added as well."""
        if versions[0].name not in self._recorded_too:
            self._recorded_too.add(versions[0].name)
            self._watches.append(self._recorded(versions[0]))

    def _of_kind(self, kind: str) -> Resource:
        found = next((each for each in self.world.catalogue.resources() if each.kind == kind), None)
        if found is None:
            raise NotModelledError(f"kind {kind}", "a step")
        return found

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


class _Waiting:
    """One wait: asks its judge again only when that can change the verdict."""

    def __init__(self, claim: Claim, record: Record) -> None:
        self.judge = claim.begin(record)
        self._record = record
        self._revision = -1
        self.verdict = Verdict(Outcome.PENDING, "nothing was looked at yet", record.now)

    def decided(self) -> bool:
        """Say whether the claim is decided."""
        wake, record = self.judge.wake, self._record
        if record.revision != self._revision or (wake is not None and record.now >= wake):
            self._revision = record.revision
            self.verdict = self.judge.look()
        return self.verdict.outcome is not Outcome.PENDING


def _namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _refusal(response: Response) -> Refusal:
    status = response.body
    causes = (status.get("details") or {}).get("causes") or ()
    return Refusal(response.code, str(status.get("reason", "")), str(status.get("message", "")), tuple(causes))


def _applied(ref: Ref, outcome: str, response: Response) -> Applied:
    return Applied(ref, "refused", _refusal(response)) if response.code >= 400 else Applied(ref, outcome)

"""What a step asks of a cluster, as requests of its API: the same whoever answers them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from podproof.cluster import Applied, Refusal
from podproof.clusters.applying import apply_request, without_change
from podproof.errors import NotModelledError, PodproofError
from podproof.manifests import Manifest
from podproof.simulator.api.discovery import NoMatchError, Resource, resource_for, resources
from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.model.objects import Object, Ref


class ReadRefusedError(PodproofError):
    """The API server does not show `what` it was asked for: whether that is there is not known."""

    def __init__(self, what: str, refusal: Refusal) -> None:
        super().__init__(what, refusal)
        self.what, self.refusal = what, refusal

    def __str__(self) -> str:
        told = f"{self.refusal.code} {self.refusal.reason}: {self.refusal.message}"
        return f"the API server does not show {self.what}: {told}; whether it is there is not known"


class Asking(ABC):
    """The part of the port that is requests; what has no namespace of its own goes to `namespace`."""

    namespace: str
    field_validation = "Strict"
    """How a manifest's unknown fields are met: kubectl asks a server to be strict."""

    @abstractmethod
    def _handle(self, request: Request) -> Response:
        """Make a request."""

    def _resources(self) -> Sequence[Resource]:
        """Return what the cluster is known to serve."""
        return resources()

    def apply(self, manifest: Manifest) -> Sequence[Applied]:
        """Apply each document in order, as kubectl apply does; a refusal is an outcome, not an exception."""
        return [self._apply(document.object, manifest.source) for document in manifest.documents]

    def create(self, item: Object) -> Applied:
        """Create one object."""
        found = self._placed(item)
        if isinstance(found, Applied):
            return found
        resource, ref = found
        return _applied(ref, "created", self._handle(Request("create", resource.requested, ref.namespace, body=item)))

    def replace(self, ref: Ref, item: Object) -> Applied:
        """Put an object in the place of one; where that is not of the version that it says, it is refused."""
        request = Request("update", self._of_kind(ref.kind).name, ref.namespace, ref.name, body=item)
        return _applied(ref, "replaced", self._handle(request))

    def patch(self, ref: Ref, body: Mapping[str, Any], subresource: str = "") -> Applied:
        """Apply a strategic merge patch, or a merge patch where the kind has no strategy, as kubectl patch does."""
        before, resource = self.get(ref), self._of_kind(ref.kind)
        params = {"patchType": "merge" if resource.custom else "strategic", "fieldManager": "kubectl-patch"}
        response = self._handle(Request("patch", resource.name, ref.namespace, ref.name, subresource, body, params))
        same = without_change(before, response)
        return _applied(ref, "patched (no change)" if same else "patched", response)

    def delete(self, ref: Ref, grace_seconds: int | None = None) -> Applied:
        """Ask for deletion, as kubectl delete does, without waiting for its end."""
        options: dict[str, Any] = {"propagationPolicy": "Background"}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        name = self._of_kind(ref.kind).name
        return _applied(ref, "deleted", self._handle(Request("delete", name, ref.namespace, ref.name, body=options)))

    def evict(self, ref: Ref) -> Applied:
        """Ask for the eviction of a pod, as kubectl drain does; a disruption budget may refuse it."""
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": ref.name, "namespace": ref.namespace},
        }
        request = Request("create", self._of_kind(ref.kind).name, ref.namespace, ref.name, "eviction", body)
        return _applied(ref, "evicted", self._handle(request))

    def get(self, ref: Ref) -> Object | None:
        """Return the object as the API has it now, None where there is none.

        Raises:
            ReadRefusedError: the API server does not say.
        """
        response = self._handle(Request("get", self._of_kind(ref.kind).name, ref.namespace, ref.name))
        if response.code not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            raise ReadRefusedError(str(ref), _refusal(response))
        found: Object | None = response.body if response.code == HTTPStatus.OK else None
        return found

    def list(self, kind: str) -> Sequence[Object]:
        """Return the namespace's objects of a kind, ordered by name.

        Raises:
            ReadRefusedError: the API server does not say.
        """
        resource = self._of_kind(kind)
        namespace = self.namespace if resource.namespaced else ""
        response = self._handle(Request("list", resource.name, namespace))
        if response.code != HTTPStatus.OK:
            raise ReadRefusedError(f"the {resource.plural} of namespace {namespace!r}", _refusal(response))
        return sorted(response.body["items"], key=lambda item: str(item["metadata"]["name"]))

    def logs(self, pod: str, container: str = "", previous: bool = False) -> str | Refusal:
        """Return a container's log, or the API's own refusal."""
        params = {"container": container} if container else {}
        if previous:
            params["previous"] = "true"
        response = self._handle(Request("get", "pods", self.namespace, pod, "log", params=params))
        return str(response.body) if response.code == 200 else _refusal(response)

    def _apply(self, item: Object, source: str) -> Applied:
        found = self._placed(item, source)
        if isinstance(found, Applied):
            return found
        resource, ref = found
        known = self._handle(Request("get", resource.requested, ref.namespace, ref.name))
        current = known.body if known.code == 200 else None
        response = self._handle(apply_request(resource, ref, item, current, self.field_validation))
        if current is None:
            return _applied(ref, "created", response)
        return _applied(ref, "unchanged" if without_change(current, response) else "configured", response)

    def _placed(self, item: Object, source: str = "STDIN") -> "tuple[Resource, Ref] | Applied":
        """Return where an object belongs, or the refusal of a kind that Kubernetes does not have."""
        meta, kind = item["metadata"], item["kind"]
        try:
            resource = self._resource_for(item["apiVersion"], kind)
        except NoMatchError as error:
            ref = Ref(kind, meta.get("namespace", ""), meta.get("name", ""))
            told = f'resource mapping not found for name: "{ref.name}" namespace: "{ref.namespace}" from "{source}"'
            message = f"{told}: {error}\nensure CRDs are installed first"
            return Applied(ref, "refused", Refusal(404, "NotFound", message))
        namespace = (meta.get("namespace") or self.namespace) if resource.namespaced else ""
        return resource, Ref(kind, namespace, meta.get("name", ""))

    def _resource_for(self, api_version: str, kind: str) -> Resource:
        for each in self._resources():
            if (each.api_version, each.kind) == (api_version, kind):
                return each
        return resource_for(api_version, kind)

    def _of_kind(self, kind: str) -> Resource:
        found = next((each for each in self._resources() if each.kind == kind), None)
        if found is None:
            raise NotModelledError(f"kind {kind}", "a step")
        return found


def _refusal(response: Response) -> Refusal:
    status = response.body
    causes = (status.get("details") or {}).get("causes") or ()
    return Refusal(response.code, str(status.get("reason", "")), str(status.get("message", "")), tuple(causes))


def _applied(ref: Ref, outcome: str, response: Response) -> Applied:
    return Applied(ref, "refused", _refusal(response)) if response.code >= 400 else Applied(ref, outcome)

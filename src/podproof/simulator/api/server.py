"""The API server: one function from a request to a response. It does no IO and reads no clock of its own."""

from collections.abc import Callable, Mapping

from podproof.simulator.api import statuses
from podproof.simulator.api.bindings import of_pod
from podproof.simulator.api.catalogue import Catalogue
from podproof.simulator.api.deletion import Deletion
from podproof.simulator.api.discovery import Resource, subresource_verbs
from podproof.simulator.api.evicting import Evicting
from podproof.simulator.api.list_options import least_version
from podproof.simulator.api.listing import listed
from podproof.simulator.api.logs import LogSource, pod_log
from podproof.simulator.api.scaling import Scaling, scale_of
from podproof.simulator.api.selection import INDEXES
from podproof.simulator.api.token_requests import token_request
from podproof.simulator.api.versions import shown
from podproof.simulator.api.watching import Watches
from podproof.simulator.api.write_options import check_write_options, is_dry
from podproof.simulator.api.writing import Writing
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.requests import ApiError, Request, Response
from podproof.simulator.kernel.store import Store
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos


class Api:
    """Answers requests over one store. `now` is asked once per request; `logs` reads a container's log on its node."""

    def __init__(self, store: Store, now: Callable[[], Nanos], chance: Chance, logs: LogSource | None = None) -> None:
        store.add_indexes(INDEXES)
        self._store = store
        self.catalogue = Catalogue(store)
        """What is served."""
        self._now, self._logs = now, logs
        self._watches = Watches(store)
        self._writing = Writing(store, now, chance)
        self._deletion = Deletion(store, now)
        self._scaling = Scaling(self._writing)
        self._evicting = Evicting(store, now, self._deletion)
        self._verbs: Mapping[str, Callable[[Request, Resource], Response]] = {
            "get": self._get,
            "list": self._list,
            "watch": self._watch,
            "create": self._create,
            "update": self._update,
            "patch": self._patch,
            "delete": self._delete,
            "deletecollection": self._delete_collection,
        }

    def handle(self, request: Request) -> Response:
        """Answer a request; a refusal is a response that carries a metav1.Status.

        Raises:
            NotModelledError: Kubernetes could do it, the simulator cannot.
        """
        try:
            return self._answer(request)
        except ApiError as error:
            return Response(error.code, error.status)

    def bookmark(self) -> None:
        """Send a bookmark to every watch that asked for them; whoever serves the API calls this now and then."""
        self._watches.bookmark()

    def compact(self) -> None:
        """Forget all past versions: a watch that would resume at one is answered 410."""
        self._store.compact()

    def _answer(self, request: Request) -> Response:
        resource = self.catalogue.served(request.resource)
        if resource is None or (request.subresource and request.subresource not in resource.subresources):
            raise statuses.no_such_resource()
        if request.verb not in (subresource_verbs(request.subresource) if request.subresource else resource.verbs):
            if request.verb not in self._verbs:
                raise statuses.method_not_allowed(resource, request.verb)
            raise statuses.not_served(resource)
        if request.params and not request.is_component:
            check_write_options(request)
        return self._verbs[request.verb](request, resource)

    def _get(self, request: Request, resource: Resource) -> Response:
        if request.params and (least_version(request) or 0) > self._store.version:
            raise statuses.too_large_version(least_version(request) or 0, self._store.version)
        found = self._existing(request, resource)
        if request.subresource == "scale":
            return Response(200, scale_of(found, resource))
        if request.subresource == "log":
            return pod_log(found, request.params, self._logs, resource, self._now())
        return Response(200, found)

    def _list(self, request: Request, resource: Resource) -> Response:
        return Response(200, listed(request, resource, self._store))

    def _watch(self, request: Request, resource: Resource) -> Response:
        return Response(200, watch=self._watches.open(request, resource))

    def _create(self, request: Request, resource: Resource) -> Response:
        if request.subresource:
            return Response(201, self._created_below(request, resource, self._existing(request, resource)))
        if resource.struct == "Binding":
            return self._answer(of_pod(request))
        if resource.custom is not None and resource.custom.is_ending:
            raise statuses.not_while_ending(request.verb)
        created, warnings = self._writing.create(request, resource)
        return Response(201, created, warnings=warnings)

    def _created_below(self, request: Request, resource: Resource, item: Object) -> Object:
        """Return the answer to what is posted to a subresource."""
        if request.subresource == "binding":
            return self._writing.bind(request, resource, item)
        if request.subresource == "eviction":
            return self._evicting.evict(request, resource, item)
        if request.subresource == "token":
            return token_request(request, item, self._now())
        raise statuses.method_not_allowed(resource, request.verb)

    def _update(self, request: Request, resource: Resource) -> Response:
        if request.subresource == "scale":
            return Response(200, self._scaling.update(request, resource, self._existing(request, resource)))
        if resource.put_creates and not request.subresource and self._find(request, resource) is None:
            created, warnings = self._writing.create_by_put(request, resource)
            return Response(201, created, warnings=warnings)
        updated, warnings = self._writing.update(request, resource, self._existing(request, resource))
        return Response(200, self._finished(request, resource, updated), warnings=warnings)

    def _patch(self, request: Request, resource: Resource) -> Response:
        if request.subresource == "scale":
            return Response(200, self._scaling.patch(request, resource, self._existing(request, resource)))
        if request.params.get("patchType") == "apply" and self._find(request, resource) is None:
            created, warnings = self._writing.apply(request, resource, None)
            return Response(201, created, warnings=warnings)
        patched, warnings = self._writing.patch(request, resource, self._existing(request, resource))
        return Response(200, self._finished(request, resource, patched), warnings=warnings)

    def _finished(self, request: Request, resource: Resource, updated: Object) -> Object:
        """Remove an object that only waited for its last finalizer to go."""
        return updated if is_dry(request) else self._deletion.finish(resource, updated)

    def _delete(self, request: Request, resource: Resource) -> Response:
        return Response(200, self._deletion.delete(request, resource, self._existing(request, resource)))

    def _delete_collection(self, request: Request, resource: Resource) -> Response:
        if resource.struct == "Namespace":
            raise statuses.not_served(resource)
        found = listed(request, resource, self._store)
        for item in found["items"]:
            self._deletion.delete(request, resource, item)
        return Response(200, found)

    def _find(self, request: Request, resource: Resource) -> Object | None:
        found = self._store.get(resource.storage, request.namespace if resource.namespaced else "", request.name)
        return None if found is None else shown(resource, found)

    def _existing(self, request: Request, resource: Resource) -> Object:
        found = self._find(request, resource)
        if found is None:
            raise statuses.not_found(resource, request.name)
        return found

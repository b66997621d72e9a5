"""Deletion: preconditions, grace, finalizers, and what becomes of a namespace's contents.

Source: staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go, BeforeDelete; generic/registry/store.go, Delete;
pkg/registry/core/pod/strategy.go, CheckGracefulDelete.
"""

from collections.abc import Callable
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.admission.namespaces import refuse_deletion
from podproof.simulator.api.discovery import Resource, resources
from podproof.simulator.kernel.requests import Request
from podproof.simulator.kernel.store import Store
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos, moment, seconds, timestamp

_ENDED = ("Failed", "Succeeded")


class Deletion:
    """Deletes objects of one store."""

    def __init__(self, store: Store, now: Callable[[], Nanos]) -> None:
        self._store, self._now = store, now

    def delete(self, request: Request, resource: Resource, item: Object) -> Object:
        """Begin or end an object's deletion and return what the server answers.

        Raises:
            ApiError: a precondition does not hold.
        """
        options = request.body or {}
        refuse_deletion(resource, item["metadata"]["name"])
        _check_preconditions(resource, item, options.get("preconditions") or {})
        if request.params.get("dryRun") or options.get("dryRun"):
            return item
        if resource.kind == "Pod":
            return self._delete_pod(resource, item, _grace_asked(request, options))
        if resource.kind == "Namespace":
            return self._delete_namespace(request, resource, item)
        if item["metadata"].get("finalizers"):
            return self._mark(resource, item, self._now(), 0)
        gone = self._remove(resource, item)
        return gone if resource.returns_deleted else _success(resource, item)

    def finish(self, resource: Resource, item: Object) -> Object:
        """Remove an object whose deletion only waited for its last finalizer; others stay as they are."""
        meta = item["metadata"]
        waits = meta.get("finalizers") or resource.kind == "Namespace" or meta.get("deletionGracePeriodSeconds", 0) > 0
        if "deletionTimestamp" not in meta or waits:
            return item
        return self._remove(resource, item)

    def _delete_pod(self, resource: Resource, pod: Object, asked: int | None) -> Object:
        meta = pod["metadata"]
        known = meta.get("deletionGracePeriodSeconds")
        grace, start = _grace(pod, asked), self._now()
        if "deletionTimestamp" in meta and known is not None:
            if asked is None or grace >= known:
                return pod
            start = Nanos(moment(meta["deletionTimestamp"]) - seconds(known))
        pod = self._mark(resource, pod, start, grace)
        if grace > 0 or meta.get("finalizers"):
            return pod
        return self._remove(resource, pod)

    def _mark(self, resource: Resource, item: Object, start: Nanos, grace: int) -> Object:
        meta = item["metadata"]
        ends = {"deletionTimestamp": timestamp(Nanos(start + seconds(grace))), "deletionGracePeriodSeconds": grace}
        if meta.get("generation") and "deletionTimestamp" not in meta:
            ends["generation"] = meta["generation"] + 1
        return self._store.put(resource.name, {**item, "metadata": {**meta, **ends}})

    def _remove(self, resource: Resource, item: Object) -> Object:
        meta = item["metadata"]
        namespace = meta.get("namespace", "")
        gone = self._store.remove(resource.name, namespace, meta["name"])
        if namespace:
            self._end_namespace(namespace)
        return gone

    def _delete_namespace(self, request: Request, resource: Resource, namespace: Object) -> Object:
        """Mark a namespace and delete what it holds; it goes with the last of it.

        Approximated: the namespace controller is no component of its own, and deletes everything in the same moment.
        """
        if "deletionTimestamp" not in namespace["metadata"]:
            status = {**namespace.get("status", {}), "phase": "Terminating"}
            namespace = self._mark(resource, {**namespace, "status": status}, self._now(), 0)
        name = namespace["metadata"]["name"]
        empty = request._replace(body=None, params={})
        for kind in resources():
            for item in self._store.list(kind.name, name) if kind.namespaced else ():
                if self._store.get(kind.name, name, item["metadata"]["name"]) is not None:
                    self.delete(empty, kind, item)
        return self._end_namespace(name) or namespace

    def _end_namespace(self, name: str) -> Object | None:
        namespace = self._store.get("namespaces", "", name)
        if namespace is None or "deletionTimestamp" not in namespace["metadata"]:
            return None
        if any(self._store.list(kind.name, name) for kind in resources() if kind.namespaced):
            return None
        return self._store.remove("namespaces", "", name)


def _grace_asked(request: Request, options: Any) -> int | None:
    asked = request.params.get("gracePeriodSeconds", options.get("gracePeriodSeconds"))
    return None if asked is None else int(asked)


def _grace(pod: Object, asked: int | None) -> int:
    """Return the grace (s) a pod gets: none where nothing runs, and a negative one counts as 1."""
    spec = pod["spec"]
    if not spec.get("nodeName") or pod.get("status", {}).get("phase") in _ENDED:
        return 0
    grace = spec.get("terminationGracePeriodSeconds", 0) if asked is None else asked
    return 1 if grace < 0 else int(grace)


def _check_preconditions(resource: Resource, item: Object, wanted: Any) -> None:
    meta = item["metadata"]
    for key, label in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        if wanted.get(key) and wanted[key] != meta[key]:
            seen = f"{label} in precondition: {wanted[key]}, {label} in object meta: {meta[key]}"
            raise statuses.conflict(resource, meta["name"], f"Precondition failed: {seen}")


def _success(resource: Resource, item: Object) -> Object:
    return statuses.success(resource, item["metadata"]["name"], item["metadata"]["uid"])

"""Deletion: preconditions, grace, finalizers, and the end of namespaces.

Source: staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go, BeforeDelete; generic/registry/store.go, Delete;
pkg/registry/core/pod/strategy.go, CheckGracefulDelete; pkg/registry/core/namespace/storage/storage.go, Delete.
"""

from collections.abc import Callable

from podproof.simulator.api import statuses
from podproof.simulator.api.admission.namespaces import refuse_deletion
from podproof.simulator.api.custom.ending import ending
from podproof.simulator.api.delete_options import DeleteOptions, delete_options, kept_finalizers
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.versions import shown, stored
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
            ApiError: a precondition does not hold, or the cluster cannot be without the object.
        """
        options = delete_options(request)
        refuse_deletion(resource, item["metadata"]["name"])
        _check_preconditions(resource, item, options)
        if _is_pending(resource, item, options):
            return item
        item = ending(resource, item, self._now())
        finalizers = kept_finalizers(resource, item, options)
        grace = _grace(item, options) if resource.struct == "Pod" else 0
        if not grace and not finalizers and not _has_content(resource, item):
            return self._remove(resource, item, options)
        marked = self._marked(item, finalizers, grace)
        if resource.struct == "Namespace":
            marked = {**marked, "status": {**marked.get("status", {}), "phase": "Terminating"}}
        return item if marked == item else self._put(resource, marked, options)

    def finish(self, resource: Resource, item: Object) -> Object:
        """Remove an object whose deletion only waited for its last finalizer; others stay as they are."""
        meta = item["metadata"]
        waits = meta.get("finalizers") or meta.get("deletionGracePeriodSeconds", 0) > 0 or _has_content(resource, item)
        if "deletionTimestamp" not in meta or waits:
            return item
        gone = self._store.remove(resource.storage, meta.get("namespace", ""), meta["name"], stored(resource, item))
        return shown(resource, gone)

    def _marked(self, item: Object, finalizers: list[str], grace: int) -> Object:
        """Return an object that is being deleted; a shorter grace counts from the first deletion."""
        meta, start = item["metadata"], self._now()
        known, ends = meta.get("deletionGracePeriodSeconds"), meta.get("deletionTimestamp")
        new = {key: value for key, value in meta.items() if key != "finalizers"}
        if finalizers:
            new["finalizers"] = finalizers
        if ends is not None and known is not None:
            if grace >= known:
                return {**item, "metadata": new}
            start = Nanos(moment(ends) - seconds(known))
        elif meta.get("generation"):
            new["generation"] = meta["generation"] + 1
        new["deletionTimestamp"] = timestamp(Nanos(start + seconds(grace)))
        return {**item, "metadata": {**new, "deletionGracePeriodSeconds": grace}}

    def _remove(self, resource: Resource, item: Object, options: DeleteOptions) -> Object:
        if resource.struct == "Pod":
            # Who watches sees the grace that was given in the end before the pod goes.
            item = self._put(resource, self._marked(item, [], 0), options)
        meta = item["metadata"]
        place = meta.get("namespace", ""), meta["name"]
        gone = item if options.dry else shown(resource, self._store.remove(resource.storage, *place))
        return gone if resource.returns_deleted else _success(resource, gone)

    def _put(self, resource: Resource, item: Object, options: DeleteOptions) -> Object:
        return item if options.dry else shown(resource, self._store.put(resource.storage, stored(resource, item)))


def _has_content(resource: Resource, item: Object) -> bool:
    """Say whether a namespace waits for its controller to take away what it holds."""
    return resource.struct == "Namespace" and bool((item.get("spec") or {}).get("finalizers"))


def _is_pending(resource: Resource, item: Object, options: DeleteOptions) -> bool:
    """Say whether a pod goes already, no later than this deletion asks."""
    meta = item["metadata"]
    if resource.struct != "Pod" or "deletionTimestamp" not in meta:
        return False
    known = meta.get("deletionGracePeriodSeconds")
    if known is None:
        return False
    if meta.get("finalizers") and known == 0:
        return kept_finalizers(resource, item, options) == list(meta["finalizers"])
    return options.grace is None or _grace(item, options) >= known


def _grace(pod: Object, options: DeleteOptions) -> int:
    """Return the grace (s) a pod gets: none where nothing runs, and a negative one counts as 1."""
    spec, asked = pod["spec"], options.grace
    if not spec.get("nodeName") or pod.get("status", {}).get("phase") in _ENDED:
        return 0
    grace = spec.get("terminationGracePeriodSeconds", 0) if asked is None else asked
    return 1 if grace < 0 else int(grace)


def _check_preconditions(resource: Resource, item: Object, options: DeleteOptions) -> None:
    meta = item["metadata"]
    for key, label in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        wanted = options.preconditions.get(key)
        if wanted and wanted != meta[key]:
            seen = f"{label} in precondition: {wanted}, {label} in object meta: {meta[key]}"
            raise statuses.conflict(resource, meta["name"], f"Precondition failed: {seen}")


def _success(resource: Resource, item: Object) -> Object:
    return statuses.success(resource, item["metadata"]["name"], item["metadata"]["uid"])

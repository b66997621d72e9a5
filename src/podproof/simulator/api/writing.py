"""Writes: decode, default, admit, validate, store — in the order of the real server, so that its first refusal is ours.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go, update.go; pkg/registry/rest/create.go,
update.go.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from podproof.simulator.api import bodies, statuses
from podproof.simulator.api.absent import refuse_absent
from podproof.simulator.api.admission import chain
from podproof.simulator.api.admission.asking import CREATE, UPDATE, Asking
from podproof.simulator.api.bindings import bound
from podproof.simulator.api.decoding import check_namespace, decoded
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.field_managers.applying import applied, check_applied
from podproof.simulator.api.field_managers.tracking import created, updated
from podproof.simulator.api.rules import Draft, Rules, Surroundings, rules_for
from podproof.simulator.api.validation.metadata import metadata_faults, metadata_update_faults
from podproof.simulator.api.versions import shown, stored
from podproof.simulator.api.write_options import is_dry
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.requests import Request
from podproof.simulator.kernel.store import Store
from podproof.simulator.model import patches
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import Nanos, timestamp

Written = tuple[Object, tuple[str, ...]]
"""The object as stored, and the warnings."""

_OF_THE_SERVER = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation")

_LONGEST_PREFIX = 58
"""Source: staging/src/k8s.io/apiserver/pkg/storage/names/generate.go, MaxGeneratedNameLength."""
_TRIES = 8
"""Source: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, maxNameGenerationCreateAttempts."""


class Writing:
    """Creates, updates and patches objects of one store."""

    def __init__(self, store: Store, now: Callable[[], Nanos], chance: Chance) -> None:
        self._store, self._now = store, now
        self._uids, self._names, self._draws = chance.fork("uid"), chance.fork("name"), chance.fork("allocation")

    def create(self, request: Request, resource: Resource, applied: Object | None = None) -> Written:
        """Create an object, the one that is `applied` or else the request's own.

        Raises:
            ApiError: the object is refused.
            NotModelledError: it is fine, but asks for what the simulator cannot do.
        """
        rules, around = rules_for(resource), self._surroundings(request)
        if request.is_component and not rules.derives:
            return self._create_as_written(request, resource, around), ()
        draft, warnings = decoded(request, resource) if applied is None else decoded(request, resource, applied)
        _put_in_namespace(request, resource, draft)
        rules.default(draft)
        if applied is None:
            _track(request, resource, draft, None, timestamp(around.now))
        asking = Asking(CREATE, resource, draft, None, around)
        chain.admit(asking)
        rules.admit(draft, around)
        warnings += tuple(rules.first_warnings(draft))
        self._begin(resource, rules, draft, around.now)
        rules.allocate(draft, around)
        _refuse(resource, draft, [*metadata_faults(resource, draft), *rules.validate(draft)])
        warnings += chain.validate(asking)
        if not request.is_component:
            refuse_absent(resource, draft)
        return self._store_new(request, resource, draft, around), (*warnings, *rules.warnings(draft))

    def create_by_put(self, request: Request, resource: Resource) -> Written:
        """Create an object that was sent to be replaced, but is not there.

        Source: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, Update (AllowCreateOnUpdate).
        """
        _check_name(request, request.body if isinstance(request.body, Mapping) else {})
        return self.create(request._replace(verb="create"), resource)

    def update(self, request: Request, resource: Resource, old: Object) -> Written:
        """Replace an object, or (with the subresource) its status."""
        if _is_part(request, resource):
            return self._update_part(request, resource, old, request.body), ()
        if request.is_component and not rules_for(resource).derives:
            return self.replace(request, resource, dict(request.body), old), ()
        draft, warnings = decoded(request, resource)
        if resource.conditional and not draft["metadata"].get("resourceVersion"):
            raise statuses.unconditional(resource, request.name)
        return self._update_draft(request, resource, draft, old, warnings)

    def patch(self, request: Request, resource: Resource, old: Object) -> Written:
        """Apply a patch; what it makes of the object is then an update."""
        kind = request.params.get("patchType", "strategic")
        if kind == "apply":
            return self.apply(request, resource, old)
        try:
            if bodies.is_too_deep(request.body):
                raise statuses.bad_request(bodies.TOO_DEEP)
            if kind == patches.STRATEGIC and resource.custom is not None:
                raise patches.PatchError(415, _NO_STRATEGY)
            patched = patches.patched(kind, resource.struct, old, request.body)
        except patches.PatchError as error:
            raise statuses.unfit_patch(error.code, error.reason) from None
        if _is_part(request, resource):
            return self._update_part(request, resource, old, patched), ()
        draft, warnings = decoded(request, resource, patched)
        return self._update_draft(request, resource, draft, old, warnings)

    def apply(self, request: Request, resource: Resource, old: Object | None) -> Written:
        """Apply what a manager states; where there is no object yet, it is created.

        Raises:
            ApiError: 409, others own what it would change.
        """
        config = check_applied(request, resource)
        if request.namespace and resource.namespaced:
            config["metadata"].setdefault("namespace", request.namespace)
        new = applied(request, resource, old, config, timestamp(self._now()))
        if old is None:
            if uid := config["metadata"].get("uid"):
                seen = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
                raise statuses.conflict(resource, request.name, seen)
            return self.create(request, resource, new)
        if _is_part(request, resource):
            return self._update_part(request, resource, old, new), ()
        draft, warnings = decoded(request, resource, new)
        return self._update_draft(request, resource, draft, old, warnings)

    def bind(self, request: Request, resource: Resource, pod: Object) -> Object:
        """Bind a pod to a node."""
        new = bound(request, resource, pod, self._now())
        if not is_dry(request):
            self._store.put(resource.storage, new)
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}

    def _surroundings(self, request: Request) -> Surroundings:
        return Surroundings(self._store, self._draws, self._now(), is_dry(request))

    def _begin(self, resource: Resource, rules: Rules, draft: Draft, now: Nanos) -> None:
        """Fill what the server gives every new object, before it is validated."""
        meta = draft["metadata"]
        for key in (*_OF_THE_SERVER, "selfLink"):
            meta.pop(key, None)
        self._identify(resource, meta, now)
        if resource.generation:
            meta["generation"] = 1
        rules.begin(draft)

    def _identify(self, resource: Resource, meta: Draft, now: Nanos) -> None:
        """Give a new object its name, its uid and its time: before it is validated, as some rules look at them.

        Source: staging/src/k8s.io/apiserver/pkg/registry/rest/create.go, BeforeCreate.
        """
        self._name(resource, meta)
        meta["uid"], meta["creationTimestamp"] = self._uids.uid(), timestamp(now)

    def _name(self, resource: Resource, meta: Draft) -> None:
        """Draw a name where one is wanted, another one where it is taken.

        Source: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, Create (RetryGenerateName).
        """
        if meta.get("name") or not meta.get("generateName"):
            return
        for _ in range(_TRIES):
            meta["name"] = meta["generateName"][:_LONGEST_PREFIX] + self._names.name_suffix()
            if self._store.get(resource.storage, meta.get("namespace", ""), meta["name"]) is None:
                return
        raise statuses.generated_name_taken(resource, meta["name"])

    def _create_as_written(self, request: Request, resource: Resource, around: Surroundings) -> Object:
        """Create what a component writes: whole, well-formed, and of a kind whose rules add nothing to it."""
        draft = dict(request.body)
        meta = draft["metadata"] = {**draft["metadata"]}
        if request.namespace:
            meta.setdefault("namespace", request.namespace)
        self._identify(resource, meta, around.now)
        draft.setdefault("kind", resource.kind)
        draft.setdefault("apiVersion", resource.api_version)
        chain.pass_component(Asking(CREATE, resource, draft, None, around))
        return self._store_new(request, resource, draft, around)

    def _store_new(self, request: Request, resource: Resource, draft: Draft, around: Surroundings) -> Object:
        meta = draft["metadata"]
        if self._store.get(resource.storage, meta.get("namespace", ""), meta["name"]) is not None:
            raise statuses.already_exists(resource, meta["name"])
        return draft if is_dry(request) else self._put(resource, draft)

    def _put(self, resource: Resource, item: Object) -> Object:
        """Store an object and return it in the version that was asked for."""
        return shown(resource, self._store.put(resource.storage, stored(resource, item)))

    def _update_draft(
        self, request: Request, resource: Resource, draft: Draft, old: Object, warnings: tuple[str, ...]
    ) -> Written:
        _check_name(request, draft)
        _put_in_namespace(request, resource, draft)
        _check_version(resource, draft, old)
        rules = rules_for(resource, request.subresource)
        rules.default(draft)
        around = self._surroundings(request)
        rules.carry_over(draft, old)
        _carry_metadata(draft, old)
        _track(request, resource, draft, old, timestamp(around.now))
        asking = Asking(UPDATE, resource, draft, old, around, request.subresource)
        chain.admit(asking)
        rules.reallocate(draft, old, around)
        faults = [*metadata_update_faults(resource, draft, old), *rules.validate_update(draft, old)]
        _refuse(resource, draft, faults)
        warnings += chain.validate(asking)
        if not request.is_component:
            refuse_absent(resource, draft, old)
        return self._replace(request, resource, draft, old), (*warnings, *rules.warnings(draft))

    def replace(self, request: Request, resource: Resource, draft: Draft, old: Object) -> Object:
        """Store a new version that needs no checks, unless nothing changed."""
        _check_version(resource, draft, old)
        draft["metadata"] = {**draft["metadata"]}
        _track(request, resource, draft, old, timestamp(self._now()))
        return self._replace(request, resource, draft, old)

    def _replace(self, request: Request, resource: Resource, draft: Draft, old: Object) -> Object:
        meta = {**draft["metadata"], **{key: old["metadata"][key] for key in _OF_THE_SERVER if key in old["metadata"]}}
        meta["resourceVersion"] = old["metadata"]["resourceVersion"]
        draft["metadata"] = meta
        if draft == old:
            return old
        if resource.generation and _counts(resource, draft, old):
            meta["generation"] = old["metadata"].get("generation", 0) + 1
        return draft if is_dry(request) else self._put(resource, draft)

    def _update_part(self, request: Request, resource: Resource, old: Object, body: Any) -> Object:
        """Replace the status (or what else the subresource stands for) and nothing else.

        A component's status is neither decoded nor validated: it is written hundreds of times an hour by code of ours,
        which the tests hold to the schema instead.

        Raises:
            ApiError: 422, what a user writes breaks rules.
        """
        part = _PARTS[request.subresource]
        if not request.is_component:
            body, _ = decoded(request, resource, body)
        value = body.get(part)
        _check_version(resource, body, old)
        notes = at(body, "metadata", "annotations") if resource.kind in _NOTED else None
        if value == old.get(part) and notes in (None, old["metadata"].get("annotations")):
            return old
        new = {**old, part: value}
        if notes is not None:
            new["metadata"] = {**old["metadata"], "annotations": notes}
        if not request.is_component:
            new = _checked_part(request, resource, new, old)
            # A part that is applied brings its managers with it.
            new["metadata"] = {**(body if _is_applied(request) else new)["metadata"]}
            _track(request, resource, new, old, timestamp(self._now()))
        return new if is_dry(request) else self._put(resource, new)


def _checked_part(request: Request, resource: Resource, new: Object, old: Object) -> dict[str, Any]:
    """Return an object whose part a user wrote, completed and judged."""
    from podproof.simulator.api.validation.statuses import part_faults

    rules, draft = rules_for(resource), deepcopy(dict(new))
    rules.default(draft)
    rules.carry_status(draft, old)
    _refuse(resource, draft, list(part_faults(resource.kind, request.subresource, draft, old)))
    return draft


_PARTS = {"status": "status", "finalize": "spec"}
"""The part of the object that a subresource replaces."""

_NOTED = frozenset({"Deployment"})
"""The kinds whose status carries annotations with it: a Deployment's revision is told so.

Source: pkg/registry/apps/deployment/strategy.go, deploymentStatusStrategy.PrepareForUpdate.
"""

_COUNTED: Mapping[str, tuple[str, ...]] = {
    "EndpointSlice": ("endpoints", "ports", "addressType"),
    "Deployment": ("spec", "metadata.annotations"),
    "PodTemplate": ("template",),
}
"""The parts whose change raises metadata.generation, where that is not the spec."""


_NO_STRATEGY = (
    "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, "
    "application/merge-patch+json, application/apply-patch+yaml, application/apply-patch+cbor"
)
"""What is said of a strategic merge patch of a custom object."""


def _is_part(request: Request, resource: Resource) -> bool:
    """Say whether a request replaces one part and nothing is checked; the status of a custom object has a schema."""
    return request.subresource in _PARTS and resource.custom is None


def _counts(resource: Resource, draft: Draft, old: Object) -> bool:
    """Say whether a change raises metadata.generation; of a custom object every part does but its own status."""
    if resource.custom is None:
        parts = _COUNTED.get(resource.kind, ("spec",))
        return any(at(draft, *part.split(".")) != at(old, *part.split(".")) for part in parts)
    others = {"metadata", "status"} if resource.custom.has_status else {"metadata"}
    return any(draft.get(key) != old.get(key) for key in {*draft, *old} - others)


def _refuse(resource: Resource, draft: Draft, faults: list[Any]) -> None:
    if faults:
        raise statuses.invalid(resource, draft["metadata"].get("name", ""), faults)


def _put_in_namespace(request: Request, resource: Resource, draft: Draft) -> None:
    """Put an object into the namespace it was sent to."""
    meta = draft["metadata"]
    if not resource.namespaced:
        meta.pop("namespace", None)
        return
    check_namespace(request, meta.get("namespace"))
    meta["namespace"] = request.namespace


def _check_name(request: Request, draft: Object) -> None:
    name = at(draft, "metadata", "name") or ""
    if name != request.name:
        raise statuses.bad_request(
            f"the name of the object ({name}) does not match the name on the URL ({request.name})"
        )


def _check_version(resource: Resource, body: Object, old: Object) -> None:
    """Refuse a write that is based on another version, or meant for another object of the name."""
    meta, known = body.get("metadata") or {}, old["metadata"]
    if meta.get("uid") and meta["uid"] != known["uid"]:
        seen = f"UID in precondition: {meta['uid']}, UID in object meta: {known['uid']}"
        raise statuses.conflict(resource, known["name"], f"Precondition failed: {seen}")
    if meta.get("resourceVersion") and meta["resourceVersion"] != known["resourceVersion"]:
        raise statuses.modified(resource, known["name"])


def _is_applied(request: Request) -> bool:
    return request.verb == "patch" and request.params.get("patchType") == "apply"


def _track(request: Request, resource: Resource, draft: Draft, old: Object | None, now_text: str) -> None:
    """Write down who manages which field of a draft; who applies has done so already."""
    meta = draft["metadata"]
    if _is_applied(request):
        return
    if request.is_component and (old is None or "managedFields" not in old["metadata"]):
        meta.pop("managedFields", None)
        return
    found = (
        created(request, resource, draft, now_text) if old is None else updated(request, resource, old, draft, now_text)
    )
    meta.pop("managedFields", None)
    if found:
        meta["managedFields"] = found


def _carry_metadata(draft: Draft, old: Object) -> None:
    """Keep what only the server may change."""
    meta = draft["metadata"]
    for key in (*_OF_THE_SERVER, "selfLink"):
        meta.pop(key, None)
        if key in old["metadata"]:
            meta[key] = old["metadata"][key]

"""The scale subresource: how many replicas a workload wants and has, in one shape for all kinds.

Source: pkg/registry/apps/{deployment,replicaset,statefulset}/storage/storage.go, ScaleREST;
pkg/registry/core/replicationcontroller/storage/storage.go; pkg/apis/autoscaling/validation/validation.go,
ValidateScale.
"""

from typing import Any, NamedTuple

from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.faults import invalid
from podproof.simulator.api.writing import Writing
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model import patches, selectors
from podproof.simulator.model.objects import Object, at, replaced
from podproof.simulator.model.schema import DecodeError, decode

API_VERSION, KIND = "autoscaling/v1", "Scale"
_KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(item: Object, resource: Resource) -> dict[str, Any]:
    """Return the Scale that stands for a workload; no replicas wanted is said by leaving them out.

    Raises:
        ApiError: 500, a custom object says nothing where its definition looks for the replicas.
    """
    paths, meta = _paths(resource), item["metadata"]
    wanted = at(item, *paths.wanted)
    if wanted is None and resource.custom is not None:
        why = f'the spec replicas field ".{".".join(paths.wanted)}" does not exist'
        raise statuses.failure(500, "InternalError", f"Internal error occurred: {why}")
    status: dict[str, Any] = {"replicas": at(item, *paths.seen) or 0}
    selector = _selector(item) if resource.custom is None else paths.selector and at(item, *paths.selector)
    if selector:
        status["selector"] = selector
    return {
        "kind": KIND,
        "apiVersion": API_VERSION,
        "metadata": {key: meta[key] for key in _KEPT if key in meta},
        "spec": {"replicas": wanted} if wanted else {},
        "status": status,
    }


class _Paths(NamedTuple):
    """Where an object keeps the replicas that are wanted, those there are, and the selector of its pods."""

    wanted: tuple[str, ...] = ("spec", "replicas")
    seen: tuple[str, ...] = ("status", "replicas")
    selector: tuple[str, ...] = ()


def _paths(resource: Resource) -> _Paths:
    """Return the paths of a resource; a definition names its own.

    Source: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/etcd.go, ScaleREST.
    """
    told = resource.custom.scale if resource.custom is not None else None
    if told is None:
        return _Paths()
    keys = ("specReplicasPath", "statusReplicasPath", "labelSelectorPath")
    return _Paths(*(tuple(each for each in str(told.get(key, "")).split(".") if each) for key in keys))


def _selector(item: Object) -> str:
    stated = item["spec"].get("selector")
    if item["kind"] == "ReplicationController":
        stated = {"matchLabels": stated or {}}
    text = selectors.printed(stated)
    return "" if text == "<none>" else text


class Scaling:
    """Answers for the scale of objects that `writing` stores."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def update(self, request: Request, resource: Resource, item: Object) -> dict[str, Any]:
        """Give a workload the replicas of a Scale.

        Raises:
            ApiError: it is no Scale, of another object, or of another version.
        """
        return self._scaled(request, resource, item, request.body)

    def patch(self, request: Request, resource: Resource, item: Object) -> dict[str, Any]:
        """Change a workload's Scale by a patch."""
        kind = request.params.get("patchType", patches.STRATEGIC)
        try:
            changed = patches.patched(kind, KIND, scale_of(item, resource), request.body)
        except patches.PatchError as error:
            raise statuses.unfit_patch(error.code, error.reason) from None
        return self._scaled(request, resource, item, changed)

    def _scaled(self, request: Request, resource: Resource, item: Object, body: Any) -> dict[str, Any]:
        scale, name = _decoded(body), item["metadata"]["name"]
        wanted = (scale.get("spec") or {}).get("replicas", 0)
        if wanted < 0:
            fault = invalid("spec.replicas", wanted, "must be greater than or equal to 0")
            raise statuses.invalid(_RESOURCE, name, [fault])
        meta = {key: value for key, value in scale["metadata"].items() if key in ("uid", "resourceVersion")}
        if scale["metadata"].get("name", name) != name:
            seen = scale["metadata"]["name"]
            raise statuses.bad_request(f"the name of the object ({seen}) does not match the name on the URL ({name})")
        draft = replaced({**item, "metadata": {**item["metadata"], **meta}}, _paths(resource).wanted, wanted)
        if resource.custom is None:
            return scale_of(self._writing.replace(request, resource, draft, item), resource)
        # What a custom object may have for replicas is the business of its schema.
        whole = request._replace(verb="update", subresource="", body=draft, params={})
        return scale_of(self._writing.update(whole, resource, item)[0], resource)


_RESOURCE = Resource("scales", "scale", KIND, "autoscaling", "v1", True, (), (), (), "subdomain", False, False, ())


def _decoded(body: Any) -> dict[str, Any]:
    kind, version = (
        (body.get("kind", KIND), body.get("apiVersion", API_VERSION)) if isinstance(body, dict) else ("", "")
    )
    if (kind, version) != (KIND, API_VERSION):
        raise statuses.bad_request(f'{kind} in version "{version}" cannot be handled as a {KIND}')
    try:
        draft = decode(KIND, body).draft
    except DecodeError as error:
        raise statuses.bad_request(f'{KIND} in version "v1" cannot be handled as a {KIND}: {error.reason}') from None
    draft.setdefault("metadata", {})
    return draft

"""Refusals as the API server words them: every function returns an error that carries a metav1.Status.

Source: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.faults import Fault
from podproof.simulator.api.faults import invalid as invalid_value
from podproof.simulator.kernel.requests import ApiError


def failure(code: int, reason: str, message: str, details: Mapping[str, Any] | None = None) -> ApiError:
    """Return a refusal of any kind."""
    status: dict[str, Any] = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
    }
    if reason:
        status["reason"] = reason
    if details:
        status["details"] = dict(details)
    return ApiError({**status, "code": code})


def not_found(resource: Resource, name: str) -> ApiError:
    """404: there is no such object."""
    return failure(404, "NotFound", f'{resource.name} "{name}" not found', _details(resource, name))


def no_such_resource() -> ApiError:
    """404: no such path."""
    return failure(404, "NotFound", "the server could not find the requested resource")


def already_exists(resource: Resource, name: str) -> ApiError:
    """409: the name is taken."""
    return failure(409, "AlreadyExists", f'{resource.name} "{name}" already exists', _details(resource, name))


def conflict(resource: Resource, name: str, why: str) -> ApiError:
    """409: somebody else was faster, or a precondition does not hold."""
    message = f'Operation cannot be fulfilled on {resource.name} "{name}": {why}'
    return failure(409, "Conflict", message, _details(resource, name))


def modified(resource: Resource, name: str) -> ApiError:
    """409: the object has another resourceVersion by now.

    Source: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, OptimisticLockErrorMsg.
    """
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(resource, name, why)


def forbidden(resource: Resource, name: str, why: str, causes: Sequence[Mapping[str, Any]] = ()) -> ApiError:
    """403: an admission rule refuses."""
    message = f'{resource.name} "{name}" is forbidden: {why}' if name else f"{resource.name} is forbidden: {why}"
    details = _details(resource, name)
    if causes:
        details["causes"] = list(causes)
    return failure(403, "Forbidden", message, details)


def bad_request(message: str) -> ApiError:
    """400: the request itself is wrong."""
    return failure(400, "BadRequest", message)


def method_not_allowed(resource: Resource, verb: str) -> ApiError:
    """405: the resource has no such verb."""
    message = f'{verb} is not supported on resources of kind "{resource.name}"'
    return failure(405, "MethodNotAllowed", message, _details(resource, ""))


def not_served(resource: Resource) -> ApiError:
    """405: the resource has no such path and method."""
    message = "the server does not allow this method on the requested resource"
    return failure(405, "MethodNotAllowed", message, _details(resource, ""))


def not_while_ending(verb: str) -> ApiError:
    """405: the definition of the resource is being deleted.

    Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go, serveResource.
    """
    message = f"{verb} not allowed while custom resource definition is terminating"
    return failure(405, "MethodNotAllowed", message)


def generated_name_taken(resource: Resource, name: str) -> ApiError:
    """409: every name that was generated is taken.

    Source: errors.go, NewGenerateNameConflict.
    """
    why = "the server was not able to generate a unique name for the object"
    message = f'{resource.name} "{name}" already exists, {why}'
    return failure(409, "AlreadyExists", message, {**_details(resource, name), "retryAfterSeconds": 1})


def unfit_patch(code: int, reason: str) -> ApiError:
    """400 for a patch that cannot be read, 422 for one that does not fit the object.

    Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go, applyJSPatch.
    """
    if code == 422:
        return failure(422, "Invalid", "the server rejected our request due to an error in our request")
    return failure(code, "UnsupportedMediaType" if code == 415 else "BadRequest", reason)


def expired(message: str, meta: Mapping[str, Any] | None = None) -> ApiError:
    """410: the version asked for is no longer known; `meta` says how to go on all the same."""
    found = failure(410, "Expired", message)
    return ApiError({**found.status, "metadata": dict(meta)}) if meta else found


def too_large_version(wanted: int, current: int) -> ApiError:
    """504: the version asked for is still to come.

    Source: staging/src/k8s.io/apiserver/pkg/storage/errors.go, NewTooLargeResourceVersionError.
    """
    message = f"Too large resource version: {wanted}, current: {current}"
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    return failure(504, "Timeout", f"Timeout: {message}", {"causes": causes, "retryAfterSeconds": 1})


def invalid(resource: Resource, name: str, faults: Sequence[Fault]) -> ApiError:
    """422: the object breaks rules; every fault is told.

    Source: errors.go, NewInvalid; staging/src/k8s.io/apimachinery/pkg/util/errors/errors.go, aggregate.Error.
    """
    texts = list(dict.fromkeys(str(fault) for fault in faults))
    listed = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    causes = [_cause(fault) for fault in faults]
    details = {**_details(resource, name), "kind": resource.kind, "causes": causes}
    return failure(422, "Invalid", f'{resource.qualified_kind} "{name}" is invalid: {listed}', details)


def unconditional(resource: Resource, name: str) -> ApiError:
    """422: an update of this resource must say which version it replaces; the server writes the resource for the kind.

    Source: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, Update.
    """
    fault = invalid_value("metadata.resourceVersion", 0, "must be specified for an update")
    details = {**_details(resource, name), "causes": [_cause(fault)]}
    return failure(422, "Invalid", f'{resource.name} "{name}" is invalid: {fault}', details)


def _cause(fault: Fault) -> dict[str, str]:
    return {"reason": fault.type.reason, "message": fault.body, "field": fault.field}


def invalid_options(kind: str, faults: Sequence[Fault]) -> ApiError:
    """422: the options of a request break rules.

    Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,update,delete}.go, the checks of their options.
    """
    listed = str(faults[0]) if len(faults) == 1 else f"[{', '.join(str(fault) for fault in faults)}]"
    causes = [_cause(fault) for fault in faults]
    details = {"group": "meta.k8s.io", "kind": kind, "causes": causes}
    return failure(422, "Invalid", f'{kind}.meta.k8s.io "" is invalid: {listed}', details)


def success(resource: Resource, name: str, uid: str) -> dict[str, Any]:
    """Return the Status that answers a deletion which does not return the object."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {**_details(resource, name), "uid": uid},
    }


def _details(resource: Resource, name: str) -> dict[str, Any]:
    details = {"name": name} if name else {}
    if resource.group:
        details["group"] = resource.group
    return {**details, "kind": resource.plural}

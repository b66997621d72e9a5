"""From a request's body to a draft: the structural check, with the API server's words for what is wrong.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go, transformDecodeError; fieldValidation.
"""

from collections.abc import Mapping
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.rules import Draft
from podproof.simulator.api.write_options import STRICT, WARN
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.schema import DecodeError, decode

_NO_BODY = object()


def decoded(request: Request, resource: Resource, body: Any = _NO_BODY) -> tuple[Draft, tuple[str, ...]]:
    """Return a draft of the body (the request's own unless given) and the warnings about unknown fields.

    Raises:
        ApiError: 400, the body is no such object.
    """
    body = request.body if body is _NO_BODY else body
    _check_kind(resource, body)
    try:
        found = decode(resource.kind, body)
    except DecodeError as error:
        raise _unreadable(resource, error.reason) from None
    found.draft.setdefault("kind", resource.kind)
    found.draft.setdefault("apiVersion", resource.api_version)
    found.draft.setdefault("metadata", {})
    strictness = _strictness(request)
    unknown = tuple(f'unknown field "{path}"' for path in found.unknown)
    if unknown and strictness == STRICT:
        raise _unreadable(resource, f"strict decoding error: {', '.join(unknown)}")
    return found.draft, unknown if strictness == WARN else ()


def _strictness(request: Request) -> str:
    """Return how unknown fields are met: kubectl asks for Strict, the server's own default is Warn."""
    return request.params.get("fieldValidation", "") or (STRICT if request.user == "kubectl" else WARN)


def _check_kind(resource: Resource, body: Any) -> None:
    if not isinstance(body, Mapping):
        kind = "array" if isinstance(body, list) else type(body).__name__
        raise statuses.bad_request(
            f"the object provided is unrecognized (must be of type {resource.kind}): couldn't get version/kind; "
            f"json parse error: json: cannot unmarshal {kind} into Go value of type struct"
        )
    kind, version = body.get("kind", resource.kind), body.get("apiVersion", resource.api_version)
    if kind != resource.kind or version != resource.api_version:
        raise statuses.bad_request(
            f'{kind} in version "{version}" cannot be handled as a {resource.kind}: '
            f"the kind of the object does not match the resource it was sent to"
        )


def _unreadable(resource: Resource, reason: str) -> Exception:
    text = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {reason}'
    return statuses.bad_request(text)

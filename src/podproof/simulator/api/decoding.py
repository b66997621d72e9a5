"""From a request's body to a draft: the structural check, with the API server's words for what is wrong.

Source: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go, transformDecodeError; fieldValidation.
"""

import json
from collections.abc import Mapping
from typing import Any

from podproof.simulator.api import bodies, statuses
from podproof.simulator.api.discovery import Resource, versions
from podproof.simulator.api.rules import Draft
from podproof.simulator.api.write_options import STRICT, WARN
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.schema import Decoded, DecodeError, decode, noun, spoken

_NO_BODY = object()


def decoded(request: Request, resource: Resource, body: Any = _NO_BODY) -> tuple[Draft, tuple[str, ...]]:
    """Return a draft of the body (the request's own unless given) and the warnings about unknown and repeated fields.

    Raises:
        ApiError: 400, the body is no such object.
    """
    body = request.body if body is _NO_BODY else body
    _check_kind(resource, body)
    try:
        found = typed(resource, body)
    except DecodeError as error:
        raise _unreadable(resource, error.reason) from None
    found.draft.setdefault("kind", resource.kind)
    found.draft.setdefault("apiVersion", resource.api_version)
    found.draft.setdefault("metadata", {})
    strictness = _strictness(request)
    faults = (*request.faults, *(f'unknown field "{path}"' for path in found.unknown))
    if faults and strictness == STRICT:
        raise _unreadable(resource, f"strict decoding error: {', '.join(faults)}")
    return found.draft, faults if strictness == WARN else ()


def typed(resource: Resource, body: Any) -> Decoded:
    """Return a copy of a body as an object of its resource.

    Raises:
        DecodeError: it is none.
    """
    if resource.custom is None:
        return decode(resource.struct, body)
    from podproof.simulator.api.custom.rules import decoded_custom

    return decoded_custom(resource, resource.custom, body)


def as_struct(struct: str, body: Any) -> Draft:
    """Return a clean copy of a body that is no object of a resource but a request's own struct, such as DeleteOptions.

    Raises:
        ApiError: 400, it is none.
    """
    try:
        return decode(struct, body).draft
    except DecodeError as error:
        name = spoken(struct)
        text = f'{name} in version "v1" cannot be handled as a {name}: {error.reason}'
        raise statuses.bad_request(text) from None


def posted(struct: str, request: Request) -> Draft:
    """Return what is posted to a subresource: it may name no other namespace.

    Raises:
        ApiError: 400, it does, or it is no such object.
    """
    body = as_struct(struct, {} if request.body is None else request.body)
    check_namespace(request, (body.get("metadata") or {}).get("namespace"))
    return body


def check_namespace(request: Request, said: str | None) -> None:
    """Hold an object to the namespace it was sent to.

    Raises:
        ApiError: 400, it is of another.
    Source: staging/src/k8s.io/apiserver/pkg/registry/rest/meta.go, EnsureObjectNamespaceMatchesRequestNamespace.
    """
    if said and said != request.namespace:
        seen = "the namespace of the provided object does not match the namespace sent on the request"
        raise statuses.bad_request(seen)


def _strictness(request: Request) -> str:
    """Return how unknown fields are met: kubectl asks for Strict, the server's own default is Warn."""
    return request.params.get("fieldValidation", "") or (STRICT if request.user == "kubectl" else WARN)


def _check_kind(resource: Resource, body: Any) -> None:
    """Refuse what says that it is another kind, or nothing of which a kind can be told.

    Source: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json/meta.go, SimpleMetaFactory.Interpret;
    serializer/versioning/versioning.go, codec.Decode; runtime/error.go, notRegisteredErr.
    """
    if not isinstance(body, Mapping):
        text = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        raise bodies.unreadable(_no_object(body), resource.kind, text)
    for field in ("apiVersion", "kind"):
        if not isinstance(body.get(field), str | None):
            seen = f"json: cannot unmarshal {noun(body[field])} into Go struct field .{field} of type string"
            raise bodies.unreadable(seen, resource.kind, json.dumps(body, separators=(",", ":"), default=str).encode())
    if resource.custom is not None:
        return
    kind, version = body.get("kind") or resource.kind, body.get("apiVersion") or resource.api_version
    if (kind, version) == (resource.kind, resource.api_version):
        return
    if any((each.api_version, each.kind, each.storage) == (version, kind, resource.storage) for each in versions()):
        told = f"the API version in the data ({version}) does not match the expected API version"
        raise statuses.bad_request(f"{told} ({resource.api_version})")
    short = version.rpartition("/")[2]
    seen = f'{kind} in version "{short}" cannot be handled as a {resource.kind}'
    raise statuses.bad_request(f"{seen}: {_foreign(resource, version, short, kind)}")


def _no_object(body: Any) -> str:
    if body is None:
        return bodies.END
    return f"json: cannot unmarshal {noun(body)} into Go value of type {_HEAD}"


_HEAD = r"""struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"""
"""The Go type that a body's kind is read into, as Go prints it."""


def _foreign(resource: Resource, version: str, short: str, kind: str) -> str:
    group = version.rpartition("/")[0]
    if not any((each.group, each.version, each.kind) == (group, short, kind) for each in versions()):
        return f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/api/legacyscheme/scheme.go:30"'
    internal = resource.group.partition(".")[0] or "core"
    return f"converting ({short}.{kind}) to ({internal}.{resource.kind}): unknown conversion"


def _unreadable(resource: Resource, reason: str) -> Exception:
    text = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {reason}'
    return statuses.bad_request(text)

"""The token subresource of service accounts. Approximated: a token is not signed, and nobody checks it.

Source: pkg/registry/core/serviceaccount/storage/token.go, TokenREST.Create; pkg/apis/authentication/validation/
validation.go, ValidateTokenRequest.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.decoding import posted
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.faults import Fault, invalid
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import SECOND, Nanos, seconds, timestamp

AUDIENCE = "https://kubernetes.default.svc.cluster.local"
_API_VERSION, _KIND = "authentication.k8s.io/v1", "TokenRequest"
_STRUCT = "TokenRequest.v1.authentication.k8s.io"
_HOUR, _LEAST, _MOST = 3600, 600, 1 << 32
_RESOURCE = Resource(
    "tokenrequests",
    "tokenrequest",
    _KIND,
    "authentication.k8s.io",
    "v1",
    True,
    (),
    (),
    (),
    "subdomain",
    False,
    False,
    (),
)


def token_request(request: Request, account: Object, now: Nanos) -> dict[str, Any]:
    """Return a token request that is answered.

    Raises:
        ApiError: 400, the request is about another account; 422, the token would live too short or too long.
    Source: pkg/registry/core/serviceaccount/storage/token.go, TokenREST.Create.
    """
    body = posted(_STRUCT, request)
    said = at(body, "metadata", "name")
    if said and said != account["metadata"]["name"]:
        raise statuses.bad_request("name in URL does not match name in TokenRequest object")
    spec = dict(body.get("spec") or {})
    audiences = spec.setdefault("audiences", [AUDIENCE]) or [AUDIENCE]
    lasts = spec.setdefault("expirationSeconds", _HOUR)
    faults: list[Fault] = []
    if lasts < _LEAST:
        faults.append(invalid("spec.expirationSeconds", lasts, "may not specify a duration less than 10 minutes"))
    if lasts > _MOST:
        faults.append(invalid("spec.expirationSeconds", lasts, "may not specify a duration larger than 2^32 seconds"))
    if faults:
        raise statuses.invalid(_RESOURCE, "", faults)
    ends = Nanos(now + seconds(lasts))
    meta = account["metadata"]
    said = {
        "aud": audiences,
        "exp": ends // SECOND,
        "iat": now // SECOND,
        "iss": AUDIENCE,
        "kubernetes.io": _bound(meta, at(spec, "boundObjectRef")),
        "nbf": now // SECOND,
        "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}",
    }
    status = {"token": _written(said), "expirationTimestamp": timestamp(ends)}
    named = {"name": meta["name"], "namespace": meta["namespace"], "creationTimestamp": timestamp(now)}
    return {"kind": _KIND, "apiVersion": _API_VERSION, "metadata": named, "spec": spec, "status": status}


def _bound(meta: Object, reference: Object | None) -> dict[str, Any]:
    said = {"namespace": meta["namespace"], "serviceaccount": {"name": meta["name"], "uid": meta["uid"]}}
    if reference:
        said[str(reference.get("kind", "")).lower()] = {
            key: reference[key] for key in ("name", "uid") if key in reference
        }
    return said


def _written(said: Mapping[str, Any]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, said)
    encoded = [
        base64.urlsafe_b64encode(json.dumps(each, sort_keys=True).encode()).decode().rstrip("=") for each in parts
    ]
    return ".".join([*encoded, "unsigned"])

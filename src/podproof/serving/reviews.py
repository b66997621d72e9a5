"""Questions about who may do what: whoever was let in may do everything, and is told so.

Source: pkg/registry/authorization (selfsubjectaccessreview, selfsubjectrulesreview), pkg/registry/authentication
(selfsubjectreview).
"""

from collections.abc import Mapping
from typing import Any

from podproof.serving import negotiation
from podproof.serving.credentials import GROUPS, USER
from podproof.serving.paths import Call
from podproof.simulator.api import statuses
from podproof.simulator.api.discovery import Resource
from podproof.simulator.model.times import Nanos, timestamp

_WHY = "podproof serve lets everybody do everything who was let in"
_EVERYTHING = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}


def _resource(plural: str, kind: str, group: str) -> Resource:
    return Resource(
        plural=plural, singular=kind.lower(), kind=kind, group=group, version="v1", namespaced=False, short=(),
        categories=(), subresources=(), names="subdomain", generation=False, returns_deleted=False, fields=(),
    )  # fmt: skip


_ACCESS = _resource("selfsubjectaccessreviews", "SelfSubjectAccessReview", "authorization.k8s.io")
_RULES = _resource("selfsubjectrulesreviews", "SelfSubjectRulesReview", "authorization.k8s.io")
_SELF = _resource("selfsubjectreviews", "SelfSubjectReview", "authentication.k8s.io")

REVIEWS = (_ACCESS, _RULES, _SELF)
"""What can be asked; nothing of it is kept."""


def asked(call: Call) -> Resource | None:
    """Return the review a call is about, None where it is about none."""
    return next((each for each in REVIEWS if (each.name, each.version) == (call.resource, call.version)), None)


def reviewed(resource: Resource, call: Call, content_type: str, data: bytes, now: Nanos) -> dict[str, Any]:
    """Answer a question.

    Raises:
        ApiError: it is no question.
    """
    if call.verb != "create":
        raise statuses.method_not_allowed(resource, call.verb)
    body = negotiation.read_body(content_type, data).value
    if not isinstance(body, dict):
        raise statuses.bad_request(f"the body is no {resource.kind}")
    head = {"kind": resource.kind, "apiVersion": resource.api_version}
    return {**head, "metadata": {"creationTimestamp": timestamp(now)}, **_answer(resource, body)}


def _answer(resource: Resource, body: Mapping[str, Any]) -> dict[str, Any]:
    spec = body.get("spec") or {}
    if resource is _ACCESS:
        return {"spec": spec, "status": {"allowed": True, "reason": _WHY}}
    if resource is _RULES:
        rules = {"resourceRules": [_EVERYTHING], "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}]}
        return {"spec": spec, "status": {**rules, "incomplete": False}}
    return {"status": {"userInfo": {"username": USER, "groups": list(GROUPS)}}}

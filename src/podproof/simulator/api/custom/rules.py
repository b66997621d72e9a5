"""The rules of custom objects: what their definition says of them, in place of a row of rules of ours.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/{strategy.go, status_strategy.go,
validator.go}.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from podproof.simulator.api import statuses
from podproof.simulator.api.custom.embedded import embedded_faults
from podproof.simulator.api.custom.lists import list_faults
from podproof.simulator.api.custom.validating import NEW, schema_faults
from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.faults import Fault, FaultType, invalid
from podproof.simulator.api.rules import Draft, Rules
from podproof.simulator.model.custom.shaping import default, pruned
from podproof.simulator.model.custom.types import CustomType
from podproof.simulator.model.objects import Object
from podproof.simulator.model.schema import Decoded, decode

_BLOCKING = (FaultType.REQUIRED, FaultType.TOO_LONG, FaultType.TOO_MANY, FaultType.TYPE_INVALID)
_UNCHECKED = (
    "some validation rules were not checked because the object was invalid; correct the existing errors to complete "
    "validation"
)


def custom_rules(resource: Resource, custom: CustomType, subresource: str) -> Rules:
    """Return the rules of a custom resource, or of its status."""

    def complete(draft: Draft) -> None:
        default(custom.schema, draft)

    def begin(draft: Draft) -> None:
        if custom.has_status:
            draft.pop("status", None)

    def validate(draft: Draft) -> Iterator[Fault]:
        yield from object_faults(resource, custom, draft)

    def carry_over(draft: Draft, old: Object) -> None:
        if subresource == "status":
            _keep(draft, old, except_for="status")
        elif custom.has_status:
            draft.pop("status", None)
            if "status" in old:
                draft["status"] = old["status"]

    def validate_update(draft: Draft, old: Object) -> Iterator[Fault]:
        yield from object_faults(resource, custom, draft, old)

    return Rules(
        default=complete,
        begin=begin,
        validate=validate,
        carry_over=carry_over,
        validate_update=validate_update,
        derives=True,
    )


def _keep(draft: Draft, old: Object, except_for: str) -> None:
    """Make a draft the old object, except for one part; who manages what is the draft's own."""
    part, managers = draft.get(except_for), draft["metadata"].get("managedFields")
    draft.clear()
    draft.update({key: value for key, value in old.items() if key != except_for})
    draft["metadata"] = {**old["metadata"]}
    draft["metadata"].pop("managedFields", None)
    if managers:
        draft["metadata"]["managedFields"] = managers
    if part is not None:
        draft[except_for] = part


def object_faults(resource: Resource, custom: CustomType, item: Object, old: Any = NEW) -> Iterator[Fault]:
    """Yield what is wrong with a custom object, or with what an update makes of one."""
    if item.get("kind") != resource.kind:
        yield invalid("kind", item.get("kind"), f"must be {resource.kind}")
    if item.get("apiVersion") != resource.api_version:
        yield invalid("apiVersion", item.get("apiVersion"), f"must be {resource.api_version}")
    schema = custom.schema
    faults = [*schema_faults(schema, item, "", old), *embedded_faults(schema, item), *list_faults(schema, item, "")]
    yield from faults
    if custom.has_rules:
        from podproof.simulator.api.custom.expressions import rule_faults

        if any(fault.type in _BLOCKING for fault in faults):
            yield invalid("<nil>", None, _UNCHECKED)
        else:
            yield from rule_faults(custom.schema, item, "", old)


def decoded_custom(resource: Resource, custom: CustomType, body: Mapping[str, Any]) -> Decoded:
    """Return a copy of a body without what its schema does not know, and with its metadata decoded.

    Raises:
        ApiError: 400, it says neither kind nor version, or another version.
        DecodeError: its metadata are none.
    """
    if body.get("apiVersion", resource.api_version) != resource.api_version:
        seen = f"the API version in the data ({body['apiVersion']}) does not match the expected API version"
        raise statuses.bad_request(f"{seen} ({resource.api_version})")
    draft, unknown = pruned(custom.schema, body)
    meta = decode("PodTemplateSpec", {"metadata": draft.get("metadata")})
    return Decoded({**draft, "metadata": meta.draft.get("metadata", {})}, (*meta.unknown, *unknown))

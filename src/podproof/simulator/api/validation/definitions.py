"""Checks of CustomResourceDefinitions: group, names, versions, conversion, the versions that objects were stored in.

What all versions have alike is looked at once and named once: the API server lifts it out of them.
Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go; v1/conversion.go.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.custom.formats import unknown_formats
from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation.definition_parts import (
    column_faults,
    selectable_faults,
    subresource_faults,
    warning_faults,
)
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.api.validation.schemas import definition_schema_faults
from podproof.simulator.model.custom.approval import APPROVAL, approval
from podproof.simulator.model.names import dns_1035_label, dns_subdomain
from podproof.simulator.model.objects import Object, at

_SCOPES = ("Cluster", "Namespaced")
_STRATEGIES = ("None", "Webhook")
_REVIEWS = ("v1", "v1beta1")
_NAME = 'must be spec.names.plural+"."+spec.group'
_MIXED = "may have mixed case, but should otherwise match: "


def definition_faults(item: Object, old: Object | None = None) -> Iterator[Fault]:
    """Yield what is wrong with a CustomResourceDefinition, besides its metadata's usual rules."""
    spec = item.get("spec") or {}
    names, name, group = spec.get("names") or {}, item["metadata"].get("name", ""), spec.get("group", "")
    if name != f"{names.get('plural', '')}.{group}":
        yield invalid("metadata.name", name, _NAME)
    yield from _group_faults(group, "spec.group")
    yield from _choice_faults(spec.get("scope", ""), _SCOPES, "spec.scope")
    yield from _version_list_faults(spec.get("versions") or (), "spec.versions")
    for key in ("plural", "singular", "kind", "listKind"):
        if not names.get(key):
            yield required(f"spec.names.{key}")
    yield from _name_faults(names, "spec.names")
    yield from _lifted_faults(spec.get("versions") or ())
    if "conversion" in spec:
        yield from _conversion_faults(spec["conversion"], "spec.conversion")
    if old is not None:
        yield from _immutable_faults(spec, old)
    stored = at(item, "status", "storedVersions") or []
    yield from _stored_faults(stored, spec.get("versions") or (), "status.storedVersions")
    yield from _approval_faults(item, old)
    if spec.get("preserveUnknownFields"):
        instead = "set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        yield invalid("spec.preserveUnknownFields", True, f"cannot set to true, {instead}")


def _group_faults(group: str, field: str) -> Iterator[Fault]:
    if not group:
        yield required(field)
    elif wrong := dns_subdomain(group):
        yield invalid(field, group, ",".join(wrong))
    elif "." not in group:
        yield invalid(field, group, "should be a domain with at least one dot")


def _choice_faults(value: str, accepted: tuple[str, ...], field: str) -> Iterator[Fault]:
    if not value:
        yield required(field)
    elif value not in accepted:
        yield unsupported(field, value, accepted)


def _version_list_faults(versions: Sequence[Object], field: str) -> Iterator[Fault]:
    for index, version in enumerate(versions):
        if at(version, "schema", "openAPIV3Schema") is None:
            yield required(f"{field}[{index}].schema.openAPIV3Schema", "schemas are required")
    for index, version in enumerate(versions):
        place, name = f"{field}[{index}]", version.get("name", "")
        if wrong := dns_1035_label(name):
            yield invalid(f"{place}.name", name, ",".join(wrong))
        yield from warning_faults(version, place)
        yield from _own_faults(version, versions, place)
    names = [version.get("name", "") for version in versions]
    if len(set(names)) < len(names):
        yield invalid(field, list(versions), "must contain unique version names")
    if sum(bool(version.get("storage")) for version in versions) != 1:
        yield invalid(field, list(versions) or None, "must have exactly one version marked as storage version")
    if names and (wrong := dns_1035_label(names[0])):
        yield invalid("spec.version", names[0], ",".join(wrong))


_PARTS = ("schema", "subresources", "additionalPrinterColumns", "selectableFields")


def _are_alike(versions: Sequence[Object], part: str) -> bool:
    return bool(versions) and all(each.get(part) == versions[0].get(part) for each in versions)


def _own_faults(version: Object, versions: Sequence[Object], field: str) -> Iterator[Fault]:
    """Yield what is wrong with the parts of a version that are not those of every version."""
    for part in _PARTS:
        if not _are_alike(versions, part):
            yield from _part_faults(part, version, f"{field}.{part}", has_status=_has_status(version))


def _lifted_faults(versions: Sequence[Object]) -> Iterator[Fault]:
    """Yield what is wrong with the parts that all versions have alike."""
    for part in _PARTS:
        if _are_alike(versions, part):
            place = f"spec.{'validation' if part == 'schema' else part}"
            yield from _part_faults(part, versions[0], place, has_status=any(map(_has_status, versions)))


def _has_status(version: Object) -> bool:
    return at(version, "subresources", "status") is not None


def _part_faults(part: str, version: Object, field: str, *, has_status: bool) -> Iterator[Fault]:
    schema = at(version, "schema", "openAPIV3Schema")
    if part == "schema" and schema is not None:
        yield from definition_schema_faults(schema, f"{field}.openAPIV3Schema", has_status=has_status)
    if part == "subresources":
        yield from subresource_faults(version.get(part), field)
    if part == "additionalPrinterColumns":
        yield from column_faults(version.get(part), field)
    if part == "selectableFields":
        yield from selectable_faults(version.get(part), schema, field)


def _name_faults(names: Object, field: str) -> Iterator[Fault]:
    kind, list_kind = names.get("kind", ""), names.get("listKind", "")
    for key in ("plural", "singular"):
        if names.get(key) and (wrong := dns_1035_label(names[key])):
            yield invalid(f"{field}.{key}", names[key], ",".join(wrong))
    for key, text in (("kind", kind), ("listKind", list_kind)):
        if text and (wrong := dns_1035_label(text.lower())):
            yield invalid(f"{field}.{key}", text, _MIXED + ",".join(wrong))
    yield from _label_faults(names.get("shortNames") or (), f"{field}.shortNames")
    if kind and kind == list_kind:
        yield invalid(f"{field}.listKind", list_kind, "kind and listKind may not be the same")
    yield from _label_faults(names.get("categories") or (), f"{field}.categories")


def _label_faults(texts: Sequence[str], field: str) -> Iterator[Fault]:
    for index, text in enumerate(texts):
        if wrong := dns_1035_label(text):
            yield invalid(f"{field}[{index}]", text, ",".join(wrong))


def _conversion_faults(conversion: Object, field: str) -> Iterator[Fault]:
    strategy, webhook = conversion.get("strategy", ""), conversion.get("webhook")
    yield from _choice_faults(strategy, _STRATEGIES, f"{field}.strategy")
    client = (webhook or {}).get("clientConfig")
    if strategy != "Webhook":
        if webhook is not None:
            detail = "should not be set when strategy is not set to Webhook"
            if webhook.get("clientConfig") is not None:
                yield forbidden(f"{field}.webhookClientConfig", detail)
            if webhook.get("conversionReviewVersions"):
                yield forbidden(f"{field}.conversionReviewVersions", detail)
        return
    if client is None:
        yield required(f"{field}.webhookClientConfig", "required when strategy is set to Webhook")
    elif ("url" in client) == ("service" in client):
        yield required(f"{field}.webhookClientConfig", "exactly one of url or service is required")
    yield from _review_faults(
        (webhook or {}).get("conversionReviewVersions") or (), f"{field}.conversionReviewVersions"
    )


def _review_faults(versions: Sequence[str], field: str) -> Iterator[Fault]:
    if not versions:
        yield required(field)
        return
    for index, version in enumerate(versions):
        if version in versions[:index]:
            yield invalid(f"{field}[{index}]", version, "duplicate version")
        else:
            for detail in dns_1035_label(version):
                yield invalid(f"{field}[{index}]", version, detail)
    if not set(versions) & set(_REVIEWS):
        yield invalid(field, list(versions), f"must include at least one of {', '.join(_REVIEWS)}")


def _stored_faults(stored: Sequence[str], versions: Sequence[Object], field: str) -> Iterator[Fault]:
    """Yield why the versions that objects were stored in do not fit those there are."""
    if not stored:
        yield invalid(field, None, "must have at least one stored version")
        return
    for version in versions:
        name = version.get("name", "")
        if version.get("storage") and name not in stored:
            yield invalid(field, list(stored), f"must have the storage version {name}")
    known = {version.get("name", "") for version in versions}
    for index, name in enumerate(stored):
        if name not in known:
            yield invalid(
                f"{field}[{index}]", name,
                f"missing from spec.versions; {name} was previously a storage version, and must remain in "
                f"spec.versions until a storage migration ensures no data remains persisted in {name} and removes "
                f"{name} from status.storedVersions",
            )  # fmt: skip


def _approval_faults(item: Object, old: Object | None) -> Iterator[Fault]:
    """Yield a fault where a group of Kubernetes' own is used without its approval; what it was before is no fault."""
    found = approval(item)
    before = approval(old) if old is not None else None
    if found is None or (before is not None and before[0] == found[0]):
        return
    field = f"metadata.annotations[{APPROVAL}]"
    if found[0] == "Missing":
        yield required(field, found[1])
    elif found[0] == "Invalid":
        yield invalid(field, item["metadata"]["annotations"][APPROVAL], found[1])


def definition_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CustomResourceDefinition that replaces another."""
    yield from definition_faults(item, old)


def definition_status_faults(item: Object, _: Object) -> Iterator[Fault]:
    """Yield what is wrong with the status that somebody writes: its names alone are looked at."""
    yield from _name_faults(at(item, "status", "acceptedNames") or {}, "status.acceptedNames")


def definition_warnings(item: Object) -> Iterator[str]:
    """Yield a warning for each format that nobody checks.

    Source: pkg/registry/customresourcedefinition/strategy.go, WarningsOnCreate.
    """
    for version in at(item, "spec", "versions") or ():
        for form in unknown_formats(at(version, "schema", "openAPIV3Schema")):
            yield f'unrecognized format "{form}"'


def _immutable_faults(spec: Object, old: Object) -> Iterator[Fault]:
    """Yield what may not change: once it is established its scope and kind as well as its group and plural."""
    fixed = ["group", "names.plural"]
    conditions = at(old, "status", "conditions") or ()
    if any(each.get("type") == "Established" and each.get("status") == "True" for each in conditions):
        fixed = ["scope", "names.kind", *fixed]
    for path in fixed:
        new, known = at(spec, *path.split(".")) or "", at(old, "spec", *path.split(".")) or ""
        if new != known:
            yield invalid(f"spec.{path}", new, IMMUTABLE)

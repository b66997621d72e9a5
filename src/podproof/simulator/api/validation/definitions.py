"""Checks of CustomResourceDefinitions: group, names, versions, columns, conversion.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.api.validation.structural import structural_faults
from podproof.simulator.model.custom.types import has_rules
from podproof.simulator.model.names import dns_1035_label, dns_subdomain
from podproof.simulator.model.objects import Object, at

_SCOPES = ("Cluster", "Namespaced")
_STRATEGIES = ("None", "Webhook")
_REVIEWS = ("v1", "v1beta1")
_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_LONGEST_WARNING = 256
_APPROVAL = "api-approved.kubernetes.io"
_PROTECTED = ("k8s.io", "kubernetes.io")
_NAME = 'must be spec.names.plural+"."+spec.group'
_MIXED = "may have mixed case, but should otherwise match: "


def definition_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CustomResourceDefinition, besides its metadata's usual rules."""
    spec = item.get("spec") or {}
    names, name, group = spec.get("names") or {}, item["metadata"].get("name", ""), spec.get("group", "")
    if name != f"{names.get('plural', '')}.{group}":
        yield invalid("metadata.name", name, _NAME)
    yield from _group_faults(group, "spec.group")
    yield from _choice_faults(spec.get("scope", ""), _SCOPES, "spec.scope")
    if spec.get("preserveUnknownFields"):
        instead = "set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        detail = f"cannot set to true, {instead}"
        yield invalid("spec.preserveUnknownFields", True, detail)
    yield from _version_list_faults(spec.get("versions") or (), "spec.versions")
    yield from _schema_faults(spec.get("versions") or ())
    for key in ("plural", "singular", "kind", "listKind"):
        if not names.get(key):
            yield required(f"spec.names.{key}")
    yield from _name_faults(names, "spec.names")
    if "conversion" in spec:
        yield from _conversion_faults(spec["conversion"], "spec.conversion")
    yield from _approval_faults(item, group)


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
        yield from _version_faults(version, f"{field}[{index}]")
    names = [version.get("name", "") for version in versions]
    if len(set(names)) < len(names):
        yield invalid(field, list(versions), "must contain unique version names")
    if sum(bool(version.get("storage")) for version in versions) != 1:
        yield invalid(field, list(versions) or None, "must have exactly one version marked as storage version")


def _schema_faults(versions: Sequence[Object]) -> Iterator[Fault]:
    """Yield what is wrong with the schemas; one that all versions share is looked at once, and named once.

    Source: pkg/apis/apiextensions/v1/conversion.go, which lifts it out of the versions.
    """
    schemas = [at(version, "schema", "openAPIV3Schema") for version in versions]
    if schemas and all(each == schemas[0] for each in schemas):
        places = {"spec.validation.openAPIV3Schema": schemas[0]}
    else:
        places = {f"spec.versions[{index}].schema.openAPIV3Schema": each for index, each in enumerate(schemas)}
    for field, schema in places.items():
        if schema is not None:
            faults = list(structural_faults(schema, field))
            yield from faults
            if not faults and has_rules(schema):
                from podproof.simulator.api.custom.expressions import compile_faults

                yield from compile_faults(schema, field)


def _version_faults(version: Object, field: str) -> Iterator[Fault]:
    name = version.get("name", "")
    if wrong := dns_1035_label(name):
        yield invalid(f"{field}.name", name, ",".join(wrong))
    warning = version.get("deprecationWarning")
    if warning is not None:
        for detail in _warning_faults(warning, deprecated=bool(version.get("deprecated"))):
            yield invalid(f"{field}.deprecationWarning", warning, detail)
    for index, column in enumerate(version.get("additionalPrinterColumns") or ()):
        yield from _column_faults(column, f"{field}.additionalPrinterColumns[{index}]")


def _warning_faults(text: str, *, deprecated: bool) -> Iterator[str]:
    if not deprecated:
        yield "can only be set for deprecated versions"
        return
    if len(text) > _LONGEST_WARNING:
        yield f"must be <= {_LONGEST_WARNING} characters long"
    if not text:
        yield "must not be an empty string"
    place = next((index for index, letter in enumerate(text) if not letter.isprintable()), None)
    if place is not None:
        seen = f"non-printable character found at index {place}"
        yield f"must only contain printable UTF-8 characters; {seen}"


def _column_faults(column: Object, field: str) -> Iterator[Fault]:
    kind, form = column.get("type", ""), column.get("format", "")
    types = f"must be one of {','.join(_COLUMN_TYPES)}"
    if not column.get("name"):
        yield required(f"{field}.name")
    if not kind:
        yield required(f"{field}.type", types)
    elif kind not in _COLUMN_TYPES:
        yield invalid(f"{field}.type", kind, types)
    if form and form not in _COLUMN_FORMATS:
        yield invalid(f"{field}.format", form, f"must be one of {','.join(_COLUMN_FORMATS)}")
    if not column.get("jsonPath"):
        yield required(f"{field}.JSONPath")


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
            yield forbidden(f"{field}.webhookClientConfig", detail)
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


def _approval_faults(item: Object, group: str) -> Iterator[Fault]:
    """Yield a fault where a group of Kubernetes' own is used without its approval.

    Source: validation.go, validateAPIApproval; apiextensions/helpers.go, IsProtectedCommunityGroup.
    """
    if not f".{group}".endswith(tuple(f".{each}" for each in _PROTECTED)):
        return
    value = (item["metadata"].get("annotations") or {}).get(_APPROVAL, "")
    if not value:
        yield required(f"metadata.annotations[{_APPROVAL}]", _UNAPPROVED)
    elif not value.startswith(("unapproved", "https://", "http://")):
        detail = 'protected groups must have approval annotation "api-approved.kubernetes.io" with either a URL or a '
        detail += 'reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111'
        yield invalid(f"metadata.annotations[{_APPROVAL}]", value, detail)


_UNAPPROVED = (
    'protected groups must have approval annotation "api-approved.kubernetes.io", '
    "see https://github.com/kubernetes/enhancements/pull/1111"
)


def definition_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a CustomResourceDefinition that replaces another.

    Once it is established its scope and kind stay as well as its group and plural.
    """
    yield from definition_faults(item)
    fixed = ["group", "names.plural"]
    conditions = at(old, "status", "conditions") or ()
    if any(each.get("type") == "Established" and each.get("status") == "True" for each in conditions):
        fixed = ["scope", "names.kind", *fixed]
    for path in fixed:
        new, known = (at(each, "spec", *path.split(".")) or "" for each in (item, old))
        if new != known:
            yield invalid(f"spec.{path}", new, IMMUTABLE)

"""Checks of the schemas in a CustomResourceDefinition, beside that they are structural: what may stand in them, and
whether their defaults and their rules fit them.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go,
validateCustomResourceDefinitionValidation, ValidateCustomResourceDefinitionOpenAPISchema, validateMapListKeysMapSet,
specStandardValidatorV3.validate; pkg/apiserver/schema/defaulting/validation.go, ValidateDefaults.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from podproof.simulator.api.custom.validating import schema_faults
from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation.schema_rules import rule_text_faults
from podproof.simulator.api.validation.structural import structural_faults
from podproof.simulator.model.custom.shaping import unknown_in
from podproof.simulator.model.custom.types import RULES, Schema, has_rules

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_UNKNOWN = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
_HEAD = ("metadata", "kind", "apiVersion")
_LIST, _KEYS, _MAP = "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"
_PRESERVE, _EMBEDDED = "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"
_AT_THE_ROOT = {
    "description": "Description", "type": "Type", "format": "Format", "title": "Title", "maximum": "Maximum",
    "exclusiveMaximum": "ExclusiveMaximum", "minimum": "Minimum", "exclusiveMinimum": "ExclusiveMinimum",
    "maxLength": "MaxLength", "minLength": "MinLength", "pattern": "Pattern", "maxItems": "MaxItems",
    "minItems": "MinItems", "uniqueItems": "UniqueItems", "multipleOf": "MultipleOf", "required": "Required",
    "items": "Items", "properties": "Properties", "externalDocs": "ExternalDocs", "example": "Example",
    _PRESERVE: "XPreserveUnknownFields", RULES: "XValidations",
}  # fmt: skip
"""What may stand at the root beside a status subresource, by its internal name."""


@dataclass(frozen=True, slots=True)
class _Around:
    """What holds around a schema: why no default may be set, that it is of metadata, what has no old version."""

    no_defaults: str | None = None
    in_head: bool = False
    uncorrelated: str = ""


def definition_schema_faults(schema: Schema, field: str, *, has_status: bool) -> Iterator[Fault]:
    """Yield what is wrong with the schema of a version; rules are looked at once all else is right."""
    if has_status:
        yield from _root_faults(schema, field)
    if schema.get("nullable"):
        yield forbidden(f"{field}.nullable", "nullable cannot be true at the root")
    wrong = list(structural_faults(schema, field)) or list(_default_faults(schema, field))
    yield from wrong
    open_faults = list(_open_faults(schema, field, _Around(), is_root=True))
    yield from open_faults
    if not wrong and has_rules(schema):
        from podproof.simulator.api.custom.compiling import compile_faults

        yield from compile_faults(schema, field, tuple(fault.field for fault in open_faults))


def _root_faults(schema: Schema, field: str) -> Iterator[Fault]:
    if schema.get("type", "") not in ("", "object"):
        detail = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
        yield invalid(f"{field}.type", schema["type"], detail)
    elif any(each for key, each in schema.items() if key not in _AT_THE_ROOT):
        names = " ".join(_AT_THE_ROOT.values())
        detail = f"only [{names}] fields are allowed at the root of the schema if the status subresource is enabled"
        yield invalid(field, dict(schema), detail)


def _default_faults(schema: Schema, field: str) -> Iterator[Fault]:
    """Yield each default that its own schema does not take."""
    if schema.get("default") is not None:
        yield from _own_default_faults(schema, schema["default"], f"{field}.default")
    if isinstance(schema.get("items"), Mapping):
        yield from _default_faults(schema["items"], f"{field}.items")
    for key, inner in (schema.get("properties") or {}).items():
        yield from _default_faults(inner, f"{field}.properties[{key}]")


def _own_default_faults(schema: Schema, value: Any, field: str) -> Iterator[Fault]:
    if unknown_in(schema, value):
        yield invalid(field, value, "must not have unknown fields")
    yield from schema_faults(schema, value, field)


def _open_faults(schema: Schema, field: str, around: _Around, *, is_root: bool = False) -> Iterator[Fault]:
    """Yield what is wrong with a schema and all inside it."""
    yield from _word_faults(schema, field, around)
    others = schema.get("additionalProperties")
    if schema.get("properties") and others is not None and others is not True:
        yield forbidden(f"{field}.additionalProperties", "additionalProperties and properties are mutual exclusive")
    if isinstance(others, Mapping):
        reason = "inside additionalProperties applying to object metadata"
        inside = replace(around, no_defaults=reason) if around.in_head else around
        yield from _open_faults(others, f"{field}.additionalProperties", inside)
    yield from _property_faults(schema, field, around, is_root)
    for key in ("not", "allOf", "oneOf", "anyOf"):
        for place, each in _alternatives(schema, key):
            yield from _open_faults(each, f"{field}.{place}", around)
    items = schema.get("items")
    if isinstance(items, Mapping):
        inside = around if schema.get(_LIST) == "map" else _uncorrelated(around, field)
        yield from _open_faults(items, f"{field}.items", inside)
    yield from _extension_faults(schema, field)
    yield from rule_text_faults(schema, field)


def _property_faults(schema: Schema, field: str, around: _Around, is_root: bool) -> Iterator[Fault]:
    inside = _uncorrelated(around, field) if schema.get(_MAP) == "atomic" else around
    for key, inner in (schema.get("properties") or {}).items():
        own = inside
        if (is_root or schema.get(_EMBEDDED)) and key in _HEAD:
            own = replace(own, in_head=True, no_defaults=f"in top-level {key}" if is_root else own.no_defaults)
        yield from _open_faults(inner, f"{field}.properties[{key}]", own)


def _uncorrelated(around: _Around, field: str) -> _Around:
    return around if around.uncorrelated else replace(around, uncorrelated=field)


def _alternatives(schema: Schema, key: str) -> Iterator[tuple[str, Schema]]:
    found = schema.get(key)
    if isinstance(found, Mapping):
        yield key, found
    for index, each in enumerate(found if isinstance(found, list) else ()):
        yield f"{key}[{index}]", each


def _word_faults(schema: Schema, field: str, around: _Around) -> Iterator[Fault]:
    kind = schema.get("type") or ""
    if kind and kind not in _TYPES:
        yield unsupported(f"{field}.type", kind, _TYPES)
    if schema.get("default") is not None and around.no_defaults is not None:
        yield forbidden(f"{field}.default", f"must not be set {around.no_defaults}".rstrip())
    for key in _UNKNOWN:
        if schema.get(key):
            yield forbidden(f"{field}.{key}", f"{key} is not supported")
    if kind == "null":
        yield forbidden(f"{field}.type", "type cannot be set to null, use nullable as an alternative")
    if isinstance(schema.get("items"), list):
        yield forbidden(f"{field}.items", "items must be a schema object and not an array")
    if around.in_head and schema.get(_EMBEDDED):
        yield forbidden(f"{field}.{_EMBEDDED}", "must not be used inside of resource meta")
    if schema.get("uniqueItems"):
        detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        yield forbidden(f"{field}.uniqueItems", detail)


def _extension_faults(schema: Schema, field: str) -> Iterator[Fault]:
    if schema.get(_PRESERVE) is False:
        yield invalid(f"{field}.{_PRESERVE}", False, "must be true or undefined")
    yield from _wants_type(schema, _MAP, "object", field)
    if schema.get(_MAP) not in (None, "atomic", "granular"):
        yield unsupported(f"{field}.{_MAP}", schema[_MAP], ("atomic", "granular"))
    wrong = list(_wants_type(schema, _LIST, "array", field))
    yield from wrong or _set_faults(schema, f"{field}.items")
    if schema.get(_LIST) not in (None, "atomic", "set", "map"):
        yield unsupported(f"{field}.{_LIST}", schema[_LIST], ("atomic", "set", "map"))
    if schema.get(_KEYS) and schema.get(_LIST) != "map":
        detail = f"must be map if {_KEYS} is non-empty"
        form = schema.get(_LIST)
        yield invalid(f"{field}.{_LIST}", form, detail) if form else required(f"{field}.{_LIST}", detail)
    if schema.get(_LIST) == "map":
        yield from _map_faults(schema, field)
    yield from _item_faults(schema, field)


def _wants_type(schema: Schema, extension: str, wanted: str, field: str) -> Iterator[Fault]:
    kind = schema.get("type") or ""
    if schema.get(extension) is not None and kind != wanted:
        detail = f"must be {wanted} if {extension} is specified"
        yield invalid(f"{field}.type", kind, detail) if kind else required(f"{field}.type", detail)


def _set_faults(schema: Schema, field: str) -> Iterator[Fault]:
    items = schema.get("items")
    if schema.get(_LIST) != "set" or not isinstance(items, Mapping):
        return
    detail, form = f"must be atomic as item of a list with {_LIST}=set", items.get(_LIST)
    if items.get("type") == "array" and form not in (None, "atomic"):
        yield invalid(f"{field}.{_LIST}", form, detail)
    if items.get("type") == "object" and items.get(_MAP) != "atomic":
        yield invalid(f"{field}.{_MAP}", form, detail)


def _map_faults(schema: Schema, field: str) -> Iterator[Fault]:
    keys, items = schema.get(_KEYS) or [], schema.get("items")
    if not keys:
        yield required(f"{field}.{_KEYS}", f"must not be empty if {_LIST} is map")
    if items is None:
        yield required(f"{field}.items", f"must have a schema if {_LIST} is map")
    elif not isinstance(items, Mapping):
        yield invalid(f"{field}.items", items, f"must only have a single schema if {_LIST} is map")
    elif items.get("type") != "object":
        yield invalid(f"{field}.items.type", items.get("type", ""), f"must be object if parent array's {_LIST} is map")
    else:
        for index, key in enumerate(keys):
            known = (items.get("properties") or {}).get(key)
            if known is None:
                yield invalid(f"{field}.{_KEYS}", list(keys), "entries must all be names of item properties")
            elif known.get("type") in ("array", "object"):
                detail = f"must be a scalar type if parent array's {_LIST} is map"
                yield invalid(f"{field}.items.properties[{key}].type", "object", detail)
            if key in keys[:index]:
                yield invalid(f"{field}.{_KEYS}", list(keys), "must not contain duplicate entries")


def _item_faults(schema: Schema, field: str) -> Iterator[Fault]:
    """Yield why the items of a set or a map cannot be told apart."""
    form, items = schema.get(_LIST), schema.get("items")
    if form not in ("set", "map") or not isinstance(items, Mapping):
        return
    if items.get("nullable"):
        yield forbidden(f"{field}.items.nullable", f"cannot be nullable when {_LIST} is {form}")
    for key in (schema.get(_KEYS) or ()) if form == "map" else ():
        known, place = (items.get("properties") or {}).get(key), f"{field}.items.properties[{key}]"
        if known is None:
            continue
        if key not in (items.get("required") or ()) and known.get("default") is None:
            detail = f"this property is in {_KEYS}, so it must have a default or be a required property"
            yield required(f"{place}.default", detail)
        if known.get("nullable"):
            yield forbidden(f"{place}.nullable", f"this property is in {_KEYS}, so it cannot be nullable")

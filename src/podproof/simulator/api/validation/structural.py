"""Checks of the schemas in a CustomResourceDefinition: whether they are structural.

Approximated: that what anyOf, allOf, oneOf and not speak of is specified outside of them too is not checked.
Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/validation.go; pkg/apis/apiextensions/
validation/validation.go, ValidateCustomResourceDefinitionOpenAPISchema.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from podproof.simulator.api.custom.validating import compiled
from podproof.simulator.api.faults import Fault, forbidden, invalid, required, unsupported
from podproof.simulator.model.custom.types import Schema

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_LIST_TYPES = ("atomic", "map", "set")
_EMPTY = {
    "root": "must not be empty at the root",
    "item": "must not be empty for specified array items",
    "field": "must not be empty for specified object fields",
}
_ABSENT = ("$ref", "definitions", "dependencies", "patternProperties", "additionalItems", "id", "$schema")
_PRESERVE, _INT_OR_STRING = "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string"
_EMBEDDED, _LIST_TYPE, _LIST_KEYS = (
    "x-kubernetes-embedded-resource",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
)
_EITHER = [{"type": "integer"}, {"type": "string"}]
_MUST_BE_OBJECT = f"must be object if {_EMBEDDED} is true"
_NESTED = (
    ("type", "empty"), ("default", "undefined"), ("title", "empty"), ("description", "empty"), ("nullable", "false"),
    ("externalDocs", "undefined"), ("additionalProperties", "undefined"), (_PRESERVE, "false"), (_EMBEDDED, "false"),
    (_INT_OR_STRING, "false"), (_LIST_KEYS, "empty"), (_LIST_TYPE, "undefined"),
    ("x-kubernetes-map-type", "undefined"), ("x-kubernetes-validations", "empty"),
)  # fmt: skip
"""What may not stand inside anyOf, allOf, oneOf and not, and how it has to be instead."""


def structural_faults(schema: Schema, field: str) -> Iterator[Fault]:
    """Yield what keeps a schema from being structural, in the order of the API server: by its text."""
    yield from sorted(_faults(schema, field, "root"), key=str)


def _faults(schema: Schema, field: str, level: str) -> Iterator[Fault]:
    yield from _type_faults(schema, field, level)
    yield from _extension_faults(schema, field)
    yield from _list_faults(schema, field)
    for key in _ABSENT:
        if schema.get(key):
            yield forbidden(f"{field}.{key}", f"{key} is not supported")
    if schema.get("uniqueItems"):
        detail = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        yield forbidden(f"{field}.uniqueItems", detail)
    yield from _member_faults(schema, field, level)
    yield from _value_faults(schema, field, _is_either(schema))


def _type_faults(schema: Schema, field: str, level: str) -> Iterator[Fault]:
    kind = schema.get("type") or ""
    if kind and kind not in _TYPES:
        yield unsupported(f"{field}.type", kind, _TYPES)
    if schema.get(_EMBEDDED) and kind != "object":
        yield invalid(f"{field}.type", kind, _MUST_BE_OBJECT) if kind else required(f"{field}.type", _MUST_BE_OBJECT)
    elif not kind and not schema.get(_INT_OR_STRING) and not schema.get(_PRESERVE):
        yield required(f"{field}.type", _EMPTY[level])
    if level == "root" and kind and kind != "object":
        yield invalid(f"{field}.type", kind, "must be object at the root")
    if schema.get("nullable") and level == "root":
        yield forbidden(f"{field}.nullable", "nullable cannot be true at the root")


def _extension_faults(schema: Schema, field: str) -> Iterator[Fault]:
    if schema.get(_INT_OR_STRING):
        for key in (_PRESERVE, _EMBEDDED):
            if schema.get(key):
                yield invalid(f"{field}.{key}", True, f"must be false if {_INT_OR_STRING} is true")
    if _PRESERVE in schema and schema[_PRESERVE] is False:
        yield invalid(f"{field}.{_PRESERVE}", False, "must be true or undefined")
    if schema.get(_EMBEDDED):
        if schema.get("additionalProperties") is not None:
            yield forbidden(f"{field}.additionalProperties", f"must not be used if {_EMBEDDED} is set")
        if not schema.get(_PRESERVE) and not schema.get("properties"):
            detail = f"must not be empty if {_EMBEDDED} is true without {_PRESERVE}"
            yield required(f"{field}.properties", detail)


def _list_faults(schema: Schema, field: str) -> Iterator[Fault]:
    kind, form, keys = schema.get("type"), schema.get(_LIST_TYPE), schema.get(_LIST_KEYS) or ()
    if kind == "array" and schema.get("items") is None:
        yield required(f"{field}.items", "must be specified")
    if isinstance(schema.get("items"), list):
        yield forbidden(f"{field}.items", "items must be a schema object and not an array")
    if form is not None and kind != "array":
        detail = f"must be array if {_LIST_TYPE} is set"
        yield invalid(f"{field}.type", kind, detail) if kind else required(f"{field}.type", detail)
    if form is not None and form not in _LIST_TYPES:
        yield unsupported(f"{field}.{_LIST_TYPE}", form, _LIST_TYPES)
    if keys and form != "map":
        yield from _map_wanted(form, field)
    if form == "map":
        yield from _key_faults(schema, keys, field)


def _map_wanted(form: str | None, field: str) -> Iterator[Fault]:
    detail = f"must be map if {_LIST_KEYS} is non-empty"
    yield invalid(f"{field}.{_LIST_TYPE}", form, detail) if form else required(f"{field}.{_LIST_TYPE}", detail)


def _key_faults(schema: Schema, keys: Any, field: str) -> Iterator[Fault]:
    if not keys:
        yield required(f"{field}.{_LIST_KEYS}", f"must not be empty if {_LIST_TYPE} is map")
    items = schema.get("items")
    known = (items.get("properties") or {}) if isinstance(items, Mapping) else {}
    for index, key in enumerate(keys):
        if key not in known:
            detail = "entries must all be names of item properties"
            yield invalid(f"{field}.{_LIST_KEYS}[{index}]", key, detail)


def _member_faults(schema: Schema, field: str, level: str) -> Iterator[Fault]:
    others = schema.get("additionalProperties")
    if others is not None and level == "root":
        yield forbidden(f"{field}.additionalProperties", "must not be used at the root")
    if others is not None and others is not False and schema.get("properties"):
        yield forbidden(f"{field}.additionalProperties", "additionalProperties and properties are mutual exclusive")
    if others is False:
        yield forbidden(f"{field}.additionalProperties", "additionalProperties cannot be set to false")
    if isinstance(others, Mapping):
        yield from _faults(others, f"{field}.additionalProperties", "field")
    if isinstance(schema.get("items"), Mapping):
        yield from _faults(schema["items"], f"{field}.items", "item")
    for key, inner in (schema.get("properties") or {}).items():
        if level == "root" and key == "metadata":
            yield from _metadata_faults(inner, f"{field}.properties[metadata]")
        else:
            yield from _faults(inner, f"{field}.properties[{key}]", "field")


def _metadata_faults(schema: Schema, field: str) -> Iterator[Fault]:
    if schema.get("type") != "object":
        yield invalid(f"{field}.type", schema.get("type", ""), "must be object")
    if {*(schema.get("properties") or {})} - {"name", "generateName"}:
        detail = "must not specify anything other than name and generateName, but metadata is implicitly specified"
        yield forbidden(field, detail)


def _is_either(schema: Schema) -> bool:
    """Say whether anyOf only repeats what int-or-string means."""
    return bool(schema.get(_INT_OR_STRING)) and schema.get("anyOf") == _EITHER


def _value_faults(schema: Schema, field: str, skips_any: bool) -> Iterator[Fault]:
    for key in ("anyOf", "allOf", "oneOf"):
        if key == "anyOf" and skips_any:
            continue
        for index, each in enumerate(schema.get(key) or ()):
            skips = key == "allOf" and index == 0 and each.get("anyOf") == _EITHER
            yield from _nested_faults(each, f"{field}.{key}[{index}]", skips)
    if schema.get("not") is not None:
        yield from _nested_faults(schema["not"], f"{field}.not", skips_any=False)
    if pattern := schema.get("pattern"):
        try:
            compiled(pattern)
        except re.error as error:
            detail = f"must be a valid regular expression, but isn't: error parsing regexp: {error}"
            yield invalid(f"{field}.pattern", pattern, detail)


def _nested_faults(schema: Schema, field: str, skips_any: bool) -> Iterator[Fault]:
    for key, word in _NESTED:
        if schema.get(key):
            yield forbidden(f"{field}.{key}", f"must be {word} to be structural")
    if "metadata" in (schema.get("properties") or {}):
        yield forbidden(f"{field}.properties[metadata]", "must not be specified in a nested context")
    yield from _value_faults(schema, field, skips_any)
    if isinstance(schema.get("items"), Mapping):
        yield from _nested_faults(schema["items"], f"{field}.items", skips_any=False)
    for key, inner in (schema.get("properties") or {}).items():
        yield from _nested_faults(inner, f"{field}.properties[{key}]", skips_any=False)

"""Checks of the schemas in a CustomResourceDefinition: whether they are structural.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{validation.go, complete.go}.
"""

import re
from collections.abc import Iterator, Mapping

from podproof.simulator.api.custom.validating import compiled
from podproof.simulator.api.faults import Fault, forbidden, invalid, required
from podproof.simulator.model.custom.types import Schema

_EMPTY = {
    "root": "must not be empty at the root",
    "item": "must not be empty for specified array items",
    "field": "must not be empty for specified object fields",
}
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
    yield from _member_faults(schema, field, level)
    yield from _value_faults(schema, field, _is_either(schema))
    yield from _incomplete(schema, schema, field, field)


def _type_faults(schema: Schema, field: str, level: str) -> Iterator[Fault]:
    kind = schema.get("type") or ""
    if kind == "array" and schema.get("items") is None:
        yield required(f"{field}.items", "must be specified")
    if schema.get(_EMBEDDED) and kind != "object":
        yield invalid(f"{field}.type", kind, _MUST_BE_OBJECT) if kind else required(f"{field}.type", _MUST_BE_OBJECT)
    elif not kind and not schema.get(_INT_OR_STRING) and not schema.get(_PRESERVE):
        yield required(f"{field}.type", _EMPTY[level])
    if level == "root" and kind and kind != "object":
        yield invalid(f"{field}.type", kind, "must be object at the root")


def _extension_faults(schema: Schema, field: str) -> Iterator[Fault]:
    if schema.get(_INT_OR_STRING):
        for key in (_PRESERVE, _EMBEDDED):
            if schema.get(key):
                yield invalid(f"{field}.{key}", True, f"must be false if {_INT_OR_STRING} is true")
    if schema.get(_EMBEDDED):
        if schema.get("additionalProperties") is not None:
            yield forbidden(f"{field}.additionalProperties", f"must not be used if {_EMBEDDED} is set")
        if not schema.get(_PRESERVE) and not schema.get("properties"):
            detail = f"must not be empty if {_EMBEDDED} is true without {_PRESERVE}"
            yield required(f"{field}.properties", detail)


def _member_faults(schema: Schema, field: str, level: str) -> Iterator[Fault]:
    others = schema.get("additionalProperties")
    if others is not None and level == "root":
        yield forbidden(f"{field}.additionalProperties", "must not be used at the root")
    if isinstance(others, Mapping):
        yield from _faults(others, f"{field}.additionalProperties", "field")
    if isinstance(schema.get("items"), Mapping):
        yield from _faults(schema["items"], f"{field}.items", "item")
    for key, inner in (schema.get("properties") or {}).items():
        yield from _faults(inner, f"{field}.properties[{key}]", "field")
    if level == "root" or schema.get(_EMBEDDED):
        yield from _head_faults(schema.get("properties") or {}, f"{field}.properties", level)


def _head_faults(properties: Mapping[str, Schema], field: str, level: str) -> Iterator[Fault]:
    """Yield what is wrong with the schemas of what every resource has."""
    for key, wanted in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
        if key in properties and properties[key].get("type", "") != wanted:
            yield invalid(f"{field}[{key}].type", properties[key].get("type", ""), f"must be {wanted}")
    meta = properties.get("metadata")
    if meta is not None and level == "root" and not _is_free(meta):
        detail = "must not specify anything other than name and generateName, but metadata is implicitly specified"
        yield forbidden(f"{field}[metadata]", detail)


def _is_free(meta: Schema) -> bool:
    """Say whether a schema of metadata restricts names alone."""
    names = {*(meta.get("properties") or {})} <= {"name", "generateName"}
    return names and not {*meta} - {"type", "properties", "default"}


def _incomplete(values: Schema, schema: Schema | None, field: str, said: str) -> Iterator[Fault]:
    """Yield each field that allOf, anyOf, oneOf or not speak of, and the schema around them does not know."""
    if values.get("not") is not None:
        yield from _incomplete_inside(values["not"], schema, field, f"{said}.not")
    for key in ("allOf", "anyOf", "oneOf"):
        for index, each in enumerate(values.get(key) or ()):
            yield from _incomplete_inside(each, schema, field, f"{said}.{key}[{index}]")


def _incomplete_inside(values: Schema, schema: Schema | None, field: str, said: str) -> Iterator[Fault]:
    if schema is None:
        yield required(field, f"because it is defined in {said}")
        return
    yield from _incomplete(values, schema, field, said)
    if isinstance(values.get("items"), Mapping):
        yield from _incomplete_inside(values["items"], schema.get("items"), f"{field}.items", f"{said}.items")
    known = schema.get("properties") or {}
    for key, inner in (values.get("properties") or {}).items():
        place = f"properties[{key}]"
        yield from _incomplete_inside(inner, known.get(key), f"{field}.{place}", f"{said}.{place}")


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

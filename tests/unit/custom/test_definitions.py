"""Schemas that are not structural, each fault at its place."""

from typing import Any

import pytest

from podproof.simulator.api.validation.schemas import definition_schema_faults
from podproof.simulator.model.custom.types import RULES

TEXT = {"type": "string"}


def spec(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a structural schema": (spec(a=TEXT), []),
    "no type at the root": ({}, ["s.type: Required value: must not be empty at the root"]),
    "a list at the root": ({"type": "array", "items": TEXT}, [
        's.type: Invalid value: "array": must be object at the root']),
    "no type of a field": (spec(a={}), [
        "s.properties[a].type: Required value: must not be empty for specified object fields"]),
    "no type of an item": (spec(a={"type": "array", "items": {}}), [
        "s.properties[a].items.type: Required value: must not be empty for specified array items"]),
    "a list without items": (spec(a={"type": "array"}), ["s.properties[a].items: Required value: must be specified"]),
    "a type there is not": (spec(a={"type": "text"}), [
        's.properties[a].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", '
        '"object", "string"']),
    "int-or-string needs no type": (spec(a={
        "x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}), []),
    "what is kept needs no type": (spec(a={"x-kubernetes-preserve-unknown-fields": True}), []),
    "a type inside anyOf": (spec(a={**TEXT, "anyOf": [{"type": "string"}]}), [
        "s.properties[a].anyOf[0].type: Forbidden: must be empty to be structural"]),
    "a default inside not": (spec(a={**TEXT, "not": {"default": "x"}}), [
        "s.properties[a].not.default: Forbidden: must be undefined to be structural"]),
    "labels of the object": (spec(metadata=spec(labels={"type": "object"})), [
        "s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but "
        "metadata is "
        "implicitly specified"]),
    "the object's name may be restricted": (spec(metadata=spec(name=TEXT)), []),
    "a pattern that is none": (spec(a={**TEXT, "pattern": "("}), [
        's.properties[a].pattern: Invalid value: "(": must be a valid regular expression, but isn\'t: error parsing '
        "regexp: missing ), unterminated subpattern at position 0"]),
    "an embedded resource that is no object": (spec(a={"x-kubernetes-embedded-resource": True, **TEXT}), [
        's.properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is '
        'true without '
        "x-kubernetes-preserve-unknown-fields",
        's.properties[a].type: Invalid value: "string": must be object if x-kubernetes-embedded-resource is true']),
    "a map without keys": (spec(a={"type": "array", "items": spec(), "x-kubernetes-list-type": "map"}), [
        "s.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if "
        "x-kubernetes-list-type is map"]),
    "both properties and others": (spec(a={**spec(b=TEXT), "additionalProperties": TEXT}), [
        "s.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"]),
    "anyOf speaks of what is not there": (
        spec(a={**spec(b=TEXT), "anyOf": [{"properties": {"c": {"minLength": 1}}}]}), [
        "s.properties[a].properties[c]: Required value: because it is defined in s.properties[a].anyOf[0].properties[c]"
    ]),
    "a default of another type": (spec(a={**TEXT, "default": 5}), [
        's.properties[a].default: Invalid value: "integer": s.properties[a].default in body must be of type string: '
        '"integer"']),
    "a default with more than is known": (spec(a={**spec(b=TEXT), "default": {"c": 1}}), [
        's.properties[a].default: Invalid value: {"c":1}: must not have unknown fields']),
    "a default of metadata": (spec(metadata=spec(name={**TEXT, "default": "x"})), [
        "s.properties[metadata].properties[name].default: Forbidden: must not be set in top-level metadata"]),
    "a set of objects that are no values": (
        spec(a={"type": "array", "items": spec(b=TEXT), "x-kubernetes-list-type": "set"}), [
            "s.properties[a].items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with "
            "x-kubernetes-list-type=set"]),
    "a map whose key may be absent": (spec(a={"type": "array", "items": spec(b=TEXT), "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["b"]}), [
            "s.properties[a].items.properties[b].default: Required value: this property is in "
            "x-kubernetes-list-map-keys, so it must have a default or be a required property"]),
    "a map whose key is no field": (spec(a={"type": "array", "items": spec(b=TEXT), "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["c"]}), [
            's.properties[a].x-kubernetes-list-map-keys: Invalid value: ["c"]: entries must all be names of item '
            "properties"]),
    "a list type of what is no list": (spec(a={**TEXT, "x-kubernetes-list-type": "map"}), [
        's.properties[a].type: Invalid value: "string": must be array if x-kubernetes-list-type is specified',
        "s.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is "
        "map",
        "s.properties[a].items: Required value: must have a schema if x-kubernetes-list-type is map"]),
    "a reason there is not": (spec(a={**TEXT, RULES: [{"rule": "true", "reason": "Because"}]}), [
        's.properties[a].x-kubernetes-validations[0].reason: Unsupported value: "Because": supported values: '
        '"FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"']),
    "a rule of several lines without a message": (spec(a={**TEXT, RULES: [{"rule": "true\n"  "&& true"}]}), [
        "s.properties[a].x-kubernetes-validations[0].message: Required value: message must be specified if rule "
        "contains line breaks"]),
    "a rule about a field that is not there": (spec(a={**spec(b=TEXT), RULES: [{"rule": "true", "fieldPath": ".c"}]}), [
        's.properties[a].x-kubernetes-validations[0].fieldPath: Invalid value: ".c": fieldPath must be a valid path']),
    "every fault is told": (spec(a={}, b={"type": "array"}), [
        "s.properties[a].type: Required value: must not be empty for specified object fields",
        "s.properties[b].items: Required value: must be specified"]),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "told"), CASES.values(), ids=CASES.keys())
def test_what_is_not_structural(schema: dict[str, Any], told: list[str]) -> None:
    assert [str(fault) for fault in definition_schema_faults(schema, "s", has_status=False)] == told

"""Schemas that are not structural, each fault at its place."""

from typing import Any

import pytest

from podproof.simulator.api.validation.structural import structural_faults

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
    "every fault is told": (spec(a={}, b={"type": "array"}), [
        "s.properties[a].type: Required value: must not be empty for specified object fields",
        "s.properties[b].items: Required value: must be specified"]),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "told"), CASES.values(), ids=CASES.keys())
def test_what_is_not_structural(schema: dict[str, Any], told: list[str]) -> None:
    assert [str(fault) for fault in structural_faults(schema, "s")] == told

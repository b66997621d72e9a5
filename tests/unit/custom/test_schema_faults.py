"""What is wrong with a value by its schema: each fault at its field, in the API server's words."""

from typing import Any

import pytest

from podproof.simulator.api.custom.lists import list_faults
from podproof.simulator.api.custom.validating import NEW, schema_faults

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
MAP = {
    "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
    "items": {"type": "object", "properties": {"name": TEXT, "size": {**WHOLE, "maximum": 3}}},
}  # fmt: skip

CASES: dict[str, tuple[dict[str, Any], Any, list[str]]] = {
    "a value that fits": ({**TEXT, "minLength": 1}, "a", []),
    "a number where a text belongs": (TEXT, 5, [
        'a: Invalid value: "integer": a in body must be of type string: "integer"']),
    "a fraction where a whole number belongs": (WHOLE, 1.5, [
        'a: Invalid value: "number": a in body must be of type integer: "number"']),
    "a whole number written as a fraction": (WHOLE, 3.0, []),
    "a whole number is a number": ({"type": "number"}, 3, []),
    "yes is no whole number": (WHOLE, True, [
        'a: Invalid value: "boolean": a in body must be of type integer: "boolean"']),
    "null where it may not be": (TEXT, None, [
        'a: Invalid value: "null": a in body must be of type string: "null"']),
    "null where it may be": ({**TEXT, "nullable": True}, None, []),
    "int-or-string takes both": ({"x-kubernetes-int-or-string": True}, "50%", []),
    "int-or-string takes no list": ({"x-kubernetes-int-or-string": True}, [], [
        'a: Invalid value: "array": a in body must be of type integer,string: "array"']),
    "above the maximum": ({**WHOLE, "maximum": 10}, 99, [
        "a: Invalid value: 99: a in body should be less than or equal to 10"]),
    "at an exclusive minimum": ({"type": "number", "minimum": 0.5, "exclusiveMinimum": True}, 0.5, [
        "a: Invalid value: 0.5: a in body should be greater than 0.5"]),
    "no multiple": ({**WHOLE, "multipleOf": 2}, 5, ["a: Invalid value: 5: a in body should be a multiple of 2"]),
    "a text too long": ({**TEXT, "maxLength": 2}, "abc", ["a: Too long: may not be more than 2 bytes"]),
    "a text too short": ({**TEXT, "minLength": 2}, "a", [
        'a: Invalid value: "a": a in body should be at least 2 chars long']),
    "a text that does not match": ({**TEXT, "pattern": r"^\d+$"}, "x", [
        "a: Invalid value: \"x\": a in body should match '^\\d+$'"]),
    "a pattern need not match the whole text": ({**TEXT, "pattern": "b"}, "abc", []),
    "none of the values there are": ({**TEXT, "enum": ["red", "green"]}, "blue", [
        'a: Unsupported value: "blue": supported values: "red", "green"']),
    "yes is not the number one": ({"enum": [1]}, True, ['a: Unsupported value: true: supported values: "1"']),
    "a date that is none": ({**TEXT, "format": "date"}, "2026-02-30", [
        'a: Invalid value: "2026-02-30": a in body must be of type date: "2026-02-30"']),
    "a format that nobody knows": ({**TEXT, "format": "colour"}, "x", []),
    "a list too long": ({"type": "array", "maxItems": 1, "items": TEXT}, ["a", "b"], [
        "a: Too many: 2: must have at most 1 item"]),
    "a list too short": ({"type": "array", "minItems": 1, "items": TEXT}, [], [
        "a: Invalid value: []: a in body should have at least 1 items"]),
    "an item that does not fit": ({"type": "array", "items": TEXT}, ["a", 1], [
        'a[1]: Invalid value: "integer": a[1] in body must be of type string: "integer"']),
    "a field that is missing": ({"type": "object", "required": ["b"]}, {}, ["a.b: Required value"]),
    "too few members": ({"type": "object", "minProperties": 1}, {}, [
        "a: Invalid value: {}: a in body should have at least 1 properties"]),
    "too many members": ({"type": "object", "maxProperties": 1}, {"b": 1, "c": 2}, [
        "a: Too many: 2: must have at most 1 item"]),
    "a member of a map": ({"type": "object", "additionalProperties": WHOLE}, {"b": "x"}, [
        'a.b: Invalid value: "string": a.b in body must be of type integer: "string"']),
    "every fault is told": (
        {"type": "object", "required": ["b"], "properties": {"c": WHOLE, "d": {**TEXT, "enum": ["x"]}}},
        {"c": "x", "d": "y"},
        ["a.b: Required value", 'a.c: Invalid value: "string": a.c in body must be of type integer: "string"',
         'a.d: Unsupported value: "y": supported values: "x"']),
    "every one of allOf": ({"allOf": [{"minimum": 3}, {"multipleOf": 2}]}, 1, [
        "a: Invalid value: 1: a in body should be greater than or equal to 3",
        "a: Invalid value: 1: a in body should be a multiple of 2"]),
    "one of anyOf is enough": ({"anyOf": [{"minimum": 3}, {"maximum": 1}]}, 1, []),
    "none of anyOf": ({"anyOf": [{"minimum": 3}, {"minimum": 4}]}, 1, [
        '<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)',
        "a: Invalid value: 1: a in body should be greater than or equal to 3"]),
    "two of oneOf": ({"oneOf": [{"minimum": 1}, {"minimum": 2}]}, 2, [
        '<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives']),
    "what may not be": ({"not": {"enum": ["x"]}}, "x", [
        '<nil>: Invalid value: "": "a" must not validate the schema (not)']),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "value", "told"), CASES.values(), ids=CASES.keys())
def test_schema_faults(schema: dict[str, Any], value: Any, told: list[str]) -> None:
    assert [str(fault) for fault in schema_faults(schema, value, "a")] == told


UPDATES: dict[str, tuple[dict[str, Any], Any, Any, list[str]]] = {
    "what was wrong before and stays is let be": ({"type": "object", "properties": {"b": WHOLE, "c": TEXT}},
        {"b": "x", "c": "old"}, {"b": "x", "c": "new"}, []),
    "what was wrong before and changes is told": ({"type": "object", "properties": {"b": {**WHOLE, "maximum": 3}}},
        {"b": 5}, {"b": 6}, ["a.b: Invalid value: 6: a.b in body should be less than or equal to 3"]),
    "an item of a map is known by its key": (MAP,
        [{"name": "x", "size": 9}], [{"name": "y", "size": 1}, {"name": "x", "size": 9}], []),
    "an item of a plain list is new": ({"type": "array", "items": {**WHOLE, "maximum": 3}},
        [9], [9, 1], ["a[0]: Invalid value: 9: a[0] in body should be less than or equal to 3"]),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "old", "new", "told"), UPDATES.values(), ids=UPDATES.keys())
def test_only_what_changes_is_checked_again(schema: dict[str, Any], old: Any, new: Any, told: list[str]) -> None:
    assert [str(fault) for fault in schema_faults(schema, new, "a", old)] == told


def test_what_is_new_is_checked_whole() -> None:
    assert [str(fault) for fault in schema_faults(WHOLE, "x", "a", NEW)]


LISTS: dict[str, tuple[dict[str, Any], Any, list[str]]] = {
    "a set holds nothing twice": (
        {"x-kubernetes-list-type": "set", "items": TEXT}, ["x", "y", "x"], ['a[2]: Duplicate value: "x"']),
    "a map holds no key twice": (MAP, [{"name": "x"}, {"name": "x", "size": 1}],
        ['a[1]: Duplicate value: {"name":"x"}']),
    "a plain list may": ({"items": TEXT}, ["x", "x"], []),
    "a set deep inside": ({"properties": {"b": {"x-kubernetes-list-type": "set", "items": WHOLE}}}, {"b": [1, 1]},
        ["a.b[1]: Duplicate value: 1"]),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "value", "told"), LISTS.values(), ids=LISTS.keys())
def test_lists_that_are_sets_or_maps(schema: dict[str, Any], value: Any, told: list[str]) -> None:
    assert [str(fault) for fault in list_faults(schema, value, "a")] == told

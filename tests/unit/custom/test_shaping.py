"""What a schema takes from a value, and what it adds."""

from typing import Any

import pytest

from podproof.simulator.model.custom.shaping import default, pruned

TEXT = {"type": "string"}


def whole(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


PRUNED: dict[str, tuple[dict[str, Any], Any, Any, tuple[str, ...]]] = {
    "what the schema knows stays": (whole(a=TEXT), {"a": "x"}, {"a": "x"}, ()),
    "what it does not know goes": (whole(a=TEXT), {"a": "x", "b": 1}, {"a": "x"}, ("b",)),
    "deep inside, too": (whole(a=whole(b=TEXT)), {"a": {"c": 1}}, {"a": {}}, ("a.c",)),
    "in the items of a list": (
        whole(a={"type": "array", "items": whole(b=TEXT)}), {"a": [{"b": "x", "c": 1}]}, {"a": [{"b": "x"}]},
        ("a[0].c",)),
    "the values of a map stay": (
        whole(a={"type": "object", "additionalProperties": TEXT}), {"a": {"x": "y"}}, {"a": {"x": "y"}}, ()),
    "preserve-unknown-fields keeps all": (
        whole(a={"type": "object", "x-kubernetes-preserve-unknown-fields": True}), {"a": {"x": {"y": 1}}},
        {"a": {"x": {"y": 1}}}, ()),
    "but not inside what it knows": (
        whole(a={**whole(b=whole()), "x-kubernetes-preserve-unknown-fields": True}), {"a": {"b": {"c": 1}, "d": 2}},
        {"a": {"b": {}, "d": 2}}, ("a.b.c",)),
    "an embedded resource keeps its head": (
        whole(a={**whole(spec=whole()), "x-kubernetes-embedded-resource": True}),
        {"a": {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x"}, "spec": {"y": 1}, "z": 1}},
        {"a": {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "x"}, "spec": {}}}, ("a.spec.y", "a.z")),
    "the object's own head stays": (whole(), {"kind": "X", "apiVersion": "v1", "metadata": {}}, {
        "kind": "X", "apiVersion": "v1", "metadata": {}}, ()),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "value", "left", "unknown"), PRUNED.values(), ids=PRUNED.keys())
def test_pruning(schema: dict[str, Any], value: Any, left: Any, unknown: tuple[str, ...]) -> None:
    assert pruned(schema, value) == (left, unknown)


DEFAULTED: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "what is left out": (whole(a={**TEXT, "default": "x"}), {}, {"a": "x"}),
    "what is said stays": (whole(a={**TEXT, "default": "x"}), {"a": ""}, {"a": ""}),
    "inside what is not there nothing": (whole(a=whole(b={"default": 1})), {}, {}),
    "inside what a default made": (whole(a={**whole(b={"default": 1}), "default": {}}), {}, {"a": {"b": 1}}),
    "in each item of a list": (
        whole(a={"type": "array", "items": whole(b={"default": 1})}), {"a": [{}, {"b": 2}]}, {"a": [{"b": 1},
        {"b": 2}]}),
    "in each value of a map": (
        whole(a={"type": "object", "additionalProperties": whole(b={"default": 1})}), {"a": {"x": {}}},
        {"a": {"x": {"b": 1}}}),
    "null counts as left out": (whole(a={**TEXT, "default": "x"}), {"a": None}, {"a": "x"}),
    "null goes where nothing takes its place": (whole(a=TEXT), {"a": None}, {}),
    "null stays where it may be": (whole(a={**TEXT, "nullable": True, "default": "x"}), {"a": None}, {"a": None}),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "value", "completed"), DEFAULTED.values(), ids=DEFAULTED.keys())
def test_defaulting(schema: dict[str, Any], value: Any, completed: Any) -> None:
    default(schema, value)

    assert value == completed

"""Server-side apply of custom objects: their schema says what merges, and by which keys."""

from typing import Any

import pytest

from podproof.simulator.kernel.requests import Request, Response
from podproof.simulator.world import World
from tests.unit.custom.crontabs import CRONTABS, crontab, definition, world_with

TEXT = {"type": "string"}
STEP = {"type": "object", "required": ["name"], "properties": {
    "name": TEXT, "run": TEXT, "on": {**TEXT, "default": "Linux"}}}  # fmt: skip
BY_KEY = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "on"]}
SCHEMA = {
    "type": "object",
    "properties": {
        "steps": {"type": "array", "items": STEP, **BY_KEY},
        "tags": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
        "order": {"type": "array", "items": TEXT},
        "labels": {"type": "object", "additionalProperties": TEXT},
        "whole": {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "x-kubernetes-map-type": "atomic"},
        "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}


@pytest.fixture
def world() -> World:
    return world_with(definition(SCHEMA))


def applied(world: World, manager: str, force: bool = False, **spec: Any) -> Response:
    params = {"patchType": "apply", "fieldManager": manager, **({"force": "true"} if force else {})}
    return world.handle(Request("patch", CRONTABS, "default", "mine", body=crontab(**spec), params=params))


BESIDE: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "items of a map stand beside each other": (
        {"steps": [{"name": "a", "run": "x"}]}, {"steps": [{"name": "b", "run": "y"}]},
        [{"name": "a", "run": "x", "on": "Linux"}, {"name": "b", "run": "y", "on": "Linux"}]),
    "a key that is left out is its default": (
        {"steps": [{"name": "a", "run": "x"}]}, {"steps": [{"name": "a", "on": "BSD"}]},
        [{"name": "a", "run": "x", "on": "Linux"}, {"name": "a", "on": "BSD"}]),
    "members of a set": ({"tags": ["x"]}, {"tags": ["y"]}, ["x", "y"]),
    "values of a map": ({"labels": {"a": "1"}}, {"labels": {"b": "2"}}, {"a": "1", "b": "2"}),
    "what nothing is known of": ({"open": {"a": {"b": 1}}}, {"open": {"a": {"c": 2}}}, {"a": {"b": 1, "c": 2}}),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "both"), BESIDE.values(), ids=BESIDE.keys())
def test_two_managers_state_parts_of_one_field(
    world: World, one: dict[str, Any], other: dict[str, Any], both: Any
) -> None:
    assert applied(world, "one", **one).code == 201
    answer = applied(world, "other", **other)

    assert (answer.code, *answer.body["spec"].values()) == (200, both)


CONFLICTS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a list is one value": ({"order": ["x"]}, {"order": ["y"]}, ".spec.order"),
    "an atomic object is one value": ({"whole": {"a": "1"}}, {"whole": {"b": "1"}}, ".spec.whole"),
    "a field of an item": (
        {"steps": [{"name": "a", "run": "x"}]}, {"steps": [{"name": "a", "run": "y"}]},
        '.spec.steps[name="a",on="Linux"].run'),
}  # fmt: skip


@pytest.mark.parametrize(("one", "other", "field"), CONFLICTS.values(), ids=CONFLICTS.keys())
def test_two_managers_state_the_same(world: World, one: dict[str, Any], other: dict[str, Any], field: str) -> None:
    applied(world, "one", **one)

    answer = applied(world, "other", **other)
    assert answer.code == 409
    assert [each["field"] for each in answer.body["details"]["causes"]] == [field]
    assert applied(world, "other", force=True, **other).code == 200


def test_what_its_manager_states_no_more_goes(world: World) -> None:
    applied(world, "one", steps=[{"name": "a"}, {"name": "b"}])
    applied(world, "other", steps=[{"name": "c"}])

    answer = applied(world, "one", steps=[{"name": "b"}])

    assert [each["name"] for each in answer.body["spec"]["steps"]] == ["b", "c"]


def test_an_update_is_tracked_by_the_schema(world: World) -> None:
    world.handle(Request("create", CRONTABS, "default", body=crontab(steps=[{"name": "a"}]), user="kubectl"))

    (entry,) = world.handle(Request("get", CRONTABS, "default", "mine")).body["metadata"]["managedFields"]

    assert entry["fieldsV1"]["f:spec"] == {
        ".": {},
        "f:steps": {".": {}, 'k:{"name":"a","on":"Linux"}': {".": {}, "f:name": {}, "f:on": {}}},
    }

"""Patches: examples by their sentence, and what holds for all of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.model.patches import PatchError, json_patched, merge_patched, patched, strategic_patched

SPEC: dict[str, Any] = {"containers": [{"name": "a", "image": "a:1", "env": [{"name": "X", "value": "1"}]}]}
A, B = SPEC["containers"][0], {"name": "b", "image": "b:1"}

STRATEGIC: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "an element is found by its key": (
        SPEC, {"containers": [{"name": "a", "image": "a:2"}]}, {"containers": [{**A, "image": "a:2"}]}),
    "a new element comes before those it does not name": (SPEC, {"containers": [B]}, {"containers": [B, A]}),
    "the order may be given": (
        SPEC,
        {"containers": [B], "$setElementOrder/containers": [{"name": "a"}, {"name": "b"}]},
        {"containers": [A, B]}),
    "an element is deleted by its key": (
        {"containers": [A, B]}, {"containers": [{"name": "a", "$patch": "delete"}]}, {"containers": [B]}),
    "a list is replaced": (
        {"containers": [A, B]}, {"containers": [{"$patch": "replace"}, B]}, {"containers": [B]}),
    "lists inside of elements merge as well": (
        SPEC,
        {"containers": [{"name": "a", "env": [{"name": "Y", "value": "2"}]}]},
        {"containers": [{**A, "env": [{"name": "Y", "value": "2"}, {"name": "X", "value": "1"}]}]}),
    "a list without a key is replaced as a whole": (
        {"tolerations": [{"key": "a"}]}, {"tolerations": [{"key": "b"}]}, {"tolerations": [{"key": "b"}]}),
    "null takes a field away": ({"hostname": "x", "nodeName": "n"}, {"hostname": None}, {"nodeName": "n"}),
    "a map is replaced": ({"nodeSelector": {"a": "b"}}, {"nodeSelector": {"$patch": "replace", "c": "d"}},
        {"nodeSelector": {"c": "d"}}),
    "a map is emptied": ({"nodeSelector": {"a": "b"}}, {"nodeSelector": {"$patch": "delete"}}, {"nodeSelector": {}}),
    "only some keys are retained": (
        {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]},
        {"volumes": [{"name": "v", "emptyDir": {}, "$retainKeys": ["name", "emptyDir"]}]},
        {"volumes": [{"name": "v", "emptyDir": {}}]}),
}  # fmt: skip


@pytest.mark.parametrize(("old", "patch", "new"), STRATEGIC.values(), ids=STRATEGIC.keys())
def test_a_strategic_patch(old: dict[str, Any], patch: dict[str, Any], new: dict[str, Any]) -> None:
    assert strategic_patched("PodSpec", old, patch) == new


def test_plain_values_are_added_and_deleted() -> None:
    meta = {"finalizers": ["a", "b"]}

    assert strategic_patched("ObjectMeta", meta, {"finalizers": ["c"]})["finalizers"] == ["c", "a", "b"]
    patch = {"$deleteFromPrimitiveList/finalizers": ["a"]}
    assert strategic_patched("ObjectMeta", meta, patch) == {"finalizers": ["b"]}


JSON: dict[str, tuple[list[dict[str, Any]], Any]] = {
    "add to a map": ([{"op": "add", "path": "/b", "value": 2}], {"a": [1, 2], "b": 2}),
    "add into a list": ([{"op": "add", "path": "/a/1", "value": 9}], {"a": [1, 9, 2]}),
    "add to the end of a list": ([{"op": "add", "path": "/a/-", "value": 9}], {"a": [1, 2, 9]}),
    "replace": ([{"op": "replace", "path": "/a/0", "value": 9}], {"a": [9, 2]}),
    "remove": ([{"op": "remove", "path": "/a"}], {}),
    "move": ([{"op": "move", "from": "/a", "path": "/b"}], {"b": [1, 2]}),
    "copy": ([{"op": "copy", "from": "/a/0", "path": "/b"}], {"a": [1, 2], "b": 1}),
    "a test that holds": ([{"op": "test", "path": "/a/0", "value": 1}], {"a": [1, 2]}),
    "a key with a slash and a tilde": ([{"op": "add", "path": "/x~1y~0", "value": 1}], {"a": [1, 2], "x/y~": 1}),
}


@pytest.mark.parametrize(("patch", "new"), JSON.values(), ids=JSON.keys())
def test_a_json_patch(patch: list[dict[str, Any]], new: Any) -> None:
    assert json_patched({"a": [1, 2]}, patch) == new


WRONG: dict[str, tuple[str, Any, int]] = {
    "no list of operations": ("json", {}, 400),
    "an operation that is none": ("json", [{"op": "frob", "path": "/a"}], 400),
    "a pointer that is none": ("json", [{"op": "add", "path": "a", "value": 1}], 400),
    "a place that is not there": ("json", [{"op": "remove", "path": "/x"}], 422),
    "a place past the end": ("json", [{"op": "replace", "path": "/a/7", "value": 1}], 422),
    "a test that fails": ("json", [{"op": "test", "path": "/a", "value": 1}], 422),
    "a merge patch that is no object": ("merge", [], 400),
    "an element without its key": ("strategic", {"spec": {"containers": [{"image": "a"}]}}, 400),
    "a directive that is none": ("strategic", {"spec": {"$patch": "frob"}}, 400),
    "a kind of patch that is none": ("frob", {}, 415),
}


@pytest.mark.parametrize(("kind", "patch", "code"), WRONG.values(), ids=WRONG.keys())
def test_a_patch_that_is_refused(kind: str, patch: Any, code: int) -> None:
    with pytest.raises(PatchError) as refusal:
        patched(kind, "Pod", {"a": [1, 2]}, patch)

    assert refusal.value.code == code


keys = st.text("abc", min_size=1, max_size=2)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(keys, values, max_size=4)


def has_null(item: Any) -> bool:
    if isinstance(item, dict):
        return any(value is None or has_null(value) for value in item.values())
    return False


@given(objects, objects)
def test_a_merge_patch_is_idempotent(item: dict[str, Any], patch: dict[str, Any]) -> None:
    once = merge_patched(item, patch)

    assert merge_patched(once, patch) == once


@given(objects)
def test_an_empty_patch_changes_nothing(item: dict[str, Any]) -> None:
    assert merge_patched(item, {}) == item
    assert strategic_patched("", item, {}) == item
    assert json_patched(item, []) == item


@given(objects, objects.filter(lambda patch: not has_null(patch)))
def test_a_merge_patch_without_null_is_contained_in_the_result(item: dict[str, Any], patch: dict[str, Any]) -> None:
    merged = merge_patched(item, patch)

    assert merge_patched(merged, patch) == merged
    assert patch.keys() <= merged.keys()


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("abcdef"), unique=True))
def test_a_merged_list_holds_both_and_keeps_both_orders(live: list[str], wanted: list[str]) -> None:
    old = {"containers": [{"name": name} for name in live]}
    patch = {"containers": [{"name": name} for name in wanted]}
    merged = [each["name"] for each in strategic_patched("PodSpec", old, patch).get("containers", ())]
    rest = [name for name in live if name not in wanted]

    assert sorted(merged) == sorted({*live, *wanted})
    assert [name for name in merged if name in wanted] == wanted
    assert [name for name in merged if name in rest] == rest

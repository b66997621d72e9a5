"""Sets of fields: what holds of any of them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.model.merging.applying import merged, pruned
from podproof.simulator.model.merging.comparing import added, compare, fields_of
from podproof.simulator.model.merging.field_sets import (
    difference,
    intersection,
    paths,
    read,
    union,
    written,
)
from podproof.simulator.model.merging.shapes import root

ROOT = root("Pod")
NAMES = st.sampled_from(["a", "b", "c"])
CONTAINERS = st.lists(
    st.fixed_dictionaries({"name": NAMES}, optional={"image": NAMES, "args": st.lists(NAMES)}),
    unique_by=lambda each: each["name"],
)
PODS = st.fixed_dictionaries(
    {"metadata": st.fixed_dictionaries({}, optional={"labels": st.dictionaries(NAMES, NAMES)})},
    optional={"spec": st.fixed_dictionaries({"containers": CONTAINERS}, optional={"nodeName": NAMES})},
)


@given(PODS, PODS)
def test_two_sets_are_what_they_share_and_what_each_has_alone(one: Any, other: Any) -> None:
    first, second = fields_of(ROOT, one), fields_of(ROOT, other)

    assert union(difference(first, second), intersection(first, second)) == first
    assert set(paths(union(first, second))) == {*paths(first), *paths(second)}


@given(PODS)
def test_a_set_that_is_written_is_read_as_it_was(pod: Any) -> None:
    for fields in (fields_of(ROOT, pod), added(ROOT, pod)):
        assert read(written(fields)) == fields


@given(PODS)
def test_nothing_differs_from_itself(pod: Any) -> None:
    assert compare(ROOT, pod, dict(pod)) == ({}, {})


@given(PODS, PODS)
def test_what_is_applied_is_there_and_applying_it_again_changes_nothing(live: Any, config: Any) -> None:
    once = merged(ROOT, live, config)

    assert difference(fields_of(ROOT, config), added(ROOT, once)) == {}
    assert merged(ROOT, once, config) == once


@given(PODS, PODS)
def test_what_nobody_keeps_goes_and_the_rest_stays(live: Any, config: Any) -> None:
    last, kept = fields_of(ROOT, live), fields_of(ROOT, config)
    left = pruned(ROOT, merged(ROOT, live, config), last, kept)

    assert intersection(difference(last, kept), fields_of(ROOT, left)) == {}
    assert difference(kept, added(ROOT, left)) == {}

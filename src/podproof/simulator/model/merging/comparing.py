"""Which fields an object has, and which differ between two versions of it.

Source: structured-merge-diff typed/{tofieldset.go, compare.go}.
"""

from typing import Any, NamedTuple

from podproof.simulator.model.merging.field_sets import LEAF, NONE, SELF, Fields
from podproof.simulator.model.merging.shapes import VALUE, Part, Shape, parts


class Difference(NamedTuple):
    """What is new or has another value, and what is there no more."""

    changed: Fields
    removed: Fields


def fields_of(shape: Shape, value: Any) -> Fields:
    """Return the fields an applied object states: its values, and the items of its lists."""
    found = parts(shape, value)
    if found is None or not value:
        return LEAF
    return {part.element: _stated(part) for part in found}


def _stated(part: Part) -> Fields:
    fields = fields_of(part.shape, part.value)
    return {SELF: {}, **fields} if part.element.startswith("k:") else fields


def added(shape: Shape, value: Any, *, present: bool = False) -> Fields:
    """Return the fields that come with a value: it and all that is in it; without itself where it is `present`."""
    found = parts(shape, value)
    if found is None or not value:
        return LEAF
    fields: dict[str, Any] = {} if present else {SELF: {}}
    for element, inner, each in found:
        # Most parts are plain values: an object has forty of them, and every creation by a user comes by here.
        fields[element] = LEAF if inner.form == VALUE else added(inner, each, present=present and inner.present)
    return fields


def compare(shape: Shape, old: Any, new: Any) -> Difference:
    """Return how two versions of a value differ; the order of items told by keys is no difference."""
    if old == new:
        return Difference(NONE, NONE)
    before, after = parts(shape, old), parts(shape, new)
    if before is None or after is None:
        return Difference(LEAF, NONE)
    known = {part.element: part for part in before}
    changed: dict[str, Any] = {}
    removed: dict[str, Any] = {}
    for part in after:
        old_part = known.pop(part.element, None)
        if old_part is None:
            changed[part.element] = added(part.shape, part.value)
            continue
        below = compare(part.shape, old_part.value, part.value)
        if below.changed:
            changed[part.element] = below.changed
        if below.removed:
            removed[part.element] = below.removed
    removed |= {part.element: added(part.shape, part.value) for part in known.values()}
    return Difference(changed, removed)

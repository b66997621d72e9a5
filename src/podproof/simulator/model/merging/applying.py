"""How an applied object merges into the one that is there, and how what nobody states any more goes.

Source: structured-merge-diff merge/update.go, Updater.Apply, prune; typed/merge.go.
"""

from typing import Any

from podproof.simulator.model.merging.field_sets import SELF, Fields
from podproof.simulator.model.merging.shapes import ITEMS, SET, Part, Shape, inner, parts


def merged(shape: Shape, live: Any, applied: Any) -> Any:
    """Return a value with what is applied laid over it; what both share stays where it is."""
    if parts(shape, live) is None or parts(shape, applied) is None:
        return applied
    if shape.form == SET:
        return [*live, *(each for each in applied if each not in live)]
    if shape.form == ITEMS:
        return _merged_items(shape, live, applied)
    return {**live, **{key: merged(inner(shape, key), live.get(key), value) for key, value in applied.items()}}


def _merged_items(shape: Shape, live: Any, applied: Any) -> list[Any]:
    known, stated = _by_element(shape, live), _by_element(shape, applied)
    both = {element: part.value for element, part in known.items()}
    for element, part in stated.items():
        both[element] = merged(part.shape, known[element].value, part.value) if element in known else part.value
    return [both[element] for element in _ordered(list(known), list(stated))]


def _ordered(live: list[str], applied: list[str]) -> list[str]:
    """Return the elements as they are applied, with those only the live list has where they stood.

    Source: typed/merge.go, visitListItems.
    """
    ordered: list[str] = []
    wanted, waiting = set(applied), iter(applied)
    for element in live:
        if element not in wanted:
            ordered.append(element)
            continue
        while element not in ordered:
            ordered.append(next(waiting))
    return [*ordered, *waiting]


def _by_element(shape: Shape, value: Any) -> dict[str, Part]:
    return {part.element: part for part in parts(shape, value) or ()}


def pruned(shape: Shape, value: Any, last: Fields, kept: Fields) -> Any:
    """Return a value without what was applied `last` and is in `kept`, the fields anybody owns now, no more."""
    if parts(shape, value) is None:
        return value
    if shape.form in (ITEMS, SET):
        found = ((part, _left(part, last, kept)) for part in parts(shape, value) or ())
        return [each.value if left is None else left[0] for each, left in found if left is None or left]
    result = {}
    for part in parts(shape, value) or ():
        left = _left(part, last, kept)
        if left is None:
            result[part.element[2:]] = part.value
        elif left:
            result[part.element[2:]] = left[0]
    return result


def _left(part: Part, last: Fields, kept: Fields) -> tuple[Any, ...] | None:
    """Return None where a part stays as it is, nothing where it goes, else what is left of it."""
    known = last.get(part.element)
    if known is None or part.element == SELF:
        return None
    owned = kept.get(part.element)
    return () if owned is None else (pruned(part.shape, part.value, known, owned),)

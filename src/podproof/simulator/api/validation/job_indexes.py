"""The indexes of a Job as its status writes them: numbers and ranges in rising order, such as `0-2,5`.

Source: pkg/apis/batch/validation/validation.go, validateIndexesFormat, parseIndexInterval.
"""

import re


class IndexesError(ValueError):
    """A text that is no list of indexes; the message is the server's."""


def parsed_indexes(text: str, count: int) -> set[int]:
    """Return the indexes a text lists, all below `count`.

    Raises:
        IndexesError: they are not in order, not below `count`, or no numbers.
    """
    found: set[int] = set()
    last = -1
    for part in text.split(",") if text else ():
        first, end = _interval(part, count)
        if found and last >= first:
            raise IndexesError(f"non-increasing order, previous: {last}, current: {first}")
        found.update(range(first, end + 1))
        last = end
    return found


def overlap(completed: str, failed: str, count: int) -> int | None:
    """Return the first index that both texts list, None where there is none or they cannot be read."""
    try:
        return min(parsed_indexes(completed, count) & parsed_indexes(failed, count), default=None)
    except IndexesError:
        return None


def _interval(part: str, count: int) -> tuple[int, int]:
    limits = part.split("-")
    if len(limits) > 2:
        rule = "violates the requirement that an index interval can have at most two parts separated by '-'"
        raise IndexesError(f'the fragment "{part}" {rule}')
    first, end = _index(limits[0], count), _index(limits[-1], count)
    if len(limits) > 1 and first >= end:
        raise IndexesError(f"non-increasing order, previous: {first}, current: {end}")
    return first, end


def _index(text: str, count: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII):
        raise IndexesError(f'cannot convert string to integer for index: "{text}"')
    if int(text) >= count:
        raise IndexesError(f'too large index: "{text}"')
    return int(text)

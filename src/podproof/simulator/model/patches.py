"""The three kinds of patch: JSON patch, JSON merge patch, strategic merge patch. Nothing is changed in place."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from podproof.errors import PodproofError
from podproof.simulator.data import rows
from podproof.simulator.model.schema import element_of

JSON, MERGE, STRATEGIC = "json", "merge", "strategic"

_PATCH, _RETAIN, _ORDER, _DELETE = "$patch", "$retainKeys", "$setElementOrder/", "$deleteFromPrimitiveList/"


_LONGEST_INDEX = 9


class PatchError(PodproofError):
    """A patch that cannot be read (400) or does not fit the object (422)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason

    def __str__(self) -> str:
        return self.reason


def patched(kind_of_patch: str, kind: str, item: Any, patch: Any) -> Any:
    """Return `item`, an object of `kind`, with a patch applied; unchanged parts are shared.

    Raises:
        PatchError: the patch is malformed, or does not fit.
    """
    if kind_of_patch == JSON:
        return json_patched(item, patch)
    if not isinstance(patch, Mapping):
        raise PatchError(400, "a merge patch must be an object")
    if kind_of_patch == MERGE:
        return merge_patched(item, patch)
    if kind_of_patch == STRATEGIC:
        return strategic_patched(kind, item, patch)
    raise PatchError(415, f'unknown patch type "{kind_of_patch}": use json, merge or strategic')


def merge_patched(item: Any, patch: Any) -> Any:
    """Return `item` with a JSON merge patch applied.

    Source: RFC 7386.
    """
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(item) if isinstance(item, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patched(merged.get(key), value)
    return merged


def json_patched(item: Any, patch: Any) -> Any:
    """Return `item` with a JSON patch applied.

    Raises:
        PatchError: an operation is malformed, or its path or test does not hold.
    Source: RFC 6902.
    """
    if not isinstance(patch, Sequence) or isinstance(patch, str):
        raise PatchError(400, "a JSON patch must be a list of operations")
    for operation in patch:
        item = _operated(item, operation)
    return item


def _operated(item: Any, operation: Any) -> Any:
    if not isinstance(operation, Mapping) or not {"op", "path"} <= operation.keys():
        raise PatchError(400, "every operation of a JSON patch needs op and path")
    kind, path = operation["op"], _pointer(operation["path"])
    if kind == "remove":
        return _changed(item, path, _removed)
    if kind == "test":
        if _looked_up(item, path) != operation.get("value"):
            raise PatchError(422, f"testing path {operation['path']} failed")
        return item
    if kind in ("move", "copy"):
        start = _pointer(operation.get("from", ""))
        value = _looked_up(item, start)
        item = _changed(item, start, _removed) if kind == "move" else item
        return _changed(item, path, lambda parent, key: _added(parent, key, value))
    if kind == "add":
        return _changed(item, path, lambda parent, key: _added(parent, key, operation.get("value")))
    if kind == "replace":
        return _changed(item, path, lambda parent, key: _set(parent, key, operation.get("value")))
    raise PatchError(400, f'unexpected kind: "{kind}"')


def _pointer(text: Any) -> list[str]:
    if not isinstance(text, str):
        raise PatchError(400, "a JSON pointer is a text")
    if text == "":
        return []
    if not text.startswith("/"):
        raise PatchError(400, f'a JSON pointer starts with "/": "{text}"')
    return [part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/")]


def _changed(item: Any, path: list[str], change: Callable[[Any, str], Any]) -> Any:
    if not path:
        return change({"": item}, "").get("")
    head, rest = path[0], path[1:]
    if not rest:
        return change(item, head)
    return _set(item, head, _changed(_child(item, head), rest, change))


def _looked_up(item: Any, path: list[str]) -> Any:
    for part in path:
        item = _child(item, part)
    return item


def _child(item: Any, key: str) -> Any:
    if isinstance(item, Mapping) and key in item:
        return item[key]
    items = _items(item, key)
    return items[_index(key, len(items))]


def _items(parent: Any, key: str) -> Sequence[Any]:
    if not isinstance(parent, list | tuple):
        raise PatchError(422, f'there is no "{key}"')
    return parent


def _set(parent: Any, key: str, value: Any) -> Any:
    if isinstance(parent, Mapping):
        if key not in parent:
            raise PatchError(422, f'there is no "{key}"')
        return {**parent, key: value}
    items = _items(parent, key)
    index = _index(key, len(items))
    return [*items[:index], value, *items[index + 1 :]]


def _added(parent: Any, key: str, value: Any) -> Any:
    if isinstance(parent, Mapping):
        return {**parent, key: value}
    items = _items(parent, key)
    index = len(items) if key == "-" else _index(key, len(items) + 1)
    return [*items[:index], value, *items[index:]]


def _removed(parent: Any, key: str) -> Any:
    _child(parent, key)
    if isinstance(parent, Mapping):
        return {name: value for name, value in parent.items() if name != key}
    items = _items(parent, key)
    index = _index(key, len(items))
    return [*items[:index], *items[index + 1 :]]


def _index(key: str, limit: int) -> int:
    if len(key) > _LONGEST_INDEX or not key.isdecimal() or int(key) >= limit:
        raise PatchError(422, f'"{key}" is no place in the list')
    return int(key)


def strategic_patched(struct: str, item: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """Return `item` with a strategic merge patch applied; `struct` names the type that says how its lists merge.

    Source: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go, mergeMap.
    """
    directive = patch.get(_PATCH)
    if directive == "delete":
        return {}
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != _PATCH}
    if directive not in (None, "merge"):
        raise PatchError(400, f"unknown patch type found in directive: {directive}")
    merged = dict(item) if isinstance(item, Mapping) else {}
    if (kept := patch.get(_RETAIN)) is not None:
        _check_list(_RETAIN, kept)
        merged = {key: value for key, value in merged.items() if key in kept}
    for key, values in patch.items():
        if key.startswith(_DELETE):
            field = key[len(_DELETE) :]
            _check_list(key, values)
            merged[field] = [value for value in merged.get(field) or () if value not in values]
    for key, value in patch.items():
        if not key.startswith("$"):
            _merge_field(struct, merged, key, value, patch.get(_ORDER + key))
    return merged


def _merge_field(struct: str, merged: dict[str, Any], key: str, value: Any, order: Any) -> None:
    inner = element_of(struct, key)
    if value is None:
        merged.pop(key, None)
    elif isinstance(value, Mapping):
        merged[key] = strategic_patched(inner, merged.get(key), value)
    elif isinstance(value, list) and (merge_key := _merge_keys().get(f"{struct}.{key}")) is not None:
        merged[key] = _merged_list(inner, merge_key, merged.get(key) or [], value, order)
    else:
        merged[key] = value


def _merged_list(struct: str, key: str, old: Sequence[Any], patch: list[Any], order: Any) -> list[Any]:
    if order is not None:
        _check_list("$setElementOrder", order)
    for each in (*patch, *(order or ())):
        _check_element(each, key)
    if not key:
        added = [value for value in dict.fromkeys(patch) if value not in old]
        return _in_order([*old, *added], order or patch, old, _itself)
    if any(isinstance(each, Mapping) and each.get(_PATCH) == "replace" for each in patch):
        return [each for each in patch if _PATCH not in each]
    found: dict[Any, Any] = {each.get(key): each for each in old}
    for each in patch:
        if each.get(_PATCH) == "delete":
            found.pop(each[key], None)
        else:
            found[each[key]] = strategic_patched(struct, found.get(each[key]), each)
    return _in_order(list(found.values()), order or patch, old, lambda each: each.get(key))


def _check_list(directive: str, value: Any) -> None:
    if not isinstance(value, list):
        raise PatchError(400, f"{directive} must be a list")


def _check_element(each: Any, key: str) -> None:
    """Refuse an element of a list that cannot be told from the others: a map without the key, or no plain value."""
    if not key:
        if isinstance(each, Mapping | list):
            raise PatchError(400, "a list of plain values cannot be merged with maps or lists")
    elif not isinstance(each, Mapping):
        raise PatchError(400, f"a list of maps cannot be merged with {each!r}")
    elif each.get(_PATCH) != "replace" and (key not in each or isinstance(each[key], Mapping | list)):
        raise PatchError(400, f"map: {each} does not contain declared merge key: {key}")


def _itself(value: Any) -> Any:
    return value


def _in_order(merged: list[Any], wanted: Sequence[Any], live: Sequence[Any], key: Callable[[Any], Any]) -> list[Any]:
    """Return the elements as the patch orders them, those it does not name kept before what they stood before.

    Source: strategicpatch/patch.go, normalizeElementOrder, mergeSortedSlice.
    """
    first = {key(each): place for place, each in reversed(list(enumerate(wanted)))}
    stood = {key(each): place for place, each in enumerate(live)}
    named = sorted((each for each in merged if key(each) in first), key=lambda each: first[key(each)])
    rest = [each for each in merged if key(each) not in first]
    result: list[Any] = []
    for each in named:
        place = stood.get(key(each), -1)
        while rest and place > stood[key(rest[0])]:
            result.append(rest.pop(0))
        result.append(each)
    return result + rest


@cache
def _merge_keys() -> Mapping[str, str]:
    found: Mapping[str, str] = rows("merge_keys")["lists"]
    return found


def merge_key(struct: str, field: str) -> str | None:
    """Return what the elements of a list are told by: "" where they are plain values, None where it is one value."""
    return _merge_keys().get(f"{struct}.{field}")

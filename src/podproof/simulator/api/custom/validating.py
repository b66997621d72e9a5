"""Checks of a value by an OpenAPI schema, in the words of the API server.

What an update leaves as it was is not checked again, so a schema may become stricter than what is stored.
Source: k8s.io/kube-openapi pkg/validation/{validate,errors}; staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/
validation/{validation.go, ratcheting.go}.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from podproof.simulator.api.custom.formats import format_fault
from podproof.simulator.api.faults import Fault, FaultType, invalid, required, too_long, too_many, unsupported
from podproof.simulator.model.custom.types import Schema, items_of, property_of

NEW: Any = object()
"""Stands for the old value of what is new."""
_ROOT = "<nil>"


def schema_faults(schema: Schema, value: Any, path: str, old: Any = NEW) -> Iterator[Fault]:
    """Yield what is wrong with a value; `old` is what it replaces."""
    if value is old or (old is not NEW and value == old):
        return
    yield from _type_faults(schema, value, path)
    if value is not None:
        yield from _composition_faults(schema, value, path)
        if isinstance(value, str):
            yield from _string_faults(schema, value, path)
        elif _is_number(value):
            yield from _number_faults(schema, value, path)
        elif isinstance(value, list):
            yield from _list_faults(schema, value, path, old)
    if schema.get("enum") and not any(_is_same(value, each) for each in schema["enum"]):
        yield unsupported(path, value, [each if isinstance(each, str) else _json(each) for each in schema["enum"]])
    if isinstance(value, Mapping):
        yield from _object_faults(schema, value, path, old)


def _type_faults(schema: Schema, value: Any, path: str) -> Iterator[Fault]:
    wanted = ("integer", "string") if schema.get("x-kubernetes-int-or-string") else (schema.get("type") or "",)
    seen = type_name(value)
    if value is None:
        if wanted == ("",) or schema.get("nullable"):
            return
    elif wanted == ("",) or seen in wanted or (seen == "integer" and "number" in wanted):
        if isinstance(value, str) and (form := schema.get("format")) and not format_fault(form, value):
            return
        if not (isinstance(value, str) and schema.get("format")):
            return
        yield Fault(FaultType.TYPE_INVALID, path, value, _body(path, f"must be of type {schema['format']}", value))
        return
    yield Fault(FaultType.TYPE_INVALID, path, seen, _body(path, f"must be of type {','.join(wanted)}", seen))


def type_name(value: Any) -> str:
    """Return the JSON type of a value; a whole number is an integer, however it is written."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) or value.is_integer() else "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, Mapping) else "array"


def _body(path: str, words: str, seen: str | None = None) -> str:
    return f"{path} in body {words}" + ("" if seen is None else f": {_json(seen)}")


def _string_faults(schema: Schema, value: str, path: str) -> Iterator[Fault]:
    most, least, pattern = (schema.get(key) for key in ("maxLength", "minLength", "pattern"))
    if most is not None and len(value) > most:
        yield too_long(path, most)
    if least is not None and len(value) < least:
        yield invalid(path, value, _body(path, f"should be at least {least} chars long"))
    if pattern and not compiled(pattern).search(value):
        yield invalid(path, value, _body(path, f"should match '{pattern}'"))


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    r"""Return a pattern of Go's as Python reads it: what \d and \s match is ASCII, and \z is the end.

    Raises:
        re.error: it is none.
    """
    return re.compile(pattern.replace(r"\z", r"\Z").replace("[[:alpha:]]", "[A-Za-z]"), re.ASCII)


def _number_faults(schema: Schema, value: float, path: str) -> Iterator[Fault]:
    for key, exclusive, beyond, words in _LIMITS:
        limit = schema.get(key)
        if limit is None:
            continue
        is_open = bool(schema.get(exclusive))
        if beyond(value, limit) or (is_open and value == limit):
            yield invalid(
                path, value, _body(path, f"should be {words}{'' if is_open else ' or equal to'} {_go(limit)}")
            )
    factor = schema.get("multipleOf")
    if factor and value % factor:
        yield invalid(path, value, _body(path, f"should be a multiple of {_go(factor)}"))


_LIMITS: tuple[tuple[str, str, Callable[[float, float], bool], str], ...] = (
    ("maximum", "exclusiveMaximum", lambda value, limit: value > limit, "less than"),
    ("minimum", "exclusiveMinimum", lambda value, limit: value < limit, "greater than"),
)


def _list_faults(schema: Schema, value: list[Any], path: str, old: Any) -> Iterator[Fault]:
    most, least = schema.get("maxItems"), schema.get("minItems")
    if most is not None and len(value) > most:
        yield too_many(path, len(value), most)
    if least is not None and len(value) < least:
        yield invalid(path, value, _body(path, f"should have at least {least} items"))
    inner = items_of(schema)
    if inner is not None:
        known = _by_key(schema, old)
        for index, each in enumerate(value):
            yield from schema_faults(inner, each, f"{path}[{index}]", known.get(_key(schema, each), NEW))


def _by_key(schema: Schema, old: Any) -> dict[str, Any]:
    """Return the items of a list by their keys; only a list of type map tells which is which."""
    if schema.get("x-kubernetes-list-type") != "map" or not isinstance(old, list):
        return {}
    return {_key(schema, each): each for each in old}


def _key(schema: Schema, item: Any) -> str:
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    return _json([item.get(key) for key in keys]) if isinstance(item, Mapping) else ""


def _object_faults(schema: Schema, value: Mapping[str, Any], path: str, old: Any) -> Iterator[Fault]:
    most, least = schema.get("maxProperties"), schema.get("minProperties")
    if least is not None and len(value) < least:
        yield invalid(path, value, _body(path, f"should have at least {least} properties"))
        return
    if most is not None and len(value) > most:
        yield too_many(path, len(value), most)
        return
    dot = f"{path}." if path else ""
    for key in schema.get("required") or ():
        if key not in value:
            yield required(f"{dot}{key}")
    before = old if isinstance(old, Mapping) else {}
    for key, each in value.items():
        inner = property_of(schema, key)
        if inner:
            yield from schema_faults(inner, each, f"{dot}{key}", before.get(key, NEW))


def _composition_faults(schema: Schema, value: Any, path: str) -> Iterator[Fault]:
    """Yield what is wrong by allOf, anyOf, oneOf and not; only the best of the alternatives is told."""
    for each in schema.get("allOf") or ():
        yield from schema_faults(each, value, path)
    if options := schema.get("anyOf"):
        found = [list(schema_faults(each, value, path)) for each in options]
        if all(found):
            yield _whole(path, "must validate at least one schema (anyOf)")
            yield from min(found, key=len)
    if options := schema.get("oneOf"):
        found = [list(schema_faults(each, value, path)) for each in options]
        fitting = sum(not each for each in found)
        if fitting != 1:
            seen = f"Found {fitting} valid alternatives" if fitting else "Found none valid"
            yield _whole(path, f"must validate one and only one schema (oneOf). {seen}")
        if not fitting:
            yield from min(found, key=len)
    if "not" in schema and not any(schema_faults(schema["not"], value, path)):
        yield _whole(path, "must not validate the schema (not)")


def _whole(path: str, words: str) -> Fault:
    return invalid(_ROOT, "", f"{_json(path)} {words}")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _go(number: float) -> str:
    """Return a number as Go's %v prints it."""
    return str(int(number)) if float(number).is_integer() and abs(number) < _LONG else repr(number)


_LONG = 1e21


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

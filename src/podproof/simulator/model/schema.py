"""Structural schemas of the built-in kinds: turns a manifest into a clean copy, or says what is wrong with its shape.

The table is `data/schemas.json`, written by `tools/schemas.py` from the kubernetes client's models. Decoding follows
Go's JSON decoder: unknown fields are collected, null means absent, and the first value of a wrong type ends it. What
Go cannot tell from an absent field, an empty text or a false that is no pointer, is left out.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from podproof.errors import PodproofError
from podproof.simulator.model import quantities

_INT_LIMITS = {"int32": 2**31, "int64": 2**63}
_LONGEST = 1024
"""Bits of an integer that is still shown."""


class DecodeError(PodproofError, ValueError):
    """A value that has the wrong shape; `reason` is the decoder's own text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _MismatchError(Exception):
    """A value of the wrong type, before it is known in which struct it stands."""

    def __init__(self, seen: str, wanted: str) -> None:
        super().__init__(seen, wanted)
        self.seen, self.wanted, self.struct = seen, wanted, ""


class Decoded(NamedTuple):
    """A clean copy nobody else holds, and the paths of the fields it had to leave out."""

    draft: dict[str, Any]
    unknown: tuple[str, ...]


class _Trail:
    """Where the decoder is, and the unknown fields it has met."""

    __slots__ = ("path", "unknown")

    def __init__(self) -> None:
        self.path: list[str | int] = []
        self.unknown: list[str] = []

    def miss(self, field: str) -> None:
        self.unknown.append(spelled((*self.path, field)))


_Decoder = Callable[[Any, _Trail], Any]


def decode(struct: str, value: Any) -> Decoded:
    """Return a clean copy of `value` as the named struct.

    Raises:
        DecodeError: a value of the wrong type, with the API server's text.
    Source: sigs.k8s.io/json, decode.go; staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json/json.go.
    """
    trail = _Trail()
    try:
        draft = _struct(struct)(value, trail)
    except _MismatchError as error:
        path = ".".join(part for part in trail.path if isinstance(part, str))
        place = f"Go struct field {error.struct}.{path}" if path else "Go value"
        raise DecodeError(f"json: cannot unmarshal {error.seen} into {place} of type {error.wanted}") from None
    return Decoded(draft, tuple(trail.unknown))


def spelled(path: tuple[str | int, ...]) -> str:
    """Return a path as errors write it: `spec.containers[0].name`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def spoken(struct: str) -> str:
    """Return a struct's name in Go: that of a version beside the stored one has version and group behind it."""
    return struct.partition(".")[0]


def element_of(struct: str, field: str) -> str:
    """Return the struct of a field's value, or of its elements; "" where it has none."""
    notation = _table().get(struct, {}).get(field, "").removeprefix("[]")
    return notation if notation in _table() else ""


def fields_of(struct: str) -> Mapping[str, str]:
    """Return a struct's fields, each with the notation of its type; none where the struct is not known."""
    return _table().get(struct, {})


def notation_of(struct: str, field: str) -> str:
    """Return the type of a struct's field as the table writes it; "" where it has no such field."""
    return _table().get(struct, {}).get(field, "")


def required_of(struct: str) -> Sequence[str]:
    """Return the fields that every value of a struct has."""
    found: Sequence[str] = _required().get(struct, ())
    return found


@cache
def _required() -> Any:
    return _read("required_fields.json")["required"]


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = _file()["types"]
    return found


@cache
def _file() -> Any:
    return _read("schemas.json")


def _read(name: str) -> Any:
    return json.loads((files("podproof.simulator.data") / name).read_text(encoding="utf-8"))


@cache
def _struct(name: str) -> _Decoder:
    fields: dict[str, _Decoder] = {}
    types, unset = _table()[name], frozenset(_file()["unset"].get(name, ()))

    def decoder_of(key: str) -> _Decoder | None:
        if key in types:
            decoder = _decoder(types[key])
            fields[key] = _unless_zero(decoder) if key in unset else decoder
            return fields[key]
        return None

    def struct(value: Any, trail: _Trail) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _MismatchError(noun(value), f"v1.{spoken(name)}")
        path, found = trail.path, {}
        try:
            for key, item in value.items():
                decoder = fields.get(key) or decoder_of(key)
                if decoder is None:
                    trail.miss(key)
                elif item is not None:
                    path.append(key)
                    decoded = decoder(item, trail)
                    path.pop()
                    if decoded is not None:
                        found[key] = decoded
        except _MismatchError as error:
            error.struct = error.struct or spoken(name)
            raise
        return found

    return struct


def _unless_zero(inner: _Decoder) -> _Decoder:
    """Return a decoder that leaves the zero value of its type out.

    Source: the fields' tags, `omitempty` without a pointer, in staging/src/k8s.io/api/*/*/types.go.
    """

    def value_of(value: Any, trail: _Trail) -> Any:
        return inner(value, trail) or None

    return value_of


@cache
def _decoder(notation: str) -> _Decoder:
    if notation.startswith("[]"):
        return _list(notation)
    if notation.startswith("map:"):
        return _map(notation)
    if notation.startswith("string"):
        return _string(_go_name(notation))
    if notation in _INT_LIMITS:
        return _integer(notation)
    return _SCALARS.get(notation) or _struct(notation)


def _list(notation: str) -> _Decoder:
    inner, zero = _decoder(notation[2:]), "" if notation.startswith("[]string") else {}

    def items(value: Any, trail: _Trail) -> list[Any] | None:
        if not isinstance(value, (list, tuple)):
            raise _MismatchError(noun(value), _go_name(notation))
        path, found = trail.path, []
        path.append(0)
        for index, item in enumerate(value):
            path[-1] = index
            found.append(inner(item, trail) if item is not None else zero)
        path.pop()
        return found or None

    return items


def _map(notation: str) -> _Decoder:
    inner = _decoder(notation[4:])

    def entries(value: Any, trail: _Trail) -> dict[str, Any] | None:
        if not isinstance(value, Mapping):
            raise _MismatchError(noun(value), _go_name(notation))
        return {str(key): inner("" if item is None else item, trail) for key, item in value.items()} or None

    return entries


def _string(go_name: str) -> _Decoder:
    def string(value: Any, _: _Trail) -> str:
        if not isinstance(value, str):
            raise _MismatchError(noun(value), go_name)
        return value

    return string


def _integer(notation: str) -> _Decoder:
    limit = _INT_LIMITS[notation]

    def integer(value: Any, _: _Trail) -> int:
        if type(value) is not int or not -limit <= value < limit:
            raise _MismatchError(_numeral(value), notation)
        return value

    return integer


def _bool(value: Any, _: _Trail) -> bool:
    if not isinstance(value, bool):
        raise _MismatchError(noun(value), "bool")
    return value


def _float(value: Any, _: _Trail) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _MismatchError(noun(value), "float64")
    return value


def _int_or_string(value: Any, _: _Trail) -> int | str:
    if isinstance(value, str) or (type(value) is int and -(2**31) <= value < 2**31):
        return value
    raise DecodeError(f"json: cannot unmarshal {_numeral(value)} into Go value of type int32")


def _quantity(value: Any, _: _Trail) -> str:
    return quantities.canonical(_parsed(value))


def _resources(value: Any, trail: _Trail) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        raise _MismatchError(noun(value), "v1.ResourceList")
    return {str(key): _amount(item) for key, item in value.items()} or None


def _amount(value: Any) -> str:
    _parsed(value)
    return quantities.resource_amount(value)


def _parsed(value: Any) -> quantities.Quantity:
    if isinstance(value, (bool, Mapping, list)) or value is None:
        value = json.dumps(value)
    try:
        return quantities.parse(value)
    except quantities.QuantityError as error:
        raise DecodeError(error.reason) from None


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _time(value: Any, _: _Trail) -> str:
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%SZ")


def _microtime(value: Any, _: _Trail) -> str:
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(UTC)
    if not isinstance(value, str):
        raise DecodeError(f"json: cannot unmarshal {noun(value)} into Go value of type string")
    layout = '"2006-01-02T15:04:05Z07:00"'
    if not _RFC_3339.fullmatch(value):
        raise DecodeError(f'parsing time "{value}" as {layout}: cannot parse "{value}" as "2006"')
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        raise DecodeError(f'parsing time "{value}": out of range') from None


def _bytes(value: Any, _: _Trail) -> str:
    if not isinstance(value, str):
        raise _MismatchError(noun(value), "[]uint8")
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise DecodeError(f"illegal base64 data at input byte {_first_wrong(value)}") from None
    return value


def _first_wrong(text: str) -> int:
    plain = re.match(r"[A-Za-z0-9+/]*", text)
    return plain.end() if plain and plain.end() < len(text) else len(text) - len(text) % 4


def _any(value: Any, _: _Trail) -> Any:
    return value


_SCALARS: dict[str, _Decoder] = {
    "bool": _bool,
    "float64": _float,
    "intOrString": _int_or_string,
    "quantity": _quantity,
    "resources": _resources,
    "time": _time,
    "microtime": _microtime,
    "bytes": _bytes,
    "any": _any,
}


def _go_name(notation: str) -> str:
    if notation.startswith("[]"):
        return f"[]{_go_name(notation[2:])}"
    if notation.startswith("map:"):
        return f"map[string]{_go_name(notation[4:])}"
    if notation.startswith("string:"):
        return {"string:UID": "types.UID"}.get(notation, f"v1.{notation[7:]}")
    if notation in _INT_LIMITS or notation in ("string", "bool"):
        return notation
    return {"bytes": "[]uint8"}.get(notation, f"v1.{spoken(notation)}")


def _numeral(value: Any) -> str:
    """Return a value as the decoder names it, a number with its digits; Python does not spell the very long ones."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return noun(value)
    return "number" if isinstance(value, int) and value.bit_length() > _LONGEST else f"number {value}"


def noun(value: Any) -> str:
    """Return what Go's decoder calls a JSON value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, (list, tuple)) else "string"

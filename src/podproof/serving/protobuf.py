"""Objects that clients send in protobuf, as kubectl and Go's operators do for the kinds Kubernetes has itself.

Bodies only: every client that writes protobuf also reads JSON. The table is `protobuf.json`, written by
`tools/protobuf.py`.
Source: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go; k8s.io/api, generated.proto.
"""

import base64
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from podproof.errors import NotModelledError

MAGIC = b"k8s\0"
_FIRST_DAY = -62135596800
"""Go's zero time, in seconds since the Unix epoch."""
_META = "meta.v1"


class Wire(NamedTuple):
    """One field on the wire: a number for what is numeric, bytes for what has a length."""

    number: int
    value: Any


def wire(message: bytes) -> Iterator[Wire]:
    """Yield the fields of a message in order.

    Raises:
        ValueError: this is no message.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield Wire(key >> 3, value)
            continue
        if kind == 2:
            size, at = _varint(message, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"there is no wire type {kind}")
        if at + size > len(message):
            raise ValueError("unexpected EOF")
        yield Wire(key >> 3, message[at : at + size])
        at += size


def decode(data: bytes) -> dict[str, Any]:
    """Return the object in a body.

    Raises:
        ValueError: this is no such body.
        NotModelledError: a kind or a field whose number is not known.
    """
    if not data.startswith(MAGIC):
        raise ValueError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    envelope = dict(wire(data[len(MAGIC) :]))
    named = dict(wire(envelope.get(1, b"")))
    version, kind = (str(named.get(number, b""), "utf-8") for number in (1, 2))
    return {"apiVersion": version, "kind": kind, **_object(_struct_of(version, kind), envelope.get(2, b""))}


def _struct_of(version: str, kind: str) -> str:
    group, _, name = version.rpartition("/")
    struct_name = f"{group.partition('.')[0] or 'core'}.{name}.{kind}"
    found = next((each for each in (struct_name, f"{_META}.{kind}") if each in _table()), None)
    if found is None:
        raise NotModelledError(f"the protobuf form of {kind}", f"a body of {version}")
    return found


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    text = (files("podproof.serving") / "protobuf.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = json.loads(text)["types"]
    return found


def _object(name: str, message: bytes) -> dict[str, Any]:
    """Return a struct as JSON has it. What is always written is left out where it is zero: so does JSON."""
    found: dict[str, Any] = {}
    fields = _table()[name]
    for each in wire(message):
        notation = fields.get(str(each.number))
        if notation is None:
            raise NotModelledError(f"field {each.number} of {name} in protobuf", "a body")
        field, _, kind = notation.partition(" ")
        if not field:
            found |= _object(kind.lstrip("!"), each.value)
        elif kind.startswith("[]"):
            found.setdefault(field, []).append(_value(kind[2:], each.value))
        elif kind.startswith("map:"):
            entry = dict(wire(each.value))
            found.setdefault(field, {})[str(entry.get(1, b""), "utf-8")] = _value(kind[4:], entry.get(2, b""))
        else:
            value = _value(kind.lstrip("!"), each.value)
            if value is not None and not (kind.startswith("!") and value in _ZEROS):
                found[field] = value
    return found


_ZEROS: tuple[Any, ...] = ("", 0, False, {})


def _value(kind: str, value: Any) -> Any:
    return _READ[kind](value) if kind in _READ else _object(kind, value)


def _varint(message: bytes, at: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError("unexpected EOF")
        byte = message[at]
        at += 1
        found |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return found, at


def _integer(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _double(value: bytes) -> float:
    if len(value) != 8:
        raise ValueError("a double has eight bytes")
    found: float = struct.unpack("<d", value)[0]
    return found


def _moment(layout: str) -> Callable[[bytes], str | None]:
    def moment(message: bytes) -> str | None:
        parts = dict(wire(message))
        second = _integer(parts.get(1, 0))
        if second == _FIRST_DAY:
            return None
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(0, second, parts.get(2, 0) // 1000)).strftime(layout)

    return moment


def _quantity(message: bytes) -> str:
    return str(dict(wire(message)).get(1, b"0"), "utf-8")


def _int_or_string(message: bytes) -> int | str:
    parts = dict(wire(message))
    return str(parts.get(3, b""), "utf-8") if parts.get(1) else _integer(parts.get(2, 0))


def _raw(message: bytes) -> Any:
    text = dict(wire(message)).get(1, b"")
    return json.loads(text) if text else None


_READ: Mapping[str, Callable[[Any], Any]] = {
    "string": lambda value: str(value, "utf-8"),
    "int": _integer,
    "bool": bool,
    "bytes": lambda value: base64.b64encode(value).decode(),
    "double": _double,
    f"{_META}.Time": _moment("%Y-%m-%dT%H:%M:%SZ"),
    f"{_META}.MicroTime": _moment("%Y-%m-%dT%H:%M:%S.%fZ"),
    f"{_META}.FieldsV1": _raw,
    "api.resource.Quantity": _quantity,
    "util.intstr.IntOrString": _int_or_string,
    "runtime.RawExtension": _raw,
}

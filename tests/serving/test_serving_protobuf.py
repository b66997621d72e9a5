"""Objects in protobuf, written here by hand; that kubectl writes them the same way is in test_serving_kubectl."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.serving.protobuf import MAGIC, decode, wire


def message(*fields: tuple[int, Any]) -> bytes:
    """Write a message by hand: texts and messages by length, numbers as varints."""
    written = b""
    for number, value in fields:
        if isinstance(value, int):
            written += _varint(number << 3) + _varint(value & (1 << 64) - 1)
        else:
            data = value.encode() if isinstance(value, str) else value
            written += _varint(number << 3 | 2) + _varint(len(data)) + data
    return written


def _varint(number: int) -> bytes:
    written = b""
    while number > 0x7F:
        written += bytes((number & 0x7F | 0x80,))
        number >>= 7
    return written + bytes((number,))


def body(version: str, kind: str, *fields: tuple[int, Any]) -> bytes:
    return MAGIC + message((1, message((1, version), (2, kind))), (2, message(*fields)), (3, ""), (4, ""))


META = message((1, "foo"), (3, ""), (8, message((1, -62135596800), (2, 0))))

BODIES = {
    "what is always written is left out where it is zero": (
        body("v1", "ConfigMap", (1, META)), {"metadata": {"name": "foo"}},
    ),
    "a map of texts": (
        body("v1", "ConfigMap", (2, message((1, "a"), (2, "b"))), (2, message((1, "c"), (2, "")))),
        {"data": {"a": "b", "c": ""}},
    ),
    "bytes": (body("v1", "ConfigMap", (3, message((1, "a"), (2, b"\xff")))), {"binaryData": {"a": "/w=="}}),
    "a zero that was set": (
        body("apps/v1", "Deployment", (2, message((1, 0)))), {"spec": {"replicas": 0}},
    ),
    "an empty text that was set": (
        body("v1", "PersistentVolumeClaim", (2, message((5, "")))), {"spec": {"storageClassName": ""}},
    ),
    "a negative number": (body("apps/v1", "Deployment", (2, message((1, -1)))), {"spec": {"replicas": -1}}),
    "a quantity": (
        body("v1", "LimitRange", (2, message((1, message((2, message((1, "cpu"), (2, message((1, "500m")))))))))),
        {"spec": {"limits": [{"max": {"cpu": "500m"}}]}},
    ),
    "an embedded struct": (
        body("v1", "Pod", (2, message((1, message((1, "tmp"), (2, message((2, message((1, "")))))))))),
        {"spec": {"volumes": [{"name": "tmp", "emptyDir": {}}]}},
    ),
    "a port by number and one by name": (
        body(
            "v1", "Service",
            (2, message((1, message((3, 80), (4, message((1, 0), (2, 8080), (3, ""))))),
                        (1, message((3, 81), (4, message((1, 1), (2, 0), (3, "http")))))))),
        {"spec": {"ports": [{"port": 80, "targetPort": 8080}, {"port": 81, "targetPort": "http"}]}},
    ),
    "a moment": (
        body("v1", "Pod", (3, message((7, message((1, 1767225600), (2, 0)))))),
        {"status": {"startTime": "2026-01-01T00:00:00Z"}},
    ),
    "a fine moment": (
        body("coordination.k8s.io/v1", "Lease", (2, message((3, message((1, 1767225600), (2, 123456000)))))),
        {"spec": {"acquireTime": "2026-01-01T00:00:00.123456Z"}},
    ),
    "options of no group of their own": (body("v1", "DeleteOptions", (1, 0)), {"gracePeriodSeconds": 0}),
}  # fmt: skip


@pytest.mark.parametrize(("data", "fields"), BODIES.values(), ids=BODIES.keys())
def test_a_body_says(data: bytes, fields: dict[str, Any]) -> None:
    found = decode(data)

    assert {key: value for key, value in found.items() if key not in ("apiVersion", "kind")} == fields


def test_a_body_names_its_kind() -> None:
    found = decode(body("apps/v1", "Deployment"))

    assert found == {"apiVersion": "apps/v1", "kind": "Deployment"}


def test_a_kind_whose_form_is_not_known_is_named() -> None:
    with pytest.raises(NotModelledError, match="the protobuf form of Moon"):
        decode(body("sky/v1", "Moon"))


def test_a_field_whose_number_is_not_known_is_not_dropped() -> None:
    with pytest.raises(NotModelledError, match=r"field 4000 of core\.v1\.ConfigMap"):
        decode(body("v1", "ConfigMap", (4000, 1)))


FAULTY = {
    "no mark": b"\x0a\x00",
    "half a number": MAGIC + b"\x0a\x80",
    "less than was announced": MAGIC + b"\x0a\x09v1",
    "a wire type that is none": MAGIC + b"\x0b",
}


@pytest.mark.parametrize("data", FAULTY.values(), ids=FAULTY.keys())
def test_what_is_no_body(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"EOF|wire type|appear to be"):
        decode(data)


def test_what_is_written_is_read_back() -> None:
    fields = [(1, "text"), (2, 300), (3, b"\x00\xff"), (1, "again")]

    assert [(each.number, each.value) for each in wire(message(*fields))] == [
        (1, b"text"),
        (2, 300),
        (3, b"\x00\xff"),
        (1, b"again"),
    ]

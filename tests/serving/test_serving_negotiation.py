"""Forms of answers and bodies."""

import pytest

from podproof.serving.negotiation import Wanted, patch_kind, read_body, wanted, write_body
from podproof.simulator.kernel.requests import ApiError

TABLE = ("meta.k8s.io", "v1", "Table")
JSON = Wanted("application/json")
YAML = Wanted("application/yaml")
AS_TABLE = Wanted("application/json", "Table", "meta.k8s.io", "v1")

WANTED = {
    "nothing is said": ("", JSON),
    "anything goes": ("*/*", JSON),
    "any application": ("application/*", JSON),
    "YAML": ("application/yaml", YAML),
    "a table": ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", AS_TABLE),
    "a table of another version, or else": ("application/json;as=Table;v=v0;g=meta.k8s.io,application/json", JSON),
    "protobuf, or else": ("application/vnd.kubernetes.protobuf,application/json", JSON),
    "the heavier first": ("application/json;q=0.5, application/yaml;q=0.9", YAML),
    "spaces": ("application/json; as=Table; v=v1; g=meta.k8s.io", AS_TABLE),
}


@pytest.mark.parametrize(("header", "form"), WANTED.values(), ids=WANTED.keys())
def test_an_accept_header_asks_for(header: str, form: Wanted) -> None:
    assert wanted(header, [TABLE]) == form


@pytest.mark.parametrize("header", ["application/vnd.kubernetes.protobuf", "application/json;as=Chair", "text/html"])
def test_what_cannot_be_given_is_406(header: str) -> None:
    with pytest.raises(ApiError) as refusal:
        wanted(header, [TABLE])

    assert (refusal.value.code, refusal.value.reason) == (406, "NotAcceptable")
    assert refusal.value.message == "only the following media types are accepted: application/json, application/yaml"


PATCHES = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json; charset=utf-8": "strategic",
    "application/apply-patch+yaml": "apply",
}


@pytest.mark.parametrize(("content_type", "kind"), PATCHES.items())
def test_a_patch_is_told_by_its_type(content_type: str, kind: str) -> None:
    assert patch_kind(content_type) == kind


def test_a_patch_of_no_known_type_is_415() -> None:
    with pytest.raises(ApiError) as refusal:
        patch_kind("application/json")

    assert (refusal.value.code, refusal.value.reason) == (415, "UnsupportedMediaType")


BODIES = {
    "JSON": ("application/json", b'{"a": 1}', {"a": 1}),
    "no type": ("", b'{"a": 1}', {"a": 1}),
    "YAML": ("application/yaml", b"a: 1\n", {"a": 1}),
    "YAML whose dates stay text": ("application/yaml", b"a: 2026-01-01\n", {"a": "2026-01-01"}),
    "a patch in YAML": ("application/apply-patch+yaml", b"a: 1\n", {"a": 1}),
    "nothing": ("application/json", b" ", None),
}


@pytest.mark.parametrize(("content_type", "data", "value"), BODIES.values(), ids=BODIES.keys())
def test_a_body_is_read(content_type: str, data: bytes, value: object) -> None:
    assert read_body(content_type, data).value == value


FAULTY = {
    "CBOR": ("application/cbor", b"\xa0", 415),
    "protobuf without its mark": ("application/vnd.kubernetes.protobuf", b"\x0a\x00", 400),
    "half a protobuf": ("application/vnd.kubernetes.protobuf", b"k8s\0\x0a\x09", 400),
    "half a JSON": ("application/json", b'{"a": ', 400),
    "nested too deep": ("application/json", b"[" * 100_000, 400),
    "half a YAML": ("application/yaml", b"a: [", 400),
    "two documents": ("application/yaml", b"a: 1\n---\na: 2\n", 400),
    "more than a server takes": ("application/json", b" " * (3 * 1024 * 1024 + 1), 413),
    "more YAML than a server takes": ("application/yaml", b" " * (3 * 1024 * 1024 + 1), 413),
    "bytes that are no text": ("application/json", b"\xff\xfe\x00", 400),
}


@pytest.mark.parametrize(("content_type", "data", "code"), FAULTY.values(), ids=FAULTY.keys())
def test_a_body_is_refused(content_type: str, data: bytes, code: int) -> None:
    with pytest.raises(ApiError) as refusal:
        read_body(content_type, data)

    assert refusal.value.code == code


@pytest.mark.parametrize("form", [JSON, YAML])
def test_what_is_written_is_read_back(form: Wanted) -> None:
    body = {"b": [1, "two", None], "a": {"n": "0123", "t": "2026-01-01", "e": "\u00e9\n"}}

    assert read_body(form.media, write_body(form, body)).value == body


def test_a_table_says_that_it_is_one() -> None:
    assert AS_TABLE.content_type == "application/json;g=meta.k8s.io;v=v1;as=Table"

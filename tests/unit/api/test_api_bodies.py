"""Bodies that are too large, no JSON, or no object: what the API server says, and that nothing of them is stored."""

import json
from typing import Any

import pytest

from podproof.simulator.api.bodies import LARGEST, UnreadableError, json_body, parsed
from podproof.simulator.kernel.requests import ApiError, Request

from .conftest import Bench, manifest, pod_spec

HEAD = "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: "

NO_JSON = {
    "nothing at all follows": ('{"a": ', "unexpected end of JSON input"),
    "a string never ends": ('{"a": "b', "unexpected end of JSON input"),
    "a word": ("hello", "invalid character 'h' looking for beginning of value"),
    "NaN": ('{"a": NaN}', "invalid character 'N' looking for beginning of value"),
    "minus infinity": ('{"a": -Infinity}', "invalid character 'I' in numeric literal"),
    "a key without quotes": ("{a: 1}", "invalid character 'a' looking for beginning of object key string"),
    "a comma before the end": ('{"a": 1,}', "invalid character '}' looking for beginning of object key string"),
    "no colon": ('{"a" 1}', "invalid character '1' after object key"),
    "no comma between fields": ('{"a": 1 "b": 2}', "invalid character '\"' after object key:value pair"),
    "no comma between items": ('{"a": [1 2]}', "invalid character '2' after array element"),
    "something follows": ('{"a": 1} x', "invalid character 'x' after top-level value"),
    "a line break in a string": ('{"a": "\n"}', r"invalid character '\n' in string literal"),
    "another control character": ('{"a": "\x01"}', r"invalid character '\x01' in string literal"),
    "a quote of print, of which Go sees the first byte": (
        "{\u201ca\u201d: 1}",
        "invalid character 'â' looking for beginning of object key string",
    ),
    "an unknown escape": (r'{"a": "\q"}', "invalid character 'q' in string escape code"),
    "a number without end": (
        "1" * 5000,
        "json: cannot unmarshal number 111111111111111111111111111111... into Go value of type float64",
    ),
    "a number past every range": (
        '{"a": 1e400}',
        "json: cannot unmarshal number 1e400 into Go value of type float64",
    ),
    "nested without end": ("[" * 100_000, "exceeded max depth"),
    "nested deeper than objects are": ("[" * 500 + "]" * 500, "exceeded max depth"),
}


@pytest.mark.parametrize(("text", "reason"), NO_JSON.values(), ids=NO_JSON.keys())
def test_text_that_is_no_json(text: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as refusal:
        parsed(text.encode())

    assert str(refusal.value) == reason


def test_null_is_an_object_of_which_nothing_is_said() -> None:
    assert json_body(b" null ", "Pod").value == {}


READ: dict[str, tuple[bytes, Any]] = {
    "a byte that is no UTF-8 is replaced": (b'{"a": "\xff"}', {"a": "\ufffd"}),
    "half a surrogate pair is replaced": (rb'{"a": "\ud800"}', {"a": "\ufffd"}),
    "a whole pair is a character": (rb'{"a": "\ud83d\ude00"}', {"a": "\U0001f600"}),
    "the last of two fields counts": (b'{"a": 1, "a": 2}', {"a": 2}),
}


@pytest.mark.parametrize(("data", "value"), READ.values(), ids=READ.keys())
def test_what_go_lets_pass(data: bytes, value: Any) -> None:
    assert parsed(data).value == value


def test_every_field_that_stands_twice_is_told_with_its_path() -> None:
    found = parsed(b'{"a": 1, "b": [{"c": {"d": 1, "d": 2, "d": 3}}], "a": 2}')

    assert found.faults == ('duplicate field "a"', 'duplicate field "b[0].c.d"')


def test_a_body_may_be_as_large_as_the_limit() -> None:
    assert json_body(b'"' + b"a" * (LARGEST - 2) + b'"').value


def test_a_body_past_the_limit_is_refused() -> None:
    with pytest.raises(ApiError) as refusal:
        json_body(b" " * (LARGEST + 1))

    told = (refusal.value.code, refusal.value.reason, refusal.value.message)
    assert told == (413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728")


BEGINNINGS = {
    "an object": (b'{"kind": ', '{"kind": '),
    "a long object": (b'{"kind": "Pod", "metadata": {"name": ', '{"kind": "Pod", "metadata": {" ...'),
    "anything else": (b"<a>", "3c613e"),
}


@pytest.mark.parametrize(("data", "shown"), BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_the_refusal_shows_how_a_body_begins(data: bytes, shown: str) -> None:
    with pytest.raises(ApiError) as refusal:
        json_body(data, "Pod")

    assert refusal.value.message.startswith(HEAD)
    assert refusal.value.message.endswith(f"({shown})")


STRUCT = r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'

FOREIGN: dict[str, tuple[Any, str]] = {
    "nothing": (None, f"{HEAD}unexpected end of JSON input (<empty>)"),
    "a list": ([], f"{HEAD}json: cannot unmarshal array into Go value of type {STRUCT} (5b5d)"),
    "a text": ("a", f"{HEAD}json: cannot unmarshal string into Go value of type {STRUCT} (226122)"),
    "a truth value": (True, f"{HEAD}json: cannot unmarshal bool into Go value of type {STRUCT} (74727565)"),
    "a kind that is no text": (
        {"kind": 5},
        f'{HEAD}json: cannot unmarshal number into Go struct field .kind of type string ({{"kind":5}})',
    ),
    "another kind": (
        {"apiVersion": "v1", "kind": "Service"},
        'Service in version "v1" cannot be handled as a Pod: converting (v1.Service) to (core.Pod): unknown conversion',
    ),
    "a kind of nobody": (
        {"apiVersion": "v1", "kind": "Flock"},
        'Flock in version "v1" cannot be handled as a Pod: '
        'no kind "Flock" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ),
    "a version of nobody": (
        {"apiVersion": "apps/v9", "kind": "Pod"},
        'Pod in version "v9" cannot be handled as a Pod: '
        'no kind "Pod" is registered for version "apps/v9" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "message"), FOREIGN.values(), ids=FOREIGN.keys())
def test_a_body_that_is_no_pod(bench: Bench, body: Any, message: str) -> None:
    response = bench.ask("create", "pods", body=body)

    assert (response.code, response.body["message"]) == (400, message)


def twice(strictness: str) -> Request:
    body = json.dumps(manifest(pod_spec()))
    read = json_body(f'{body[:-1]}, "kind": "Pod"}}'.encode(), "Pod")
    params = {"fieldValidation": strictness}
    return Request("create", "pods", "default", body=read.value, params=params, faults=read.faults)


STRICTNESS = {
    "strictly it is refused": ("Strict", 400, ()),
    "by default the sender is warned": ("Warn", 201, ('duplicate field "kind"',)),
    "or it is nobody's business": ("Ignore", 201, ()),
}


@pytest.mark.parametrize(("strictness", "code", "warnings"), STRICTNESS.values(), ids=STRICTNESS.keys())
def test_a_field_that_stands_twice(bench: Bench, strictness: str, code: int, warnings: tuple[str, ...]) -> None:
    response = bench.api.handle(twice(strictness))

    assert (response.code, response.warnings) == (code, warnings)


def test_what_is_refused_leaves_nothing_behind(bench: Bench) -> None:
    bench.api.handle(twice("Strict"))

    assert bench.ask("list", "pods").body["items"] == []


def nested(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(depth):
        found = {"a": found}
    return found


@pytest.mark.parametrize("kind", ["merge", "strategic"])
def test_a_patch_nested_without_end_is_refused(bench: Bench, kind: str) -> None:
    bench.ask("create", "pods", body=manifest(pod_spec()))
    response = bench.ask("patch", "pods", name="p", body=nested(5000), patchType=kind)

    assert (response.code, response.body["message"]) == (400, "exceeded max depth")


LIMITS: dict[str, tuple[dict[str, Any], int]] = {
    "a name as long as they may be": ({"metadata": {"name": "a" * 253}}, 201),
    "a name that is longer": ({"metadata": {"name": "a" * 254}}, 422),
    "null for the name": ({"metadata": {"name": None}}, 422),
    "a label's value that is too long": ({"metadata": {"name": "c", "labels": {"a": "v" * 64}}}, 422),
    "annotations that are too long": ({"metadata": {"name": "c", "annotations": {"a": "v" * 262_144}}}, 422),
    "null for the data": ({"metadata": {"name": "c"}, "data": None}, 201),
    "data that is too long": ({"metadata": {"name": "c"}, "data": {"a": "x" * (1024 * 1024 + 1)}}, 422),
}


@pytest.mark.parametrize(("body", "code"), LIMITS.values(), ids=LIMITS.keys())
def test_what_stands_at_a_limit(bench: Bench, body: dict[str, Any], code: int) -> None:
    assert bench.ask("create", "configmaps", body=body).code == code


NUMBERS = {
    "a whole number with a point": (1.0, "number 1.0"),
    "more than 64 bits": (2**63, "number 9223372036854775808"),
    "more digits than are shown": (10**5000, "number"),
}


@pytest.mark.parametrize(("value", "seen"), NUMBERS.values(), ids=NUMBERS.keys())
def test_a_number_that_is_no_int64(bench: Bench, value: float, seen: str) -> None:
    response = bench.ask("create", "pods", body=manifest(pod_spec(terminationGracePeriodSeconds=value)))

    where = "Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64"
    assert response.body["message"].endswith(f": json: cannot unmarshal {seen} into {where}")


SHAPELESS = [
    [1], "no", 5, {"target": [1]}, {"preconditions": 3}, {"gracePeriodSeconds": [1]}, {"dryRun": 5},
    {"deleteOptions": [1]}, {"metadata": [1]}, {"status": [1]}, {"spec": 5}, {"kind": 5},
    {"spec": {"containers": [None]}},
]  # fmt: skip
CALLS = [
    ("delete", ""), ("deletecollection", ""), ("update", ""), ("create", "binding"), ("create", "eviction"),
    ("update", "status"), ("patch", "status"), ("update", "ephemeralcontainers"), ("update", "resize"),
]  # fmt: skip


@pytest.mark.parametrize("body", SHAPELESS, ids=json.dumps)
@pytest.mark.parametrize(("verb", "subresource"), CALLS, ids=" ".join)
def test_every_call_answers_a_shapeless_body(bench: Bench, verb: str, subresource: str, body: Any) -> None:
    bench.pod("p")
    name = "" if verb == "deletecollection" else "p"
    params = {"patchType": "merge"} if verb == "patch" else {}

    response = bench.api.handle(Request(verb, "pods", "default", name, subresource, body, params))

    assert response.code < 500 or response.body["message"] == "target.name: Required value"

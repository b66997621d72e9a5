"""Lists: in parts, of a version, and the options that are refused."""

import base64
import json
from typing import Any

import pytest

from podproof.simulator.kernel.requests import Request

from .conftest import Bench


def filled(bench: Bench, *names: str) -> None:
    for name in names:
        bench.create("ConfigMap", name)


def names(body: Any) -> list[str]:
    return [item["metadata"]["name"] for item in body["items"]]


def said(**fields: Any) -> str:
    """A token that says this."""
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def test_a_list_in_parts_is_the_list_as_it_was_at_the_first(bench: Bench) -> None:
    filled(bench, "a", "b", "c", "d", "e")
    first = bench.ask("list", "configmaps", limit="2").body
    bench.user.delete("configmaps", "default", "d")
    filled(bench, "bb")
    second = bench.ask("list", "configmaps", limit="2", **{"continue": first["metadata"]["continue"]}).body
    third = bench.ask("list", "configmaps", limit="2", **{"continue": second["metadata"]["continue"]}).body

    assert [names(each) for each in (first, second, third)] == [["a", "b"], ["c", "d"], ["e"]]
    assert [each["metadata"].get("remainingItemCount") for each in (first, second, third)] == [3, 1, None]
    assert {each["metadata"]["resourceVersion"] for each in (first, second, third)} == {
        first["metadata"]["resourceVersion"]
    }
    assert "continue" not in third["metadata"]


def test_what_a_selector_leaves_is_not_counted(bench: Bench) -> None:
    filled(bench, "a", "b")
    meta = bench.ask("list", "configmaps", limit="1", labelSelector="!x").body["metadata"]

    assert "continue" in meta
    assert "remainingItemCount" not in meta


def test_a_token_that_has_grown_too_old_says_how_to_go_on(bench: Bench) -> None:
    filled(bench, "a", "b", "c")
    token = bench.ask("list", "configmaps", limit="1").body["metadata"]["continue"]
    for index in range(10_001):
        bench.component.create("events", {"metadata": {"name": f"e{index}"}, "involvedObject": {}}, "default")
    filled(bench, "bb")
    answer = bench.ask("list", "configmaps", limit="1", **{"continue": token})
    again = bench.ask("list", "configmaps", **{"continue": answer.body["metadata"]["continue"]})

    assert (answer.code, answer.body["reason"]) == (410, "Expired")
    assert answer.body["message"].startswith("The provided continue parameter is too old to display a consistent list")
    assert names(again.body) == ["b", "bb", "c"]


def test_an_exact_version(bench: Bench) -> None:
    filled(bench, "a")
    version = str(bench.store.version)
    bench.user.patch("configmaps", "default", "a", {"data": {"k": "v"}})
    filled(bench, "b")
    then = bench.ask("list", "configmaps", resourceVersion=version, resourceVersionMatch="Exact").body
    now = bench.ask("list", "configmaps", resourceVersion=version, resourceVersionMatch="NotOlderThan").body

    assert (names(then), "data" in then["items"][0], then["metadata"]["resourceVersion"]) == (["a"], False, version)
    assert (names(now), now["metadata"]["resourceVersion"]) == (["a", "b"], str(bench.store.version))


REFUSALS: dict[str, tuple[dict[str, str], int, str]] = {
    "a match without a version": (
        {"resourceVersionMatch": "Exact"}, 422,
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
        "resourceVersionMatch is forbidden unless resourceVersion is provided"),
    "exactly any version": (
        {"resourceVersionMatch": "Exact", "resourceVersion": "0"}, 422,
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
        'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    "a match there is none of": (
        {"resourceVersionMatch": "Near", "resourceVersion": "1"}, 422,
        'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Near": '
        'supported values: "Exact", "NotOlderThan", ""'),
    "a version that is still to come": (
        {"resourceVersion": "999999"}, 504, "Timeout: Too large resource version: 999999, current: 3"),
    "a version to go on from": (
        {"continue": said(v="meta.k8s.io/v1", rv=2, start="a"), "resourceVersion": "1"}, 400,
        "specifying resource version is not allowed when using continue"),
    "a version that is none": (
        {"resourceVersion": "x"}, 400,
        'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": '
        "invalid syntax"),
    "a version that no number holds": (
        {"resourceVersion": "9" * 20}, 400,
        f'invalid resource version: resourceVersion: Invalid value: "{"9" * 20}": strconv.ParseUint: '
        f'parsing "{"9" * 20}": value out of range'),
    "a limit that is none": ({"limit": "--5"}, 400, 'strconv.ParseInt: parsing "--5": invalid syntax'),
    "a limit that says nothing": ({"limit": ""}, 400, 'strconv.ParseInt: parsing "": invalid syntax'),
    "initial events": (
        {"sendInitialEvents": "true"}, 422,
        'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'),
    "no initial events, said aloud": (
        {"sendInitialEvents": "false"}, 422,
        'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'),
}  # fmt: skip


GETS = {
    "x\n": (500, 'resourceVersion: Invalid value: "x\\n": strconv.ParseUint: parsing "x\\n": invalid syntax'),
    "999999": (504, "Timeout: Too large resource version: 999999, current: 4"),
}


@pytest.mark.parametrize(("version", "wanted"), GETS.items())
def test_an_object_of_a_version_that_is_none(bench: Bench, version: str, wanted: tuple[int, str]) -> None:
    filled(bench, "a")
    answer = bench.ask("get", "configmaps", "a", resourceVersion=version)

    assert (answer.code, answer.body["message"]) == wanted


def test_an_object_is_at_least_of_a_version(bench: Bench) -> None:
    filled(bench, "a")

    assert [bench.ask("get", "configmaps", "a", resourceVersion=each).code for each in ("", "0", "1")] == [200] * 3


TOKENS = {
    "%%": ": illegal base64 data at input byte 0",
    "YWJjZ": ": illegal base64 data at input byte 4",
    "YWJj": ": invalid character 'a' looking for beginning of value",
    "WzFd": ": json: cannot unmarshal array into Go value of type storage.continueToken",
    "bnVsbA": ": server does not recognize this encoded version ",
    said(v="v2", rv=1, start="a"): ": server does not recognize this encoded version v2",
    said(v="meta.k8s.io/v1", rv="1"):
        ": json: cannot unmarshal string into Go struct field continueToken.rv of type int64",
    said(v="meta.k8s.io/v1", rv=0, start="a"): ": incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
    said(v="meta.k8s.io/v1", rv=1): ": encoded start key empty (version meta.k8s.io/v1)",
    said(v="meta.k8s.io/v1", rv=1, start="../a"): ": ../a",
}  # fmt: skip


@pytest.mark.parametrize(("token", "why"), TOKENS.items())
def test_a_token_that_is_none(bench: Bench, token: str, why: str) -> None:
    answer = bench.ask("list", "configmaps", **{"continue": token})

    assert (answer.code, answer.body["message"]) == (400, f"invalid continue token: continue key is not valid{why}")


@pytest.mark.parametrize("space", ["default", ""])
def test_a_token_names_the_last_object_that_was_told(bench: Bench, space: str) -> None:
    filled(bench, "a", "b")
    meta = bench.api.handle(Request("list", "configmaps", space, params={"limit": "1"})).body["metadata"]
    told = json.loads(base64.urlsafe_b64decode(meta["continue"] + "=="))

    start = "a\0" if space else "default/a\0"
    assert told == {"v": "meta.k8s.io/v1", "rv": int(meta["resourceVersion"]), "start": start}


@pytest.mark.parametrize(("params", "code", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_list_that_is_refused(bench: Bench, params: dict[str, str], code: int, message: str) -> None:
    answer = bench.ask("list", "configmaps", **params)

    assert (answer.code, answer.body["message"]) == (code, message)


def test_an_exact_version_that_is_forgotten(bench: Bench) -> None:
    for index in range(10_002):
        bench.component.create("events", {"metadata": {"name": f"e{index}"}, "involvedObject": {}}, "default")
    answer = bench.ask("list", "configmaps", resourceVersion="1", resourceVersionMatch="Exact")

    assert (answer.code, answer.body["message"]) == (410, "The resourceVersion for the provided list is too old.")


WRITES = {
    "another way to try": (
        "create", {"dryRun": "Some"}, "CreateOptions", 'dryRun: Unsupported value: ["Some"]: supported values: "All"'),
    "another strictness": (
        "update", {"fieldValidation": "Loose"}, "UpdateOptions",
        'fieldValidation: Unsupported value: "Loose": supported values: "Ignore", "Strict", "Warn"'),
    "force without apply": (
        "patch", {"force": "true"}, "PatchOptions", "force: Forbidden: may not be specified for non-apply patch"),
    "apply without a manager": (
        "patch", {"patchType": "apply"}, "PatchOptions", "fieldManager: Required value: is required for apply patch"),
    "a manager of great length": (
        "create", {"fieldManager": "m" * 129}, "CreateOptions",
        "fieldManager: Too long: may not be more than 128 bytes"),
    "a manager that cannot be printed": (
        "create", {"fieldManager": "a\tb"}, "CreateOptions",
        'fieldManager: Invalid value: "a\\tb": should only contain printable characters'),
}  # fmt: skip


@pytest.mark.parametrize(("verb", "params", "kind", "message"), WRITES.values(), ids=WRITES.keys())
def test_the_options_of_a_write(bench: Bench, verb: str, params: dict[str, str], kind: str, message: str) -> None:
    filled(bench, "c")
    answer = bench.ask(verb, "configmaps", "c", {"metadata": {"name": "c"}}, **params)

    assert (answer.code, answer.body["message"]) == (422, f'{kind}.meta.k8s.io "" is invalid: {message}')


def test_a_generated_name_that_is_taken_is_drawn_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    suffixes = iter(["aaaaa", "aaaaa", "bbbbb"])
    monkeypatch.setattr("podproof.simulator.kernel.chance.Chance.name_suffix", lambda _: next(suffixes))
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "c-"}}
    made = [bench.user.create("configmaps", body, "default")["metadata"]["name"] for _ in range(2)]

    assert made == ["c-aaaaa", "c-bbbbb"]


def test_names_that_are_all_taken(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podproof.simulator.kernel.chance.Chance.name_suffix", lambda _: "aaaaa")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "c-"}}
    bench.user.create("configmaps", body, "default")
    answer = bench.ask("create", "configmaps", body=body)

    assert (answer.code, answer.body["reason"], answer.body["message"]) == (
        409,
        "AlreadyExists",
        'configmaps "c-aaaaa" already exists, the server was not able to generate a unique name for the object',
    )


def test_the_last_finalizer_is_not_taken_away_by_trying(bench: Bench) -> None:
    bench.create("ConfigMap", "c", metadata={"finalizers": ["example.com/wait"]})
    bench.user.delete("configmaps", "default", "c")
    bench.ask("patch", "configmaps", "c", {"metadata": {"finalizers": None}}, patchType="merge", dryRun="All")

    assert bench.store.get("configmaps", "default", "c") is not None


def test_namespaces_are_not_deleted_as_a_collection(bench: Bench) -> None:
    answer = bench.ask("deletecollection", "namespaces")

    assert (answer.code, answer.body["message"]) == (
        405, "the server does not allow this method on the requested resource",
    )  # fmt: skip

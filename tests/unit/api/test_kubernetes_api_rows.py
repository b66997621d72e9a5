"""The API server held to a real one's answers: tables recorded from kube-apiserver v1.36.2, where they are at hand."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from podproof.simulator.api import writing
from podproof.simulator.api.bodies import json_body
from podproof.simulator.api.discovery import resource_for, resources
from podproof.simulator.api.kinds.pod_defaults import default_pod
from podproof.simulator.api.rules import rules_of
from podproof.simulator.api.server import Api
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.requests import ApiError, Request, Response
from podproof.simulator.kernel.store import Store
from podproof.simulator.model.schema import decode
from podproof.simulator.model.times import moment

TABLES = Path(__file__).parents[4] / "shared" / "exam-sample"
KINDS = {resource.kind for resource in resources()}
NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")

OTHERWISE = {
    "TestValidatePodSpec/populate_all_fields": "recorded without service accounts; ours refuses one that is not there",
    "TestValidatePod/serviceaccount_token_projected_volume_with_no_serviceaccount_name_specified":
        "recorded without service accounts; ours names the default one",
    "TestValidateServiceCreate/valid,_single_ip": "the recorded cluster gave addresses from 10.96.0.0/16",
    "api/namespace-missing": "this test makes every namespace; tests/unit/api/test_api_verbs.py shows the refusal",
    "pod-generatename": "a generated name differs by run",
}  # fmt: skip
"""Rows that ask for something else than this cluster is, each with the reason."""


STATUS_SET = ("PersistentVolumeClaim",)
"""Kinds whose recorded updates started from the row's status; of the others the server had only the spec."""
RENAMED = re.compile(r'\w[\w.]* "(?P<name>[^"]+)-\d+" is invalid')
"""How the server names an object that the recording had given a number."""

DIFFERING = ("uid", "creationTimestamp", "resourceVersion", "managedFields")


def rows(table: str) -> list[Any]:
    path = TABLES / f"{table}.json"
    if not path.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{path} is not here"), id=table)]
    found = json.loads(path.read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["id"]) for row in found if _is_ours(row)]


def texts() -> list[Any]:
    """Return the rows that give a body as its text."""
    path = TABLES / "apierrors.json"
    if not path.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{path} is not here"), id="texts")]
    found = json.loads(path.read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["id"]) for row in found if "raw" in row["input"]]


def _is_ours(row: Any) -> bool:
    item = row["input"].get("object", row["input"])
    return item.get("kind") in KINDS and row["id"] not in OTHERWISE


@pytest.fixture(autouse=True)
def everything_is_modelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for the API server's own answer, also about pods that no simulated node would run."""
    monkeypatch.setattr(writing, "refuse_absent", lambda *_: None)


def sent(item: Any, old: Any = None, *, dry: bool = True, account: str = "") -> Response:
    """Return the answer to the creation of an object (beside an account), or to the update of an old one."""
    api = Api(Store(frozen=True), lambda: moment("2026-01-01T00:00:00Z"), Chance("rows"))
    resource = resource_for(item["apiVersion"], item["kind"])
    for each in filter(None, (item, old)):
        for key in ("resourceVersion", "uid"):
            each["metadata"].pop(key, None)
        space = each["metadata"].get("namespace", "default")
        if resource.namespaced and NAMESPACE.fullmatch(space):
            api.handle(Request("create", "namespaces", body={"metadata": {"name": space}}, user="system:test"))
    place = item["metadata"].get("namespace", "default") if resource.namespaced else ""
    if account:
        made = {"metadata": {"name": account}}
        assert api.handle(Request("create", "serviceaccounts", place, body=made, user="system:test")).code == 201
    params = {"fieldValidation": "Strict", **({"dryRun": "All"} if dry and old is None else {})}
    if old is None:
        return api.handle(Request("create", resource.name, place, body=item, params=params))
    before = old["metadata"].get("namespace", "default") if resource.namespaced else ""
    status = old.get("status")
    assert api.handle(Request("create", resource.name, before, body=old, params=params)).code == 201
    if status and resource.kind in STATUS_SET:
        body = {**old, "status": status}
        written = api.handle(Request("update", resource.name, before, old["metadata"]["name"], "status", body))
        assert written.code == 200
    return api.handle(Request("update", resource.name, place, item["metadata"]["name"], body=item, params=params))


def agrees(response: Response, expected: Any, *, without_warnings: bool = False) -> None:
    """Hold an answer to the recorded one: code, message, causes, warnings (which no update was recorded with)."""
    if expected["valid"]:
        assert response.code < 400, response.body["message"]
        if without_warnings:
            return
        warned = tuple(f'299 - "{_escaped(text)}"' for text in response.warnings)
        assert warned == tuple(expected.get("warnings") or ())
        return
    assert (response.code, response.body["message"]) == (
        expected["httpStatus"],
        unnumbered(expected["message"], response),
    )
    causes = [(cause["reason"], cause["message"], cause["field"]) for cause in expected.get("causes") or ()]
    seen = response.body.get("details", {}).get("causes", ())
    assert [(cause["reason"], cause["message"], cause["field"]) for cause in seen] == causes


def unnumbered(message: str, response: Response) -> str:
    """Return a message without the number that the recording gave to the object's name."""
    found = RENAMED.match(message)
    name = response.body.get("details", {}).get("name")
    return re.sub(r'-\d+(?=" is invalid)', "", message, count=1) if found and found["name"] == name else message


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@pytest.mark.parametrize("row", rows("apierrors"))
def test_a_border_line_manifest(row: Any) -> None:
    agrees(sent(row["input"]["object"], dry="not dry-run" not in row["source"]), row["expected"])


@pytest.mark.parametrize("row", texts())
def test_a_text_sent_as_a_pod(row: Any) -> None:
    agrees(written(row["input"]["raw"]), row["expected"])


def written(text: str) -> Response:
    """Return the answer to a text sent to the pods."""
    api = Api(Store(frozen=True), lambda: moment("2026-01-01T00:00:00Z"), Chance("rows"))
    api.handle(Request("create", "namespaces", body={"metadata": {"name": "default"}}, user="system:test"))
    params = {"fieldValidation": "Strict", "dryRun": "All"}
    try:
        read = json_body(text.encode(), "Pod")
    except ApiError as error:
        return Response(error.code, error.status)
    return api.handle(Request("create", "pods", "default", body=read.value, params=params, faults=read.faults))


@pytest.mark.parametrize("row", rows("validation"))
def test_validation(row: Any) -> None:
    if row["expectedApi"] is None:
        pytest.skip("the real server was not asked")

    old = row["input"].get("oldObject") if row["op"] == "update" else None
    agrees(sent(row["input"]["object"], old), row["expectedApi"], without_warnings=old is not None)


@pytest.mark.parametrize("row", rows("defaults"))
def test_defaults(row: Any) -> None:
    item = row["input"]
    if "expected" not in row:
        assert completed(item) == pruned(row["expectedSchemeDefaultsOnly"])
        return
    with_account = row.get("expectedWithServiceAccountAdmission") if item["kind"] == "Pod" else None
    stored = sent(item, dry=False, account=_account(item) if with_account else "").body

    assert_like(pruned(with_account or row["expected"]), pruned(stored))


def _account(pod: Any) -> str:
    spec = pod["spec"]
    return str(spec.get("serviceAccountName") or spec.get("serviceAccount") or "default")


def completed(item: Any) -> Any:
    """Return an object with its defaults only, neither admitted nor validated."""
    draft = decode(item["kind"], item).draft
    rules_of(item["kind"]).default(draft)
    return pruned(draft)


def pruned(item: Any) -> Any:
    """Return an object without what is empty, and without what differs by run."""
    if isinstance(item, dict):
        kept = {key: pruned(value) for key, value in item.items() if key not in DIFFERING}
        return {key: value for key, value in kept.items() if value not in (None, "", [], {})}
    return [pruned(each) for each in item] if isinstance(item, list) else item


def assert_like(wanted: Any, seen: Any) -> None:
    """Compare two objects; `<…>` stands for what differs by run."""
    if isinstance(wanted, dict):
        assert isinstance(seen, dict)
        assert wanted.keys() == seen.keys()
        for key in wanted:
            assert_like(wanted[key], seen[key])
    elif isinstance(wanted, list):
        assert len(wanted) == len(seen)
        for one, other in zip(wanted, seen, strict=True):
            assert_like(one, other)
    elif "<" in str(wanted):
        assert str(seen).startswith(str(wanted).partition("<")[0])
    else:
        assert seen == wanted


def test_default_pod_is_the_rule_the_rows_check() -> None:
    assert rules_of("Pod").default is default_pod

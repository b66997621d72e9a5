"""The OpenAPI documents."""

from collections.abc import Iterator
from typing import Any

import pytest

from podproof.serving import openapi
from podproof.simulator.api.discovery import versions
from tests.serving.conftest import Served

CORE = "io.k8s.api.core.v1"


def _core() -> Any:
    return openapi.v3(versions(), "", "v1")


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if isinstance(node.get("$ref"), str) else ())
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def _is_there(document: Any, reference: str) -> bool:
    found = document
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part, {})
    return bool(found)


DOCUMENTS = {f"{each.group}/{each.version}": (each.group, each.version) for each in versions()}


@pytest.mark.parametrize(("group", "version"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_every_reference_of_a_groups_document_leads_somewhere(group: str, version: str) -> None:
    document = openapi.v3(versions(), group, version)

    assert [each for each in _references(document) if not _is_there(document, each)] == []


def test_every_reference_of_the_old_document_leads_somewhere() -> None:
    document = openapi.v2(versions())

    assert [each for each in _references(document) if not _is_there(document, each)] == []


def test_every_kind_has_a_schema_that_says_which_kind_it_is() -> None:
    named = [
        (kind["group"], kind["version"], kind["kind"])
        for each in versions()
        for schema in (openapi.v3(versions(), each.group, each.version) or {})["components"]["schemas"].values()
        for kind in schema.get("x-kubernetes-group-version-kind", ())
    ]

    assert set(named) == {(each.group, each.version, each.kind) for each in versions()}


FIELDS = {
    "a text": ("Pod", "kind", {"type": "string"}),
    "a number": ("PodSpec", "terminationGracePeriodSeconds", {"type": "integer", "format": "int64"}),
    "a claim": ("PodSpec", "hostNetwork", {"type": "boolean"}),
    "a struct": ("Pod", "spec", {"$ref": f"#/components/schemas/{CORE}.PodSpec"}),
    "labels": ("PodSpec", "nodeSelector", {"type": "object", "additionalProperties": {"type": "string"}}),
    "a list that is merged by a key": (
        "PodSpec",
        "containers",
        {
            "type": "array",
            "items": {"$ref": f"#/components/schemas/{CORE}.Container"},
            "x-kubernetes-patch-strategy": "merge",
            "x-kubernetes-patch-merge-key": "name",
        },
    ),
    "a number or a text": ("HTTPGetAction", "port", {"type": "string", "format": "int-or-string"}),
}


@pytest.mark.parametrize(("struct", "field", "schema"), FIELDS.values(), ids=FIELDS.keys())
def test_a_field_is(struct: str, field: str, schema: Any) -> None:
    assert _core()["components"]["schemas"][f"{CORE}.{struct}"]["properties"][field] == schema


def test_a_plain_list_that_is_merged_has_no_key() -> None:
    metadata = _core()["components"]["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]

    assert metadata["properties"]["finalizers"]["x-kubernetes-patch-strategy"] == "merge"
    assert "x-kubernetes-patch-merge-key" not in metadata["properties"]["finalizers"]


def test_a_patch_says_that_the_server_validates_fields() -> None:
    patch = _core()["paths"]["/api/v1/namespaces/{namespace}/pods/{name}"]["patch"]

    assert "fieldValidation" in [each["name"] for each in patch["parameters"]]
    assert patch["x-kubernetes-group-version-kind"] == {"group": "", "version": "v1", "kind": "Pod"}


def test_the_index_leads_to_every_document(served: Served) -> None:
    paths = served.call("GET", "/openapi/v3").json["paths"]
    answers = {path: served.call("GET", where["serverRelativeURL"]).code for path, where in paths.items()}

    assert answers.keys() == {
        f"apis/{each.group}/{each.version}" if each.group else f"api/{each.version}" for each in versions()
    }
    assert set(answers.values()) == {200}


def test_the_old_document_is_given_in_json_only(served: Served) -> None:
    protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"

    assert served.call("GET", "/openapi/v2").json["swagger"] == "2.0"
    assert served.call("GET", "/openapi/v2", Accept=protobuf).code == 406


def test_what_is_not_served_has_no_document(served: Served) -> None:
    assert served.call("GET", "/openapi/v3/apis/nowhere/v1").code == 404

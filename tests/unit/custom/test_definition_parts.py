"""What a definition has beside its schemas: paths, versions, approval, and what is told of each."""

from copy import deepcopy
from typing import Any

import pytest

from podproof.simulator.api.validation.definitions import definition_faults
from podproof.simulator.kernel.requests import Request
from podproof.simulator.world import World
from tests.unit.custom.crontabs import CRDS, CRONTABS, conditions, crds, definition, pass_time, world_with

SPEC = {"type": "object", "properties": {"color": {"type": "string"}, "box": {"type": "object"}}}


def _scaled(**paths: str) -> dict[str, Any]:
    known = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
    return {"subresources": {"scale": {**known, **paths}}}


def _selected(*paths: str) -> dict[str, Any]:
    return {"selectableFields": [{"jsonPath": path} for path in paths]}


PARTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "paths of a scale": (_scaled(), []),
    "the replicas that are wanted stand in the status": (_scaled(specReplicasPath=".status.replicas"), [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".status.replicas": should be a json path under '
        ".spec"]),
    "the replicas there are stand nowhere": (_scaled(statusReplicasPath=""), [
        "spec.subresources.scale.statusReplicasPath: Required value"]),
    "the selector stands elsewhere": (_scaled(labelSelectorPath=".metadata.x"), [
        'spec.subresources.scale.labelSelectorPath: Invalid value: ".metadata.x": should be a json path under either '
        ".spec or .status"]),
    "a path without its dot": (_scaled(specReplicasPath="spec.replicas"), [
        'spec.subresources.scale.specReplicasPath: Invalid value: "spec.replicas": must be a simple json path starting '
        "with ."]),
    "a column without its dot": ({"additionalPrinterColumns": [{"name": "a", "type": "string", "jsonPath": "spec"}]}, [
        'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec": must be a simple json path starting with '
        "."]),
    "a column of nothing": ({"additionalPrinterColumns": [{}]}, [
        "spec.additionalPrinterColumns[0].name: Required value",
        "spec.additionalPrinterColumns[0].type: Required value: must be one of boolean,date,integer,number,string",
        "spec.additionalPrinterColumns[0].JSONPath: Required value"]),
    "a field to select": (_selected(".spec.color"), []),
    "an object to select": (_selected(".spec.box"), [
        'spec.selectableFields[0].jsonPath: Invalid value: ".spec.box": must point to a field of type string, boolean '
        "or integer. Enum string fields and strings with formats are allowed."]),
    "a field that is not there": (_selected(".spec.size"), [
        'spec.selectableFields[0].jsonPath: Invalid value: ".spec.size": is an invalid path: does not refer to a valid '
        "field"]),
    "an item of a list": (_selected(".spec.color[0]"), [
        'spec.selectableFields[0].jsonPath: Invalid value: ".spec.color[0]": is an invalid path: array notation is not '
        "allowed"]),
    "a field twice": (_selected(".spec.color", ".spec.color"), [
        'spec.selectableFields[1].jsonPath: Duplicate value: ".spec.color"']),
    "no field": (_selected(""), ["spec.selectableFields[0].jsonPath: Required value"]),
}  # fmt: skip


@pytest.mark.parametrize(("version", "told"), PARTS.values(), ids=PARTS.keys())
def test_what_a_version_has(version: dict[str, Any], told: list[str]) -> None:
    item = {**definition(SPEC, **version), "status": {"storedVersions": ["v1"]}}
    item["spec"]["names"]["listKind"] = "CronTabList"

    assert [str(fault) for fault in definition_faults(item)] == told


def _changed(world: World, **parts: Any) -> Any:
    item = deepcopy(crds(world))
    item["spec"].update(parts)
    return world.handle(Request("update", CRDS, name=CRONTABS, body=item))


def _versions(world: World, stored: str) -> list[dict[str, Any]]:
    row = crds(world)["spec"]["versions"][0]
    return [{**row, "name": name, "storage": name == stored} for name in ("v1", "v2")]


def test_a_version_that_was_stored_is_remembered_and_has_to_stay() -> None:
    world = world_with(definition(SPEC))

    assert _changed(world, versions=_versions(world, "v2")).code == 200
    assert crds(world)["status"]["storedVersions"] == ["v1", "v2"]

    answer = _changed(world, versions=_versions(world, "v2")[1:])
    assert answer.body["details"]["causes"] == [{
        "reason": "FieldValueInvalid", "field": "status.storedVersions[0]", "message":
        'Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in '
        "spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from "
        "status.storedVersions"}]  # fmt: skip


def test_once_nothing_is_stored_in_it_any_more_it_may_go() -> None:
    world = world_with(definition(SPEC))
    _changed(world, versions=_versions(world, "v2"))
    item = deepcopy(crds(world))
    item["status"]["storedVersions"] = ["v2"]

    assert world.handle(Request("update", CRDS, name=CRONTABS, subresource="status", body=item)).code == 200
    assert _changed(world, versions=_versions(world, "v2")[1:]).code == 200
    assert crds(world)["status"]["storedVersions"] == ["v2"]


def test_a_definition_that_stores_nothing_is_refused_twice() -> None:
    item = definition(SPEC, storage=False)

    answer = World().handle(Request("create", CRDS, body=item))

    assert [each["message"] for each in answer.body["details"]["causes"]][1:] == [
        "Invalid value: null: must have at least one stored version"
    ]


APPROVALS = {
    "a link to who approved it": (
        "https://github.com/x/1", ("True", "ApprovedAnnotation"), "approved in https://github.com/x/1"),
    "nobody did, and it says so": (
        "unapproved, a test", ("False", "UnapprovedAnnotation"), 'not approved: "unapproved, a test"'),
}  # fmt: skip


@pytest.mark.parametrize(("annotation", "condition", "message"), APPROVALS.values(), ids=APPROVALS.keys())
def test_a_group_of_kubernetes_tells_of_its_approval(annotation: str, condition: tuple[str, str], message: str) -> None:
    world, item = World(), definition(SPEC)
    item["spec"]["group"] = "stable.k8s.io"
    item["metadata"] = {"name": "crontabs.stable.k8s.io", "annotations": {"api-approved.kubernetes.io": annotation}}

    assert world.handle(Request("create", CRDS, body=item)).code == 201
    pass_time(world)

    found = crds(world, "crontabs.stable.k8s.io")
    assert conditions(found)["KubernetesAPIApprovalPolicyConformant"] == condition
    assert message in [each["message"] for each in found["status"]["conditions"]]


def test_formats_that_nobody_checks_are_warned_of() -> None:
    form = {"type": "object", "properties": {
        "a": {"type": "string", "format": "colour"}, "b": {"type": "integer", "format": "int32"},
        "c": {"type": "string", "format": "date-time"}, "d": {"type": "string", "format": "k8s-short-name"},
    }}  # fmt: skip

    answer = World().handle(Request("create", CRDS, body=definition(form)))

    assert answer.warnings == ('unrecognized format "colour"',)

"""Decoding: shapes that are wrong, in the API server's own words."""

import json
from typing import Any

import pytest

from podproof.simulator.model.schema import decode

from .conftest import Bench, manifest, pod_spec


def container(**changes: Any) -> dict[str, Any]:
    return pod_spec(containers=[{"name": "c", "image": "a", **changes}])


def field(where: str, seen: str, wanted: str) -> str:
    return f"json: cannot unmarshal {seen} into Go struct field {where} of type {wanted}"


SHAPES: dict[str, tuple[dict[str, Any], str]] = {
    "a field nobody knows": ({**pod_spec(), "restartpolicy": "Never"},
        'strict decoding error: unknown field "spec.restartpolicy"'),
    "two of them": (container(a=1) | {"b": 1},
        'strict decoding error: unknown field "spec.containers[0].a", unknown field "spec.b"'),
    "a number for a text": (container(workingDir=1), field("Container.spec.containers.workingDir", "number", "string")),
    "a text for a list": (container(command="sh"), field("Container.spec.containers.command", "string", "[]string")),
    "an object for a list": (pod_spec(containers={}), field("PodSpec.spec.containers", "object", "[]v1.Container")),
    "a list for an object": (pod_spec(securityContext=[]),
        field("PodSpec.spec.securityContext", "array", "v1.PodSecurityContext")),
    "a text for a number": (container(ports=[{"containerPort": "80"}]),
        field("ContainerPort.spec.containers.ports.containerPort", "string", "int32")),
    "a fraction for a number": (container(ports=[{"containerPort": 1.5}]),
        field("ContainerPort.spec.containers.ports.containerPort", "number 1.5", "int32")),
    "a number too large": (container(ports=[{"containerPort": 2**31}]),
        field("ContainerPort.spec.containers.ports.containerPort", "number 2147483648", "int32")),
    "a text for a truth value": (pod_spec(hostNetwork="yes"), field("PodSpec.spec.hostNetwork", "string", "bool")),
    "a truth value for a text": (container(env=[{"name": "A", "value": True}]),
        field("EnvVar.spec.containers.env.value", "bool", "string")),
    "a text with a type of its own": (pod_spec(restartPolicy=1),
        field("PodSpec.spec.restartPolicy", "number", "v1.RestartPolicy")),
    "a truth value for a port": (container(livenessProbe={"tcpSocket": {"port": True}}),
        "json: cannot unmarshal bool into Go value of type int32"),
    "a quantity that is none": (container(resources={"limits": {"cpu": "lots"}}),
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "reason"), SHAPES.values(), ids=SHAPES.keys())
def test_a_wrong_shape(bench: Bench, spec: dict[str, Any], reason: str) -> None:
    response = bench.ask("create", "pods", body=manifest(spec))

    message = f'Pod in version "v1" cannot be handled as a Pod: {reason}'
    assert (response.code, response.body["message"]) == (400, message)


ABSENT = {
    "an empty text": ({**pod_spec(), "restartPolicy": "", "nodeName": "", "dnsPolicy": ""}, pod_spec()),
    "a false that is what absence means": ({**pod_spec(), "hostNetwork": False, "hostPID": False}, pod_spec()),
    "an empty protocol": (
        container(ports=[{"containerPort": 80, "protocol": "", "hostPort": 0, "name": ""}]),
        container(ports=[{"containerPort": 80}]),
    ),
    "an empty value of a variable": (container(env=[{"name": "A", "value": ""}]), container(env=[{"name": "A"}])),
    "probes that count to nought": (
        container(livenessProbe={"tcpSocket": {"port": 80}, "periodSeconds": 0, "failureThreshold": 0}),
        container(livenessProbe={"tcpSocket": {"port": 80}}),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "plain"), ABSENT.values(), ids=ABSENT.keys())
def test_what_go_cannot_tell_from_an_absent_field(bench: Bench, spec: dict[str, Any], plain: dict[str, Any]) -> None:
    said, unsaid = (bench.ask("create", "pods", body=manifest(each), dryRun="All") for each in (spec, plain))

    assert said.body["spec"] == unsaid.body["spec"]


def test_what_go_can_tell_from_an_absent_field_stays() -> None:
    spec = {"automountServiceAccountToken": False, "enableServiceLinks": False, "activeDeadlineSeconds": 0}
    claim = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}

    assert decode("Pod", {"spec": spec}).draft == {"spec": spec}
    assert decode("PersistentVolumeClaim", {"spec": claim}).draft == {"spec": claim}


@pytest.mark.parametrize("body", [[], None, "text"])
def test_a_body_that_is_no_object(bench: Bench, body: Any) -> None:
    assert bench.ask("create", "pods", body=body).code == 400


def test_unknown_fields_may_be_warned_of(bench: Bench) -> None:
    response = bench.ask("create", "configmaps", body={"metadata": {"name": "c"}, "x": 1}, fieldValidation="Warn")

    assert (response.code, response.warnings) == (201, ('unknown field "x"',))
    assert "x" not in response.body


def test_unknown_fields_may_be_ignored(bench: Bench) -> None:
    response = bench.ask("create", "configmaps", body={"metadata": {"name": "c"}, "x": 1}, fieldValidation="Ignore")

    assert (response.code, response.warnings) == (201, ())


def test_nothing_is_shared_with_the_caller(bench: Bench) -> None:
    body = manifest(pod_spec())
    before = json.dumps(body)
    bench.ask("create", "pods", body=body)

    assert json.dumps(body) == before


CLEANED: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "null is absence": ("ConfigMap", {"data": None}, {}),
    "an empty map is absence": ("ConfigMap", {"data": {}}, {}),
    "an empty struct is kept": ("Volume", {"emptyDir": {}}, {"emptyDir": {}}),
    "quantities are written canonically": (
        "ResourceRequirements",
        {"limits": {"cpu": "0.5", "memory": 1024}},
        {"limits": {"cpu": "500m", "memory": "1024"}},
    ),
    "times are in UTC": (
        "ObjectMeta",
        {"creationTimestamp": "2026-01-01T02:00:00+02:00"},
        {"creationTimestamp": "2026-01-01T00:00:00Z"},
    ),
}


@pytest.mark.parametrize(("struct", "value", "clean"), CLEANED.values(), ids=CLEANED.keys())
def test_a_clean_copy(struct: str, value: dict[str, Any], clean: dict[str, Any]) -> None:
    assert decode(struct, value).draft == clean

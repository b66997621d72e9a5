"""`podproof explain KIND.FIELD`: what a field is, and what it is by default."""

from pathlib import Path

import pytest

from podproof.cli import main
from podproof.cli.defaults import defaults_at
from podproof.clusters.live import contexts
from podproof.simulator.api.discovery import Resource, resources
from podproof.simulator.model.schema import element_of, fields_of

CRONTABS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct]}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            description: What is wanted.
            required: [cronSpec]
            properties:
              cronSpec: {type: string, description: When it runs.}
              replicas: {type: integer, default: 3}
              policy: {type: string, enum: ["", Allow, Forbid, Replace, Queue, Drop]}
              slots: {type: array, items: {type: object, properties: {at: {type: string}}}}
              labels: {type: object, additionalProperties: {type: string}}
"""


@pytest.fixture
def crontabs(tmp_path: Path) -> str:
    path = tmp_path / "crontabs.yaml"
    path.write_text(CRONTABS, encoding="utf-8")
    return str(path)


def test_a_definitions_fields(crontabs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "ct.spec", crontabs]) == 0

    told = capsys.readouterr()
    lines = [line.rstrip() for line in told.out.splitlines()]
    assert lines == [
        "GROUP:      example.com", "KIND:       CronTab", "VERSION:    v1", "",
        "FIELD: spec <Object>", "", "",
        "DESCRIPTION:", "    What is wanted.", "",
        "FIELDS:",
        "  cronSpec\t<string> -required-", "    When it runs.", "",
        "  labels\t<map[string]string>", "    <no description>", "",
        "  policy\t<string>", '  enum: "", Allow, Forbid, Replace, ....', "    <no description>", "",
        "  replicas\t<integer>", "  default: 3", "    <no description>", "",
        "  slots\t<[]Object>", "    <no description>", "", "",
    ]  # fmt: skip
    assert told.err == ""


PATHS = {
    "a kind": ("pods", ["KIND:       Pod", "  spec\t<PodSpec>"]),
    "a short name, and a group": ("deploy", ["GROUP:      apps", "KIND:       Deployment"]),
    "a kind as manifests write it": ("Ingress.spec", ["FIELD: spec <IngressSpec>"]),
    "a list of structs": ("pod.spec.containers", ["FIELD: containers <[]Container>", "  name\t<string> -required-"]),
    "a field with a default": ("pod.spec", ["  restartPolicy\t<string>", "  default: Always"]),
    "a plain field with a default": ("pod.spec.restartPolicy", ["FIELD: restartPolicy <string>", "DEFAULT: Always"]),
    "a default that is a struct": ("deploy.spec.strategy", ["  default: RollingUpdate"]),
    "a plain field": ("pod.spec.nodeName", ["FIELD: nodeName <string>"]),
    "a map": ("pod.metadata.labels", ["FIELD: labels <map[string]string>"]),
}


@pytest.mark.parametrize(("path", "lines"), PATHS.values(), ids=PATHS.keys())
def test_a_path_leads_to(path: str, lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", path]) == 0

    told = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line not in told] == []


WRONG = {
    "a field that is not there": (["pod.spec.containrs"], 'field "containrs" does not exist\ndid you mean containers?'),
    "a field of a plain one": (["pod.spec.nodeName.x"], 'field "x" does not exist'),
    "a kind that is not there": (["pud"], 'the server doesn\'t have a resource type "pud" *\ndid you mean pod?'),
    "a version that is not served": (
        ["deploy", "--api-version", "apps/v1beta1"],
        "deploy is not served in version apps/v1beta1, but in apps/v1",
    ),
}


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_is_not_there(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *arguments]) == 2

    start, _, end = told.partition("*")
    error = capsys.readouterr().err
    assert start in error
    assert end in error


@pytest.mark.skipif(not contexts.is_installed(), reason="podproof[live] is not installed")
def test_built_in_fields_are_told_in_the_words_of_the_client(capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "pod.spec.containers.livenessProbe"])

    told = capsys.readouterr()
    assert "    Probe describes a health check to be performed against a container" in told.out
    assert "    Minimum consecutive failures for the probe to be considered failed" in told.out
    assert told.err == ""


def test_without_the_client_they_are_told_without_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contexts, "is_installed", lambda: False)

    assert main(["explain", "pod"]) == 0

    told = capsys.readouterr()
    assert "  spec\t<PodSpec>\n    <no description>\n" in told.out
    assert told.err.endswith("pip install 'podproof[live]'\n")


def _places(struct: str, path: tuple[str, ...] = (), seen: frozenset[str] = frozenset()) -> list[tuple[str, ...]]:
    inner = {name: element_of(struct, name) for name in fields_of(struct)}
    below = [
        place
        for name, each in inner.items()
        if each and each not in seen
        for place in _places(each, (*path, name), seen | {struct})
    ]
    return [path, *below]


@pytest.mark.parametrize("resource", resources(), ids=lambda each: each.qualified_kind)
def test_every_place_of_every_kind_can_be_completed(resource: Resource) -> None:
    wrong = [
        (path, name, value)
        for path in _places(resource.struct)
        for name, value in defaults_at(resource, path, {}).items()
        if not value
    ]

    assert wrong == []

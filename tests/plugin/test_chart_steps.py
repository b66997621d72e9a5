"""Steps about charts and kustomizations: applied where the programs are, skipped for all to see where they are not."""

from collections.abc import Callable
from pathlib import Path
from shutil import which

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

HELM = """#!/bin/sh
read values
echo "{apiVersion: v1, kind: Pod, metadata: {name: web, annotations: {values: '$values'}}}"
"""
CHART = """
    Feature: f
      Scenario: s
        Given the chart "charts/web" rendered with values:
          \"\"\"
          replicas: 3
          \"\"\"
        Then what was applied has the values
    """
APPLIED = """
    @then("what was applied has the values")
    def what_was_applied_has_the_values(cluster):
        assert [each["metadata"]["annotations"]["values"] for each in cluster.applied] == ["replicas: 3"]
    """


KUSTOMIZED = """
    Feature: f
      Scenario: s
        Given the kustomization "overlays/test"
        Then pod "test-web" shows "Running"
        And pod "test-web" has ".metadata.labels.stage" equal to "test"
        And pod "test-web" has ".spec.containers[0].image" equal to "nginx:1.14"
    """
BASE = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
          - name: web
            image: nginx
            envFrom: [{configMapRef: {name: settings}}]
        """,
    "overlays/test/kustomization.yaml": """
        namePrefix: test-
        labels: [{pairs: {stage: test}}]
        images: [{name: nginx, newTag: "1.14"}]
        configMapGenerator: [{name: settings, literals: [colour=green]}]
        resources: [../../base]
        """,
}
RENDERED = """
    Feature: f
      Scenario: s
        Given the chart "charts/web" rendered with values:
          \"\"\"
          tag: "1.14"
          \"\"\"
        Then pod "web-0" shows "Running"
        And pod "web-0" has ".spec.containers[0].image" equal to "nginx:1.14"
    """
CHARTED = {
    "charts/web/Chart.yaml": "{apiVersion: v2, name: web, version: 0.1.0}\n",
    "charts/web/values.yaml": 'tag: "1.0"\n',
    "charts/web/templates/web.yaml": """
        apiVersion: v1
        kind: Pod
        metadata: {name: "{{ .Release.Name }}-0", namespace: "{{ .Release.Namespace }}"}
        spec: {containers: [{name: web, image: "nginx:{{ .Values.tag }}"}]}
        """,
}


@pytest.mark.skipif(which("kustomize") is None and which("kubectl") is None, reason="no kustomize, no kubectl")
def test_what_the_real_kustomize_builds_runs_on_the_simulator(feature: Feature, run: Run) -> None:
    feature(KUSTOMIZED)
    for name, text in BASE.items():
        feature(text, name)

    run().assert_outcomes(passed=1)


@pytest.mark.skipif(which("helm") is None, reason="there is no helm here")
def test_what_the_real_helm_renders_runs_on_the_simulator(feature: Feature, run: Run) -> None:
    feature(RENDERED)
    for name, text in CHARTED.items():
        feature(text, name)

    run().assert_outcomes(passed=1)


@pytest.fixture
def only_helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path on which nothing is but a helm that answers with what it reads."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/helm").write_text(HELM, encoding="utf-8")
    (tmp_path / "bin/helm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


@pytest.mark.usefixtures("only_helm")
def test_a_chart_above_the_feature_is_applied_with_its_values(feature: Feature, on: On, run: Run) -> None:
    feature(CHART, "features/apps/it.feature")
    feature("name: web\n", "charts/web/Chart.yaml")
    on(more=APPLIED)

    run().assert_outcomes(passed=1)


@pytest.mark.usefixtures("only_helm")
def test_what_is_not_there_is_a_visible_skip_and_with_strict_a_failure(feature: Feature, on: On, run: Run) -> None:
    feature('Feature: f\n  Scenario: s\n    Given the kustomization "overlays/test"\n')
    feature("resources: []\n", "overlays/test/kustomization.yaml")
    on()

    result = run("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * there is no kustomize on this machine, which renders test"])

    strict = run("--podproof-strict")
    strict.assert_outcomes(failed=1)
    strict.stdout.fnmatch_lines(["*there is no kustomize on this machine, which renders test (--podproof-strict)"])


def test_a_folder_that_is_none_is_told_without_a_traceback(feature: Feature, on: On, run: Run) -> None:
    feature('Feature: f\n  Scenario: s\n    Given the chart "wbe"\n')
    on()

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*/wbe: a chart is a folder with a Chart.yaml: there is no such folder"])
    result.stdout.no_fnmatch_line("*.py:*")

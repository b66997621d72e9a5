"""Steps about charts and kustomizations: applied where the programs are, skipped for all to see where they are not."""

from collections.abc import Callable
from pathlib import Path

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

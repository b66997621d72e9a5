"""The same feature files on the simulator and over HTTP: the same verdicts, for the same reasons."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PART = (
    "features/pods/crash-loop-back-off.feature",
    "features/pods/graceful-deletion.feature",
    "features/pods/init-containers-wait-for-services.feature",
    "features/pods/readiness-probes.feature",
    "features/pods/restart-policy.feature",
    "features/api/refusals.feature",
    "features/zh-CN/init-containers.feature",
)
RED = """
Feature: What is not so
  Background:
    Given the manifest:
      \"\"\"
      apiVersion: v1
      kind: Pod
      metadata: {name: foo}
      spec:
        containers:
        - {name: app, image: busybox:1.28, command: [sleep, "20"]}
      \"\"\"

  Scenario: It fails
    Then pod "foo" shows "Error" within 15 seconds

  Scenario: It breaks
    Then pod "foo" shows "Running"
    And pod "foo" stays "Running" for 1 minute

  Scenario: Nobody saw it
    Then pod "bar" shows "Running" within 5 seconds

  Scenario: It needs more
    When the kubelet of node "node1" stops
"""
LIVE = ("--cluster", "live", "--kube-context", "podproof")


def verdicts(folder: Path, *arguments: str) -> dict[str, tuple[str, str]]:
    """Return each scenario's outcome and what was seen instead, without moments: a served node has images already."""
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments]
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        fault = next((each for each in case if each.tag in ("failure", "error", "skipped")), None)
        text = "" if fault is None else fault.text or ""
        seen = re.search(r"^but .*", text, re.MULTILINE)
        outcome = "passed" if fault is None else fault.tag
        assert outcome != "error", text
        found[str(case.get("name"))] = outcome, re.sub(r"[\d.]+ s(econds)?", "T", seen[0]) if seen else ""
    return found


@pytest.mark.usefixtures("kube")
def test_a_part_of_the_features_has_the_same_verdicts_over_http(tmp_path: Path) -> None:
    red = tmp_path / "red.feature"
    red.write_text(RED)
    files = [*PART, str(red)]

    here, there = verdicts(tmp_path, *files), verdicts(tmp_path, *files, *LIVE)

    skipped = {name for name, (outcome, _) in there.items() if outcome == "skipped"}
    assert skipped == {"It needs more"}
    assert {name: here[name] for name in there.keys() - skipped} == {
        name: there[name] for name in here.keys() - skipped
    }
    assert [outcome for outcome, _ in there.values()].count("failure") == 3


@pytest.mark.usefixtures("kube")
def test_one_run_is_for_the_simulator_and_for_a_live_cluster(tmp_path: Path) -> None:
    told = verdicts(tmp_path, "features/api/refusals.feature", "--cluster", "simulator", "--cluster", "live:podproof")

    on = {
        cluster: {name for name in told if name.endswith(f"[{cluster}]")} for cluster in ("simulator", "live:podproof")
    }
    assert {outcome for outcome, _ in told.values()} == {"passed"}
    assert len(on["simulator"]) == len(on["live:podproof"]) == len(told) // 2 > 0


@pytest.mark.usefixtures("kube")
def test_what_will_be_touched_is_printed() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", PART[0], *LIVE]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60).stdout

    assert re.search(r"^podproof: touches podproof at http://127\.0\.0\.1:\d+, run [0-9a-f]{8}$", told, re.MULTILINE)


@pytest.mark.usefixtures("kube")
def test_a_context_that_was_not_named_ends_the_run_at_once() -> None:
    command = [sys.executable, "-m", "pytest", PART[0], "--cluster", "live"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert run.returncode == 4
    assert "nobody said that the cluster of context 'podproof' may be touched" in run.stderr

"""`--cluster` given again: each scenario is a test on each cluster, and no report takes one for the other."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]
Distribution = Callable[..., None]

KIND = """
    from scripted import ScriptedCluster, shows

    def made(wanted):
        return ScriptedCluster(shows(0, "web", wanted.detail))
    """
TEXT = """
    Feature: A pod

      Scenario: It runs
        Then pod "web" shows "Running" within 1 minute

      Scenario Outline: It is never
        Then pod "web" never shows "<status>" for 1 minute

        Examples:
          | status |
          | Error  |
    """
BOTH = ("--cluster", "acme:Running", "--cluster", "acme:Error")
NAMES = [
    "It runs[acme:Running]",
    "It runs[acme:Error]",
    "It is never[Error][acme:Running]",
    "It is never[Error][acme:Error]",
]


@pytest.fixture
def ran(feature: Feature, distribution: Distribution, run: Run) -> Run:
    """Run the feature on both clusters: all holds on the first, nothing on the other."""
    distribution("podproof.clusters", "acme = acme:made", KIND)
    feature(TEXT)
    return lambda *arguments: run(*BOTH, *arguments)


def test_each_scenario_is_a_test_on_each_cluster(ran: Run) -> None:
    result = ran("--collect-only", "-q")

    assert result.outlines[:4] == [f"features/it.feature::{name}" for name in NAMES]


CHOSEN = {
    "by the node id of one": (["features/it.feature::It runs[acme:Running]"], 1, 0),
    "by the name of a scenario, on each": (["features/it.feature::It runs"], 1, 1),
    "by the line of a row, on each": (["features/it.feature:11"], 1, 1),
    "by a word of the cluster's name": (["-k", "acme:Error"], 0, 2),
    "by nothing": ([], 2, 2),
}


@pytest.mark.parametrize(("arguments", "passed", "failed"), CHOSEN.values(), ids=CHOSEN.keys())
def test_tests_are_chosen(ran: Run, arguments: list[str], passed: int, failed: int) -> None:
    told = ran(*arguments).parseoutcomes()

    assert (told.get("passed", 0), told.get("failed", 0)) == (passed, failed)


def test_the_page_has_a_column_for_each_cluster(ran: Run) -> None:
    ran("--podproof-html", "page.html")

    page = Path("page.html").read_text("utf-8")
    heads = [f'<th scope="col">{name}</th>' for name in ("acme:Error", "acme:Running")]
    assert "".join(heads) in page
    assert page.count('<tr class="row"') == 2
    assert 'aria-label="failed: It runs, acme:Error"' in page
    assert 'aria-label="passed: It runs, acme:Running"' in page


def test_junit_tells_the_cluster_in_name_and_property(ran: Run) -> None:
    ran("--junitxml", "junit.xml")

    cases = list(ElementTree.parse("junit.xml").iter("testcase"))
    told = [[each.get("value") for each in case.iter("property") if each.get("name") == "cluster"] for case in cases]
    assert [case.get("name") for case in cases] == NAMES
    assert told == [["acme:Running"], ["acme:Error"]] * 2


def test_messages_have_a_pickle_and_a_case_for_each_cluster(ran: Run) -> None:
    ran("--podproof-messages", "run.ndjson")

    told = [json.loads(line) for line in Path("run.ndjson").read_text("utf-8").splitlines()]
    pickles = {each["pickle"]["id"]: each["pickle"] for each in told if "pickle" in each}
    cases = {each["testCase"]["id"]: each["testCase"] for each in told if "testCase" in each}
    ends = [each["testStepFinished"] for each in told if "testStepFinished" in each]
    begun = {each["testCaseStarted"]["id"]: each["testCaseStarted"] for each in told if "testCaseStarted" in each}
    failed = {
        pickles[cases[begun[each["testCaseStartedId"]]["testCaseId"]]["pickleId"]]["name"]
        for each in ends
        if each["testStepResult"]["status"] == "FAILED"
    }
    steps = [step["id"] for each in pickles.values() for step in each["steps"]]
    assert len(pickles) == len(cases) == 4
    assert len(set(steps)) == len(steps) == 4
    assert failed == {"It runs [acme:Error]", "It is never [acme:Error]"}


def test_cucumber_json_tells_the_cluster_in_name_and_id(ran: Run) -> None:
    ran("--podproof-cucumber-json", "run.json")

    elements = json.loads(Path("run.json").read_text("utf-8"))[0]["elements"]
    assert sorted(each["name"] for each in elements) == [
        "It is never [acme:Error]", "It is never [acme:Running]", "It runs [acme:Error]", "It runs [acme:Running]",
    ]  # fmt: skip
    assert len({each["id"] for each in elements}) == 4


def test_a_conformance_report_counts_each(ran: Run) -> None:
    ran("--podproof-conformance", "it.yaml")

    told = yaml.safe_load(Path("it.yaml").read_text("utf-8"))
    assert set(told["scenarios"]) == {f"features/it.feature::{name}" for name in NAMES}
    assert set(told["cluster"].split(", ")) == {"acme:Running", "acme:Error"}


def test_github_is_told_on_which_cluster(ran: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    ran().stdout.fnmatch_lines(["::error file=features/it.feature,line=4,title=It runs [[]acme%3AError]%3A failed::*"])


def test_recordings_do_not_overwrite_each_other(feature: Feature, run: Run) -> None:
    feature("Feature: f\n  Scenario: s\n    Given 1 second passes\n")

    run("--cluster", "simulator", "--cluster", "simulator:other", "--podproof-record", "seen").assert_outcomes(passed=2)

    told = sorted(json.loads(path.read_text("utf-8"))["id"] for path in Path("seen").iterdir())
    assert told == ["features/it.feature::s[simulator:other]", "features/it.feature::s[simulator]"]


def test_a_cluster_that_is_named_twice_is_one(feature: Feature, run: Run) -> None:
    feature("Feature: f\n  Scenario: s\n    Given 1 second passes\n")

    result = run("--cluster", "simulator", "--cluster", "simulator", "--collect-only", "-q")

    assert result.outlines[0] == "features/it.feature::s"


def test_each_of_them_must_be_one(ran: Run) -> None:
    result = ran("--cluster", "simulatr")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --cluster simulatr: *did you mean 'simulator'?"])

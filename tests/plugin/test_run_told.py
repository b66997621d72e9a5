"""What a run tells of its scenarios: steps with -v, JUnit's properties, GitHub's annotations, results told apart."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

FEATURE = """
    Feature: A pod

      Scenario: It runs
        Then pod "a" shows "Running" within 1 minute
        When 10 seconds pass

      Scenario: It stops
        Then pod "a" shows "Running" within 1 minute
        And pod "a" shows "Completed" within 5 seconds
        And pod "a" shows "Running"

      Scenario: Nobody can say
        Then pod "b" never shows "Running"

      @needs:wings
      Scenario: It flies
        Then pod "a" shows "Running"
    """


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


@pytest.fixture
def four(feature: Feature, on: On) -> None:
    """Four scenarios: one passes, one fails, one is inconclusive, one is skipped."""
    feature(FEATURE)
    on('shows(0, "a", "Pending"), shows(3, "a", "Running")')


@pytest.mark.usefixtures("four")
def test_verbose_tells_each_step_with_its_cluster_time(run: Run) -> None:
    run("-v").stdout.fnmatch_lines(
        [
            "features/it.feature::It runs PASSED*",
            '  ✓ +0.00s → +3.00s   Then pod "a" shows "Running" within 1 minute',
            "  ✓ +3.00s → +13.00s  When 10 seconds pass",
            "*::It stops FAILED*",
            "  ✓ +0.00s → +3.00s*",
            '  ✗ +3.00s → +8.00s  And pod "a" shows "Completed" within 5 seconds',
            '  -                  And pod "a" shows "Running"',
            "*::Nobody can say INCONCLUSIVE*",
            "  [?] +0.00s  Then pod*",
            "*::It flies SKIPPED*",
        ]
    )


@pytest.mark.usefixtures("four")
def test_without_verbose_nothing_is_told_of_steps(run: Run) -> None:
    result = run()

    result.stdout.no_fnmatch_line("*✓*")
    result.assert_outcomes(passed=1, failed=2, skipped=1)


@pytest.mark.usefixtures("four")
def test_workers_tell_their_steps_through_their_controller(run: Run) -> None:
    run("-v", "-n", "2").stdout.fnmatch_lines_random(
        [
            "*PASSED*::It runs*",
            "  ✓ +3.00s → +13.00s  When 10 seconds pass",
            '  ✗ +3.00s → +8.00s  And pod "a" shows "Completed" within 5 seconds',
            "*INCONCLUSIVE*::Nobody can say*",
        ]
    )


@pytest.mark.usefixtures("four")
def test_junit_names_the_feature_file_the_line_the_step_and_the_clusters_time(run: Run, tmp_path: Path) -> None:
    run(f"--junitxml={tmp_path}/junit.xml")

    cases = ElementTree.parse(tmp_path / "junit.xml").iter("testcase")
    assert {
        case.get("name"): {each.get("name"): each.get("value") for each in case.iter("property")} for case in cases
    } == {
        "It runs": {"feature": "features/it.feature:3", "cluster": "scripted", "cluster time": "+13.00s"},
        "It stops": {
            "feature": "features/it.feature:7",
            "step": "features/it.feature:9",
            "cluster": "scripted",
            "cluster time": "+8.00s",
        },
        "Nobody can say": {
            "feature": "features/it.feature:12",
            "step": "features/it.feature:13",
            "result": "inconclusive",
            "cluster": "scripted",
            "cluster time": "+0.00s",
        },
        "It flies": {"feature": "features/it.feature:16", "cluster": "scripted", "cluster time": "+0.00s"},
    }


@pytest.mark.usefixtures("four")
def test_github_is_pointed_at_the_steps_that_are_red(
    run: Run, project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.path.parent))

    lines = [line for line in run().outlines if line.startswith("::")]

    file = f"{project.path.name}/features/it.feature"
    assert [line.rpartition("::")[0] for line in lines] == [
        f"::error file={file},line=9,title=It stops%3A failed",
        f"::error file={file},line=13,title=Nobody can say%3A inconclusive",
    ]
    assert "%0Awanted    pod" in lines[0]


def test_github_is_pointed_at_steps_that_nothing_defines(
    run: Run, feature: Feature, on: On, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    on()
    feature("""
        Feature: A pod
          Scenario: It dances
            Then pod "a" shows "Running"
            And it dances
        """)

    lines = [line for line in run().outlines if line.startswith("::")]

    assert [line.partition("%0A")[0] for line in lines] == [
        "::error file=features/it.feature,line=4,title=It dances%3A undefined"
        "::features/it.feature:4: no step definition matches"
    ]


def test_an_end_that_goes_wrong_is_red(run: Run, feature: Feature, on: On, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    on('shows(0, "a", "Running")', '@pytest.fixture(autouse=True)\ndef ends():\n    yield\n    raise OSError("full")')
    feature("""
        Feature: A pod
          Scenario: It runs
            Then pod "a" shows "Running"
        """)

    lines = [line for line in run().outlines if line.startswith("::")]

    assert len(lines) == 1
    assert lines[0].startswith("::error file=features/it.feature,line=2,title=It runs%3A failed::")
    assert "OSError: full" in lines[0]


@pytest.mark.parametrize("option", ["--podproof-html", "--podproof-messages", "--podproof-cucumber-json"])
def test_a_report_that_cannot_be_written_ends_the_run_before_it_begins(
    option: str, run: Run, feature: Feature, tmp_path: Path
) -> None:
    feature(FEATURE)

    result = run(option, str(tmp_path))

    result.stderr.fnmatch_lines([f"ERROR: {option} {tmp_path}: cannot be written: Is a directory; name a file *"])
    assert result.ret is pytest.ExitCode.USAGE_ERROR


def test_a_report_that_cannot_be_written_in_the_end_is_said_and_makes_the_run_an_error(
    run: Run, feature: Feature, on: On, tmp_path: Path
) -> None:
    report = tmp_path / "reports" / "m.ndjson"
    on(
        more=f"import pathlib\n@when('the report is in the way')\ndef way():\n    p = pathlib.Path({str(report)!r})\n"
        "    p.unlink()\n    p.mkdir()"
    )
    feature("Feature: A pod\n  Scenario: It stands in the way\n    When the report is in the way\n")

    result = run(f"--podproof-messages={report}")

    result.stdout.fnmatch_lines([f"*--podproof-messages {report}: was not written: Is a directory*", "*1 passed*"])
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR

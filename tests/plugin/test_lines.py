"""`x.feature:12` runs what stands on that line."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

TEXT = """\
Feature: Lines

  Background:
    Given 1 second passes

  @tagged
  Scenario: one
    Then pod "foo" shows "Running"

  Scenario Outline: many
    Then pod "<pod>" shows "Running"

    @few
    Examples: a few
      | pod |
      | foo |
      | bar |
    Examples: one more
      | pod |
      | baz |

  Rule: some rule
    Scenario: in the rule
      Then pod "foo" shows "Running"
    Scenario: in the rule too
      Then pod "foo" shows "Running"
"""
ONE, FOO, BAR, BAZ = "one", "many[foo]", "many[bar]", "many[baz]"
RULE = ["in the rule", "in the rule too"]
LINES = {
    "the heading of a scenario": (":7", [ONE]),
    "a step of a scenario": (":8", [ONE]),
    "a tag above a scenario": (":6", [ONE]),
    "the empty line below a scenario": (":9", [ONE]),
    "the heading of an outline": (":10", [FOO, BAR, BAZ]),
    "a tag above a table": (":13", [FOO, BAR]),
    "the heading of a table": (":18", [BAZ]),
    "the columns of a table": (":15", [FOO, BAR]),
    "a row of a table": (":17", [BAR]),
    "the heading of the feature": (":1", [ONE, FOO, BAR, BAZ, *RULE]),
    "a step of the background": (":4", [ONE, FOO, BAR, BAZ, *RULE]),
    "the heading of a rule": (":22", RULE),
    "a scenario of a rule": (":26", RULE[1:]),
    "two lines": (":7:17", [ONE, BAR]),
}


@pytest.mark.parametrize(("lines", "names"), LINES.values(), ids=LINES.keys())
def test_a_line_means(feature: Feature, on: On, run: Run, lines: str, names: list[str]) -> None:
    feature(TEXT, "features/pods/it.feature")
    on()

    result = run("--collect-only", "-q", f"features/pods/it.feature{lines}")

    assert result.outlines[: len(names) + 1] == [*(f"features/pods/it.feature::{name}" for name in names), ""]


def test_lines_stand_beside_whole_files_and_node_ids(feature: Feature, on: On, run: Run) -> None:
    feature(TEXT, "a.feature")
    feature("Feature: b\n  Scenario: b\n    Given 1 second passes\n", "b.feature")
    on('shows(0, "foo", "Running")')

    run("a.feature:7", "b.feature", "a.feature::in the rule").assert_outcomes(passed=3)


def test_workers_take_lines_too(feature: Feature, on: On, project: pytest.Pytester) -> None:
    feature(TEXT, "a.feature")
    on('shows(0, "foo", "Running")')

    project.runpytest_subprocess("-p", "no:cacheprovider", "-n", "1", "a.feature:7").assert_outcomes(passed=1)


FAULTY = {
    "that is no Gherkin": (
        "Feature: f\n  Scenario: s\n    Given it is so\n    Thn\n",
        "a.feature:4: this line has no*",
    ),
    "that no step defines": ("Feature: f\n  Scenario: s\n    Given it is so\n", "a.feature:3: no step definition*"),
}


@pytest.mark.parametrize(("text", "said"), FAULTY.values(), ids=FAULTY.keys())
def test_a_line_of_a_file_with_faults_shows_the_faults(
    feature: Feature, on: On, run: Run, text: str, said: str
) -> None:
    feature(text, "a.feature")
    on()

    result = run("a.feature:2")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])


MISTAKES = {
    "a line behind the end": ("a.feature:27", "a.feature:27: there is no such line; the file has 26"),
    "line 0": ("a.feature:0", "a.feature:0: there is no such line; the file has 26"),
    "a file that is not there": ("b.feature:1", "file or directory not found: b.feature:1"),
    "no number": ("a.feature:x", "file or directory not found: a.feature:x"),
}


@pytest.mark.parametrize(("argument", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told(feature: Feature, on: On, run: Run, argument: str, said: str) -> None:
    feature(TEXT, "a.feature")
    on()

    result = run(argument)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {said}" in result.errlines

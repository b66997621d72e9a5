"""What is wrong in a feature file is said before anything of it runs: place, line, what to do, all at once."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

FAULTS = {
    "a step that nobody defined": (
        'Feature: f\n  Scenario: s\n    Then pod "foo" showz "Running"\n',
        [
            "features/it.feature: 1 fault, so nothing in it was run",
            "features/it.feature:3: no step definition matches",
            '    | Then pod "foo" showz "Running"',
            "    Did you mean:",
            '      Then pod "{name}" shows "{status}"',
            "    To make it a step of your own, write in a conftest.py beside or above the feature:",
            "      from pytest_bdd import then, parsers",
            """      @then(parsers.parse('pod "{name}" showz "{text}"'))""",
            "      def pod_showz(cluster, name, text): ...",
        ],
    ),
    "a phrase of the project's own under another keyword": (
        "Feature: f\n  Scenario: s\n    Given it ends\n",
        ["features/it.feature:3: no step definition matches", "      Then it ends"],
    ),
    "a line that two definitions match": (
        'Feature: f\n  Scenario: s\n    Then pod "foo" shows "Green"\n',
        [
            "features/it.feature:3: 2 step definitions match",
            '    | Then pod "foo" shows "Green"',
            '    - Then pod "foo" shows "Green"   (*conftest.py:*)',
            '    - Then pod "{name}" shows "{status}"   (*pods.py:*)',
            "    Change one so that a line means one thing.",
        ],
    ),
    "an async definition": (
        "Feature: f\n  Scenario: s\n    Given something async\n",
        ["features/it.feature:3: the step definition is async, so pytest-bdd would never run its body"],
    ),
    "two scenarios of one name": (
        "Feature: f\n  Scenario: s\n    Given 1 second passes\n  Scenario: s\n    Given 1 second passes\n",
        ["features/it.feature:4: the scenario 's' is already on line 2"],
    ),
    "two scenarios of one name in two rules": (
        "Feature: f\n  Rule: a\n    Scenario: s\n      Given 1 second passes\n"
        "  Rule: b\n    Scenario: s\n      Given 1 second passes\n",
        ["features/it.feature:6: the scenario 's' is already on line 3"],
    ),
    "a scenario without steps": (
        "Feature: f\n  Scenario: s\n",
        ["features/it.feature:2: the scenario has no steps, so it proves nothing", "    | Scenario: s"],
    ),
    "a scenario without a name": (
        "Feature: f\n  Scenario:\n    Given 1 second passes\n",
        ["features/it.feature:2: the scenario has no name"],
    ),
    "a feature without scenarios": (
        "Feature: f\n",
        ["features/it.feature:1: the feature has no scenario"],
    ),
    "an empty file": (
        "",
        ["features/it.feature:1: the file holds no Feature: begin it with `Feature: what it is about`"],
    ),
    "an outline without Examples": (
        "Feature: f\n  Scenario Outline: s\n    Given 1 second passes\n",
        ["features/it.feature:2: the outline has no Examples, so it never runs"],
    ),
    "an outline without Examples in another language": (
        "# language: de\nFunktion: f\n  Szenariogrundriss: s\n    Angenommen 1 second passes\n",
        ["features/it.feature:3: the outline has no Examples, so it never runs"],
    ),
    "Examples without a row": (
        "Feature: f\n  Scenario Outline: s\n    Given 1 second passes\n    Examples:\n      | a |\n",
        ["features/it.feature:4: the Examples have no row"],
    ),
    "two rows that are the same": (
        "Feature: f\n  Scenario Outline: s\n    Given <a> passes\n    Examples:\n"
        "      | a |\n      | 1 second |\n      | 1 second |\n",
        ["features/it.feature:2: 2 rows of the Examples are the same"],
    ),
    "a placeholder that no column fills": (
        "Feature: f\n  Scenario Outline: s\n    Given <b> passes\n    Examples:\n      | a |\n      | 1 second |\n",
        ["features/it.feature:3: nothing fills <b>; columns of the Examples: a"],
    ),
    "a placeholder outside of an outline": (
        "Feature: f\n  Scenario: s\n    Given <b> passes\n",
        ["features/it.feature:3: nothing fills <b>; columns of the Examples: there are no Examples"],
    ),
    "a duration that is none": (
        "Feature: f\n  Scenario: s\n    When 40 florps pass\n",
        ["features/it.feature:3: '40 florps' is no duration: write a number and a unit, as 30 seconds*"],
    ),
    "a limit that is none": (
        'Feature: f\n  Scenario: s\n    Then pod "foo" shows "Running" within soon\n',
        ["features/it.feature:3: 'soon' is no duration: write a number and a unit, as 30 seconds*"],
    ),
    "a kind that no step knows": (
        'Feature: f\n  Scenario: s\n    Then gadget "foo" does not exist\n',
        ["features/it.feature:3: 'gadget' is no kind the steps know: write one of configmap, *pod, *"],
    ),
    "a table where none is taken": (
        'Feature: f\n  Scenario: s\n    Then pod "foo" shows "Running"\n      | a |\n',
        ["features/it.feature:3: the step takes no table, but one stands below it"],
    ),
    "a table that is missing": (
        'Feature: f\n  Scenario: s\n    Then pod "foo" passes through:\n',
        ["features/it.feature:3: the step needs a table below it"],
    ),
    "a doc string that is missing": (
        "Feature: f\n  Scenario: s\n    Given the manifest:\n",
        ["features/it.feature:3: the step needs a doc string below it"],
    ),
    "a line that is no step": (
        "Feature: f\n  Scenario: s\n    Given 1 second passes\n    Thn it is so\n",
        ["features/it.feature:4: this line has no place here: a step begins with Given, When, Then, And or But"],
    ),
    "a scenario that begins with And": (
        "Feature: f\n  Scenario: s\n    And 1 second passes\n",
        ["features/it.feature:3: First step in a scenario or background must start with*"],
    ),
    "a line in Chinese that is nearly a step": (
        '# language: zh-CN\n功能: f\n  场景: s\n    那么 Pod "foo" 现在显示 "Running"\n',
        [
            "features/it.feature:4: 没有定义与这一行相符",
            '    | 那么 Pod "foo" 现在显示 "Running"',
            "    是不是:",
            '      那么 Pod "{name}" 显示 "{status}"',
        ],
    ),
    "a duration in Chinese that is none": (
        '# language: zh-CN\n功能: f\n  场景: s\n    那么 Pod "foo" 在 5 岁内显示 "Running"\n',
        ["features/it.feature:4: '5 岁' is no duration: write a number and a unit, as 30 seconds*"],
    ),
    "a language nobody speaks": (
        "# language: xx-none\nFeature: f\n",
        ["features/it.feature:1: *anguage not supported*"],
    ),
}
OWN = """
    @then("it ends")
    def it_ends(): ...
    @then('pod "foo" shows "Green"')
    def it_is_green(): ...
    @given("something async")
    async def something_async(): ...
    """


@pytest.mark.parametrize(("text", "lines"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_shown_with_its_place(feature: Feature, on: On, run: Run, text: str, lines: list[str]) -> None:
    feature(text)
    on(more=OWN)

    result = run()

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(lines)
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*site-packages*")


def test_all_faults_of_a_file_are_shown_at_once_in_the_order_of_its_lines(feature: Feature, on: On, run: Run) -> None:
    feature("""
        Feature: f
          Scenario: s
            Given a thing nobody knows
            When 40 florps pass
          Scenario: t
          Scenario: s
            Then another thing nobody knows
        """)
    on()

    run().stdout.fnmatch_lines(
        [
            "features/it.feature: 5 faults, so nothing in it was run",
            "features/it.feature:3: *", "features/it.feature:4: *", "features/it.feature:5: *",
            "features/it.feature:6: *", "features/it.feature:7: *",
        ]
    )  # fmt: skip


def test_a_faulty_file_does_not_keep_the_others_from_being_checked(feature: Feature, on: On, run: Run) -> None:
    feature("Feature: f\n  Scenario: s\n", "features/a.feature")
    feature("Feature: f\n  Scenario: s\n", "features/b.feature")
    on()

    run().assert_outcomes(errors=2)


def test_a_fault_of_the_background_is_shown_once(feature: Feature, on: On, run: Run) -> None:
    feature("""
        Feature: f
          Background:
            Given a thing nobody knows
          Scenario: s
            When 1 second passes
          Scenario: t
            When 1 second passes
        """)
    on()

    run().stdout.fnmatch_lines(["features/it.feature: 1 fault, so nothing in it was run"])


def test_bytes_that_are_no_text_are_said_to_be_so(feature: Feature, on: On, run: Run) -> None:
    feature("").write_bytes(b"Feature: \xff\n")
    on()

    run().stdout.fnmatch_lines(["features/it.feature:1: the file is not UTF-8: invalid start byte at byte 9"])


ALLOWED = {
    "what kubectl prints between angle brackets": "    Then kubectl get pods shows:\n      | NAME | IP |\n"
    "      | foo | <none> |\n",
    "angle brackets in a doc string": '    Then the log of container "c" of pod "foo" is:\n'
    '      """\n      <html>\n      """\n',
}


@pytest.mark.parametrize("step", ALLOWED.values(), ids=ALLOWED.keys())
def test_some_angle_brackets_are_no_placeholders(feature: Feature, on: On, run: Run, step: str) -> None:
    feature(f"Feature: f\n  Scenario: s\n{step}")
    on('shows(0, "foo", "Running"), logs={"c": "<html>"}')

    run().assert_outcomes(passed=1)


def test_a_configuration_that_cannot_be_used_is_shown_without_a_traceback(
    feature: Feature, on: On, run: Run, project: pytest.Pytester
) -> None:
    feature('Feature: f\n  Scenario: s\n    Then pod "foo" shows "Running"\n')
    (project.path / "podproof.yaml").write_text("sed: x\n")
    on()

    result = run()

    result.stdout.fnmatch_lines(["*podproof.yaml: 'sed' is no option: did you mean 'seed'?"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*configuration.py*")

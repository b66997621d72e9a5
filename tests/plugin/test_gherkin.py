"""What Gherkin can say: rules, backgrounds, tagged Examples, attachments, and files as editors save them."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

SAYS = """
    @given(parsers.parse("it says {text}"))
    def it_says(text): print("said", text)
    @given("it repeats:")
    def it_repeats(docstring): print("said", docstring.replace("\\n", "/"))
    @given("it lists:")
    def it_lists(datatable): print("said", datatable)
    """

SAID = {
    "the backgrounds of the feature and of the rule come first, in this order": (
        "Feature: f\n  Background:\n    Given it says one\n  Rule: r\n    Background:\n      Given it says two\n"
        "    Scenario: s\n      Given it says three\n",
        ["said one", "said two", "said three"],
    ),
    "every table of an outline gives its rows": (
        "Feature: f\n  Scenario Outline: s\n    Given it says <a>\n    Examples: x\n      | a |\n      | 1 |\n"
        "    Examples: y\n      | a |\n      | 2 |\n",
        ["said 1", "said 2"],
    ),
    "tables may name their columns in another order": (
        "Feature: f\n  Scenario Outline: s\n    Given it says <a><b>\n    Examples:\n      | a | b |\n      | 1 | 2 |\n"
        "    Examples:\n      | b | a |\n      | 3 | 4 |\n",
        ["said 12", "said 43"],
    ),
    "a doc string may name its media type": (
        'Feature: f\n  Scenario: s\n    Given it repeats:\n      """yaml\n      a:\n        b: 1\n      """\n',
        ["said a:/  b: 1"],
    ),
    "a doc string may stand between backticks": (
        'Feature: f\n  Scenario: s\n    Given it repeats:\n      ```\n      """\n      ```\n',
        ['said """'],
    ),
    "a cell may hold a bar": (
        "Feature: f\n  Scenario: s\n    Given it lists:\n      | a \\| b |\n",
        ["said [['a | b']]"],
    ),
    "a backslash in a cell is one": (
        "Feature: f\n  Scenario Outline: s\n    Given it says <a>\n    Given it lists:\n      | x\\y |\n"
        '    Examples:\n      | a   |\n      | \\"b\\" |\n',
        ['said \\"b\\"', r"said [['x\\y']]"],
    ),
    "a star stands for a further step": (
        "Feature: f\n  Scenario: s\n    Given it says one\n    * it says two\n",
        ["said one", "said two"],
    ),
    "the file begins with a byte order mark": (
        "\ufeffFeature: f\n  Scenario: s\n    Given it says one\n",
        ["said one"],
    ),
    "its lines end as on Windows": (
        'Feature: f\r\n  Scenario: s\r\n    Given it says one\r\n    Given it repeats:\r\n      """\r\n      a\r\n'
        '      b\r\n      """\r\n',
        ["said one", "said a/b"],
    ),
    "it has comments, and no line at its end": (
        "# of old\nFeature: f\n  # more\n  Scenario: s\n    # and more\n    Given it says one",
        ["said one"],
    ),
}


@pytest.mark.parametrize(("text", "said"), SAID.values(), ids=SAID.keys())
def test_it_is_heard(feature: Feature, on: On, run: Run, text: str, said: list[str]) -> None:
    feature("").write_bytes(text.encode())
    on(more=SAYS)

    result = run("-s", "-q")

    assert [line.lstrip(".") for line in result.outlines if "said" in line] == said


def test_a_claim_in_chinese_is_as_strict(feature: Feature, on: On, run: Run) -> None:
    feature("""
        # language: zh-CN
        功能: 等待
          场景: 成立
            那么 Pod "foo" 显示 "Running"
          场景: 不成立
            那么 Pod "foo" 在 3 秒内显示 "Error"
        """)
    on('shows(0, "foo", "Running")')

    result = run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["features/it.feature:6", '  那么 Pod "foo" 在 3 秒内显示 "Error"'])


TAGGED = """\
@whole
Feature: f
  @rule
  Rule: r
    @outline
    Scenario Outline: s
      Given it says <a>
      @some
      Examples: some
        | a |
        | 1 |
      @others @slow
      Examples: others
        | a |
        | 2 |
        | 3 |
"""
MARKED = {
    "the feature's": ("whole", 3),
    "the rule's": ("rule", 3),
    "the outline's": ("outline", 3),
    "those of one table": ("some", 1),
    "those of another": ("others and not some", 2),
    "several": ("rule and slow", 2),
    "none of them": ("some and slow", 0),
}


@pytest.mark.parametrize(("expression", "passed"), MARKED.values(), ids=MARKED.keys())
def test_tags_are_markers_that_need_no_registration(
    feature: Feature, on: On, run: Run, expression: str, passed: int
) -> None:
    feature(TAGGED)
    on(more=SAYS)

    result = run("--strict-markers", "-W", "error", "-m", expression)

    result.assert_outcomes(passed=passed, deselected=3 - passed)


def test_the_tags_of_a_run_are_listed_among_the_markers(feature: Feature, on: On, run: Run) -> None:
    feature(TAGGED)
    on(more=f'{SAYS}\n    def pytest_collection_finish(session): print(session.config.getini("markers"))')

    run("-s").stdout.fnmatch_lines(["*'outline: scenarios tagged @outline'*"])


AGAIN = {
    "a scenario": ("Scenario: s\n    Then {}\n", "s"),
    "a row of an outline": ("Scenario Outline: s\n    Then {}\n    Examples:\n      | a |\n      | 1 |\n", "s?1?"),
    "a scenario with brackets in its name": ("Scenario: s [1] of 2\n    Then {}\n", "s ?1? of 2"),
    "a scenario with colons in its name": ("Scenario: a::b\n    Then {}\n", "a::b"),
}


@pytest.mark.parametrize(("scenario", "name"), AGAIN.values(), ids=AGAIN.keys())
def test_only_what_failed_last_runs_again(
    feature: Feature, on: On, project: pytest.Pytester, scenario: str, name: str
) -> None:
    other = '  Scenario: other\n    Then pod "foo" shows "Running"\n'
    feature("Feature: f\n" + other + "  " + scenario.format('pod "foo" shows "Error"'))
    on('shows(0, "foo", "Running")')
    plain = ("-p", "no:hypothesispytest")
    project.runpytest_inprocess(*plain).assert_outcomes(passed=1, failed=1)

    result = project.runpytest_inprocess(*plain, "--lf", "-v")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"features/it.feature::{name} FAILED*"])

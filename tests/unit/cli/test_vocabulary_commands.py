"""`podproof steps` and `podproof explain`: the vocabulary, told."""

import ast
import json
import re
from typing import Any

import pytest

from podproof.cli import main


def _printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


@pytest.fixture
def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Every phrase as `podproof steps --json` has it."""
    found: list[dict[str, Any]] = json.loads(_printed(capsys, "steps", "--json"))
    return found


def test_every_phrase_has_an_example_and_its_fields(rows: list[dict[str, Any]]) -> None:
    shows = next(row for row in rows if row["phrase"] == 'pod "{name}" shows "{status}" within {limit:duration}')

    assert shows["fields"] == {"name": "text", "status": "text", "limit": "duration"}
    assert re.fullmatch(r'pod "[^"]+" shows "[^"]+" within .+', shows["example"])
    assert shows["translations"] == {"zh-CN": ['Pod "{name}" 在 {limit:duration} 内显示 "{status}"']}
    assert [row["phrase"] for row in rows if not row["example"]] == []


def test_what_stands_below_a_line_is_told(rows: list[dict[str, Any]]) -> None:
    below = {row["phrase"]: row["below"] for row in rows}

    assert below["the manifest:"] == "a doc string"
    assert below['pod "{name}" passes through:'] == "a table"
    assert below['pod "{name}" shows "{status}"'] == ""


def test_the_stub_takes_every_example_with_one_expression(
    rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    tree = ast.parse(_printed(capsys, "steps", "--stub"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    expressions = [ast.literal_eval(each.decorator_list[0].args[0]) for each in functions]  # type: ignore[attr-defined]

    assert len(expressions) == len(rows)
    pairs = zip(rows, expressions, strict=True)
    assert [row["example"] for row, expression in pairs if not re.fullmatch(expression, row["example"])] == []
    assert [each for each in expressions if "\\" in each] == []


def test_words_narrow_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    listed = _printed(capsys, "steps", "LOG", "previous")

    assert "the previous log of container" in listed
    assert "shows" not in listed


def test_the_list_can_be_searched_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert 'pod "{name}" was never replaced' in _printed(capsys, "steps", "从未被替换")


def test_words_nothing_says_are_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["steps", "florps"]) == 1


def test_the_reference_has_a_heading_for_each_topic(capsys: pytest.CaptureFixture[str]) -> None:
    reference = _printed(capsys, "steps", "--markdown")

    assert "\n## Logs\n" in reference
    assert '`pod "{name}" shows "{status}"`' in reference


EXPLAINED = {
    "a step with its keyword": (
        'Then pod "web" stays "Running" for 10 minutes',
        ['pod "{name}" stays "{status}" for {span:duration}', "  name (text): web", "  span (duration): 10 minutes"],
    ),
    "a step that names no limit": (
        'pod "web" shows "Running"',
        ["  it waits for as long as `timeout` says in podproof.yaml (1 minute, where that says nothing)"],
    ),
    "a step with something below it": ("Given the manifest:", ["  below it stands a doc string"]),
    "a step in Chinese": (
        '那么 Pod "web" 显示 "Running"',
        ['pod "{name}" shows "{status}"', "  status (text): Running"],
    ),
}


@pytest.mark.parametrize(("line", "told"), EXPLAINED.values(), ids=EXPLAINED.keys())
def test_a_line_is_explained(capsys: pytest.CaptureFixture[str], line: str, told: list[str]) -> None:
    lines = _printed(capsys, "explain", line).splitlines()

    assert [each for each in told if each not in lines] == []


UNEXPLAINED = {
    "a near miss": ('Then pod "web" showz "Running"', '\ndid you mean:\n  pod "{name}" shows "{status}"'),
    "nothing like it": ("xyz", "\npodproof steps lists them all"),
    "a duration that is none": ('pod "web" shows "Running" within soon', "'soon' is no duration"),
}


@pytest.mark.parametrize(("line", "said"), UNEXPLAINED.values(), ids=UNEXPLAINED.keys())
def test_a_line_that_nothing_says_is_a_usage_error(capsys: pytest.CaptureFixture[str], line: str, said: str) -> None:
    assert main(["explain", line]) == 2

    printed = capsys.readouterr()
    assert (said in printed.err, printed.out) == (True, "")

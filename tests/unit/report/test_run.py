"""A run's outcomes: the same whoever sends them first, and whatever they go through on the way."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podproof.report.annotations import annotations
from podproof.report.outcomes import Log, Result, ScenarioOutcome, StepOutcome, worst
from podproof.report.picture import Lane, Mark, Picture, Span
from podproof.report.run import Run
from podproof.report.told import step_lines

STEPS = (
    StepOutcome("Given", "it is", 4, Result.PASSED, 0, 10**9, 0.1, doc_string="a: b", phrase="it is", defined="s.py:1"),
    StepOutcome("Then", "it is not", 5, Result.FAILED, 10**9, 10**9, 0.1, "50%,\nno: more", table=(("a",), ("b",))),
    StepOutcome("And", "it ends", 6, Result.SKIPPED),
)
PICTURE = Picture(
    9, (Lane("p", "pod", "p", (Span(0, 9, "ready", "Running"),), (Mark(1, "event", "Pulled"),)),), ((2, 3),)
)
WHOLE = ScenarioOutcome(
    "features/a, b.feature", "A", 3, "It: is", Result.FAILED, 0, ("x", "y"), "R", ("t",), "simulator", "gw1", 1.5, 0.25,
    10**12, "", 0, STEPS, PICTURE, (Log("p", "c", True, "l", 2),), ((1, 2),),
)  # fmt: skip


def scenario(file: str, line: int, result: Result = Result.PASSED, row: int | None = None) -> ScenarioOutcome:
    return ScenarioOutcome(file, "F", line, f"s{line}", result, row)


def test_an_outcome_survives_the_way_through_json() -> None:
    assert ScenarioOutcome.from_json(json.loads(json.dumps(WHOLE.as_json()))) == WHOLE


def test_an_outcome_is_made_of_plain_values_only() -> None:
    """What xdist sends knows no types of ours, not even derived ones."""

    def types(value: object) -> set[type]:
        if isinstance(value, dict):
            return set().union(*map(types, value.values()), {dict})
        return set().union(*map(types, value), {type(value)}) if isinstance(value, list | tuple) else {type(value)}

    assert types(WHOLE.as_json()) <= {dict, list, tuple, str, int, float, bool, type(None)}


IN_ORDER = [*(scenario("a", 12, row=row) for row in (0, 1, 10)), scenario("a", 30), scenario("b", 1)]


@given(st.permutations(IN_ORDER))
def test_scenarios_are_told_by_file_line_and_row_whatever_the_order_they_came_in(came: list[ScenarioOutcome]) -> None:
    run = Run(0.0)
    for outcome in came:
        run.add(f"{outcome.place}", outcome)

    assert list(run.scenarios) == IN_ORDER


def test_the_last_try_counts_and_those_before_are_told_too() -> None:
    run = Run(0.0)
    run.add("t", scenario("a", 1, Result.FAILED), again=True)
    run.add("t", scenario("a", 1, Result.INCONCLUSIVE), again=True)
    run.add("t", scenario("a", 1))

    assert run.succeeded
    assert [(each.result, each.attempt, again) for each, again in run.attempts] == [
        (Result.FAILED, 0, True),
        (Result.INCONCLUSIVE, 1, True),
        (Result.PASSED, 2, False),
    ]


def test_an_end_that_went_wrong_makes_it_red() -> None:
    run = Run(0.0)
    run.add("t", scenario("a", 1))
    run.broke("t", "the disk is full")

    assert run.knows("t")
    assert not run.succeeded
    assert [(each.result, each.message) for each in run.scenarios] == [(Result.FAILED, "the disk is full")]


RED = {
    Result.PASSED: True,
    Result.SKIPPED: True,
    Result.INCONCLUSIVE: False,
    Result.UNDEFINED: False,
    Result.AMBIGUOUS: False,
    Result.FAILED: False,
}


@pytest.mark.parametrize(("result", "succeeded"), RED.items())
def test_only_what_passed_or_was_left_out_is_not_red(result: Result, succeeded: bool) -> None:
    run = Run(0.0)
    run.add("t", scenario("a", 1, result))

    assert run.succeeded is succeeded


def test_the_worst_of_results_is_failed_and_of_none_passed() -> None:
    assert worst(Result) is Result.FAILED
    assert worst([Result.PASSED, Result.UNDEFINED, Result.SKIPPED]) is Result.UNDEFINED
    assert worst([]) is Result.PASSED


def test_an_annotation_points_at_the_step_and_escapes_what_githubs_syntax_uses() -> None:
    assert list(annotations([WHOLE, scenario("b", 1)], "sub/")) == [
        "::error file=sub/features/a%2C b.feature,line=5,title=It%3A is [x%2C y]%3A failed::50%25,%0Ano: more"
    ]


def test_steps_are_told_with_the_times_they_took() -> None:
    assert list(step_lines(WHOLE)) == [
        (Result.PASSED, "  ✓ +0.00s → +1.00s  Given it is"),
        (Result.FAILED, "  ✗ +1.00s           Then it is not"),
        (Result.SKIPPED, "  -                  And it ends"),
    ]
    assert list(step_lines(replace(WHOLE, steps=STEPS[2:]))) == []


def test_where_only_ascii_can_be_written_the_signs_are_ascii() -> None:
    assert [line for _, line in step_lines(WHOLE, "ascii")] == [
        "  + +0.00s - +1.00s  Given it is",
        "  x +1.00s           Then it is not",
        "  -                  And it ends",
    ]

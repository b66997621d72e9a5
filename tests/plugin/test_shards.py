"""`--podproof-shard i/n`: the parts are disjoint, and together they are everything."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

SEVEN = "Feature: f\n" + "".join(f"  Scenario: s{number}\n    Given 1 second passes\n" for number in range(7))


@pytest.mark.parametrize("count", [1, 2, 3, 7, 9])
def test_the_parts_are_the_whole(feature: Feature, on: On, run: Run, count: int) -> None:
    feature(SEVEN)
    on()

    parts = [
        [line for line in run("--collect-only", "-q", "--podproof-shard", f"{part}/{count}").outlines if "::" in line]
        for part in range(1, count + 1)
    ]

    assert sorted(line for part in parts for line in part) == [f"features/it.feature::s{number}" for number in range(7)]
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_workers_run_the_same_part(feature: Feature, on: On, project: pytest.Pytester) -> None:
    feature(SEVEN)
    on()

    result = project.runpytest_subprocess("-p", "no:cacheprovider", "-n", "2", "--podproof-shard", "2/3")

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("text", ["0/2", "3/2", "2", "a/b", "1/0", "-1/2"])
def test_a_part_that_is_none_is_refused(feature: Feature, on: On, run: Run, text: str) -> None:
    feature(SEVEN)
    on()

    result = run(f"--podproof-shard={text}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: --podproof-shard {text}: write the part and how many there are, as 2/5" in result.errlines

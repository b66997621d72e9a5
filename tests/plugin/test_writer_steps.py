"""Writers of one object, where their steps cannot be taken."""

from collections.abc import Callable
from pathlib import Path

import pytest

WRONG = {
    "it reads what is not there": ('Given writer "a" reads ConfigMap "c"', "there is none"),
    "it has read nothing": ('When writer "a" sets ".data.x" to "1"', "it has read nothing"),
    "what it has read has no such place": (
        'Given the configmap "c" is created with:|  | k | v |\n|And writer "a" reads ConfigMap "c"'
        '|When writer "a" sets ".data.x.y" to "1"',
        "what it has read has nothing there",
    ),
    "what it is refused is not expected": (
        'Given the configmap "c" is created with:|  | k | v |\n|And writer "a" reads ConfigMap "c"'
        '|When writer "a" sets ".data.k" to "1"|And writer "a" sets ".data.k" to "2"',
        "the object has been modified",
    ),
}


@pytest.mark.parametrize(("steps", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_writer_fails_when(
    steps: str, told: str, feature: Callable[..., Path], run: Callable[..., pytest.RunResult]
) -> None:
    lines = "".join(f"    {each}\n" for each in steps.split("|")) if "| k |" not in steps else _with_table(steps)
    feature(f"Feature: f\n  Scenario: s\n{lines}")

    result = run("features")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{told}*"])


def _with_table(steps: str) -> str:
    first, _, rest = steps.partition("|  | k | v |\n|")
    return "".join(f"    {each}\n" for each in (first, "  | k | v |", *rest.split("|")))

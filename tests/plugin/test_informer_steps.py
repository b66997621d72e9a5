"""Steps about informers: what a stage does not do is red, and says what it did."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]

COMMAND = (sys.executable, "-m", "podproof", "trace", "--informers")
LOOK = 'Given a look into the informers\n    And the configmap "settings" is created'
TABLE = "\n      | part | stage | what |\n      | {row} |"
RED = {
    "nobody looks": (
        f"Then the informers do, in order:{TABLE.format(row='pods | handler | OnAdd')}",
        "nobody looks at what informers do: begin with: Given a look into the informers",
    ),
    "a stage does something else": (
        f"{LOOK}\n    Then the informers do within 1 second, in order:"
        f"{TABLE.format(row='configmaps | handler | OnDelete')}",
        "*configmaps  handler: OnAdd default/settings*",
    ),
    "the order is another": (
        f"{LOOK}\n    Then the informers do within 1 second, in order:"
        f"{TABLE.format(row='configmaps | handler | OnAdd')}\n      | configmaps | Reflector | ADDED |",
        '*"configmaps", Reflector: ADDED*',
    ),
    "a table has other columns": (
        f"{LOOK}\n    Then the informers do, in order:\n      | who | what |\n      | pods | OnAdd |",
        "*the columns are who, what*",
    ),
    "a stage that should rest works": (
        f'{LOOK}\n    Then the stage "Indexer" of "configmaps" does nothing for 1 second',
        "*configmaps  Indexer: add default/settings*",
    ),
    "a stage that there is not does nothing": (
        f'{LOOK}\n    Then the stage "Sorter" of "configmaps" does nothing for 1 second',
        "*the stages are Reflector, DeltaFIFO, *",
    ),
    "a part that there is not does nothing": (
        f'{LOOK}\n    Then the stage "rule" of "web-controller" does nothing for 1 second',
        '*nothing was seen of "web-controller"*',
    ),
    "there is no such informer": (
        'When the informer of "gadgets" loses its watch',
        '*there is no informer of "gadgets"; there are those of *configmaps*',
    ),
}


@pytest.mark.parametrize(("steps", "seen"), RED.values(), ids=RED.keys())
def test_what_is_not_so(feature: Feature, run: Run, steps: str, seen: str) -> None:
    feature(f"Feature: F\n  Scenario: S\n    {steps}\n")
    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{seen.strip('*')}*"])


def test_the_informers_of_each_scenario_are_drawn(feature: Feature, pytester: pytest.Pytester) -> None:
    feature('Feature: F\n  Scenario: S\n    When the configmap "settings" is created\n    And 1 second passes\n')
    folder = next(pytester.path.rglob("*.feature"))

    result = pytester.run(*COMMAND, str(folder))

    assert result.ret == 0
    result.stdout.fnmatch_lines(["*::S", "The informer of configmaps", "*handler*OnAdd default/settings:*"])

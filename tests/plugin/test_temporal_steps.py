"""Each temporal phrase: held where it is so, red where a violation is planted, red where nothing was observed."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

FOO = 'shows(0, "foo", "Pending"), shows(1, "foo", "Running"), shows(31, "foo", "Error", exit_code=3)'
LOOP = (
    'shows(0, "foo", "Running"), shows(30, "foo", "Error", exit_code=3), shows(31, "foo", "Running", 1, exit_code=3), '
    'shows(61, "foo", "Error", 1, exit_code=3), shows(75, "foo", "CrashLoopBackOff", 1, exit_code=3), '
    'shows(76, "foo", "Running", 2, exit_code=3)'
)
WAITS = 'shows(0, "foo", "Init:0/2"), there(12, "Service", "web"), shows(13, "foo", "Init:1/2")'
NOTHING = 'shows(0, "other", "Running")'

HELD = {
    "shows, already": (FOO, 'Then pod "foo" shows "Pending"'),
    "shows, within the default minute": (FOO, 'Then pod "foo" shows "Error"'),
    "shows within a limit": (FOO, 'Then pod "foo" shows "Error" within 31 seconds'),
    "stays": (FOO, 'When 2 seconds pass\nThen pod "foo" stays "Running" for 28 seconds'),
    "stayed until an object existed": (
        WAITS,
        'When 20 seconds pass\nThen pod "foo" stayed "Init:0/2" until service "web" existed',
    ),
    "stayed until another pod showed": (
        f'{FOO}, shows(20, "bar", "Evicted")',
        'When 25 seconds pass\nThen pod "foo" stayed "Running" until pod "bar" showed "Evicted"',
    ),
    "never, so far": (FOO, 'When 40 seconds pass\nThen pod "foo" never shows "Completed"'),
    "never, looking ahead": (FOO, 'Then pod "foo" never shows "Completed" for 1 hour'),
    "passes through": (FOO, 'Then pod "foo" passes through:\n  | Pending |\n  | Running |\n  | Error |'),
    "passes through, with a heading": (
        FOO,
        'Then pod "foo" passes through:\n  | STATUS |\n  | Pending |\n  | Running |',
    ),
    "has restarted exactly": (FOO, 'When 1 hour passes\nThen pod "foo" has restarted 0 times'),
    "has restarted once": (LOOP, 'When 40 seconds pass\nThen pod "foo" has restarted 1 time'),
    "has restarted at least": (LOOP, 'When 2 minutes pass\nThen pod "foo" has restarted at least 2 times'),
    "has restarted at most": (LOOP, 'When 2 minutes pass\nThen pod "foo" has restarted at most 2 times'),
    "has restarted within": (LOOP, 'Then pod "foo" has restarted 2 times within 2 minutes'),
    "has restarted at least within": (LOOP, 'Then pod "foo" has restarted at least 1 time within 1 minute'),
    "exited with a code": (FOO, 'Then container "main" of pod "foo" exited with code 3'),
    "has an event": (
        f'{FOO}, event(9, "foo", "Failed", "Failed to pull image x")',
        'Then pod "foo" has an event "Failed" saying "Failed to pull"',
    ),
    "has no event": (FOO, 'Then pod "foo" has no event "Failed"'),
    "kubectl get shows": (
        FOO,
        "Then kubectl get pods shows:\n  | NAME | READY | STATUS | RESTARTS |\n  | foo | 1/1 | Error | 0 |",
    ),
    "has a field": (FOO, 'Then pod "foo" has ".status.reason" equal to "Error"'),
    "does not exist any more": (f'{FOO}, gone(40, "foo")', 'Then pod "foo" does not exist'),
    "never did exist": (NOTHING, 'Then pod "foo" does not exist'),
    "was never replaced": (FOO, 'When 1 hour passes\nThen pod "foo" was never replaced'),
    "keywords do not count": (FOO, 'When pod "foo" shows "Running"\nGiven 3 seconds pass'),
}

VIOLATED = {
    "shows something else": (FOO, 'Then pod "foo" shows "Completed"', 'it shows "Error" since +31 s'),
    "shows it too late": (FOO, 'Then pod "foo" shows "Error" within 30 seconds', 'it shows "Running" since +1 s'),
    "does not stay": (
        FOO,
        'When 2 seconds pass\nThen pod "foo" stays "Running" for 30 seconds',
        'at +31 s, after 29 seconds*"Error"',
    ),
    "stays, but does not show it yet": (FOO, 'Then pod "foo" stays "Running" for 5 seconds', "*begins now*"),
    "does not stay: another pod took its name": (
        'shows(0, "foo", "Running"), shows(5, "foo", "Running", uid="u2")',
        'Then pod "foo" stays "Running" for 10 seconds',
        "another object took its name",
    ),
    "does not stay: it is gone": (
        'shows(0, "foo", "Running"), gone(5, "foo")',
        'Then pod "foo" stays "Running" for 10 seconds',
        "it is gone",
    ),
    "did not stay until": (
        'shows(0, "foo", "Init:0/2"), shows(5, "foo", "Init:Error"), there(12, "Service", "web")',
        'When 20 seconds pass\nThen pod "foo" stayed "Init:0/2" until service "web" existed',
        "at +5 s, before*",
    ),
    "showed what it never should": (FOO, 'When 40 seconds pass\nThen pod "foo" never shows "Running"', "at +1 s it"),
    "will show what it never should": (FOO, 'Then pod "foo" never shows "Error" for 1 hour', "at +31 s it"),
    "passes through something else": (FOO, 'Then pod "foo" passes through:\n  | Pending |\n  | Error |', "*Running*"),
    "restarted more often": (
        LOOP,
        'When 2 minutes pass\nThen pod "foo" has restarted 1 time',
        "it has restarted 2 times",
    ),
    "restarted too seldom": (
        LOOP,
        'When 2 minutes pass\nThen pod "foo" has restarted at least 3 times',
        "it has restarted 2 times",
    ),
    "restarted too often": (
        LOOP,
        'When 2 minutes pass\nThen pod "foo" has restarted at most 1 time',
        "it has restarted 2 times",
    ),
    "restarts more often than it may within the limit": (
        LOOP,
        'Then pod "foo" has restarted at most 1 time within 2 minutes',
        "it has restarted 2 times",
    ),
    "restarted too late": (LOOP, 'Then pod "foo" has restarted 2 times within 1 minute', "it has restarted once"),
    "exited with another code": (FOO, 'Then container "main" of pod "foo" exited with code 0', "exited with code 3"),
    "has no such container": (FOO, 'Then container "mian" of pod "foo" exited with code 0', '*"mian"; it reports main'),
    "has no such event": (
        f'{FOO}, event(9, "foo", "Failed", "no space")',
        'Then pod "foo" has an event "Failed" saying "pull"',
        "its events say: Failed: no space",
    ),
    "has the event it must not have": (
        f'{FOO}, event(0, "foo", "Failed", "no space")',
        'Then pod "foo" has no event "Failed"',
        "it has 1: no space",
    ),
    "kubectl get shows another row": (
        FOO,
        "Then kubectl get pods shows:\n  | NAME | STATUS |\n  | foo | Completed |",
        "foo *1/1 *Error*",
    ),
    "kubectl get has no such column": (
        FOO,
        "Then kubectl get pods shows:\n  | NAME | STATE |\n  | foo | Error |",
        "the columns of Pod are NAME, READY,*",
    ),
    "has another value": (
        FOO,
        'Then pod "foo" has ".status.reason" equal to "Evicted"',
        'its ".status.reason" is "Error"',
    ),
    "has no such field": (FOO, 'Then pod "foo" has ".status.raisin" equal to "Error"', "*.status has: phase, reason*"),
    "still exists": (FOO, 'Then pod "foo" does not exist', "it is there"),
    "was replaced": (
        'shows(0, "foo", "Running"), shows(5, "foo", "Running", uid="u2")',
        'When 10 seconds pass\nThen pod "foo" was never replaced',
        "another took its name",
    ),
}

UNDECIDED = {
    "shows": 'Then pod "foo" shows "Running"',
    "stays": 'Then pod "foo" stays "Running" for 1 minute',
    "stayed until": 'Then pod "foo" stayed "Running" until pod "other" showed "Running"',
    "stayed until what never was": 'Then pod "other" stayed "Running" until service "web" existed',
    "never": 'Then pod "foo" never shows "Error"',
    "never, looking ahead": 'Then pod "foo" never shows "Error" for 1 minute',
    "passes through": 'Then pod "foo" passes through:\n  | Running |',
    "has restarted": 'Then pod "foo" has restarted 0 times',
    "has restarted at most": 'Then pod "foo" has restarted at most 3 times',
    "has restarted within": 'Then pod "foo" has restarted at most 3 times within 1 minute',
    "exited": 'Then container "main" of pod "foo" exited with code 0',
    "has an event": 'Then pod "foo" has an event "Failed"',
    "has no event": 'Then pod "foo" has no event "Failed"',
    "has a field": 'Then pod "foo" has ".status.phase" equal to "Running"',
    "has no field": 'Then pod "foo" has no ".status.reason"',
    "was never replaced": 'Then pod "foo" was never replaced',
    "kubectl get": "Then kubectl get pods shows:\n  | NAME |\n  | foo |",
    "does not exist, but a name is nearly the same": 'Then pod "othr" does not exist',
    "has no endpoints": 'Then service "web" has no endpoints',
    "was never in the endpoints": 'Then pod "other" was never in the endpoints of service "web"',
    "was restarted after": 'Then container "main" of pod "foo" was restarted after:\n'
    "  | restart | at least | at most |\n  | 1 | 0 s | 2 s |",
}


def scenario(steps: str) -> str:
    """Return a feature of one scenario."""
    return "Feature: f\n  Scenario: s\n" + "".join(f"    {line}\n" for line in steps.splitlines())


@pytest.mark.parametrize(("script", "steps"), HELD.values(), ids=HELD.keys())
def test_what_is_so_is_green(feature: Feature, on: On, run: Run, script: str, steps: str) -> None:
    feature(scenario(steps))
    on(script)

    run().assert_outcomes(passed=1)


@pytest.mark.parametrize(("script", "steps", "why"), VIOLATED.values(), ids=VIOLATED.keys())
def test_a_planted_violation_is_red(feature: Feature, on: On, run: Run, script: str, steps: str, why: str) -> None:
    feature(scenario(steps))
    on(script)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{why}*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")


@pytest.mark.parametrize("steps", UNDECIDED.values(), ids=UNDECIDED.keys())
def test_where_nothing_was_observed_it_is_red_too(feature: Feature, on: On, run: Run, steps: str) -> None:
    feature(scenario(steps))
    on(NOTHING)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*.py:*")


def test_a_pod_that_does_not_exist_is_named_with_its_near_misses(feature: Feature, on: On, run: Run) -> None:
    feature(scenario('Then pod "othr" shows "Running"'))
    on(NOTHING)

    run().stdout.fnmatch_lines(
        ['undecided*pod "othr" was never observed; seen: other', "*there is pod 'other': is the name right?"]
    )


def test_the_default_limit_is_the_projects_own(feature: Feature, on: On, run: Run, project: pytest.Pytester) -> None:
    (project.path / "podproof.yaml").write_text("timeout: 20 seconds\n")
    feature(scenario('Then pod "foo" shows "Error"'))
    on(FOO)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["wanted*within 20 seconds"])

"""Logs, fields, conditions, endpoints and restarts: what is so, and what is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

LOGS = 'shows(0, "foo", "Running"), logs={"main": "one\\ntwo \\"2\\"\\n"}'
READY = (
    'there(0, "Pod", "foo", spec={}, status={"conditions": [{"type": "Ready", "status": "False", "reason": "NotYet"}]})'
)
_SLICE = (
    '"EndpointSlice", "web-1", endpoints=[{"conditions": {"ready": %s}, "targetRef": {"kind": "Pod", "name": "foo"}}]'
)
SLICE = (
    'shows(0, "foo", "Running"), there(0, "Service", "web"), (lambda at: (at[0], at[1], {**at[2], "metadata": '
    '{**at[2]["metadata"], "labels": {"kubernetes.io/service-name": "web"}}}))(there(0, ' + _SLICE + "))"
)
_ROWS = (
    ("2026-01-01T00:00:30Z", "2026-01-01T00:00:31Z"),
    ("2026-01-01T00:01:01Z", "2026-01-01T00:01:13Z"),
)
_ROW = (
    'there({number}, "Pod", "foo", spec={{}}, status={{"containerStatuses": [{{"name": "main", '
    '"restartCount": {number}, '
    '"state": {{"running": {{"startedAt": "{started}"}}}}, '
    '"lastState": {{"terminated": {{"exitCode": 1, "finishedAt": "{ended}"}}}}}}]}})'
)
RESTARTED = ", ".join(
    _ROW.format(number=number, started=started, ended=ended) for number, (ended, started) in enumerate(_ROWS, 1)
)
EVENTS = 'event(0, "foo", "Pulled", "p"), event(1, "foo", "Started", "s")'
ORDER = "the events tell, in order:\n      | object | reason |\n      | pod/foo | {} |\n      | pod/foo | {} |"
TABLE = "      | restart | at least | at most |\n"

GREEN = {
    "a log contains": (LOGS, 'the log of container "main" of pod "foo" contains "two"'),
    "a log contains a quote": (LOGS, 'the log of container "main" of pod "foo" contains "two \\"2\\""'),
    "a log does not contain": (LOGS, 'the log of container "main" of pod "foo" does not contain "three"'),
    "a log is": (LOGS, 'the log of container "main" of pod "foo" is:\n      """\n      one\n      two "2"\n      """'),
    "a log is short": (LOGS, 'the log of container "main" of pod "foo" is at most 1 MiB long'),
    "a log cannot be read": (LOGS, 'reading the log of container "app" of pod "foo" is refused with "is waiting"'),
    "the previous log contains": (LOGS, 'the previous log of container "main" of pod "foo" contains "two"'),
    "a condition is": (READY, 'condition "Ready" of pod "foo" is "False"'),
    "a condition has a reason": (READY, 'condition "Ready" of pod "foo" is "False" with reason "NotYet"'),
    "an item found by its type": (
        READY,
        'pod "foo" has ".status.conditions[?(@.type==\'Ready\')].status" equal to "False"',
    ),
    "events came in order": (EVENTS, ORDER.format("Pulled", "Started")),
    "a field contains": (READY, 'pod "foo" has ".status.conditions[0].reason" containing "Yet"'),
    "a field is absent": (READY, 'pod "foo" has no ".status.podIP"'),
    "a service has endpoints": (SLICE % "True", 'service "web" has endpoints for pod "foo"'),
    "a service has none": (SLICE % "False", 'service "web" has no endpoints'),
    "a pod was never in the endpoints": (SLICE % "False", 'pod "foo" was never in the endpoints of service "web"'),
    "restarts came in time": (
        RESTARTED,
        f'container "main" of pod "foo" was restarted after:\n{TABLE}      | 2 | 10 s | 15 s |',
    ),
}

RED = {
    "a log does not": (LOGS, 'the log of container "main" of pod "foo" contains "three"', "two*"),
    "a log does": (LOGS, 'the log of container "main" of pod "foo" does not contain "two"', 'it does: two "2"'),
    "a log is different": (
        LOGS,
        'the log of container "main" of pod "foo" is:\n      """\n      two\n      """',
        "it reads:",
    ),
    "a log can be read": (
        LOGS,
        'reading the log of container "main" of pod "foo" is refused with "is waiting"',
        "it can; it reads:",
    ),
    "a log cannot be read": (
        LOGS,
        'the log of container "app" of pod "foo" contains "one"',
        "the log cannot be read: *PodInitializing",
    ),
    "a log cannot be read for another reason": (
        LOGS,
        'reading the log of container "app" of pod "foo" is refused with "is gone"',
        "the API refuses with: *",
    ),
    "events came in another order": (
        EVENTS,
        ORDER.format("Started", "Pulled"),
        "row 2 (pod/foo Pulled) does not follow: *",
    ),
    "events were never told": (
        READY,
        ORDER.format("Pulled", "Started"),
        "row 1 (pod/foo Pulled) does not follow: nobody *",
    ),
    "a field does not contain": (READY, 'pod "foo" has ".status.conditions[0].reason" containing "Soon"', "*NotYet*"),
    "a condition is not": (
        READY,
        'condition "Ready" of pod "foo" is "True"',
        'its condition "Ready" is "False"*NotYet*',
    ),
    "a condition has another reason": (
        READY,
        'condition "Ready" of pod "foo" is "False" with reason "Soon"',
        "*NotYet*",
    ),
    "a condition is not there": (
        READY,
        'condition "Happy" of pod "foo" is "True"',
        "it has no condition*it has Ready*",
    ),
    "a service has no endpoints": (
        SLICE % "False",
        'service "web" has endpoints for pod "foo"',
        "pods behind it: none",
    ),
    "a service has some": (SLICE % "True", 'service "web" has no endpoints', "pods behind it: foo"),
    "a pod was in the endpoints": (
        SLICE % "True",
        'pod "foo" was never in the endpoints of service "web"',
        "it was at +0 s",
    ),
    "a restart came too early": (
        RESTARTED,
        f'container "main" of pod "foo" was restarted after:\n{TABLE}      | 2 | 20 s | 30 s |',
        "restart 2 came after 12 seconds, not 20 seconds to 30 seconds",
    ),
    "a restart never came": (
        RESTARTED,
        f'container "main" of pod "foo" was restarted after:\n{TABLE}      | 3 | 20 s | 30 s |',
        "restart 3 was never observed",
    ),
}


@pytest.mark.parametrize(("script", "step"), GREEN.values(), ids=GREEN.keys())
def test_what_is_so_is_green(feature: Feature, on: On, run: Run, script: str, step: str) -> None:
    feature(f"Feature: f\n  Scenario: s\n    When 5 seconds pass\n    Then {step}\n")
    on(script)

    run().assert_outcomes(passed=1)


@pytest.mark.parametrize(("script", "step", "why"), RED.values(), ids=RED.keys())
def test_what_is_not_is_red_and_says_why(feature: Feature, on: On, run: Run, script: str, step: str, why: str) -> None:
    feature(f"Feature: f\n  Scenario: s\n    When 5 seconds pass\n    Then {step}\n")
    on(script)

    result = run()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{why}"])
    result.stdout.no_fnmatch_line("*.py:*")

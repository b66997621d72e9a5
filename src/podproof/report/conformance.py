"""What a run of the shipped suite says about a cluster: by row of the mission, as YAML and as Markdown.

A row has passed when it has scenarios and all of them passed: what was skipped was not shown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from podproof import conformance
from podproof.report.failure import heart
from podproof.report.outcomes import Result, ScenarioOutcome, worst
from podproof.report.run import Run

Report = Mapping[str, Any]

_MARKS = {"passed": "✓", "failed": "✗", "inconclusive": "?", "skipped": "–", "partly skipped": "◐", "not stated": " "}


def report(run: Run, _: Path) -> str:
    """Return the report of a run as YAML."""
    return as_yaml(report_of(run.scenarios, run.ended - run.started))


def report_of(scenarios: Sequence[ScenarioOutcome], duration: float) -> Report:
    """Return the report; `duration` is in seconds."""
    return {
        "podproof": version("podproof"),
        "cluster": ", ".join(dict.fromkeys(each.cluster for each in scenarios if each.cluster)),
        "duration": round(duration, 2),
        "verdict": verdict([each.result for each in scenarios]),
        "totals": _totals(scenarios),
        "rows": {row.name: _row(row, scenarios) for row in conformance.rows()},
        "scenarios": {_id(each): each.result.value for each in scenarios},
    }


def as_yaml(told: Report) -> str:
    """Return a report as YAML."""
    import yaml

    return yaml.safe_dump(dict(told), sort_keys=False, allow_unicode=True, width=120)


def verdict(results: Iterable[Result]) -> str:
    """Return what scenarios come to together: the gravest of them, and never passed where one was skipped."""
    found = set(results)
    if not found:
        return "not stated"
    if worst(found) is Result.SKIPPED and Result.PASSED in found:
        return "partly skipped"
    return "failed" if worst(found) in (Result.UNDEFINED, Result.AMBIGUOUS) else worst(found).value


def _totals(scenarios: Iterable[ScenarioOutcome]) -> dict[str, int]:
    counted = Counter(verdict([each.result]) for each in scenarios)
    return {name: counted[name] for name in ("passed", "failed", "inconclusive", "skipped")}


def _row(row: conformance.Row, scenarios: Sequence[ScenarioOutcome]) -> dict[str, Any]:
    own = [each for each in scenarios if row.name in each.tags]
    told = {"title": row.title, "profile": row.profile, "verdict": verdict(each.result for each in own), **_totals(own)}
    if lacking := {_id(each): _why(each) for each in own if each.result is not Result.PASSED}:
        told["not passed"] = lacking
    return told


def _id(outcome: ScenarioOutcome) -> str:
    """Return the name of a scenario's test: what pytest, and the recording of it, call it."""
    row = f"[{'-'.join(outcome.values)}]" if outcome.row is not None else ""
    return f"{outcome.file}::{outcome.name}{row}{outcome.suffix}"


def _why(outcome: ScenarioOutcome) -> str:
    """Return why a scenario did not pass, in one line: what the decisive step, or the whole scenario, was told."""
    told = (outcome.decisive.message if outcome.decisive else "") or outcome.message
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    said = next((f"{label} {text}" for label, text in heart(told)[1:2]), lines[0] if lines else "")
    return f"{outcome.result.value} at line {outcome.told_at}: {' '.join(said.split())}"


def as_markdown(told: Report) -> str:
    """Return a report as a page to be read."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Report) -> Iterator[str]:
    of = ", ".join(f"{name} {told[name]}" for name in ("kubernetes", "podproof", "profile") if name in told)
    yield f"# Conformance of {told['cluster'] or 'no cluster'}: {told['verdict']}\n"
    yield f"{of}; {told['duration']:g} s.\n"
    yield ", ".join(f"{count} {name}" for name, count in told["totals"].items()) + ".\n"
    yield "| | row | what | passed | failed | inconclusive | skipped |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, row in told["rows"].items():
        counts = " | ".join(str(row[each]) for each in ("passed", "failed", "inconclusive", "skipped"))
        yield f"| {_MARKS[row['verdict']]} | {name} | {row['title']} | {counts} |"
    yield "\n" + ", ".join(f"{mark} {name}" for name, mark in _MARKS.items() if mark.strip())
    lacking = {place: why for row in told["rows"].values() for place, why in row.get("not passed", {}).items()}
    if lacking:
        yield "\n## Not passed\n"
        yield from (f"- `{place}`: {why}" for place, why in lacking.items())
    yield from _against(told.get("against"))


def _against(other: Mapping[str, Any] | None) -> Iterator[str]:
    if other is None:
        return
    yield f"\n## Beside {other['cluster']}\n"
    yield "No difference." if not other["differences"] else f"{len(other['differences'])} scenarios differ."
    for name, differences in other["differences"].items():
        yield f"\n`{name}`\n"
        yield from (f"- {each}" for each in differences)

"""What became of the scenarios of a feature file with faults: none was run, and each says why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from podproof.plugin import bdd
from podproof.plugin.bdd import Step
from podproof.plugin.faults import Example, Fault, FeatureFaultsError, examples_of
from podproof.plugin.outcome import row_of, step_outcome
from podproof.report.masks import Mask
from podproof.report.outcomes import OWN_WORDS, Result, ScenarioOutcome, StepOutcome, worst


def attach_faults(report: pytest.CollectReport, path: Path) -> None:
    """Let the report of a file carry what became of its scenarios, where faults are why it failed."""
    call: pytest.CallInfo[object] | None = getattr(report, "call", None)
    error = call.excinfo.value if call is not None and call.excinfo is not None else None
    if isinstance(error, FeatureFaultsError):
        report.podproof = outcomes(path, error)  # type: ignore[attr-defined]


def outcomes(path: Path, error: FeatureFaultsError) -> list[dict[str, Any]]:
    """Return the outcomes of a file with faults, as a report carries them: masked, what a manifest in it hides."""
    found = of_faults(path, error)
    mask = Mask.of(None, {step.doc_string for each in found for step in each.steps if step.doc_string})
    hidden = tuple(mask.places(path.read_text(encoding="utf-8"))) if mask.values else ()
    return [mask.through(replace(each, hidden=hidden).as_json(), OWN_WORDS) for each in found]


def of_faults(path: Path, error: FeatureFaultsError) -> list[ScenarioOutcome]:
    """Return what became of the scenarios of a file with faults: none was run. What concerns the file has no name."""
    at_line: dict[int, list[Fault]] = {}
    for fault in error.faults:
        at_line.setdefault(fault.line, []).append(fault)
    try:
        document = bdd.read(path)
    except bdd.UnreadableFeatureError:
        return [_of_file(error, fault) for fault in error.faults]
    examples = list(examples_of(document))
    known = {line for each in examples for line in (each.template.line_number, *_lines(each))}
    rest = [_of_file(error, fault) for fault in error.faults if fault.line not in known]
    return [*rest, *(_of_faulty(error, example, at_line) for example in examples)]


def _lines(example: Example) -> Iterator[int]:
    return (int(step.line_number) for step in example.scenario.steps)


def _of_file(error: FeatureFaultsError, fault: Fault) -> ScenarioOutcome:
    return ScenarioOutcome(error.file, "", fault.line, "", Result.FAILED, message=fault.rendered(error.file))


def _of_faulty(error: FeatureFaultsError, example: Example, at_line: Mapping[int, Sequence[Fault]]) -> ScenarioOutcome:
    template, line = example.template, int(example.template.line_number)
    steps = tuple(_faulty_step(error.file, step, at_line.get(step.line_number, ())) for step in example.scenario.steps)
    own = "\n\n".join(fault.rendered(error.file) for fault in at_line.get(line, ()))
    result = Result.FAILED if own else worst(step.result for step in steps)
    return ScenarioOutcome(
        file=error.file,
        feature=str(template.feature.name or ""),
        line=line,
        name=str(example.scenario.name),
        result=result,
        row=row_of(example),
        values=example.values,
        rule=str(template.rule.name) if template.rule else "",
        tags=tuple(sorted(example.tags)),
        message=own or ("" if result.is_red else "nothing in the file was run, because it has faults"),
        steps=steps,
    )


def _faulty_step(file: str, step: Step, faults: Sequence[Fault]) -> StepOutcome:
    result = Result(faults[0].result) if faults else Result.SKIPPED
    return step_outcome(step, result, "\n\n".join(fault.rendered(file) for fault in faults))

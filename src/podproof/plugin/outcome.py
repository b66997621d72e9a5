"""From a test that ran to its outcome, on the worker that ran it; pytest's own report carries it as JSON.

The picture and the logs are taken before anything else is written, because what a failure advises may let time pass.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from podproof.claims import Outcome
from podproof.cluster import Refusal
from podproof.plugin import REPORTS, is_told
from podproof.plugin.bdd import Step
from podproof.plugin.faults import Example
from podproof.plugin.fixtures import CLUSTER
from podproof.proof import UnprovedError
from podproof.report.masks import Mask
from podproof.report.observed import stamp
from podproof.report.outcomes import OWN_WORDS, Log, Result, ScenarioOutcome, StepOutcome
from podproof.report.picture import Picture, picture_of
from podproof.simulator.model.objects import at
from podproof.simulator.model.times import Nanos

if TYPE_CHECKING:
    from podproof.cluster import Cluster
    from podproof.plugin.bdd import Definition
    from podproof.plugin.scenario import ScenarioItem

_LOG_LINES = 200
_PROPERTIES = ("step", "result", "cluster", "cluster time")


class Sight:
    """What a scenario's cluster shows at the end of its steps, as far as the reports of this run need it."""

    def __init__(self, item: ScenarioItem, *, whole: bool) -> None:
        cluster: Cluster | None = item.stash.get(CLUSTER, None)
        self.laps = (*item.laps.began, item.laps.now())
        self.cluster = item.cluster if item.several else "" if cluster is None else cluster.name
        self.mask = Mask.of(None if cluster is None else cluster.record(), written(item.example))
        self.picture: Picture | None = None
        self.logs: tuple[Log, ...] = ()
        if cluster is not None and whole:
            self.picture = picture_of(cluster.record(), cluster.namespace)
            self.logs = tuple(_logs(cluster))


def _logs(cluster: Cluster) -> Iterator[Log]:
    """Yield the end of each container's log, of its present and of its last run."""
    record = cluster.record()
    for ref in (each for each in record.refs("Pod") if each.namespace == cluster.namespace):
        pod = next((version.object for version in reversed(record.timeline(ref)) if version.object is not None), None)
        fields = ("initContainers", "containers", "ephemeralContainers")
        names = [row["name"] for field in fields for row in at(pod, "spec", field) or ()]
        for name in names if record.latest(ref) is not None else ():
            for previous in (True, False):
                text = cluster.logs(ref.name, name, previous)
                if not isinstance(text, Refusal) and text:
                    lines = text.splitlines()
                    last = "\n".join(lines[-_LOG_LINES:])
                    yield Log(ref.name, name, previous, last, max(0, len(lines) - _LOG_LINES))
    for name, text in _operators(cluster).items():
        yield Log(f"operator {name}", "output", False, text)


def _operators(cluster: Cluster) -> Mapping[str, str]:
    """Return what the operators beside a scenario wrote."""
    return cluster.operators.outputs() if "operators" in cluster.capabilities else {}


def outcome_of(
    item: ScenarioItem, call: pytest.CallInfo[None], report: pytest.TestReport, sight: Sight
) -> ScenarioOutcome:
    """Return what became of a scenario; nothing in it is masked yet."""
    example, file = item.example, item.nodeid.partition("::")[0]
    result = result_of(call, report)
    message = _message(report) if result is not Result.PASSED else ""
    in_step = call.when == "call" and bool(item.laps.began) and call.excinfo is not None
    rule = example.template.rule
    return ScenarioOutcome(
        file=file,
        feature=str(example.template.feature.name or ""),
        line=int(example.template.line_number),
        name=str(example.scenario.name),
        result=result,
        row=row_of(example),
        values=example.values,
        rule=str(rule.name) if rule else "",
        tags=tuple(sorted(example.tags)),
        cluster=sight.cluster,
        several=item.several,
        worker=str(getattr(item.config, "workerinput", {}).get("workerid", "")),
        started=call.start,
        duration=call.duration,
        cluster_time=sight.laps[-1][1],
        message="" if in_step else message,
        steps=tuple(_steps(item, result, message, sight, raised=in_step)),
        picture=sight.picture,
        logs=sight.logs,
        hidden=tuple(sight.mask.places(_source(item))) if sight.mask.values else (),
    )


def result_of(call: pytest.CallInfo[None], report: pytest.TestReport) -> Result:
    """Return what a report says, and of what failed whether it was disproved or merely not proved."""
    if report.skipped:
        return Result.SKIPPED
    if report.passed:
        return Result.PASSED
    return Result.INCONCLUSIVE if _is_undecided(call) else Result.FAILED


def _is_undecided(call: pytest.CallInfo[None]) -> bool:
    error = call.excinfo.value if call.excinfo is not None else None
    return isinstance(error, UnprovedError) and error.verdict.outcome is Outcome.INCONCLUSIVE


def _message(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(getattr(report, "wasxfail", "")) or report.longreprtext


def row_of(example: Example) -> int | None:
    """Return the number of an outline's row, None for what is no outline."""
    if not example.template.templated:
        return None
    rows = [tuple(row.values()) for table in example.template.examples for row in table.as_contexts()]
    return rows.index(example.values)


def _source(item: ScenarioItem) -> str:
    return item.path.read_text(encoding="utf-8")


def _steps(item: ScenarioItem, result: Result, message: str, sight: Sight, *, raised: bool) -> Iterator[StepOutcome]:
    """Yield the steps: all that were reached passed, but the last is as the scenario is where it raised."""
    steps, reached = item.example.scenario.steps, len(sight.laps) - 1
    for number, (step, definition) in enumerate(zip(steps, item.example.definitions, strict=True)):
        if number >= reached:
            yield step_outcome(step, Result.SKIPPED, definition=definition)
            continue
        (began, since), (ended, until) = sight.laps[number], sight.laps[number + 1]
        last = number == reached - 1
        became, told = (result, message) if last and raised else (Result.PASSED, "")
        yield step_outcome(step, became, told, (since, until), ended - began, definition)


def step_outcome(
    step: Step,
    result: Result,
    message: str = "",
    span: tuple[int, int] = (0, 0),
    duration: float = 0.0,
    definition: Definition | None = None,
) -> StepOutcome:
    """Return the outcome of one line of a feature file."""
    return StepOutcome(
        keyword=step.keyword.strip(),
        text=step.name,
        line=int(step.line_number),
        result=result,
        began=span[0],
        ended=span[1],
        duration=duration,
        message=message,
        doc_string=step.docstring or None,
        table=_cells(step),
        phrase=definition.phrase if definition is not None else "",
        defined=_place(definition) if definition is not None else "",
    )


def _cells(step: Step) -> tuple[tuple[str, ...], ...]:
    rows = step.datatable.raw() if step.datatable is not None else ()
    return tuple(tuple(str(cell) for cell in row) for row in rows)


def _place(definition: Definition) -> str:
    """Return where a definition stands; one of podproof's own, within podproof."""
    function = inspect.unwrap(definition.function)
    code, module = function.__code__, function.__module__
    shipped = module.startswith("podproof.")
    return (
        f"{module.replace('.', '/')}.py:{code.co_firstlineno}"
        if shipped
        else f"{code.co_filename}:{code.co_firstlineno}"
    )


def reported(item: ScenarioItem, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let pytest make its report of a scenario, masked, and let that carry the outcome.

    That a fixture was made or ended well is no outcome, and what passed is one only where somebody wants to hear it.
    """
    whole = any(item.config.getoption(each) for each in REPORTS)
    sight = Sight(item, whole=whole) if call.when == "call" else None
    if sight is not None:
        item.mask = sight.mask
        _tell_properties(item, call, sight)
    if call.excinfo is not None:
        _tell_operators(item, call.when)
    mask_sections(item)
    report = yield
    if isinstance(report.longrepr, tuple):
        report.longrepr = item.mask.through(report.longrepr)
    ended = sight is not None or (call.when == "setup" and not report.passed)
    if ended and (whole or not report.passed or is_told(item.config)):
        sight = sight or Sight(item, whole=False)
        outcome = outcome_of(item, call, report, sight)
        report.podproof = sight.mask.through(outcome.as_json(), OWN_WORDS)  # type: ignore[attr-defined]
    return report


def _tell_operators(item: ScenarioItem, when: str) -> None:
    """Add to the item what the operators of a failed scenario wrote."""
    cluster = item.stash.get(CLUSTER, None)
    for name, text in ({} if cluster is None else _operators(cluster)).items():
        item.add_report_section(when, f"output of operator {name}", text)


def written(example: Example) -> list[str]:
    """Return the doc strings of a scenario's steps: a manifest may stand there."""
    return [step.docstring for step in example.scenario.steps if step.docstring]


def mask_sections(item: ScenarioItem) -> None:
    """Mask what was captured of a scenario's output, in every report that is still to come."""
    sections = item._report_sections
    sections[:] = item.mask.through(sections)


def _tell_properties(item: ScenarioItem, call: pytest.CallInfo[None], sight: Sight) -> None:
    """Add to the item what JUnit's file tells of a scenario beside its name and its time."""
    kept = [each for each in item.user_properties if each[0] not in _PROPERTIES]
    place = f"{item.nodeid.partition('::')[0]}:{item.story.line}"
    told = {
        "step": place if call.excinfo is not None and item.laps.began else "",
        "result": "inconclusive" if _is_undecided(call) else "",
        "cluster": sight.cluster,
        "cluster time": stamp(Nanos(sight.laps[-1][1])) if sight.cluster else "",
    }
    item.user_properties[:] = [*kept, *(each for each in told.items() if each[1])]

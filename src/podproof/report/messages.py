"""A run as Cucumber Messages: one JSON value in each line, as @cucumber/messages describes them.

What is inconclusive is PENDING, with an exception of type "inconclusive": Cucumber has no word for it, and no tool of
Cucumber's takes pending for success. Durations are the machine's; cluster time is in an attachment of each scenario.
Source: github.com/cucumber/messages, jsonschema/, and github.com/cucumber/compatibility-kit for their order.
"""

import json
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gherkin.stream.id_generator import IdGenerator

from podproof.report.observed import stamp
from podproof.report.outcomes import Result, ScenarioOutcome, StepOutcome
from podproof.report.run import Run
from podproof.report.sources import Node, Source, sources
from podproof.simulator.model.times import SECOND, Nanos

Message = Mapping[str, Any]

_PROTOCOL = "34.2.1"
_STATUS = {**{result: result.value.upper() for result in Result}, Result.INCONCLUSIVE: "PENDING"}


def report(run: Run, rootdir: Path) -> str:
    """Return the run's messages, a line each."""
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in messages(run, rootdir))


def messages(run: Run, rootdir: Path) -> Iterator[Message]:
    """Yield the run's messages in the order Cucumber sends them."""
    ids = IdGenerator()
    yield _meta()
    files = {source.uri: source for source in sources(run.scenarios, rootdir, ids)}
    for source in files.values():
        yield from _source_messages(source)
    yield from (_unreadable(outcome) for outcome in run.scenarios if not outcome.name)
    definitions = _definitions(run, ids)
    yield from (_definition(phrase, place, id_) for (phrase, place), id_ in definitions.items())
    around, started = ids.get_next_id(), ids.get_next_id()
    yield {
        "hook": {"id": around, "name": "around the steps", "sourceReference": {"uri": "podproof/plugin/fixtures.py"}}
    }
    yield {"testRunStarted": {"id": started, "timestamp": _moment(run.started)}}
    yield from _Cases(files, definitions, ids, around, started).of(run)
    success = {"success": run.succeeded, "timestamp": _moment(run.ended), "testRunStartedId": started}
    yield {"testRunFinished": success}


def _meta() -> Message:
    about = {
        "protocolVersion": _PROTOCOL,
        "implementation": {"name": "podproof", "version": version("podproof")},
        "runtime": {"name": platform.python_implementation(), "version": platform.python_version()},
        "os": {"name": platform.system(), "version": platform.release()},
        "cpu": {"name": platform.machine()},
    }
    return {"meta": about}


def _source_messages(source: Source) -> Iterator[Message]:
    yield {"source": {"uri": source.uri, "data": source.text, "mediaType": "text/x.cucumber.gherkin+plain"}}
    if source.tree is not None:
        yield {"gherkinDocument": source.tree}
    yield from ({"pickle": pickle} for pickle in source.pickles)


def _unreadable(outcome: ScenarioOutcome) -> Message:
    where = {"uri": outcome.file, "location": {"line": outcome.line}}
    return {"parseError": {"source": where, "message": outcome.message}}


def _definitions(run: Run, ids: IdGenerator) -> dict[tuple[str, str], str]:
    """Return an id for each step definition that the run used, by phrase and place."""
    used = {(step.phrase, step.defined) for outcome, _ in run.attempts for step in outcome.steps if step.phrase}
    return {each: ids.get_next_id() for each in sorted(used)}


def _definition(phrase: str, place: str, id_: str) -> Message:
    uri, _, line = place.rpartition(":")
    where = {"uri": uri, "location": {"line": int(line)}}
    pattern = {"source": phrase, "type": "CUCUMBER_EXPRESSION"}
    return {"stepDefinition": {"id": id_, "pattern": pattern, "sourceReference": where}}


class _Cases:
    """The messages of the test cases: one case for each pickle, started once for each try."""

    def __init__(
        self,
        files: Mapping[str, Source],
        definitions: Mapping[tuple[str, str], str],
        ids: IdGenerator,
        hook: str,
        run: str,
    ) -> None:
        self._files, self._definitions, self._ids, self._hook, self._run = files, definitions, ids, hook, run
        self._cases: dict[str, tuple[str, list[str], str]] = {}

    def of(self, run: Run) -> Iterator[Message]:
        """Yield what all scenarios of a run give."""
        for outcome, again in run.attempts:
            pickle = self._files[outcome.file].pickle_of(outcome)
            if pickle is None or len(pickle["steps"]) != len(outcome.steps):
                continue
            if pickle["id"] not in self._cases:
                yield from self._case(pickle, outcome)
            yield from self._try(pickle, outcome, again=again)

    def _case(self, pickle: Node, outcome: ScenarioOutcome) -> Iterator[Message]:
        """Yield a case: its steps, and last what is around them, which has no line of the feature."""
        next_id = self._ids.get_next_id
        case, around = next_id(), next_id()
        steps = [
            {"id": next_id(), "pickleStepId": known["id"], "stepDefinitionIds": self._defined(step)}
            for known, step in zip(pickle["steps"], outcome.steps, strict=True)
        ]
        self._cases[pickle["id"]] = case, [each["id"] for each in steps], around
        told = [*steps, {"id": around, "hookId": self._hook}]
        yield {"testCase": {"id": case, "pickleId": pickle["id"], "testSteps": told, "testRunStartedId": self._run}}

    def _defined(self, step: StepOutcome) -> list[str]:
        return [self._definitions[step.phrase, step.defined]] if step.phrase else []

    def _try(self, pickle: Node, outcome: ScenarioOutcome, *, again: bool) -> Iterator[Message]:
        case, steps, around = self._cases[pickle["id"]]
        attempt, clock = self._ids.get_next_id(), outcome.started
        began = {"id": attempt, "testCaseId": case, "attempt": outcome.attempt, "timestamp": _moment(clock)}
        yield {"testCaseStarted": {**began, **({"workerId": outcome.worker} if outcome.worker else {})}}
        if outcome.cluster:
            yield _attachment(attempt, outcome)
        for id_, step in zip((*steps, around), (*outcome.steps, _around(outcome)), strict=True):
            where = {"testCaseStartedId": attempt, "testStepId": id_}
            yield {"testStepStarted": {**where, "timestamp": _moment(clock)}}
            clock += step.duration
            yield {"testStepFinished": {**where, "testStepResult": _result(step), "timestamp": _moment(clock)}}
        ended = {"testCaseStartedId": attempt, "timestamp": _moment(clock), "willBeRetried": again}
        yield {"testCaseFinished": ended}


def _around(outcome: ScenarioOutcome) -> StepOutcome:
    """Return what became of a scenario outside its steps: as the scenario where no step says why."""
    ran = any(step.result is not Result.SKIPPED and step.duration for step in outcome.steps)
    told = outcome.result if outcome.message else Result.PASSED if ran else Result.SKIPPED
    return StepOutcome("", "", outcome.line, told, message=outcome.message)


def _attachment(attempt: str, outcome: ScenarioOutcome) -> Message:
    body = f"on {outcome.cluster}, until {stamp(Nanos(outcome.cluster_time))} of cluster time"
    told = {"body": body, "contentEncoding": "IDENTITY", "mediaType": "text/x.cucumber.log+plain"}
    return {"attachment": {"testCaseStartedId": attempt, **told}}


def _result(step: StepOutcome) -> Message:
    told: dict[str, Any] = {"status": _STATUS[step.result], "duration": _duration(step.duration)}
    if step.message:
        told["message"] = step.message
    if step.result in (Result.FAILED, Result.INCONCLUSIVE):
        told["exception"] = {"type": step.result.value, "message": step.message}
    return told


def _moment(seconds: float) -> Mapping[str, int]:
    """Return a moment since the epoch."""
    return _duration(seconds)


def _duration(seconds: float) -> Mapping[str, int]:
    whole, nanos = divmod(round(seconds * SECOND), SECOND)
    return {"seconds": whole, "nanos": nanos}

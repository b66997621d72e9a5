"""A run as Cucumber JSON, the older format that many tools read: features, their scenarios, the steps of each.

What is inconclusive is "pending", as in Cucumber Messages. A scenario that was tried again is told as it was last.
Source: github.com/cucumber/json-formatter and cucumber-js, src/formatter/json_formatter.ts.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from gherkin.stream.id_generator import IdGenerator

from podproof.report.outcomes import Result, ScenarioOutcome, StepOutcome
from podproof.report.run import Run
from podproof.report.sources import Node, Source, sources
from podproof.simulator.model.times import SECOND

_STATUS = {**{result: result.value for result in Result}, Result.INCONCLUSIVE: "pending"}


def report(run: Run, rootdir: Path) -> str:
    """Return the run as one JSON text."""
    return json.dumps(list(features(run, rootdir)), ensure_ascii=False, indent=1) + "\n"


def features(run: Run, rootdir: Path) -> Iterator[Mapping[str, Any]]:
    """Yield each feature with the scenarios of it that have an outcome."""
    files = {source.uri: source for source in sources(run.scenarios, rootdir, IdGenerator())}
    for uri, group in groupby(run.scenarios, key=lambda outcome: outcome.file):
        source, outcomes = files[uri], list(group)
        feature: Node = (source.tree or {}).get("feature") or {}
        yield {
            "uri": uri,
            "id": _slug(feature.get("name", uri)),
            "keyword": feature.get("keyword", "Feature"),
            "name": feature.get("name", uri),
            "description": feature.get("description", ""),
            "line": feature.get("location", {"line": 1})["line"],
            "tags": [{"name": tag["name"], "line": tag["location"]["line"]} for tag in feature.get("tags", ())],
            "elements": [_element(source, outcome, feature.get("name", uri)) for outcome in outcomes],
        }


def _element(source: Source, outcome: ScenarioOutcome, feature: str) -> Mapping[str, Any]:
    pickle = source.pickle_of(outcome)
    nodes = [source.nodes[each] for each in pickle["astNodeIds"]] if pickle else []
    row = f";;{outcome.row + 2}" if outcome.row is not None else ""
    name = pickle["name"] if pickle else outcome.name or "the file itself"
    on = f";;{_slug(outcome.cluster)}" if outcome.several else ""
    return {
        "id": f"{_slug(feature)};{_slug(outcome.name)}{row}{on}",
        "type": "scenario",
        "keyword": nodes[0]["keyword"] if nodes else "Scenario",
        "name": name,
        "description": nodes[0]["description"] if nodes else "",
        "line": nodes[-1]["location"]["line"] if nodes else outcome.line,
        "tags": [{"name": tag["name"], "line": _line(source, tag)} for tag in (pickle or {}).get("tags", ())],
        "steps": [*map(_step, outcome.steps), *_around(outcome)],
    }


def _line(source: Source, tag: Node) -> int:
    line: int = source.nodes[tag["astNodeId"]]["location"]["line"]
    return line


def _step(step: StepOutcome) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "keyword": f"{step.keyword} ",
        "name": step.text,
        "line": step.line,
        "result": _result(step.result, step.message, step.duration),
    }
    if step.defined:
        told["match"] = {"location": step.defined}
    if step.doc_string is not None:
        told["doc_string"] = {"value": step.doc_string, "line": step.line + 1}
    if step.table:
        told["rows"] = [{"cells": list(row)} for row in step.table]
    return told


def _around(outcome: ScenarioOutcome) -> Iterator[Mapping[str, Any]]:
    """Yield what became of a scenario outside its steps, as tools know hooks."""
    if outcome.message and outcome.decisive is None:
        result = _result(outcome.result, outcome.message, 0.0)
        yield {"keyword": "After ", "hidden": True, "line": outcome.line, "result": result}


def _result(result: Result, message: str, duration: float) -> Mapping[str, Any]:
    told: dict[str, Any] = {"status": _STATUS[result], "duration": round(duration * SECOND)}
    return {**told, "error_message": message} if message else told


def _slug(text: str) -> str:
    return "-".join(text.lower().split())

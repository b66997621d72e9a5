"""Traces of nodes that stop: their pods and nodes are told, though the Deployment beside them cannot be played yet."""

import json
from pathlib import Path
from typing import Any

import pytest

from podproof.recording.compare import compare
from podproof.recording.run import record
from podproof.recording.scenario import check

DATA = Path(__file__).parent / "data"
OWNED = ("web", "ReplicaSet")


def without_deployment(trace: dict[str, Any]) -> dict[str, Any]:
    """Return a trace as if nobody had asked for the Deployment."""
    steps = [_bare(step) for step in trace["steps"]]
    return {**trace, "steps": steps, "watch": ["Pod", "Node"], "runs": [_kept(run) for run in trace["runs"]]}


def _bare(step: dict[str, Any]) -> dict[str, Any]:
    if "apply" not in step:
        return step
    return {**step, "apply": [item for item in step["apply"] if item["kind"] != "Deployment"]}


def _kept(run: dict[str, Any]) -> dict[str, Any]:
    def keeps(text: str) -> bool:
        return not any(word in text for word in OWNED)

    return {
        **run,
        "responses": [row for row in run["responses"] if "Deployment" not in str(row)],
        "timelines": {key: rows for key, rows in run["timelines"].items() if keeps(key)},
        "events": [row for row in run["events"] if keeps(row["object"]) and keeps(row["message"])],
        "logs": {key: text for key, text in run["logs"].items() if keeps(key)},
    }


@pytest.mark.parametrize("name", ["node-stops", "node-stops-with-peer"])
def test_the_bare_pod_and_the_nodes_tell_the_recorded_story(name: str) -> None:
    trace = without_deployment(json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")))

    played = record(check(trace, name))

    assert [str(difference) for difference in compare(trace, played)] == []

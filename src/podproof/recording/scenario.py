"""A scenario file: what a cluster starts from, what is done to it and when, what is watched and for how long."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from podproof.errors import FaultsError
from podproof.simulator.model.times import Nanos, seconds

ACTIONS = ("apply", "patch", "delete", "node", "static", "kill_sandbox", "peer_node")
_NODE_STATES = ("stops", "returns")


class ScenarioError(FaultsError):
    """A scenario or recording cannot be read; `faults` are all that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to the cluster, at a moment after the beginning. `place` names it in errors."""

    at: Nanos
    action: str
    what: Any
    place: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario; `text` is the file's own content, which a recording repeats."""

    id: str
    text: Mapping[str, Any]
    steps: tuple[Step, ...]
    watch: tuple[str, ...]
    duration: Nanos

    @property
    def cluster(self) -> Mapping[str, Any]:
        """What it starts from; empty where the file says nothing."""
        found: Mapping[str, Any] = self.text.get("cluster") or {}
        return found


def read(path: Path) -> Scenario:
    """Return the scenario in a file.

    Raises:
        ScenarioError: it is no scenario.
    """
    return check(content(path), str(path))


def content(path: Path) -> Mapping[str, Any]:
    """Return the JSON object in a file.

    Raises:
        ScenarioError: it cannot be read, or is none.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(str(path), (f"it cannot be read: {error.strerror}",)) from None
    except UnicodeDecodeError:
        raise ScenarioError(str(path), ("this is no UTF-8 text",)) from None
    except json.JSONDecodeError as error:
        raise ScenarioError(f"{path}:{error.lineno}:{error.colno}", (f"this is no JSON: {error.msg}",)) from None
    if not isinstance(found, dict):
        raise ScenarioError(str(path), ("a JSON object is wanted",))
    return found


def check(text: Mapping[str, Any], source: str) -> Scenario:
    """Return the scenario a JSON object is.

    Raises:
        ScenarioError: it is none.
    """
    faults = list(_faults(text))
    if faults:
        raise ScenarioError(source, tuple(faults))
    steps = [_step(text["id"], place, row) for place, row in enumerate(text["steps"])]
    watch = tuple(text.get("watch") or ("Pod",))
    in_order = tuple(sorted(steps, key=lambda step: step.at))
    return Scenario(text["id"], text, in_order, watch, seconds(text["duration"]))


def _step(scenario: str, place: int, row: Mapping[str, Any]) -> Step:
    action = next(key for key in row if key != "at")
    return Step(seconds(row["at"]), action, row[action], f"{scenario}: steps[{place}]")


def _faults(text: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(text.get("id"), str) or not text["id"] or "/" in text["id"]:
        yield "id must be a name, which becomes the name of the recording"
    if not _is_time(text.get("duration")):
        yield "duration must be a number of seconds"
    if not isinstance(text.get("cluster", {}), dict):
        yield "cluster must be an object with nodes, registry, images_on_node"
    if not isinstance(text.get("watch", []), list):
        yield "watch must be a list of kinds"
    steps = text.get("steps")
    if not isinstance(steps, list) or not steps:
        yield "steps must be a list of things to do"
        return
    for place, row in enumerate(steps):
        yield from (f"steps[{place}]: {fault}" for fault in _step_faults(row))


def _step_faults(row: Any) -> Iterator[str]:
    if not isinstance(row, dict):
        yield "an object is wanted"
        return
    if not _is_time(row.get("at")):
        yield "at must be a number of seconds"
    given = [key for key in row if key != "at"]
    if len(given) != 1 or given[0] not in ACTIONS:
        yield f"one of {', '.join(ACTIONS)} is wanted, not {', '.join(given) or 'nothing'}"
        return
    yield from _action_faults(given[0], row[given[0]])


def _action_faults(action: str, what: Any) -> Iterator[str]:
    if action == "apply":
        items: Sequence[Any] = what if isinstance(what, list) else [what]
        for item in items:
            if not isinstance(item, dict) or not isinstance(item.get("metadata"), dict) or not item.get("kind"):
                yield "apply takes a manifest, or a list of them"
    if action == "static" and not (isinstance(what, dict) and {"file", "manifest"} <= what.keys()):
        yield "static takes a file and its manifest, null to remove it"
    if action == "node" and what not in _NODE_STATES:
        yield f"node is one of {', '.join(_NODE_STATES)}, not {what!r}"
    if action == "peer_node" and (not isinstance(what, str) or not what):
        yield "peer_node must be the name of a node that joins"
    if action in ("patch", "delete"):
        wanted = ("kind", "name", "body") if action == "patch" else ("kind", "name")
        missing = [key for key in wanted if not isinstance(what, dict) or key not in what]
        if missing:
            yield f"{action} needs {', '.join(missing)}"


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _is_of_a_test(found: Mapping[str, Any]) -> bool:
    runs = found.get("runs")
    return "id" in found and "steps" not in found and isinstance(runs, list) and all(isinstance(x, dict) for x in runs)


def completed(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `--podproof-record` wrote of a test as a recording: with no requests, as long as its timelines."""
    runs = [{"responses": [], **run} for run in found["runs"]]
    ends = [row["t"] for run in runs for rows in run.get("timelines", {}).values() for row in rows]
    return {"id": found["id"], "steps": [], "duration": max(ends, default=0), "runs": runs}


def recording(path: Path) -> Mapping[str, Any]:
    """Return the recording in a file.

    Raises:
        ScenarioError: it is none.
    """
    found = content(path)
    if _is_of_a_test(found):
        found = completed(found)
    else:
        check(found, str(path))
    runs = found.get("runs")
    if not isinstance(runs, list) or not runs:
        raise ScenarioError(str(path), ("it has no runs: this is a scenario, not a recording",))
    wanted = ("responses", "timelines", "events", "logs")
    faults = [f"runs[{place}]: {key} is missing" for place, run in enumerate(runs) for key in wanted if key not in run]
    if faults:
        raise ScenarioError(str(path), tuple(faults))
    return found

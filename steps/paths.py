"""Paths into an object as kubectl's jsonpath writes them: the part of it that names one place.

`.status.qosClass`, `{.status.podIP}`, `.spec.containers[0].image`, `.status.conditions[?(@.type=="Ready")].status`,
`.metadata.labels.app\\.kubernetes\\.io/name`, `.metadata.labels['app']`.
Source: staging/src/k8s.io/client-go/util/jsonpath.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from podproof.errors import PodproofError

_STEP = re.compile(
    r"""\.(?P<name>(?:\\.|[^.\[\]\\{}])+)
      | \[(?P<index>-?\d+)\]
      | \[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]
      | \[\?\(\s*@\.(?P<where>[\w./-]+)\s*==\s*(?P<mark>["'])(?P<is>.*?)(?P=mark)\s*\)\]""",
    re.VERBOSE,
)
ABSENT = object()
"""What is found where nothing is: null is something."""


class PathError(PodproofError, ValueError):
    """A text is no path this module can follow."""

    def __init__(self, path: str, rest: str) -> None:
        super().__init__(path, rest)
        self.path, self.rest = path, rest

    def __str__(self) -> str:
        return f"the path {self.path!r} cannot be followed at {self.rest!r}: write it as .status.conditions[0].type"


def found(item: Any, path: str) -> Any:
    """Return what is at a path, ABSENT where nothing is.

    Raises:
        PathError: it is no path.
    """
    for step in _steps(path):
        item = _followed(item, step)
    return item


def above(path: str) -> str:
    """Return the path to what holds the place that a path leads to.

    Raises:
        PathError: it is no path.
    """
    return "".join(step[0] for step in _steps(path)[:-1])


def _steps(path: str) -> list[re.Match[str]]:
    text, place = path.strip().removeprefix("{").removesuffix("}").removeprefix("$"), 0
    steps: list[re.Match[str]] = []
    while place < len(text):
        step = _STEP.match(text, place)
        if step is None:
            raise PathError(path, text[place:])
        steps.append(step)
        place = step.end()
    return steps


def _followed(item: Any, step: re.Match[str]) -> Any:
    if step["where"] is not None:
        return next((each for each in _listed(item) if printed(found(each, f".{step['where']}")) == step["is"]), ABSENT)
    if step["index"] is not None:
        rows, index = _listed(item), int(step["index"])
        return rows[index] if -len(rows) <= index < len(rows) else ABSENT
    key = step["key"] if step["key"] is not None else re.sub(r"\\(.)", r"\1", step["name"])
    return item.get(key, ABSENT) if isinstance(item, Mapping) else ABSENT


def _listed(item: Any) -> list[Any] | tuple[Any, ...]:
    return item if isinstance(item, (list, tuple)) else []


def printed(value: Any) -> str:
    """Return a value as kubectl prints it: texts as they are, the rest as JSON without blanks."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), default=lambda _: None)

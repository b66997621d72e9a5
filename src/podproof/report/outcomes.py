"""What became of a scenario and of its steps: one value each, which every report is written from.

Rules for editing: an outcome is plain data. A pytest worker sends it to whoever writes the reports as JSON (`as_json`,
`from_json`), already masked. Cluster time is in nanoseconds since the record began, the machine's own in seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

from podproof.report.picture import Picture


class Result(StrEnum):
    """What became of a step or a scenario: only passed is green."""

    PASSED = "passed"
    SKIPPED = "skipped"
    INCONCLUSIVE = "inconclusive"
    UNDEFINED = "undefined"
    AMBIGUOUS = "ambiguous"
    FAILED = "failed"

    @property
    def is_red(self) -> bool:
        """Whether a run with it has failed: what was not proved is as red as what was disproved."""
        return self not in (Result.PASSED, Result.SKIPPED)


OWN_WORDS = ("file", "kind", "result", "state")
"""The fields of an outcome whose words are the reports' own: a mask leaves them, whatever a Secret holds."""
WORST_LAST = tuple(Result)


def worst(results: Iterable[Result]) -> Result:
    """Return the gravest of some results; of none, passed."""
    return max(results, key=WORST_LAST.index, default=Result.PASSED)


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One line of a scenario: from `began` to `ended` in cluster time, `duration` on the machine that ran it.

    `phrase` and `defined` are its definition and where that stands; `message` is why it is not passed.
    """

    keyword: str
    text: str
    line: int
    result: Result
    began: int = 0
    ended: int = 0
    duration: float = 0.0
    message: str = ""
    doc_string: str | None = None
    table: tuple[tuple[str, ...], ...] = ()
    phrase: str = ""
    defined: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """The end of one container's log; `left_out` counts the lines before it."""

    pod: str
    container: str
    previous: bool
    text: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ScenarioOutcome:
    """One scenario, or one row of an outline, on one cluster.

    `line` is the scenario's in its `file`, `row` the number of an outline's row (from 0, through all its tables), and
    `values` what stands in it. Where the scenario ran on `several` clusters, `cluster` is the one as it was named.
    `started` counts from the epoch. `hidden` are the places in the file's text at which the value of a Secret stands.
    `attempt` counts the runs before this one, whose outcome no longer counts.
    """

    file: str
    feature: str
    line: int
    name: str
    result: Result
    row: int | None = None
    values: tuple[str, ...] = ()
    rule: str = ""
    tags: tuple[str, ...] = ()
    cluster: str = ""
    worker: str = ""
    started: float = 0.0
    duration: float = 0.0
    cluster_time: int = 0
    message: str = ""
    attempt: int = 0
    steps: tuple[StepOutcome, ...] = ()
    picture: Picture | None = None
    logs: tuple[Log, ...] = ()
    hidden: tuple[tuple[int, int], ...] = ()
    several: bool = False

    @property
    def place(self) -> tuple[str, int, int]:
        """What orders the scenarios of a run: file, line, row."""
        return self.file, self.line, -1 if self.row is None else self.row

    @property
    def title(self) -> str:
        """The name; of a row, with what stands in it and not yet in the name."""
        told = [value for value in self.values if value not in self.name]
        return f"{self.name} [{', '.join(told)}]" if told else self.name

    @property
    def suffix(self) -> str:
        """What tells its test from those of the same scenario on other clusters."""
        return f"[{self.cluster}]" if self.several else ""

    @property
    def decisive(self) -> StepOutcome | None:
        """The step that made the scenario what it is, None where all passed or none was reached."""
        return next((step for step in self.steps if step.result is self.result), None) if self.result.is_red else None

    @property
    def told_at(self) -> int:
        """The line to point at: that of the decisive step, else the scenario's own."""
        return self.line if self.decisive is None else self.decisive.line

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON; what a pytest report can carry from one process to another."""
        plain: dict[str, Any] = _plain(self)
        return plain

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ScenarioOutcome":
        """Return what `as_json` was given."""
        picture = data["picture"]
        return cls(
            **{
                **data,
                "result": Result(data["result"]),
                "values": tuple(data["values"]),
                "tags": tuple(data["tags"]),
                "steps": tuple(map(_step, data["steps"])),
                "picture": None if picture is None else Picture.from_json(picture),
                "logs": tuple(Log(**each) for each in data["logs"]),
                "hidden": tuple((since, until) for since, until in data["hidden"]),
            }
        )

    def after(self, attempts: int) -> "ScenarioOutcome":
        """Return it as the one that came after so many attempts."""
        return replace(self, attempt=attempts)


def _plain(value: Any) -> Any:
    """Return a value made of nothing but JSON's types; `asdict` would copy each text and keep the enum."""
    if isinstance(value, Result):
        return value.value
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return {each.name: _plain(getattr(value, each.name)) for each in fields(value)} if is_dataclass(value) else value


def _step(data: Mapping[str, Any]) -> StepOutcome:
    table = tuple(tuple(row) for row in data["table"])
    return StepOutcome(**{**data, "result": Result(data["result"]), "table": table})

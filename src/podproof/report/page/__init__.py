"""A run as one page that needs no network: which scenario did what on which cluster, and a picture of each.

Rules for editing: all that is read stands in the page as text, so it can be read without the script; the script draws
the pictures, filters and switches. Nothing is loaded from anywhere, and the page's own policy says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from podproof.durations import spoken
from podproof.report.failure import heart
from podproof.report.observed import stamp
from podproof.report.outcomes import WORST_LAST, Result, ScenarioOutcome, worst
from podproof.report.picture import Picture
from podproof.report.run import Run
from podproof.report.told import SIGNS
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos

_HERE = Path(__file__).parent
_NOT_EVENTS = ("restart",)


@dataclass(frozen=True, slots=True)
class Shown:
    """One outcome as the page shows it: `key` is its address in the page."""

    key: str
    outcome: ScenarioOutcome

    @property
    def took(self) -> str:
        """The machine's time, in the unit that fits."""
        seconds = self.outcome.duration
        return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"

    @property
    def passed(self) -> str:
        """The cluster's time."""
        return spoken(Nanos(self.outcome.cluster_time // MILLISECOND * MILLISECOND))

    @property
    def events(self) -> Sequence[Mapping[str, Any]]:
        """Every event the picture marks, oldest first."""
        picture = self.outcome.picture
        marks = [(lane, mark) for lane in (picture.lanes if picture else ()) for mark in lane.marks]
        told = [(lane, mark) for lane, mark in marks if mark.kind not in _NOT_EVENTS]
        ordered = sorted(told, key=lambda each: each[1].at)
        return [{"at": stamp(Nanos(mark.at)), "lane": lane, "mark": mark} for lane, mark in ordered]

    @property
    def drawing(self) -> Mapping[str, Any]:
        """What the script draws: lanes and steps, times in nanoseconds."""
        steps = [
            {
                "since": step.began,
                "until": step.ended,
                "state": step.result.value,
                "label": f"{step.keyword} {step.text}",
            }
            for step in self.outcome.steps
        ]
        return {"picture": self._picture(), "steps": steps}

    def _picture(self) -> Mapping[str, Any]:
        picture = self.outcome.picture or Picture(0, ())
        return {
            "until": picture.until,
            "gaps": picture.gaps,
            "lanes": [
                {
                    "name": lane.name,
                    "kind": lane.kind,
                    "spans": [[each.since, each.until, each.state, each.label, each.detail] for each in lane.spans],
                    "marks": [[each.at, each.kind, each.label, each.detail] for each in lane.marks],
                }
                for lane in picture.lanes
            ],
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario: what became of it on each cluster."""

    title: str
    cells: Mapping[str, Shown]


@dataclass(slots=True)
class View:
    """A run as the page's template reads it."""

    run: Run
    shown: list[Shown] = field(init=False)
    clusters: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.shown = [Shown(f"s{number}", each) for number, each in enumerate(self.run.scenarios, 1)]
        self.clusters = sorted({each.outcome.cluster for each in self.shown} - {""}) or [""]

    @property
    def features(self) -> Iterator[tuple[str, str, Sequence[Row]]]:
        """Yield each feature: its file, its name, its scenarios."""
        for file, group in groupby(self.shown, key=lambda each: each.outcome.file):
            several = list(group)
            yield file, several[0].outcome.feature, list(self._rows(several))

    def _rows(self, several: Sequence[Shown]) -> Iterator[Row]:
        for _, group in groupby(several, key=lambda each: each.outcome.place):
            same = list(group)
            cells = {each.outcome.cluster or self.clusters[0]: each for each in same}
            yield Row(same[0].outcome.title or "the file itself", cells)

    @property
    def counts(self) -> Sequence[tuple[Result, int]]:
        """How many scenarios ended how, the good first; what never happened is left out."""
        results = [each.outcome.result for each in self.shown]
        return [(result, results.count(result)) for result in WORST_LAST if result in results]

    @property
    def verdict(self) -> str:
        """The run in one sentence, or two."""
        return f"Cut short. {self._verdict}" if self.run.cut_short else self._verdict

    @property
    def _verdict(self) -> str:
        red = sum(each.outcome.result.is_red for each in self.shown)
        total = len(self.shown)
        if not total:
            return "No scenario was run"
        if red:
            return f"{red} of {total} scenarios {'is' if red == 1 else 'are'} not proved"
        skipped = sum(each.outcome.result is Result.SKIPPED for each in self.shown)
        return f"{total - skipped} of {total} scenarios proved" + (", the rest skipped" if skipped else "")

    @property
    def worst(self) -> Result:
        """The gravest result of all."""
        return worst(each.outcome.result for each in self.shown)

    @property
    def when(self) -> str:
        """When the run began, and how long it took."""
        began = datetime.fromtimestamp(self.run.started, UTC)
        return f"{began:%Y-%m-%d %H:%M} UTC, {self.run.ended - self.run.started:.1f} s"


def report(run: Run, rootdir: Path) -> str:
    """Return the page."""
    return _template().render(
        view=View(run),
        title=rootdir.name,
        version=version("podproof"),
        signs=SIGNS,
        style=(_HERE / "style.css").read_text(encoding="utf-8"),
        script=(_HERE / "script.js").read_text(encoding="utf-8"),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["stamp"] = lambda nanos: stamp(Nanos(nanos))
    environment.filters["span"] = _span
    environment.filters["why"] = why
    return environment.get_template("page.html.j2")


def _span(nanos: int) -> str:
    """Return how long a step let the cluster's time pass."""
    whole, rest = divmod(nanos, 60 * SECOND)
    hours, minutes = divmod(whole, 60)
    parts = (
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes else "",
        f"{round(rest / SECOND, 2 if rest < 10 * SECOND else 1):g} s" if rest else "",
    )
    return " ".join(filter(None, parts))


def why(message: str) -> Sequence[tuple[str, str]]:
    """Return the heart of a failed claim's message, what has several lines as one; the picture shows the rest."""
    return list(_joined(heart(message)))


def _joined(lines: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield lines with those that have no label added to the one before."""
    for starts, group in groupby(lines, key=lambda each: bool(each[0])):
        several = list(group)
        yield from several if starts else [("", "\n".join(text for _, text in several))]

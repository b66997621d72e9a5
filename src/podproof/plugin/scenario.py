"""One scenario as a test: it runs its steps, and shows a failure as a reader of the feature needs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn, TypeAlias

import pytest
from _pytest._code.code import TerminalRepr, Traceback

from podproof.errors import LackingError
from podproof.plugin import bdd
from podproof.plugin.laps import Laps
from podproof.plugin.story import Story
from podproof.report.masks import Mask

if TYPE_CHECKING:
    from podproof.plugin.collect import FeatureFile
    from podproof.plugin.faults import Example

_Tags: TypeAlias = Sequence[tuple[str, pytest.MarkDecorator]]
"""The tags of a scenario, each with its marker."""


class ScenarioItem(pytest.Function):
    """A scenario, or one row of an outline."""

    cluster: str
    several: bool
    example: Example
    story: Story
    laps: Laps
    mask: Mask

    @classmethod
    def of(cls, parent: FeatureFile, example: Example, tags: _Tags, cluster: str, suffix: str = "") -> ScenarioItem:
        """Return the test of an example on a cluster, marked by its tags; `suffix` tells it from those on others."""
        name = f"{example.name}{suffix}"
        item: ScenarioItem = cls.from_parent(parent, name=name, callobj=_function(parent, example, tags))
        _take_apart(item)
        item.cluster, item.several, item.example = cluster, bool(suffix), example
        item.story = Story(parent.path, parent.config.rootpath, example.scenario.steps)
        item.laps, item.mask = Laps(item), Mask()
        line = f"{item.nodeid.partition('::')[0]}:{example.template.line_number}"
        item.user_properties.append(("feature", line))
        return item

    def reportinfo(self) -> tuple[str, int, str]:
        """Say where the scenario stands: pytest counts lines from 0."""
        return str(self.path), self.example.template.line_number - 1, self.example.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str | TerminalRepr:  # type: ignore[override]
        """Show what a claim found; a Python traceback only for what is a bug in Python."""
        from podproof.plugin.failure import shown

        return self.mask.through(shown(self, excinfo.value) or super().repr_failure(excinfo))

    def turn_to(self, number: int) -> None:
        """Note which step runs, and when it began."""
        self.story.turn_to(number)
        self.laps.turn_to(number)

    def _traceback_filter(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Traceback:
        """Begin a traceback at the step's own function: nobody needs to see how it was called."""
        code = self.example.definitions[self.story.number].function.__code__
        cut = excinfo.traceback.cut(path=code.co_filename, firstlineno=code.co_firstlineno - 1)
        return cut.filter(excinfo) if cut is not excinfo.traceback else super()._traceback_filter(excinfo)


def _take_apart(item: ScenarioItem) -> None:
    """Give the id the parts that pytest finds when it reads it again, as --lf does.

    From 9.2 on pytest keeps ids in parts, and takes what stands between brackets for parameters.
    """
    if (known := getattr(item, "_id", None)) is not None:
        item._id = type(known).parse(item.nodeid)


def _function(parent: FeatureFile, example: Example, tags: _Tags) -> Callable[[pytest.FixtureRequest], None]:
    def scenario(request: pytest.FixtureRequest) -> None:
        __tracebackhide__ = True
        request.node.laps.began.clear()
        _check_needs(request, example)
        try:
            bdd.run(request, example.scenario, example.definitions, request.node.turn_to)
        except LackingError as lacking:
            reason = str(lacking)
        else:
            return
        _skip(request, reason)

    for tag, mark in tags:
        if not bdd.apply_tag(parent.config, tag, scenario):
            mark(scenario)
    return scenario


def _check_needs(request: pytest.FixtureRequest, example: Example) -> None:
    """Skip a scenario whose `@needs:` tags the cluster cannot meet; with --podproof-strict it fails."""
    __tracebackhide__ = True
    needs = {tag.removeprefix("needs:") for tag in example.tags if tag.startswith("needs:")}
    if not needs:
        return
    cluster = request.getfixturevalue("cluster")
    if lacking := sorted(needs - cluster.capabilities):
        _skip(request, f"the cluster {cluster.name} lacks {', '.join(lacking)}, which the scenario needs")


def _skip(request: pytest.FixtureRequest, reason: str) -> NoReturn:
    __tracebackhide__ = True
    if request.config.getoption("--podproof-strict"):
        pytest.fail(f"{reason} (--podproof-strict)", pytrace=False)
    pytest.skip(reason)

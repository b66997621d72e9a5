"""All that podproof uses of pytest-bdd beneath its public face: the parser, the step registry, the running of a step.

Rules for editing: pytest-bdd 8.1 and 9.x must both work, and no other module imports from `pytest_bdd` but its
`given`, `when`, `then`, `parsers` and `StepParser`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gherkin.dialect import Dialect
from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from pytest_bdd import compat, gherkin_parser, plugin, steps
from pytest_bdd.exceptions import StepError
from pytest_bdd.feature import features as bound_features
from pytest_bdd.gherkin_parser import Cell, GherkinDocument
from pytest_bdd.parser import Feature, FeatureParser, Scenario, ScenarioTemplate, Step
from pytest_bdd.parsers import StepParser
from pytest_bdd.scenario import _execute_step_function, parse_step_arguments
from pytest_bdd.steps import StepFunctionContext

__all__ = ["Feature", "Scenario", "ScenarioTemplate", "Step", "StepParser"]

_DEFINITION = steps.StepNamePrefix.step_def.value


class UnreadableFeatureError(Exception):
    """A feature file is no Gherkin; `faults` are (line, what is wrong) pairs, all there are."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Document:
    """One feature file. `scenarios` are all of it; the feature itself keeps only the last of each name."""

    feature: Feature
    scenarios: tuple[ScenarioTemplate, ...]

    def is_outline(self, scenario: ScenarioTemplate) -> bool:
        """Say whether the file calls a scenario an outline, in whichever language it is written."""
        dialect = Dialect.for_name(self.feature.language)
        return dialect is not None and scenario.keyword.strip() in dialect.scenario_outline_keywords


@dataclass(frozen=True, slots=True)
class Definition:
    """One step definition: the fixture that carries it and what it says."""

    fixture: str
    context: StepFunctionContext

    @property
    def kind(self) -> str | None:
        """ "given", "when", "then", or None for any."""
        return self.context.type

    @property
    def phrase(self) -> str:
        """The text as the definition spells it."""
        return self.context.parser.name

    def wordings(self, text: str) -> Iterable[str]:
        """Return the phrase in each language that a text may be in; a phrase of the project's own has one only."""
        of_parser = getattr(self.context.parser, "wordings", None)
        return of_parser(text) if of_parser else (self.phrase,)

    @property
    def first_word(self) -> str:
        """The word that every text in ASCII which it matches begins with, where that is known; else ""."""
        return getattr(self.context.parser, "first_word", "")

    @property
    def function(self) -> Callable[..., object]:
        """The step function."""
        return self.context.step_func

    def matches(self, step: Step) -> bool:
        """Say whether the definition is one for the step."""
        return self.context.type in (None, step.type) and self.context.parser.is_matching(step.name)

    def arguments(self, step: Step) -> Mapping[str, object]:
        """Return the arguments in the step's text, converted. Raises whatever a converter raises."""
        return parse_step_arguments(step=step, context=self.context)


class _Reader(FeatureParser):
    """pytest-bdd's reader over a document that is parsed already."""

    def __init__(self, path: Path, tree: GherkinDocument) -> None:
        super().__init__(str(path.parent), path.name)
        self._tree = tree
        self.scenarios: list[ScenarioTemplate] = []

    def _parse_feature_file(self) -> GherkinDocument:
        return self._tree

    def parse_scenario(self, *args: Any, **kwargs: Any) -> ScenarioTemplate:
        """Read a scenario as pytest-bdd does, and remember it."""
        self.scenarios.append(super().parse_scenario(*args, **kwargs))
        return self.scenarios[-1]


def read(path: Path) -> Document:
    """Return the feature of a file.

    Raises:
        UnreadableFeatureError: the file is not UTF-8, is no Gherkin or holds no feature.
    """
    reader = _Reader(path, tree(path))
    try:
        return Document(reader.parse(), tuple(reader.scenarios))
    except StepError as error:
        raise UnreadableFeatureError([(error.line, str(error.message))]) from None


def tree(path: Path) -> GherkinDocument:
    """Return a file as the Gherkin parser sees it; a byte order mark is no part of it.

    Raises:
        UnreadableFeatureError: the file is not UTF-8, is no Gherkin or holds no feature.
    """
    try:
        data = Parser().parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableFeatureError([(1, f"the file is not UTF-8: {error.reason} at byte {error.start}")]) from None
    except CompositeParserException as error:
        raise UnreadableFeatureError([_fault(each) for each in error.errors]) from None
    except ParserException as error:
        raise UnreadableFeatureError([_fault(error)]) from None
    if not data.get("feature"):
        raise UnreadableFeatureError([(1, "the file holds no Feature: begin it with `Feature: what it is about`")])
    document = GherkinDocument.from_dict(data)
    if hasattr(gherkin_parser, "_to_raw_string"):
        _undouble(document.feature)
    return document


def _undouble(part: Any) -> None:
    """Take back what pytest-bdd 8.1 does to the cells of tables: it writes each backslash twice."""
    if isinstance(part, Cell):
        part.value = part.value.replace("\\\\", "\\")
    elif isinstance(part, list):
        for each in part:
            _undouble(each)
    elif is_dataclass(part):
        for each in vars(part).values():
            _undouble(each)


def _fault(error: Any) -> tuple[int, str]:
    """Return line and text of a parser's complaint; its text repeats the place as "(line:column): "."""
    location = error.location or {}
    return location.get("line", 1), str(error).partition("): ")[2] or str(error)


def is_bound(path: Path) -> bool:
    """Say whether a Python module of this run has bound the file by pytest-bdd's `scenario` or `scenarios`."""
    return str(path) in bound_features


def definitions(session: pytest.Session, node: pytest.Collector) -> Iterator[Definition]:
    """Yield the step definitions a node can see; of one phrase defined twice, the nearer, as pytest does."""
    manager = session._fixturemanager
    for name in _fixture_names(manager):
        if not name.startswith(_DEFINITION):
            continue
        found = compat.getfixturedefs(manager, name, node)
        if found and (context := _context(found[-1].func)) is not None:
            yield Definition(name, context)


def fixture_count(session: pytest.Session) -> int:
    """Return how many names of fixtures are known by now: a definition that comes adds one."""
    return len(_fixture_names(session._fixturemanager))


def register(session: pytest.Session, module: ModuleType) -> None:
    """Make a module's fixtures and steps known, below those of every conftest.

    From pytest 9.2 on the last to come goes first, and a conftest in the rootdir has come before: it must still win.
    """
    by_node = getattr(session._fixturemanager, "_arg2node2fixturedefs", {})
    before = {name: found[0] for name in vars(module) if (found := by_node.get(name, {}).get(session))}
    session.config.pluginmanager.register(module, module.__name__)
    for name, first in before.items():
        found = by_node[name][session]
        found.extend(found[: found.index(first)])
        del found[: found.index(first)]


def _fixture_names(manager: Any) -> list[str]:
    if hasattr(compat, "get_fixture_names"):
        return list(compat.get_fixture_names(fixturemanager=manager))
    return list(manager._arg2fixturedefs)


def _context(function: Callable[..., object]) -> StepFunctionContext | None:
    """Return what a definition's fixture stands for: pytest-bdd 9 keeps a registry, 8.1 an attribute."""
    registry = getattr(steps, "step_function_context_registry", None)
    found = getattr(function, "_pytest_bdd_step_context", None) if registry is None else registry.get(function)
    return found if isinstance(found, StepFunctionContext) else None


def run(
    request: pytest.FixtureRequest,
    scenario: Scenario,
    resolved: Sequence[Definition],
    on_step: Callable[[int], None],
) -> None:
    """Run a scenario's steps by definitions found before; `on_step` hears the number of each step before it runs.

    pytest-bdd's own loop searches all fixtures for each step; the hooks fired here are the same.
    """
    __tracebackhide__ = True
    hook, about = request.config.hook, {"request": request, "feature": scenario.feature, "scenario": scenario}
    hook.pytest_bdd_before_scenario(**about)
    try:
        for number, (step, definition) in enumerate(zip(scenario.steps, resolved, strict=True)):
            on_step(number)
            _execute_step_function(request, scenario, step, definition.context)
    finally:
        hook.pytest_bdd_after_scenario(**about)


def apply_tag(config: pytest.Config, tag: str, function: Callable[..., object]) -> bool:
    """Offer a tag to the project's own `pytest_bdd_apply_tag` hooks; True when one of them took it."""
    own = [each for each in config.pluginmanager.get_plugins() if each is plugin]
    caller = config.pluginmanager.subset_hook_caller("pytest_bdd_apply_tag", own)
    return caller(tag=tag, function=function) is not None

"""What is wrong in a feature file, all at once, before anything of it runs.

pytest-bdd drops a second scenario of the same name, runs empty scenarios green, picks one of two matching steps and
passes unknown placeholders through; here each of these is a fault.
"""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from podproof.errors import PodproofError
from podproof.plugin import advice
from podproof.plugin.bdd import Definition, Document, Scenario, ScenarioTemplate, Step, UnreadableFeatureError
from podproof.plugin.index import Index
from podproof.plugin.placeholders import unknown_placeholders


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one line of a feature file; `advice` are the lines that say what to do."""

    line: int
    problem: str
    text: str = ""
    advice: tuple[str, ...] = ()
    result: str = "failed"
    """What reports call a step that has it: undefined, ambiguous, else failed."""

    def in_words_of(self, said: Callable[[str], str]) -> "Fault":
        """Return it in another language: `said` tells each sentence there."""
        return replace(self, problem=said(self.problem), advice=tuple(map(said, self.advice)))

    def rendered(self, file: str) -> str:
        """Return the fault as it is printed: place, problem, the line itself, what to do."""
        quoted = [f"    | {self.text}"] if self.text else []
        return "\n".join([f"{file}:{self.line}: {self.problem}", *quoted, *(f"    {each}" for each in self.advice)])


class FeatureFaultsError(PodproofError):
    """A feature file has faults; nothing of it is run. `said` tells a sentence in the file's language."""

    def __init__(self, file: str, faults: tuple[Fault, ...], said: Callable[[str], str] = str) -> None:
        super().__init__(file, faults, said)
        self.file, self.faults, self._said = file, tuple(each.in_words_of(said) for each in faults), said

    def __str__(self) -> str:
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        return "\n\n".join(
            [
                f"{self.file}: {self._said(f'{count}, so nothing in it was run')}",
                *(each.rendered(self.file) for each in self.faults),
            ]
        )


@dataclass(frozen=True, slots=True)
class Example:
    """One scenario ready to run: an outline gives one for each row, anything else one with no values."""

    template: ScenarioTemplate
    scenario: Scenario
    values: tuple[str, ...]
    tags: frozenset[str]
    definitions: tuple[Definition, ...] = ()

    @property
    def name(self) -> str:
        """The name of its test."""
        return row_name(self.template.name, self.values) if self.template.templated else self.template.name

    def resolved(self, index: Index) -> "Example":
        """Return it with the definition of each step that has exactly one."""
        found = tuple(match[0] for step in self.scenario.steps if len(match := index.matching(step)) == 1)
        return replace(self, definitions=found)


def row_name(scenario: str, values: Sequence[str]) -> str:
    """Return the name of the test of one row of an outline."""
    return f"{scenario}[{'-'.join(values)}]"


def unreadable(path: Path, error: UnreadableFeatureError) -> list[Fault]:
    """Return the faults of a file that is no Gherkin."""
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    return [
        Fault(line, advice.gherkin(problem), lines[line - 1].strip() if 0 < line <= len(lines) else "")
        for line, problem in error.faults
    ]


def examples_of(document: Document) -> Iterator[Example]:
    """Yield what a feature file asks to run, in its order."""
    feature = document.feature
    for template in document.scenarios:
        tags = frozenset(feature.tags | template.tags | (template.rule.tags if template.rule else set()))
        if not template.templated:
            yield Example(template, template.render({}), (), tags)
        for table in template.examples:
            for row in table.as_contexts():
                yield Example(template, template.render(row), tuple(row.values()), tags | table.tags)


def structural(document: Document) -> Iterator[Fault]:
    """Yield the faults of a feature's shape: nothing in it, names used twice, tables missing, names unknown."""
    if not document.scenarios:
        advised = ("Write one, or delete the file.",)
        yield Fault(document.feature.line_number, "the feature has no scenario", "", advised)
    yield from _duplicates(document)
    for template in document.scenarios:
        yield from _of_scenario(template)
        if document.is_outline(template) and not template.examples:
            table = ("Add a table below it:", "Examples:", "  | name | … |")
            yield Fault(template.line_number, "the outline has no Examples, so it never runs", "", table)


def _duplicates(document: Document) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for each in document.scenarios:
        line = first.setdefault(each.name, each.line_number)
        if line != each.line_number:
            problem = f"the scenario {each.name!r} is already on line {line}"
            yield Fault(each.line_number, problem, "", ("Give each its own name: reports tell them by it.",))


def _of_scenario(template: ScenarioTemplate) -> Iterator[Fault]:
    title = f"{template.keyword}: {template.name}"
    if not template.name.strip():
        yield Fault(template.line_number, "the scenario has no name", title, ("Say in a few words what it shows.",))
    if not template._steps:
        yield Fault(template.line_number, "the scenario has no steps, so it proves nothing", title)
    yield from _of_examples(template, title)
    yield from unknown_faults(template)


def _of_examples(template: ScenarioTemplate, title: str) -> Iterator[Fault]:
    for table in template.examples:
        if not table.examples:
            yield Fault(table.line_number or template.line_number, "the Examples have no row", title)
    rows = Counter(tuple(row) for table in template.examples for row in table.examples)
    for row, count in rows.items():
        if count > 1:
            shown = f"| {' | '.join(row)} |"
            yield Fault(template.line_number, f"{count} rows of the Examples are the same", shown)


def unknown_faults(template: ScenarioTemplate) -> Iterator[Fault]:
    """Yield a fault for each placeholder that no column of the Examples fills."""
    known = [name for table in template.examples for name in table.example_params]
    for step in template.steps:
        for name in unknown_placeholders(step, known):
            columns = ", ".join(dict.fromkeys(known)) or "there are no Examples"
            problem = f"nothing fills <{name}>; columns of the Examples: {columns}"
            yield Fault(step.line_number, problem, advice.line_of(step))


def of_step(step: Step, index: Index) -> Iterator[Fault]:
    """Yield what is wrong with a step: undefined, ambiguous, async, with values or a table it cannot take."""
    found = index.matching(step)
    if len(found) == 1:
        yield from _of_match(step, found[0])
    elif not found:
        advised = advice.undefined(step, index)
        yield Fault(step.line_number, "no step definition matches", advice.line_of(step), advised, "undefined")
    else:
        problem = f"{len(found)} step definitions match"
        listed = (f"- {advice.described(each, step)}" for each in found)
        advised = (*listed, "Change one so that a line means one thing.")
        yield Fault(step.line_number, problem, advice.line_of(step), advised, "ambiguous")


def _of_match(step: Step, definition: Definition) -> Iterator[Fault]:
    line, function = advice.line_of(step), definition.function
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        problem = "the step definition is async, so pytest-bdd would never run its body"
        advised = (f"- {advice.described(definition, step)}", "Write it as a plain def.")
        yield Fault(step.line_number, problem, line, advised)
    try:
        definition.arguments(step)
    except (PodproofError, ValueError) as error:
        yield Fault(step.line_number, str(error), line)
    yield from _of_attachments(step, definition, line)


@cache
def _parameters(function: Callable[..., object]) -> Mapping[str, inspect.Parameter]:
    """Return what a step function takes, and keep it with the function: pytest-bdd asks three times for each step."""
    found = inspect.signature(function)
    if inspect.isfunction(function):
        function.__signature__ = found  # type: ignore[attr-defined]
    return found.parameters


def _of_attachments(step: Step, definition: Definition, line: str) -> Iterator[Fault]:
    taken = _parameters(definition.function)
    for what, name, given in (
        ("table", "datatable", step.datatable is not None),
        ("doc string", "docstring", step.docstring is not None),
    ):
        if given and name not in taken:
            yield Fault(step.line_number, f"the step takes no {what}, but one stands below it", line)
        if not given and name in taken and taken[name].default is inspect.Parameter.empty:
            yield Fault(step.line_number, f"the step needs a {what} below it", line)

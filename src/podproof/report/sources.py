"""The feature files of a run as Cucumber's tools know them: text, syntax tree, a pickle for each scenario.

Rules for editing: where the value of a Secret stands in a file is known from the run's outcomes. It is masked in the
text, and in every word of the tree that came from there, but never in ids.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from gherkin.ast_builder import AstBuilder
from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

from podproof.report.masks import Mask
from podproof.report.outcomes import ScenarioOutcome

Node = Mapping[str, Any]
Place = tuple[int, int | None]
"""A scenario's line, and an outline's row."""
Case = tuple[int, int | None, str]
"""A place, and what tells the cluster from others the scenario was run on."""

_WORDS = frozenset({"content", "description", "name", "text", "value"})


@dataclass(frozen=True, slots=True)
class Source:
    """One feature file; without a tree where it is no Gherkin. `nodes` holds the parts of the tree by their ids."""

    uri: str
    text: str
    tree: Node | None = None
    pickles: tuple[Node, ...] = ()
    at: Mapping[Case, Node] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)

    def pickle_of(self, outcome: ScenarioOutcome) -> Node | None:
        """Return the pickle of a scenario, None where the file has none for it."""
        return self.at.get((outcome.line, outcome.row, outcome.suffix))


def sources(outcomes: Iterable[ScenarioOutcome], rootdir: Path, ids: IdGenerator) -> Iterator[Source]:
    """Yield the files that outcomes are of, in their order; each is read once."""
    for file, group in groupby(outcomes, key=lambda outcome: outcome.file):
        try:
            text = (rootdir / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            yield Source(file, "")
            continue
        several = list(group)
        hidden = (text[since:until] for outcome in several for since, until in outcome.hidden)
        suffixes = sorted({outcome.suffix for outcome in several})
        yield _source(file, text, Mask.hiding(hidden), ids, suffixes)


def _source(uri: str, text: str, mask: Mask, ids: IdGenerator, suffixes: Sequence[str]) -> Source:
    try:
        parsed = Parser(AstBuilder(ids)).parse(text)
    except (CompositeParserException, ParserException):
        return Source(uri, mask(text))
    document: Any = {**parsed, "uri": uri}
    tree = _masked(document, mask)
    places = {nodes: place for place, nodes in _places(tree.get("feature") or {})}
    found: dict[Case, Node] = {}
    for pickle in (_masked(each, mask) for each in Compiler(ids).compile(document)):
        for suffix in suffixes:
            found[(*places[tuple(pickle["astNodeIds"])], suffix)] = _on(pickle, suffix, ids)
    return Source(uri, mask(text), tree, tuple(found.values()), found, dict(_nodes(tree)))


def _on(pickle: Node, suffix: str, ids: IdGenerator) -> Node:
    """Return the pickle of a scenario on one of several clusters, which its name tells."""
    if not suffix:
        return pickle
    steps = [{**step, "id": ids.get_next_id()} for step in pickle["steps"]]
    return {**pickle, "id": ids.get_next_id(), "name": f"{pickle['name']} {suffix}", "steps": steps}


def _masked(value: Any, mask: Mask) -> Any:
    """Return a part of a tree with its words masked."""
    if not mask.values:
        return value
    if isinstance(value, Mapping):
        return {
            key: mask(each) if key in _WORDS and isinstance(each, str) else _masked(each, mask)
            for key, each in value.items()
        }
    return [_masked(each, mask) for each in value] if isinstance(value, list) else value


def _places(node: Node) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Yield the place of each scenario or row, with the ids that its pickle names."""
    for child in node.get("children", ()):
        scenario = child.get("scenario")
        if scenario is None:
            yield from _places(child.get("rule") or {})
            continue
        line = scenario["location"]["line"]
        rows = [row for table in scenario["examples"] for row in table.get("tableBody") or ()]
        yield (line, None), (scenario["id"],)
        yield from (((line, number), (scenario["id"], row["id"])) for number, row in enumerate(rows))


def _nodes(value: Any) -> Iterator[tuple[str, Node]]:
    if isinstance(value, Mapping):
        if "id" in value:
            yield value["id"], value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)

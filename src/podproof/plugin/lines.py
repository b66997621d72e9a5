"""`x.feature:12`: the scenarios a line belongs to.

A line of a scenario means the scenario, a row of its Examples that row, another line of an Examples table that table,
and a line above all scenarios of a feature or a rule means all of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from podproof.plugin import bdd
from podproof.plugin.faults import row_name

_ARGUMENT = re.compile(r"(?P<file>.+\.feature)(?P<lines>(?::\d+)+)")


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a file from one line up to the next part of its kind, and the tests that stand in it."""

    first: int
    names: tuple[str, ...]
    parts: tuple["_Part", ...] = ()

    def at(self, line: int) -> tuple[str, ...]:
        """Return the names that a line means."""
        inside = [part for part in self.parts if part.first <= line]
        return inside[-1].at(line) if inside else self.names


def resolved(arguments: Sequence[str], folder: Path, suffixes: Sequence[str] = ("",)) -> list[str]:
    """Return pytest's arguments with each `x.feature:12` made node ids; a file that cannot be read is left whole.

    `suffixes` are what the tests of one scenario end with.

    Raises:
        pytest.UsageError: a file has no such line.
    """
    return [each for argument in arguments for each in _resolved(argument, folder, suffixes)]


def _resolved(argument: str, folder: Path, suffixes: Sequence[str]) -> Iterator[str]:
    match = _ARGUMENT.fullmatch(argument)
    if match is None or not (path := folder / match["file"]).is_file():
        yield argument
        return
    try:
        whole = _part(bdd.tree(path).feature, 1)
    except bdd.UnreadableFeatureError:
        yield match["file"]
        return
    length = len(path.read_text(encoding="utf-8-sig").splitlines())
    for line in map(int, match["lines"][1:].split(":")):
        if not 0 < line <= length:
            raise pytest.UsageError(f"{match['file']}:{line}: there is no such line; the file has {length}")
        yield from (f"{match['file']}::{name}{suffix}" for name in whole.at(line) for suffix in suffixes)
        if not whole.names:
            yield match["file"]


def _part(parent: Any, first: int) -> _Part:
    """Return the part of a feature or a rule, which begins on a line."""
    parts = [
        _part(child.rule, _first(child.rule)) if child.rule else _scenario(child.scenario)
        for child in parent.children
        if child.rule or child.scenario
    ]
    return _Part(first, tuple(name for part in parts for name in part.names), tuple(parts))


def _scenario(scenario: Any) -> _Part:
    if not scenario.examples:
        return _Part(_first(scenario), (scenario.name,))
    tables = tuple(_table(scenario.name, each) for each in scenario.examples)
    return _Part(_first(scenario), tuple(name for table in tables for name in table.names), tables)


def _table(name: str, table: Any) -> _Part:
    rows = tuple(_Part(row.location.line, (row_name(name, _values(row)),)) for row in table.table_body or ())
    return _Part(_first(table), tuple(name for row in rows for name in row.names), rows)


def _values(row: Any) -> list[str]:
    return [cell.value or "" for cell in row.cells]


def _first(part: Any) -> int:
    """Return the line of a part's first tag, or of its own heading."""
    return min([part.location.line, *(tag.location.line for tag in part.tags)])  # type: ignore[no-any-return]

"""How a step's phrase is written, and what its fields take.

A field in quotes takes any text that holds no quote (`\\"` stands for one), so it can never swallow a second field.
A field without quotes names its type: `{limit:duration}`, `{count:number}`, `{kind:kind}`. As in Cucumber the keyword
does not count: `Given`, `When` and `Then` are for the reader. A phrase without `{limit:duration}` leaves the limit to
the fixture of that name: how long a step waits that does not say.
Rules for editing: a phrase is compiled when a line first begins like it; importing the vocabulary must stay cheap.
"""

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from pytest_bdd import step
from pytest_bdd.parsers import StepParser

from podproof import durations
from podproof.steps import kinds

_FIELD = re.compile(r'"\{(?P<quoted>\w+)\}"|\{(?P<name>\w+):(?P<type>\w+)\}')


def _unquoted(text: str) -> str:
    return text.replace('\\"', '"')


_QUOTED = (r'"(?P<{}>(?:[^"\\]|\\.)*)"', _unquoted)
_TYPES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "duration": (r'(?P<{}>[^"]+)', durations.parse),
    "span": (r'(?P<{}>\d[^"]*)', durations.parse),
    "number": (r"(?P<{}>\d+)", int),
    "bound": (r"(?P<{}>exactly|at least|at most)", str),
    "kind": (r"(?P<{}>[A-Za-z]+)", kinds.known),
    "plural": (r"(?P<{}>[A-Za-z]+)", kinds.plural),
    "shortage": (r"(?P<{}>memory|disk)", str),
    "times": (r"(?P<{}>times?)", str),
    "passes": (r"(?P<{}>pass|passes)", str),
}


def says(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function the definition of a phrase, under every keyword."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        step(Phrase(name), stacklevel=2)(function)
        return function

    return decorate


class Phrase(StepParser):
    """One sentence of the vocabulary, matched from its first to its last letter.

    A line that matches may still hold a value its field refuses: `parse_arguments` then raises, and says why.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._opening = name.partition("{")[0]

    def is_matching(self, name: str) -> bool:
        """Say whether a step's text is this sentence."""
        return name.startswith(self._opening) and self._pattern.fullmatch(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """Return the fields of a step's text, converted; None where it is another sentence."""
        match = self._pattern.fullmatch(name)
        if match is None:
            return None
        return {field: self._converters[field](text) for field, text in match.groupdict().items()}

    @cached_property
    def _fields(self) -> dict[str, tuple[str, Callable[[str], Any]]]:
        return {
            field["quoted"] or field["name"]: _QUOTED if field["quoted"] else _TYPES[field["type"]]
            for field in _FIELD.finditer(self.name)
        }

    @cached_property
    def _converters(self) -> dict[str, Callable[[str], Any]]:
        return {name: converter for name, (_, converter) in self._fields.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        patterns = (pattern.format(name) for name, (pattern, _) in self._fields.items())
        texts = [re.escape(self.name[start:end]) for start, end in _gaps(self.name)]
        return re.compile("".join(each for pair in zip(texts, [*patterns, ""], strict=True) for each in pair))


def _gaps(name: str) -> list[tuple[int, int]]:
    """Return the stretches of a phrase between its fields."""
    spans = [field.span() for field in _FIELD.finditer(name)]
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(name)]
    return list(zip(starts, ends, strict=True))

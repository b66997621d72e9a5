"""How a step's phrase is written, and what its fields take.

A field in quotes takes any text that holds no quote (`\\"` stands for one), so it can never swallow a second field.
A field without quotes names its type: `{limit:duration}`, `{count:number}`, `{kind:kind}`. As in Cucumber the keyword
does not count: `Given`, `When` and `Then` are for the reader. A phrase without `{limit:duration}` leaves the limit to
the fixture of that name: how long a step waits that does not say. What a phrase is called in other languages stands in
the tables of `languages`.
Rules for editing: a phrase is compiled when a line first begins like it; importing the vocabulary must stay cheap.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from pytest_bdd import step
from pytest_bdd.parsers import StepParser

from podproof.steps import languages
from podproof.steps.sentences import Sentence


def says(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function the definition of a phrase, under every keyword."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        phrase = Phrase(name)
        step(phrase, stacklevel=2)(function)
        vars(function).setdefault("phrases", []).insert(0, phrase)
        return function

    return decorate


class Phrase(StepParser):
    """One sentence of the vocabulary, matched from its first to its last letter, in each of its languages.

    A line that matches may still hold a value its field refuses: `parse_arguments` then raises, and says why.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._english = Sentence(name)

    @property
    def first_word(self) -> str:
        """The word that every English text of it begins with; "" where it begins with a field."""
        return self._english.first_word

    def is_matching(self, name: str) -> bool:
        """Say whether a step's text is this sentence."""
        return self._said(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """Return the fields of a step's text, converted; None where it is another sentence."""
        said = self._said(name)
        return said.values(name) if said else None

    def wordings(self, text: str) -> Iterator[str]:
        """Yield the wordings of the languages a text may be in: of all there are when it is not all ASCII."""
        yield self.name
        yield from (each.text for each in (() if text.isascii() else self._translated))

    def _said(self, text: str) -> Sentence | None:
        if self._english.fits(text):
            return self._english
        if text.isascii():
            return None
        return next((each for each in self._translated if each.fits(text)), None)

    @cached_property
    def _translated(self) -> tuple[Sentence, ...]:
        return tuple(Sentence(text, words) for text, words in languages.wordings(self.name))

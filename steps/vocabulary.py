"""The vocabulary as a list: each phrase, what it takes, what it means, where it is defined, and an example of it."""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

from podproof import extensions
from podproof.steps import MODULES, languages
from podproof.steps.phrases import Phrase
from podproof.steps.sentences import FIELD

_STEP = re.compile(r"\s*(?:Given|When|Then|And|But|\*) (.+?)\s*$")
_WORD = re.compile(r"\{_:(\w+)\}")
_SAMPLES = {
    "duration": "30 seconds", "span": "30 seconds", "number": "2", "bound": "at least", "kind": "pod",
    "plural": "pods", "shortage": "memory", "ending": "dropped", "record": "SRV", "code": "NXDOMAIN",
}  # fmt: skip


@dataclass(frozen=True)
class Saying:
    """One phrase of the vocabulary, `topic` the module that defines it."""

    phrase: Phrase
    topic: str
    function: Any

    @property
    def text(self) -> str:
        """The phrase as one writes it; a word that may vary stands as it is."""
        return _WORD.sub(r"\1", self.phrase.name)

    @property
    def fields(self) -> dict[str, str]:
        """The type of each field by its name; "text" of one in quotes."""
        found = ((each["quoted"] or each["name"], each["type"] or "text") for each in FIELD.finditer(self.phrase.name))
        return {name: kind for name, kind in found if name != "_"}

    @property
    def meaning(self) -> str:
        """What its definition says about it beyond the sentence itself; "" where that says all."""
        return inspect.getdoc(self.function) or ""

    @property
    def attachment(self) -> str:
        """What stands below the line: "a table", "a doc string", or "" for nothing."""
        taken = inspect.signature(self.function).parameters
        return "a table" if "datatable" in taken else "a doc string" if "docstring" in taken else ""

    @cached_property
    def translations(self) -> dict[str, tuple[str, ...]]:
        """Its wordings by language."""
        tables = map(languages.language, languages.LANGUAGES)
        return {table.name: tuple(table.phrases.get(self.phrase.name, ())) for table in tables}

    @property
    def wordings(self) -> tuple[str, ...]:
        """Its text, and what it is called in every other language."""
        return (self.text, *(text for said in self.translations.values() for text in said))

    def example(self, lines: Sequence[str]) -> str:
        """Return the first of some lines of feature files that says it, else one made up; without its keyword."""
        steps = (match[1] for match in map(_STEP.match, lines) if match)
        return next((text for text in steps if self.phrase.is_matching(text)), None) or self._made_up()

    def _made_up(self) -> str:
        return FIELD.sub(
            lambda field: f'"{field["quoted"]}"' if field["quoted"] else _SAMPLES[field["type"]], self.text
        )


def modules() -> tuple[ModuleType, ...]:
    """Return the modules that define phrases: podproof's own, then those that other distributions add.

    Raises:
        ExtensionError: what they add does not load, is no module, or defines a phrase that there is already.
    """
    own = tuple(import_module(f"podproof.steps.{topic}") for topic in MODULES)
    added = extensions.load(extensions.STEPS)
    faults = list(_faults(added, _defined(own)))
    if faults:
        raise extensions.ExtensionError(extensions.STEPS, tuple(faults))
    return (*own, *(each for each in added.values() if isinstance(each, ModuleType)))


def sayings() -> Iterator[Saying]:
    """Yield every phrase, by topic and in the order of its module. Raises what `modules` does."""
    for module in modules():
        topic = module.__name__.rpartition(".")[2]
        for each in vars(module).values():
            if getattr(each, "__module__", "") == module.__name__:
                yield from (Saying(phrase, topic, each) for phrase in getattr(each, "phrases", ()))


def _faults(added: Mapping[str, object], known: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with what other distributions add; `known` are the phrases there are, with their modules."""
    seen = dict(known)
    for name, module in added.items():
        if not isinstance(module, ModuleType):
            yield f'"{name}" is {module!r}: wanted a module that defines phrases'
            continue
        for phrase, owner in _defined([module]).items():
            if seen.setdefault(phrase, owner) != owner:
                yield f'"{name}" defines "{phrase}", which {seen[phrase]} does already: word it otherwise'


def _defined(among: Iterable[ModuleType]) -> dict[str, str]:
    """Return the phrases that modules define, each with the name of its module."""
    functions = [(module.__name__, each) for module in among for each in vars(module).values()]
    return {
        phrase.name: owner
        for owner, each in functions
        if getattr(each, "__module__", "") == owner
        for phrase in getattr(each, "phrases", ())
    }

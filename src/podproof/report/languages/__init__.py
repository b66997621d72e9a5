"""What a failure says, in its feature's language: for each a catalogue of English sentences and what they are there.

The sentences are made in English where they are decided (claims, steps, advice); here they are known by their shape.
What no sentence of the catalogue fits stays English: the API's own words, names, kubectl's tables.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import east_asian_width

from podproof.steps import languages

_FIELD = re.compile(r"\{(?P<name>\w+)(?::(?P<type>\w+))?\}")
_SPAN = r"[\d.]+ (?:hour|minute|second)s?(?: [\d.]+ (?:hour|minute|second)s?)*"
_TYPES = {
    "span": _SPAN,
    "duration": _SPAN,
    "moment": rf"\+[\d.]+ s|\+{_SPAN}",
    "number": r"\d+",
    "times": r"once|\d+ times",
    "object": r'[A-Za-z]+ "[^"]*"',
    "kind": r"[A-Za-z]+",
    "plural": r"[A-Za-z]+",
    "words": r".+?",
}
_LABEL_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands before the lines of a claim."""

    wanted: str
    but: str
    undecided: str
    tried: str
    """What the page of a run writes before an advice."""


LABELS: Mapping[str, Labels] = {
    "en": Labels("wanted", "but", "undecided", "try"),
    "zh-CN": Labels("期望", "但是", "无法判定", "试试"),
}
TO_TRY = {"en": "what to try", "zh-CN": "可以试试"}
"""The heading of the advice."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    pattern: re.Pattern[str]
    types: Mapping[str, str]
    said: str


class Catalogue:
    """One language's sentences."""

    def __init__(self, name: str, sentences: Mapping[str, str], units: Mapping[str, str]) -> None:
        self.name, self.labels, self.to_try = name, LABELS[name], TO_TRY[name]
        self._units = units
        self._known = {english: said for english, said in sentences.items() if not _FIELD.search(english)}
        self._sentences = [_sentence(english, said) for english, said in sentences.items() if _FIELD.search(english)]
        self._kinds = {word.lower(): said for said, word in _kinds(name).items()}

    def label(self, word: str) -> str:
        """Return a label as it begins a line: as wide as all others, letters that take two places counted twice."""
        wide = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in word)
        return word + " " * max(1, _LABEL_WIDTH - wide)

    def said(self, text: str) -> str:
        """Return a text with each line that is known in this language; what it does not know stays as it is."""
        return "\n".join(self._line(line) for line in text.split("\n")) if self._sentences else text

    def _line(self, line: str) -> str:
        if line in self._known:
            return self._known[line]
        found = ((each, each.pattern.fullmatch(line)) for each in self._sentences)
        return next((self._filled(each, match) for each, match in found if match), line)

    def _filled(self, sentence: _Sentence, match: re.Match[str]) -> str:
        return _FIELD.sub(lambda field: self._value(sentence.types[field["name"]], match[field["name"]]), sentence.said)

    def _value(self, kind: str, text: str) -> str:
        spoken: Mapping[str, Callable[[str], str]] = {
            "words": self._line,
            "span": self._span,
            "duration": self._span,
            "moment": self._span,
            "times": lambda each: "1 次" if each == "once" else each.replace(" times", " 次"),
            "kind": self._kind,
            "object": lambda each: " ".join((self._kind(each.partition(" ")[0]), each.partition(" ")[2])),
        }
        return spoken[kind](text) if kind in spoken else text

    def _span(self, text: str) -> str:
        return re.sub(r"(hour|minute|second)s?", lambda unit: self._units[unit[1]], text)

    def _kind(self, word: str) -> str:
        return "Pod" if word.lower() == "pod" else self._kinds.get(word.lower(), word)


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of a feature's language; English where there is none of it."""
    if language not in LABELS or language == "en":
        return Catalogue("en", {}, {})
    import yaml

    table: Any = yaml.load((files(__name__) / f"{language}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    phrases = {english: said[0] for english, said in languages.language(language).phrases.items()}
    return Catalogue(language, {**_without_unnamed(phrases), **table["sentences"]}, table["units"])


def known_labels() -> Iterator[tuple[str, Labels]]:
    """Yield every word that may stand before the lines of a claim, with its language's."""
    for labels in LABELS.values():
        yield from ((word, labels) for word in (labels.wanted, labels.but, labels.undecided))


def _kinds(name: str) -> Mapping[str, str]:
    found: Mapping[str, str] = languages.language(name).words["kind"] if name != "en" else {}
    return found


def _without_unnamed(phrases: Mapping[str, str]) -> Mapping[str, str]:
    """Return phrases whose every field has its own name; `{_:pods}` is a word that a language may not have."""
    return {english: said for english, said in phrases.items() if "{_:" not in english}


def _sentence(english: str, said: str) -> _Sentence:
    types = {field["name"]: field["type"] or "" for field in _FIELD.finditer(english)}
    for name in (each for each, kind in types.items() if _TYPES.get(kind) == _SPAN):
        said = re.sub(rf"(\{{{name}(?::\w+)?\}}) (?=[^\x00-\x7f])", r"\1", said)  # a duration ends with a unit
    pattern, end = "", 0
    for field in _FIELD.finditer(english):
        quoted = english[: field.start()].endswith('"') and english[field.end() :].startswith('"')
        taken = '[^"]*' if quoted else _TYPES.get(types[field["name"]], ".*?")
        pattern += f"{re.escape(english[end : field.start()])}(?P<{field['name']}>{taken})"
        end = field.end()
    return _Sentence(re.compile(pattern + re.escape(english[end:])), types, said)

"""One wording of a phrase: the texts that it fits, and the values in them."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from podproof import durations
from podproof.steps import kinds

FIELD = re.compile(r'"\{(?P<quoted>\w+)\}"|\{(?P<name>\w+):(?P<type>\w+)\}')

_Words = Mapping[str, Mapping[str, str]]
_Converter = Callable[[str], Any]
_QUOTED = r'(?:[^"\\]|\\.)*'
_TYPES: Mapping[str, tuple[str, _Converter]] = {
    "duration": (r'[^"]+', durations.parse),
    "span": (r'\d[^"]*', durations.parse),
    "number": (r"\d+", int),
    "bound": (r"exactly|at least|at most", str),
    "kind": (r"[A-Za-z]+", kinds.known),
    "plural": (r"[A-Za-z]+", kinds.plural),
    "shortage": (r"memory|disk", str),
    "ending": (r"dropped|rejected|refused|translated", str),
    "record": (r"A|AAAA|CNAME|PTR|SRV|TXT", str),
    "code": (r"NXDOMAIN|SERVFAIL|NODATA|SILENT", str),
    "times": (r"times?", str),
    "pods": (r"pods?", str),
    "passes": (r"pass|passes", str),
}
_LOOSE = {" ": r"\s*", ":": "[:：]", ",": "[,，]"}


class Sentence:
    """A wording as the vocabulary has it: `text` with its fields.

    `words` are what its fields take in another language beside the English words; such a sentence is loose: a space
    may be left out or put in, a comma or a colon may be full-width.
    """

    def __init__(self, text: str, words: _Words | None = None) -> None:
        self.text = text
        self._words = words
        self._opening = text.partition("{")[0]
        if words is not None:
            self._opening = re.split(r'[ ":,]', self._opening, maxsplit=1)[0]

    @property
    def first_word(self) -> str:
        """The word, and the space after it, that every text begins with; "" where there may be several."""
        word, space, _ = self._opening.partition(" ")
        return word if space else ""

    def fits(self, text: str) -> bool:
        """Say whether a text is this sentence, from its first to its last letter."""
        if not text.startswith(self._opening) or any(each not in text for each in self._literals):
            return False
        return self._pattern.fullmatch(text) is not None

    def values(self, text: str) -> dict[str, Any] | None:
        """Return the fields of a text, converted; None where it is another sentence. Raises what a field refuses."""
        match = self._pattern.fullmatch(text)
        if match is None:
            return None
        return {name: self._converters[name](found) for name, found in match.groupdict().items()}

    @cached_property
    def _literals(self) -> list[str]:
        """What stands between the fields, and so in every text that fits; a loose sentence has nothing so firm.

        Most lines begin like many sentences, and few hold the words of more than one: a pattern takes long to compile.
        """
        return [] if self._words is not None else FIELD.sub("\0", self.text).split("\0")

    @cached_property
    def _converters(self) -> dict[str, _Converter]:
        return {field["quoted"] or field["name"]: self._converter(field["type"]) for field in FIELD.finditer(self.text)}

    def _converter(self, type_: str | None) -> _Converter:
        if type_ is None:
            return _unquoted
        convert, words = _TYPES[type_][1], (self._words or {}).get(type_, {})
        return (lambda text: convert(words.get(text, text))) if words else convert

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("".join(self._parts()))

    def _parts(self) -> Iterator[str]:
        end = 0
        for field in FIELD.finditer(self.text):
            yield self._literal(self.text[end : field.start()])
            yield self._taking(field)
            end = field.end()
        yield self._literal(self.text[end:])

    def _literal(self, text: str) -> str:
        if self._words is None:
            return re.escape(text)
        return rf"\s*{''.join(map(_loose, text))}\s*" if text else ""

    def _taking(self, field: re.Match[str]) -> str:
        if field["quoted"]:
            return f'"(?P<{field["quoted"]}>{_QUOTED})"'
        words = (self._words or {}).get(field["type"], {})
        return f"(?P<{field['name']}>{'|'.join([_TYPES[field['type']][0], *map(re.escape, words)])})"


def _loose(letter: str) -> str:
    """Return the pattern of a letter of a loose sentence: what is not ASCII is written with spaces and without."""
    return _LOOSE.get(letter) or (re.escape(letter) if letter.isascii() else rf"{letter}\s*")


def _unquoted(text: str) -> str:
    return text.replace('\\"', '"')

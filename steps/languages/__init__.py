"""The vocabulary in other languages, a table for each: what a phrase is called there, and the words for its values.

The steps themselves are defined once, in English. Rules for editing: a table is read when a line that is not all
ASCII is met, and only then; a wording must hold something that is not ASCII outside of its fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh-CN",)
"""The languages there are tables of, as `# language:` names them."""

Words = Mapping[str, Mapping[str, str]]
"""By type of field, the words it takes and the English word of each."""


@dataclass(frozen=True, slots=True)
class Language:
    """One table: the wordings of each English phrase."""

    name: str
    phrases: Mapping[str, Sequence[str]]
    words: Words


@cache
def language(name: str) -> Language:
    """Return the table of a language."""
    import yaml

    table = yaml.load((files(__name__) / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    wordings = {phrase: (said,) if isinstance(said, str) else tuple(said) for phrase, said in table["phrases"].items()}
    return Language(table["language"], wordings, table["words"])


def wordings(phrase: str) -> tuple[tuple[str, Words], ...]:
    """Return each wording of an English phrase in another language, with the words of that language."""
    tables = [language(name) for name in LANGUAGES]
    return tuple((said, table.words) for table in tables for said in table.phrases.get(phrase, ()))

"""What to do about a line that no step definition takes: near misses, and the definition to write."""

import inspect
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from podproof.plugin.bdd import Definition, Step
from podproof.plugin.index import Index

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(r"(?<![\w$])\d+(?![\w$])")
_FIELD = re.compile(r'"?\{[^{}]*\}"?')
_WORD = re.compile(r"\{_:(\w+)\}")
"""A field that stands for a word which may vary, as `{_:times}`."""
_NEAR = 0.6


def line_of(step: Step) -> str:
    """Return a step's line as it stands in the file."""
    return f"{step.keyword} {step.name}"


def described(definition: Definition, step: Step) -> str:
    """Return a definition's phrase and where it is written."""
    code = inspect.unwrap(definition.function).__code__
    return f"{shown(definition, step)}   ({_short(Path(code.co_filename))}:{code.co_firstlineno})"


def shown(definition: Definition, step: Step, wording: str = "") -> str:
    """Return a definition's phrase as one would write it; where the keyword does not count, with the step's own."""
    phrase = _WORD.sub(r"\1", wording or definition.phrase)
    keyword = (definition.kind or step.type).capitalize() if phrase.isascii() else step.keyword
    return f"{keyword} {phrase}"


def undefined(step: Step, index: Index) -> tuple[str, ...]:
    """Return the lines of advice for a step that nothing defines."""
    near = list(_near_misses(step, index))
    advised = ["Did you mean:", *(f"  {each}" for each in near)] if near else []
    own = "To make it a step of your own, write in a conftest.py beside or above the feature:"
    return (*advised, own, *_stub(step))


def _near_misses(step: Step, index: Index) -> Iterator[str]:
    """Yield at most three phrases: those of another keyword that match as they are come first."""
    wanted = _skeleton(step.name)
    scored = []
    for each in index.known:
        same_words = each.context.parser.is_matching(step.name)
        for wording in each.wordings(step.name):
            score = 2.0 if same_words else SequenceMatcher(None, wanted, _skeleton(wording)).ratio()
            if score >= _NEAR:
                scored.append((-score, shown(each, step, wording)))
    yield from (text for _, text in sorted(scored)[:3])


def _skeleton(text: str) -> str:
    """Return a line without what varies: quoted texts, fields and numbers."""
    return _NUMBER.sub("…", _FIELD.sub("…", _QUOTED.sub("…", text))).lower()


def _stub(step: Step) -> Iterator[str]:
    """Yield a definition that would take the line, its quoted texts made fields."""
    names = iter(("name", "text", "other", "another", *(f"text_{number}" for number in range(5, 100))))
    used: list[str] = []

    def field(_: re.Match[str]) -> str:
        used.append(next(names))
        return f'"{{{used[-1]}}}"'

    phrase = _QUOTED.sub(field, step.name).replace("'", "\\'")
    function = "_".join(re.findall(r"[a-z]+", _QUOTED.sub("", step.name).lower())) or "the_step"
    yield f"  from pytest_bdd import {step.type}, parsers"
    yield f"  @{step.type}(parsers.parse('{phrase}'))"
    yield f"  def {function}({', '.join(['cluster', *used])}): ..."


def gherkin(problem: str) -> str:
    """Return the Gherkin parser's complaint in words a writer of features knows."""
    if "got '" in problem:
        return "this line has no place here: a step begins with Given, When, Then, And or But"
    if problem.startswith("unexpected end of file"):
        return "the file ends too early: a doc string or a table may not be closed"
    return problem


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)

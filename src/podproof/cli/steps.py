"""`podproof steps`: the vocabulary, for people, programs, documents and editors."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from podproof.cli import exits

if TYPE_CHECKING:
    from podproof.steps.vocabulary import Saying

_EPILOG = """\
examples:
  podproof steps                  every phrase with an example
  podproof steps log              those that speak of logs
  podproof steps --markdown       a reference, as docs hold it
  podproof steps --stub > podproof_steps.py
                                  for VS Code's Cucumber extension: with that file among its "cucumber.glue"
                                  it completes podproof's steps and knows which are undefined
"""
_FIELD = re.compile(r'"\{\w+\}"|\{\w+:(\w+)\}')
_PATTERNS = {
    "number": "([0-9]+)",
    "bound": "(exactly|at least|at most)",
    "kind": "([A-Za-z]+)",
    "plural": "([A-Za-z]+)",
}
_SPECIAL = re.compile(r"([.?*+()|$^\[{])")


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "steps", help="list the vocabulary: what a feature file can say", epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("words", nargs="*", metavar="WORD", help="only phrases in which all of these occur")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_const", dest="form", const=_json, help="as JSON")
    form.add_argument("--markdown", action="store_const", dest="form", const=_markdown, help="as a Markdown reference")
    form.add_argument("--stub", action="store_const", dest="form", const=_stub, help="as a Python file for an editor")
    command.set_defaults(run=_run, form=_text)


def _run(options: argparse.Namespace) -> int:
    from podproof.steps.vocabulary import sayings

    words = [each.lower() for each in options.words]
    found = [each for each in sayings() if all(word in _searched(each) for word in words)]
    for line in options.form(found, _shipped_lines()):
        print(line)
    return exits.OK if found else exits.FAILED


def _searched(saying: Saying) -> str:
    return "\n".join(
        [saying.topic, saying.text, *(text for said in saying.translations.values() for text in said)]
    ).lower()


def _shipped_lines() -> list[str]:
    """Return the lines of the shipped feature files, which every example is taken from."""
    from podproof.conformance import FEATURES

    return [line for path in sorted(FEATURES.rglob("*.feature")) for line in path.read_text("utf-8").splitlines()]


def _text(found: Sequence[Saying], lines: Sequence[str]) -> Iterator[str]:
    for topic, sayings in groupby(found, lambda each: each.topic):
        yield f"{topic}"
        for each in sayings:
            yield f"  {each.text}"
            yield f"      {each.example(lines)}"
        yield ""


def _json(found: Sequence[Saying], lines: Sequence[str]) -> Iterator[str]:
    rows = [
        {
            "phrase": each.text, "topic": each.topic, "fields": each.fields, "below": each.attachment,
            "meaning": each.meaning, "example": each.example(lines), "translations": each.translations,
        }
        for each in found
    ]  # fmt: skip
    yield json.dumps(rows, indent=1, ensure_ascii=False)


def _markdown(found: Sequence[Saying], lines: Sequence[str]) -> Iterator[str]:
    yield "# Vocabulary"
    yield ""
    yield "Fields in quotes take any text; the keyword (Given, When, Then) is for the reader."
    for topic, sayings in groupby(found, lambda each: each.topic):
        yield f"\n## {topic.capitalize()}"
        for each in sayings:
            below = f" Below it stands {each.attachment}." if each.attachment else ""
            yield f"\n`{each.text}`\n"
            yield f"{each.meaning or ''}{below}\n".lstrip() + f"```gherkin\n{each.example(lines)}\n```"
            yield from (f"\n{name}: `{text}`" for name, said in each.translations.items() for text in said)


def _stub(found: Sequence[Saying], _: Sequence[str]) -> Iterator[str]:
    yield '"""The phrases of podproof for editors that look for step definitions. Made by `podproof steps --stub`."""'
    yield ""
    yield "from pytest_bdd import given"
    for number, each in enumerate(found):
        yield f"\n\n@given('^{_expression(each.phrase.name)}$')\ndef step_{number}() -> None: ..."


def _expression(text: str) -> str:
    """Return a regular expression without a backslash or a single quote: the same text in Python as in JavaScript."""
    parts, end = [], 0
    for field in _FIELD.finditer(text):
        taken = _PATTERNS.get(field[1], "(.+)") if field[1] else '"([^"]*)"'
        parts += [_plain(text[end : field.start()]), taken]
        end = field.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(text: str) -> str:
    return _SPECIAL.sub("[\\1]", text).replace("'", ".")

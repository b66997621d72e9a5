"""POSIX regular expressions, basic and extended, written as Python's. Source: POSIX.1-2017, XBD 9."""

import re
from functools import lru_cache

from podproof.simulator.machine.commands.calling import CommandError

_CLASSES = {
    "alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "print": " -~", "graph": "!-~",
    "cntrl": r"\x00-\x1f\x7f",
}  # fmt: skip
_BRACKET = re.compile(r"\[(\^?)(\]?(?:\[:\w+:\]|\[[.=].*?[.=]\]|[^\]])*)\]")
_GNU = {"w": r"\w", "W": r"\W", "s": r"\s", "S": r"\S", "b": r"\b", "B": r"\B", "<": r"\b(?=\w)", ">": r"\b(?<=\w)",
        "n": r"\n", "t": r"\t", "`": r"\A", "'": r"\Z"}  # fmt: skip


@lru_cache(maxsize=256)
def compiled(pattern: str, extended: bool, ignore_case: bool = False) -> re.Pattern[str]:
    """Return a compiled pattern. Raises CommandError where it is none."""
    try:
        return re.compile(_translated(pattern, extended), (re.IGNORECASE if ignore_case else 0) | re.ASCII)
    except re.error:
        raise CommandError(f"bad regex '{pattern}': Invalid preceding regular expression", 2) from None


def _translated(pattern: str, extended: bool) -> str:
    pieces: list[str] = []
    at = 0
    while at < len(pattern):
        piece, at = _piece(pattern, at, extended, pieces)
        pieces.append(piece)
    return "".join(pieces)


def _piece(pattern: str, at: int, extended: bool, before: list[str]) -> tuple[str, int]:
    char = pattern[at]
    if char == "[" and (bracket := _BRACKET.match(pattern, at)) is not None:
        return _bracket(bracket), bracket.end()
    if char == "\\" and at + 1 < len(pattern):
        return _escaped(pattern[at + 1], extended), at + 2
    first = not before or before[-1] in ("(", "|", "^")
    if char in "(){}|+?" and not extended:
        return re.escape(char), at + 1
    if char in "*+?" and first:
        return re.escape(char), at + 1
    if char == "{" and not re.match(r"\{\d+(,\d*)?\}|\{,\d+\}", pattern[at:]):
        return re.escape(char), at + 1
    if char == "^" and not extended and not first:
        return r"\^", at + 1
    if char == "$" and not extended and at + 1 < len(pattern) and not pattern.startswith(("\\)", "\\|"), at + 1):
        return r"\$", at + 1
    return (char if char in ".*^$(){}|+?,0123456789" else re.escape(char)), at + 1


def _escaped(char: str, extended: bool) -> str:
    if char in "(){}|+?" and not extended:
        return char
    if char.isdigit() and char != "0":
        return "\\" + char
    return _GNU.get(char, re.escape(char))


def _bracket(found: re.Match[str]) -> str:
    inner = re.sub(
        r"\[:(\w+):\]|([\\\[&~|])",
        lambda part: _CLASSES.get(part.group(1), "") if part.group(1) else "\\" + part.group(2),
        found.group(2),
    )
    if inner.startswith("]"):
        inner = "\\" + inner
    return f"[{found.group(1)}{inner}]"

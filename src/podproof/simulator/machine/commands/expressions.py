"""The expressions of `expr`. Source: POSIX.1-2017, XCU expr; busybox coreutils/expr.c."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from podproof.simulator.machine.commands.calling import CommandError
from podproof.simulator.machine.commands.regexes import compiled

_LEVELS = (("|",), ("&",), ("<", "<=", "=", "==", "!=", ">=", ">"), ("+", "-"), ("*", "/", "%"), (":",))
_COMPARED: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    "=": lambda order: order == 0,
    "==": lambda order: order == 0,
    "!=": lambda order: order != 0,
    ">=": lambda order: order >= 0,
    ">": lambda order: order > 0,
}


def value_of(words: Sequence[str]) -> str:
    """Return the value of an expression as text. Raises CommandError (2: it is none; 1: an operand is no number)."""
    reader = _Reader(list(words))
    value = reader.level(0)
    if reader.at < len(reader.words):
        raise CommandError("syntax error", 2)
    return value


@dataclass(slots=True)
class _Reader:
    words: list[str]
    at: int = 0

    def _next(self) -> str:
        if self.at >= len(self.words):
            raise CommandError("syntax error", 2)
        self.at += 1
        return self.words[self.at - 1]

    def level(self, place: int) -> str:
        if place == len(_LEVELS):
            return self._primary()
        value = self.level(place + 1)
        while self.at < len(self.words) and self.words[self.at] in _LEVELS[place]:
            operator = self._next()
            value = _applied(value, operator, self.level(place + 1))
        return value

    def _primary(self) -> str:
        word = self._next()
        if word == "(":
            value = self.level(0)
            if self._next() != ")":
                raise CommandError("syntax error", 2)
            return value
        if self.at < len(self.words):
            if word == "length":
                return str(len(self._primary()))
            if word == "match":
                return _matched(self._primary(), self._primary())
            if word == "index":
                text, letters = self._primary(), self._primary()
                return str(next((place + 1 for place, letter in enumerate(text) if letter in letters), 0))
            if word == "substr":
                text, start, count = self._primary(), _number(self._primary()), _number(self._primary())
                return text[start - 1 : start - 1 + count] if start > 0 and count > 0 else ""
        return word


def _applied(left: str, operator: str, right: str) -> str:
    if operator == "|":
        return left if left not in ("", "0") else right or "0"
    if operator == "&":
        return left if left not in ("", "0") and right not in ("", "0") else "0"
    if operator == ":":
        return _matched(left, right)
    if operator in _COMPARED:
        return str(int(_COMPARED[operator](_order(left, right))))
    one, other = _number(left), _number(right)
    if operator in ("/", "%"):
        if other == 0:
            raise CommandError("division by zero", 2)
        quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
        return str(quotient if operator == "/" else one - quotient * other)
    return str({"+": one + other, "-": one - other, "*": one * other}[operator])


def _order(left: str, right: str) -> int:
    if re.fullmatch(r"-?\d+", left) and re.fullmatch(r"-?\d+", right):
        return int(left) - int(right)
    return (left > right) - (left < right)


def _number(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text):
        raise CommandError("non-numeric argument", 2)
    return int(text)


def _matched(text: str, pattern: str) -> str:
    found = compiled(pattern, extended=False).match(text)
    if found is None:
        return "" if "\\(" in pattern else "0"
    return found.group(1) or "" if found.re.groups else str(found.end())

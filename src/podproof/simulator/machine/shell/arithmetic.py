"""`$((…))`: C's integer expressions over the shell's variables, in 64 bits.

Source: POSIX.1-2017, XCU 2.6.4; precedence as in busybox shell/math.c and dash src/arith_yacc.c.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from podproof.simulator.machine.shell.state import Variables

_TOKEN = re.compile(
    r"\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<=|>>=|\*\*|\+\+|--|&&|\|\||<<|>>|[-+*/%&|^<>=!]=|[-+*/%&|^<>=!~?:(),])",
    re.ASCII,
)
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BINARY = {
    "||": 1,
    "&&": 2,
    "|": 3,
    "^": 4,
    "&": 5,
    "==": 6,
    "!=": 6,
    "<": 7,
    ">": 7,
    "<=": 7,
    ">=": 7,
    "<<": 8,
    ">>": 8,
    "+": 9,
    "-": 9,
    "*": 10,
    "/": 10,
    "%": 10,
    "**": 11,
}
_ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="})


class ArithmeticFault(Exception):  # noqa: N818 (its texts are the shell's: see `texts.arithmetic`)
    """An expression that cannot be evaluated: `kind` is "syntax", "division" or "number", `text` the culprit."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(kind, text)
        self.kind, self.text = kind, text


def evaluate(expression: str, variables: Variables) -> int:
    """Return the value of an expression; assignments in it are made. Raises ArithmeticFault or ReadOnlyError."""
    stripped = expression.strip()
    if stripped.isdigit() and stripped[:1] != "0":
        return _wrapped(int(stripped))
    if not stripped:
        return 0
    return _Evaluation(expression, _tokens(expression), variables).whole()


def number(text: str) -> int:
    """Return the value of a constant: decimal, 0x hexadecimal, 0 octal. Raises ValueError."""
    body = text.strip()
    if body.isdigit() and body[0] != "0":
        return int(body)
    digits = body.lstrip("+-")
    base = 16 if digits[:2] in ("0x", "0X") else 8 if len(digits) > 1 and digits.startswith("0") else 10
    return int(body, base)


@lru_cache(maxsize=1024)
def _tokens(expression: str) -> tuple[str, ...]:
    found: list[str] = []
    at, end = 0, len(expression.rstrip())
    while at < end:
        token = _TOKEN.match(expression, at, end)
        if token is None:
            raise ArithmeticFault("syntax", expression)
        found.append(token.group(1))
        at = token.end()
    return (*found, "")


def _wrapped(value: int) -> int:
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


@dataclass(slots=True)
class _Evaluation:
    """One expression being read and computed; while `live` is False nothing is assigned and nothing can fail."""

    text: str
    tokens: tuple[str, ...]
    variables: Variables
    at: int = 0
    live: bool = True

    def whole(self) -> int:
        value = self._comma()
        if self.tokens[self.at]:
            raise ArithmeticFault("syntax", self.text)
        return value

    def _take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def _accept(self, token: str) -> bool:
        if self.tokens[self.at] != token:
            return False
        self.at += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise ArithmeticFault("syntax", self.text)

    def _comma(self) -> int:
        value = self._assignment()
        while self._accept(","):
            value = self._assignment()
        return value

    def _assignment(self) -> int:
        name, operator = self.tokens[self.at], self.tokens[self.at + 1] if self.tokens[self.at] else ""
        if not (operator in _ASSIGNMENTS and _NAME.fullmatch(name)):
            return self._ternary()
        self.at += 2
        value = self._assignment()
        if operator != "=":
            value = self._binary(operator[:-1], self._value(name), value)
        return self._assign(name, value)

    def _ternary(self) -> int:
        condition = self._operators(1)
        if not self._accept("?"):
            return condition
        chosen = self._when(bool(condition), self._comma)
        self._expect(":")
        other = self._when(not condition, self._ternary)
        return chosen if condition else other

    def _when(self, live: bool, read: Callable[[], int]) -> int:
        before, self.live = self.live, self.live and live
        try:
            return read()
        finally:
            self.live = before

    def _operators(self, lowest: int) -> int:
        value = self._unary()
        while (strength := _BINARY.get(self.tokens[self.at], 0)) >= lowest:
            operator = self._take()
            value = self._apply(operator, value, strength)
        return value

    def _apply(self, operator: str, left: int, strength: int) -> int:
        if operator in ("&&", "||"):
            right = self._when(bool(left) == (operator == "&&"), lambda: self._operators(strength + 1))
            return int(bool(left and right) if operator == "&&" else bool(left or right))
        right = self._operators(strength + (operator != "**"))
        return self._binary(operator, left, right)

    def _binary(self, operator: str, left: int, right: int) -> int:
        if not self.live:
            return 0
        if operator in ("/", "%"):
            return self._divided(operator, left, right)
        if operator == "**":
            if right < 0:
                raise ArithmeticFault("exponent", self.text)
            return _wrapped(pow(left, right, 1 << 64))
        return _wrapped(_OPERATIONS[operator](left, right))

    def _divided(self, operator: str, left: int, right: int) -> int:
        if right == 0:
            raise ArithmeticFault("division", self.text)
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return _wrapped(quotient if operator == "/" else left - quotient * right)

    def _unary(self) -> int:
        token = self._take()
        if token in ("++", "--"):
            return self._step(1 if token == "++" else -1)
        if token == "-":
            return _wrapped(-self._unary())
        if token == "+":
            return self._unary()
        if token == "!":
            return int(not self._unary())
        if token == "~":
            return ~self._unary()
        return self._primary(token)

    def _step(self, by: int) -> int:
        name = self._take()
        if not _NAME.fullmatch(name):
            raise ArithmeticFault("syntax", self.text)
        return self._assign(name, _wrapped(self._value(name) + by))

    def _primary(self, token: str) -> int:
        if token == "(":
            value = self._comma()
            self._expect(")")
            return value
        if token[:1].isdigit():
            return self._constant(token)
        if not _NAME.fullmatch(token):
            raise ArithmeticFault("syntax", self.text)
        value = self._value(token)
        if self.tokens[self.at] in ("++", "--"):
            self._assign(token, _wrapped(value + (1 if self._take() == "++" else -1)))
        return value

    def _constant(self, token: str) -> int:
        try:
            return _wrapped(number(token))
        except ValueError:
            raise ArithmeticFault("syntax", self.text) from None

    def _value(self, name: str) -> int:
        text = (self.variables.get(name) or "").strip()
        if not text or not self.live:
            return 0
        try:
            return _wrapped(number(text))
        except ValueError:
            raise ArithmeticFault("number", text) from None

    def _assign(self, name: str, value: int) -> int:
        if self.live:
            self.variables.set(name, str(value))
        return value


_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "|": lambda left, right: left | right,
    "^": lambda left, right: left ^ right,
    "&": lambda left, right: left & right,
    "==": lambda left, right: int(left == right),
    "!=": lambda left, right: int(left != right),
    "<": lambda left, right: int(left < right),
    ">": lambda left, right: int(left > right),
    "<=": lambda left, right: int(left <= right),
    ">=": lambda left, right: int(left >= right),
    "<<": lambda left, right: left << (right & 63),
    ">>": lambda left, right: left >> (right & 63),
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
}

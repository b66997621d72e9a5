"""The inside of a word: quotes, `$name`, `${…}`, `$(…)`, `$((…))`.

Offsets are bytes of the script; text is scanned as latin-1, one character a byte, and decoded when it is taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from podproof.simulator.machine.shell.syntax import (
    Arithmetic,
    Block,
    Part,
    ScriptError,
    Substitution,
    Text,
    Variable,
    Word,
)

_NAME = re.compile(r"[A-Za-z_]\w*|\d+|[@*#?$!-]", re.ASCII)
_SHORT_NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]", re.ASCII)
_OPERATOR = re.compile(r":[-=?+]|##?|%%?|//?|[-=?+:]")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_SUBSTITUTED = re.compile(r"\\([$`\\])")


class Bodies(NamedTuple):
    """How a word finds the scripts inside it: `body(offset)` is (the script, the offset after it)."""

    body: Callable[[int], tuple[Block, int]]
    parse: Callable[[str], Block]


@dataclass(slots=True)
class Reader:
    """Reads words out of `text`; offsets count from its start, `base` is where it lies in the script."""

    text: str
    base: int
    bodies: Bodies
    dollar_quotes: bool
    at: int = 0

    def word(self, end: int) -> Word:
        """Return the word from the present offset up to `end`. Raises ScriptError for a quote that does not close."""
        parts: list[Part] = []
        if self.text.startswith("~", self.at) and (self.at + 1 == end or self.text[self.at + 1] == "/"):
            self.at += 1
            parts.append(Variable("~", quoted=True))
        while self.at < end:
            self._unquoted(parts, end)
        return _merged(parts)

    def quoted(self, end: int) -> Word:
        """Return what stands between double quotes, or in a here-document."""
        parts: list[Part] = []
        while self.at < end:
            self._inside(parts, end, "$`\\")
        return _merged(parts)

    def _unquoted(self, parts: list[Part], end: int) -> None:
        char = self.text[self.at]
        if char == "\\":
            self._escape(parts, None)
        elif char == "'":
            self._single(parts)
        elif char == '"':
            self._double(parts, end)
        elif char == "$" and self.dollar_quotes and self.text.startswith("$'", self.at):
            self._ansi(parts)
        elif char in "$`":
            self._expansion(parts, end, quoted=False)
        else:
            self._plain(parts, end, "\\'\"$`", quoted=False)

    def _plain(self, parts: list[Part], end: int, stops: str, quoted: bool) -> None:
        start = self.at
        while self.at < end and (self.text[self.at] not in stops or self.at == start):
            self.at += 1
        parts.append(Text(_decoded(self.text[start : self.at]), quoted))

    def _escape(self, parts: list[Part], meaningful: str | None) -> None:
        """Take a backslash and what follows; with `meaningful`, only those characters are escaped by it."""
        following = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if following == "\n":
            return
        kept = meaningful is not None and following not in meaningful
        parts.append(Text(_decoded("\\" + following if kept or not following else following), quoted=True))

    def _single(self, parts: list[Part]) -> None:
        close = self.text.find("'", self.at + 1)
        if close < 0:
            raise ScriptError("unterminated quoted string")
        parts.append(Text(_decoded(self.text[self.at + 1 : close]), quoted=True))
        self.at = close + 1

    def _ansi(self, parts: list[Part]) -> None:
        found = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL).match(self.text, self.at)
        if found is None:
            raise ScriptError("unterminated quoted string")
        parts.append(Text(_decoded(_unescaped(found.group(1))), quoted=True))
        self.at = found.end()

    def _double(self, parts: list[Part], end: int) -> None:
        self.at += 1
        parts.append(Text("", quoted=True))
        while self.at < end and self.text[self.at] != '"':
            self._inside(parts, end, '$`"\\')
        if self.at >= end:
            raise ScriptError("unterminated quoted string")
        self.at += 1

    def _inside(self, parts: list[Part], end: int, meaningful: str) -> None:
        char = self.text[self.at]
        if char == "\\":
            self._escape(parts, meaningful)
        elif char in "$`":
            self._expansion(parts, end, quoted=True)
        else:
            self._plain(parts, end, meaningful, quoted=True)

    def _expansion(self, parts: list[Part], end: int, quoted: bool) -> None:
        if self.text[self.at] == "`":
            self._backquotes(parts, end, quoted)
        elif self.text.startswith("$((", self.at) and (close := self._arithmetic_end(end)):
            self.at += 3
            inner = Reader(self.text, self.base, self.bodies, False, self.at)
            parts.append(Arithmetic(inner.quoted(close), quoted))
            self.at = close + 2
        elif self.text.startswith("$(", self.at):
            body, after = self.bodies.body(self.base + self.at)
            parts.append(Substitution(body, quoted))
            self.at = after - self.base
        elif self.text.startswith("${", self.at):
            self.at += 2
            parts.append(self._braced(end, quoted))
        elif name := _SHORT_NAME.match(self.text, self.at + 1, end):
            parts.append(Variable(name.group(), quoted))
            self.at = name.end()
        else:
            parts.append(Text("$", quoted))
            self.at += 1

    def _arithmetic_end(self, end: int) -> int:
        """Return the offset of the `))` that ends `$((`, 0 where the second bracket opens a subshell."""
        depth, at = 0, self.at + 3
        while at < end:
            if self.text[at] == "(":
                depth += 1
            elif self.text[at] == ")":
                if depth == 0:
                    return at if self.text.startswith("))", at) else 0
                depth -= 1
            at += 1
        return 0

    def _backquotes(self, parts: list[Part], end: int, quoted: bool) -> None:
        close = self.at + 1
        while close < end and self.text[close] != "`":
            close += 1 + (self.text[close] == "\\")
        if close >= end:
            raise ScriptError("EOF in backquote substitution")
        script = _SUBSTITUTED.sub(r"\1", self.text[self.at + 1 : close])
        if quoted:
            script = script.replace('\\"', '"')
        parts.append(Substitution(self.bodies.parse(_decoded(script)), quoted))
        self.at = close + 1

    def _braced(self, end: int, quoted: bool) -> Part:
        if counted := re.compile(r"#([A-Za-z_]\w*|\d+|[@*?$!-]|#(?=\}))\}", re.ASCII).match(self.text, self.at, end):
            self.at = counted.end()
            return Variable(counted.group(1), quoted, "length")
        name = _NAME.match(self.text, self.at, end)
        if name is None:
            raise ScriptError("bad substitution")
        self.at = name.end()
        operator = _OPERATOR.match(self.text, self.at, end)
        if operator is not None:
            self.at = operator.end()
        return self._operation(name.group(), operator.group() if operator else "", end, quoted)

    def _operation(self, name: str, operator: str, end: int, quoted: bool) -> Part:
        plain = operator[:1] in ("#", "%", "/")
        replacement = None
        argument = self._argument(end, quoted and not plain, stops="/}" if operator[:1] == "/" else "}")
        if operator[:1] == "/" and self.text.startswith("/", self.at):
            self.at += 1
            replacement = self._argument(end, quoted=False, stops="}")
        if self.at >= end:
            raise ScriptError("end of file", '"}"')
        self.at += 1
        if not operator and argument:
            raise ScriptError("bad substitution")
        return Variable(name, quoted, "slice" if operator == ":" else operator, argument, replacement)

    def _argument(self, end: int, quoted: bool, stops: str) -> Word:
        parts: list[Part] = []
        while self.at < end and self.text[self.at] not in stops:
            if not quoted:
                self._argument_unquoted(parts, end, stops)
            elif self.text[self.at] == '"':
                self._double(parts, end)
            elif self.text[self.at] in "\\$`":
                self._inside(parts, end, '$`"\\}')
            else:
                self._plain(parts, end, '$`"\\' + stops, quoted=True)
        return _merged(parts)

    def _argument_unquoted(self, parts: list[Part], end: int, stops: str) -> None:
        if self.text[self.at] in "\\'\"$`":
            self._unquoted(parts, end)
        else:
            self._plain(parts, end, "\\'\"$`" + stops, quoted=False)


def _merged(parts: list[Part]) -> Word:
    """Return the parts with neighbouring text of one kind made one."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Text) and isinstance(last, Text) and last.quoted == part.quoted:
            merged[-1] = Text(last.text + part.text, part.quoted)
        else:
            merged.append(part)
    return tuple(merged)


def _decoded(text: str) -> str:
    return text if text.isascii() else text.encode("latin-1").decode(errors="surrogateescape")


def _unescaped(text: str) -> str:
    def escape(found: re.Match[str]) -> str:
        code = found.group(1)
        if code[0] == "x":
            return chr(int(code[1:], 16))
        if code[0] in "01234567":
            return chr(int(code, 8) & 0xFF)
        return _ESCAPES.get(code, code if code in "\\'\"?" else "\\" + code)

    return re.sub(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", escape, text, flags=re.DOTALL)

"""Words to fields: parameters, commands, arithmetic, then splitting, then file names. Source: POSIX XCU 2.6."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from podproof.simulator.machine.shell import patterns
from podproof.simulator.machine.shell.arithmetic import ArithmeticFault, evaluate, number
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.machine.shell.state import DEFAULT_IFS
from podproof.simulator.machine.shell.syntax import Arithmetic, Part, Substitution, Text, Variable, Word
from podproof.simulator.machine.shell.texts import ShellError

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell

Kind: TypeAlias = Literal["quoted", "literal", "result", "break"]
"""How a piece is treated: as it is; matched against files; split and matched; or a field's end ("$@")."""
Piece: TypeAlias = tuple[str, Kind]


def fields(shell: "Shell", words: Iterable[Word]) -> Steps[list[str]]:
    """Return the fields that some words become."""
    found: list[str] = []
    for word in words:
        if len(word) == 1 and isinstance(part := word[0], Text) and (part.quoted or not _globs(part.text)):
            found.append(part.text)
            continue
        pieces = yield from _pieces(shell, word)
        for field in _split(pieces, shell.ifs()):
            found += _named(shell, field)
    return found


def text(shell: "Shell", word: Word) -> Steps[str]:
    """Return what a word becomes where it is neither split nor matched (assignments, here-documents, `case`)."""
    if len(word) == 1 and isinstance(part := word[0], Text):
        return part.text
    pieces = yield from _pieces(shell, word)
    return "".join(" " if kind == "break" else piece for piece, kind in pieces)


def pattern(shell: "Shell", word: Word) -> Steps[str]:
    """Return a word as a pattern: what was quoted stands for itself."""
    pieces = yield from _pieces(shell, word)
    return "".join(patterns.escaped(piece) if kind == "quoted" else piece for piece, kind in pieces)


def value_of(shell: "Shell", name: str) -> str | None:
    """Return the value of a parameter that is one text ($@ and $* joined), None where it is not set."""
    state = shell.state
    if name in ("@", "*"):
        joint = (state.variables.get("IFS") or "") if "IFS" in state.variables.values else " "
        return (" " if name == "@" else joint[:1]).join(state.positional) if state.positional else None
    if name.isdigit():
        place = int(name)
        return state.name if place == 0 else state.positional[place - 1] if place <= len(state.positional) else None
    special = _SPECIAL.get(name)
    return special(shell) if special is not None else shell.variable(name)


_SPECIAL: "Mapping[str, Callable[[Shell], str | None]]" = {
    "?": lambda shell: str(shell.state.status),
    "$": lambda shell: str(shell.state.shell_pid),
    "#": lambda shell: str(len(shell.state.positional)),
    "!": lambda shell: None if shell.state.last_background is None else str(shell.state.last_background),
    "-": lambda shell: "".join(sorted(option for option in shell.state.options if len(option) == 1)),
    "~": lambda shell: shell.state.variables.get("HOME") or "~",
}


def _globs(word: str) -> bool:
    return "*" in word or "?" in word or ("[" in word and "]" in word)


def _pieces(shell: "Shell", word: Word) -> Steps[list[Piece]]:
    pieces: list[Piece] = []
    for part in word:
        if isinstance(part, Text):
            pieces.append((part.text, "quoted" if part.quoted else "literal"))
        else:
            pieces += yield from _expanded(shell, part)
    if not shell.state.positional and Variable("@", quoted=True) in word and not any(piece for piece, _ in pieces):
        return []
    return pieces


def _expanded(shell: "Shell", part: Part) -> Steps[list[Piece]]:
    if isinstance(part, Substitution):
        output = yield from shell.substitute(part.body)
        return [(output, "quoted" if part.quoted else "result")]
    if isinstance(part, Arithmetic):
        value = yield from _arithmetic(shell, part)
        return [(value, "quoted" if part.quoted else "result")]
    assert isinstance(part, Variable)
    if part.name in ("@", "*") and not part.operator:
        return _positional(shell, part)
    return (yield from _parameter(shell, part))


def _arithmetic(shell: "Shell", part: Arithmetic) -> Steps[str]:
    expression = yield from text(shell, part.expression)
    return str(compute(shell, expression))


def compute(shell: "Shell", expression: str) -> int:
    """Return the value of an arithmetic expression. Raises ShellError with the shell's own text."""
    try:
        return evaluate(expression, shell.state.variables)
    except ArithmeticFault as fault:
        raise ShellError(shell.voice.arithmetic(fault.kind, fault.text)) from None


def _positional(shell: "Shell", part: Variable) -> list[Piece]:
    positional = shell.state.positional
    if part.quoted and part.name == "*":
        return [(value_of(shell, "*") or "", "quoted")]
    pieces: list[Piece] = []
    for value in positional:
        pieces += [("", "break"), (value, "quoted" if part.quoted else "result")]
    return pieces[1:]


def _parameter(shell: "Shell", part: Variable) -> Steps[list[Piece]]:
    kind: Kind = "quoted" if part.quoted else "result"
    value = value_of(shell, part.name)
    operator = part.operator
    if operator.lstrip(":") in ("-", "=", "?", "+") and operator:
        return (yield from _conditional(shell, part, value, kind))
    if value is None and "u" in shell.state.options and part.name not in ("@", "*"):
        raise ShellError(shell.voice.unset(part.name, False, strict=True))
    if operator == "length":
        return [(str(len(shell.state.positional) if part.name in ("@", "*") else len(value or "")), kind)]
    if operator == "slice":
        return [((yield from _slice(shell, part, value or "")), kind)]
    if operator.startswith("/"):
        return [((yield from _replaced(shell, part, value or "")), kind)]
    if operator:
        cut = yield from pattern(shell, part.argument)
        return [(_trimmed(value or "", operator, cut), kind)]
    return [(value or "", kind)] if value or part.quoted else []


def _conditional(shell: "Shell", part: Variable, value: str | None, kind: Kind) -> Steps[list[Piece]]:
    missing = value is None or (part.operator.startswith(":") and not value)
    action = part.operator[-1]
    if action == "+":
        return [] if missing else (yield from _alternative(shell, part))
    if not missing:
        return _positional(shell, part) if part.name in ("@", "*") else [(value or "", kind)]
    if action == "-":
        return (yield from _alternative(shell, part))
    given = yield from text(shell, part.argument)
    if action == "?":
        words = f"{part.name}: {given}" if part.argument else shell.voice.unset(part.name, part.operator == ":?")
        raise ShellError(words, 127 if shell.voice.shell == "bash" else 2)
    shell.assign(part.name, given)
    return [(given, kind)]


def _alternative(shell: "Shell", part: Variable) -> Steps[list[Piece]]:
    """Return the words after `-` or `+`; unquoted, what is plain in them is split like a result."""
    pieces = yield from _pieces(shell, part.argument)
    if part.quoted:
        return [*pieces, ("", "quoted")]
    return [(piece, "result" if kind == "literal" else kind) for piece, kind in pieces]


def _trimmed(value: str, operator: str, cut: str) -> str:
    ends = range(len(value) + 1)
    if operator in ("##", "%"):
        ends = range(len(value), -1, -1)
    if operator in ("#", "##"):
        return next((value[end:] for end in ends if patterns.matches(cut, value[:end])), value)
    return next((value[:end] for end in ends if patterns.matches(cut, value[end:])), value)


def _slice(shell: "Shell", part: Variable, value: str) -> Steps[str]:
    whole = yield from text(shell, part.argument)
    start_text, _, count_text = whole.partition(":")
    start = compute(shell, start_text)
    start = max(len(value) + start, 0) if start < 0 else start
    if ":" not in whole:
        return value[start:]
    count = compute(shell, count_text)
    return value[start : start + count] if count >= 0 else value[start : len(value) + count]


def _replaced(shell: "Shell", part: Variable, value: str) -> Steps[str]:
    searched = yield from pattern(shell, part.argument)
    new = "" if part.replacement is None else (yield from text(shell, part.replacement))
    if not searched:
        return value
    anchor = searched[0] if searched[0] in "#%" and part.operator == "/" else ""
    expression = patterns.expression(searched[len(anchor) :]).replace("(?>.*?", "(?:.*")
    expression = {"#": rf"\A(?:{expression})", "%": rf"(?:{expression})\Z"}.get(anchor, expression)
    return re.sub(expression, lambda _: new, value, count=0 if part.operator == "//" else 1, flags=re.DOTALL)


@dataclass(slots=True)
class _Splitter:
    """Gathers pieces into fields; a field is a list of (text, quoted)."""

    ifs: str
    fields: "list[list[tuple[str, bool]]]"
    current: "list[tuple[str, bool]] | None" = None
    after_blank: bool = False

    def add(self, piece: str, quoted: bool) -> None:
        if self.current is None:
            self.current = []
        self.current.append((piece, quoted))
        self.after_blank = False

    def end(self) -> None:
        if self.current is not None:
            self.fields.append(self.current)
            self.current = None

    def split(self, piece: str) -> None:
        for run in re.findall(f"[{re.escape(self.ifs)}]|[^{re.escape(self.ifs)}]+", piece) if self.ifs else [piece]:
            if run not in self.ifs or not self.ifs:
                self.add(run, quoted=False)
            elif run in " \t\n":
                self.after_blank = self.after_blank or self.current is not None
                self.end()
            else:
                if self.current is None and not self.after_blank:
                    self.current = [("", True)]
                self.end()
                self.after_blank = False


def _split(pieces: Sequence[Piece], ifs: str) -> list[list[tuple[str, bool]]]:
    splitter = _Splitter(ifs, [])
    for piece, kind in pieces:
        if kind == "break":
            splitter.end()
        elif kind == "result":
            if piece:
                splitter.split(piece)
        elif piece or kind == "quoted":
            splitter.add(piece, kind == "quoted")
    splitter.end()
    return splitter.fields


def split_line(line: str, ifs: str, count: int) -> list[str]:
    """Return a line split for `read` into at most `count` texts, the last one taking what is left.

    Source: POSIX XCU read; a backslash has been taken care of before.
    """
    blanks = "".join(char for char in ifs if char in " \t\n")
    rest = line.strip(blanks) if blanks else line
    found: list[str] = []
    others = "".join(char for char in ifs if char not in " \t\n")
    delimiter = _delimiter(blanks, others)
    while len(found) < count - 1 and rest and delimiter is not None:
        cut = delimiter.search(rest)
        if cut is None:
            break
        found.append(rest[: cut.start()])
        rest = rest[cut.end() :]
    if rest and others and rest[-1] in others and (delimiter is not None) and not delimiter.search(rest[:-1]):
        rest = rest[:-1].rstrip(blanks)
    return [*found, rest]


def _delimiter(blanks: str, others: str) -> re.Pattern[str] | None:
    blank, other = f"[{re.escape(blanks)}]", f"[{re.escape(others)}]"
    if blanks and others:
        return re.compile(f"{blank}*{other}{blank}*|{blank}+")
    if blanks or others:
        return re.compile(f"{blank}+" if blanks else other)
    return None


def _named(shell: "Shell", field: list[tuple[str, bool]]) -> list[str]:
    plain = "".join(piece for piece, _ in field)
    if "f" in shell.state.options or not _globs("".join(piece for piece, quoted in field if not quoted)):
        return [plain]
    shell.look_outside()
    searched = "".join(patterns.escaped(piece) if quoted else piece for piece, quoted in field)
    if not patterns.is_magic(searched):
        return [plain]
    return patterns.files_matching(searched, shell.process.files, shell.process.cwd) or [plain]


__all__ = ["DEFAULT_IFS", "compute", "fields", "number", "pattern", "split_line", "text", "value_of"]

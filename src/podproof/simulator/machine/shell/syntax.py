"""What a script is once read: words made of parts, commands made of words."""

from dataclasses import dataclass
from typing import TypeAlias

SPECIAL = frozenset({
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "local", "readonly", "return", "set", "shift",
    "source", "times", "trap", "unset",
})  # fmt: skip
"""The special builtins: their errors end a script, assignments before them stay, no function may have their names.

Source: POSIX.1-2017, XCU 2.14; `local` as busybox and dash mark it.
"""


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves; quoted ones are neither split nor matched against file names."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`, or `${name operator argument}`. Operator "length" is `${#name}`, "slice" is `${name:from:count}`."""

    name: str
    quoted: bool = False
    operator: str = ""
    argument: "Word" = ()
    replacement: "Word | None" = None


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(script)`."""

    body: "Block"
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((expression))`; the expression is expanded before it is read."""

    expression: "Word"
    quoted: bool = False


Part: TypeAlias = Text | Variable | Substitution | Arithmetic
Word: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name=value` before a command."""

    name: str
    value: Word


@dataclass(frozen=True, slots=True)
class Redirect:
    """`fd operator target`. Operator "here" takes the target itself as the text to read."""

    fd: int
    operator: str
    target: Word


@dataclass(frozen=True, slots=True)
class Simple:
    """Assignments, words and redirections. `line` is where it starts, counted from 1."""

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    line: int = 1


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands joined by pipes, perhaps negated."""

    commands: "tuple[Command, ...]"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AndOr:
    """A first command and what follows it after `&&` or `||`."""

    first: "Command"
    rest: "tuple[tuple[str, Command], ...]"


@dataclass(frozen=True, slots=True)
class Block:
    """Commands one after another; those marked run in the background."""

    items: "tuple[tuple[Command, bool], ...]"


@dataclass(frozen=True, slots=True)
class Subshell:
    """`( body )`."""

    body: Block


@dataclass(frozen=True, slots=True)
class Group:
    """`{ body; }`."""

    body: Block


@dataclass(frozen=True, slots=True)
class If:
    """(condition, body) pairs in order, then what is done when none holds."""

    branches: tuple[tuple[Block, Block], ...]
    otherwise: Block | None


@dataclass(frozen=True, slots=True)
class Loop:
    """`while`, or with `until` its opposite."""

    condition: Block
    body: Block
    until: bool = False


@dataclass(frozen=True, slots=True)
class For:
    """`for name in words`; without `in` (None) over the positional parameters."""

    name: str
    words: tuple[Word, ...] | None
    body: Block


@dataclass(frozen=True, slots=True)
class Case:
    """`case subject in`, with (patterns, body) in order."""

    subject: Word
    items: tuple[tuple[tuple[Word, ...], Block], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """`name() body`."""

    name: str
    body: "Command"


@dataclass(frozen=True, slots=True)
class Redirected:
    """A compound command with redirections of its own."""

    command: "Command"
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the grammar stopped: what was complete before it runs, then the error is met."""

    error: "ScriptError"


Command: TypeAlias = (
    Simple | Pipeline | AndOr | Block | Subshell | Group | If | Loop | For | Case | Function | Redirected | Broken
)


class ScriptError(Exception):
    """A script the grammar refuses; `unexpected` is what was met, `expected` what had to come ("" for anything).

    Both are the grammar's names of tokens; the words of the message are the shell's (see `texts`).
    """

    def __init__(self, unexpected: str, expected: str = "", line: int = 1) -> None:
        super().__init__(unexpected, expected, line)
        self.unexpected, self.expected, self.line = unexpected, expected, line

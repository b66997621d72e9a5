"""`test` and `[`: what an expression says of texts, numbers and files.

Source: busybox coreutils/test.c and dash src/bltin/test.c, which share their grammar (oexpr, aexpr, nexpr, primary).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from podproof.simulator.machine.effects import Process
from podproof.simulator.machine.permissions import READ, WRITE

_BINARY = frozenset({"=", "==", "!=", "<", ">", "-eq", "-ne", "-gt", "-ge", "-lt", "-le", "-nt", "-ot", "-ef"})
_UNARY = frozenset(
    {
        "-r",
        "-w",
        "-x",
        "-f",
        "-d",
        "-c",
        "-b",
        "-p",
        "-u",
        "-g",
        "-k",
        "-s",
        "-t",
        "-z",
        "-n",
        "-h",
        "-L",
        "-S",
        "-e",
        "-O",
        "-G",
    }
)
_ASKING = _UNARY - {"-z", "-n"} | {"-nt", "-ot", "-ef"}
_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda left, right: left == right,
    "-ne": lambda left, right: left != right,
    "-gt": lambda left, right: left > right,
    "-ge": lambda left, right: left >= right,
    "-lt": lambda left, right: left < right,
    "-le": lambda left, right: left <= right,
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda left, right: left == right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
}


class ConditionFault(Exception):  # noqa: N818 (its texts are the shell's)
    """An expression that makes no sense: `kind` is "operand", "number", "argument", "paren" or "bracket"."""

    def __init__(self, kind: str, text: str = "") -> None:
        super().__init__(kind, text)
        self.kind, self.text = kind, text

    def said_by(self, shell: str) -> str:
        """Return the message as a shell's test prints it."""
        return _TEXT_OF.get((shell, self.kind), _TEXT_OF["ash", self.kind]).format(self.text)


_TEXT_OF = {
    ("ash", "operand"): "{}: unknown operand",
    ("ash", "number"): "{}: bad number",
    ("ash", "argument"): "argument expected",
    ("ash", "paren"): "closing paren expected",
    ("ash", "bracket"): "missing {}",
    ("dash", "operand"): "{}: unexpected operator",
    ("dash", "number"): "Illegal number: {}",
    ("dash", "argument"): "{}: argument expected",
    ("bash", "operand"): "{}: binary operator expected",
    ("bash", "number"): "{}: integer expression expected",
    ("bash", "argument"): "{}: unary operator expected",
    ("bash", "bracket"): "missing `{}'",
}


def asks_files(arguments: Sequence[str]) -> bool:
    """Say whether an expression may look at files."""
    return any(word in _ASKING for word in arguments)


def holds(process: Process, arguments: Sequence[str], name: str = "test") -> bool:
    """Say whether an expression holds; called as `[` (or `[[`) it ends in a bracket. Raises ConditionFault."""
    words = list(arguments)
    if name in ("[", "[["):
        bracket = "]" * len(name)
        if not words or words.pop() != bracket:
            raise ConditionFault("bracket", bracket)
    return _Condition(process, words, process.shell != "dash").whole()


@dataclass(slots=True)
class _Condition:
    process: Process
    words: list[str]
    double_equals: bool
    at: int = 0

    def whole(self) -> bool:
        if not self.words:
            return False
        outcome = self._three() if len(self.words) == 3 and self._is_binary(1) else self._or()
        if self.at + 1 < len(self.words):
            culprit = self.at if self.process.shell == "dash" else self.at + 1
            raise ConditionFault("operand", self.words[culprit])
        return outcome

    def _word(self, at: int) -> str | None:
        return self.words[at] if at < len(self.words) else None

    def _is_binary(self, at: int) -> bool:
        word = self._word(at)
        return word in _BINARY and (word != "==" or self.double_equals)

    def _kind(self, at: int) -> str:
        """Return what the word at a place is taken for: an operator itself, "operand", or "" at the end."""
        word = self._word(at)
        if word is None:
            return ""
        if word in _UNARY and not self._is_operand(at):
            return word
        if word in ("!", "-a", "-o", ")") or (word == "(" and self._word(at + 1) is not None):
            return word
        return "operand"

    def _is_operand(self, at: int) -> bool:
        """Say whether a word that looks like a unary operator is compared with something, or stands alone."""
        if self._word(at + 1) is None:
            return True
        return self._word(at + 2) is not None and self._is_binary(at + 1)

    def _three(self) -> bool:
        self.at = 2
        return self._compare(self.words[0], self.words[1], self.words[2])

    def _or(self) -> bool:
        outcome = self._and()
        while self._kind(self.at + 1) == "-o":
            self.at += 2
            outcome = self._and() or outcome
        return outcome

    def _and(self) -> bool:
        outcome = self._not()
        while self._kind(self.at + 1) == "-a":
            self.at += 2
            outcome = self._not() and outcome
        return outcome

    def _not(self) -> bool:
        if self._kind(self.at) != "!":
            return self._primary()
        if self._word(self.at + 1) is None:
            return True
        self.at += 1
        return not self._not()

    def _primary(self) -> bool:
        kind = self._kind(self.at)
        if kind == "":
            return False
        if kind == "(":
            self.at += 1
            if self._kind(self.at) == ")":
                return False
            outcome = self._or()
            self.at += 1
            if self._kind(self.at) != ")":
                raise ConditionFault("paren")
            return outcome
        if kind in _UNARY:
            self.at += 1
            return self._unary(kind, self.words[self.at])
        if self._is_binary(self.at + 1):
            left, operator = self.words[self.at], self.words[self.at + 1]
            self.at += 2
            right = self._word(self.at)
            if right is None:
                raise ConditionFault("argument", operator)
            return self._compare(left, operator, right)
        return self.words[self.at] != ""

    def _compare(self, left: str, operator: str, right: str) -> bool:
        if operator in _TEXTS:
            return _TEXTS[operator](left, right)
        if operator in _NUMBERS:
            return _NUMBERS[operator](_number(left), _number(right))
        return self._compare_files(left, operator, right)

    def _compare_files(self, left: str, operator: str, right: str) -> bool:
        files, cwd = self.process.files, self.process.cwd
        one, other = files.resolve(cwd, left), files.resolve(cwd, right)
        if operator == "-ef":
            return one == other and files.exists(one)
        if operator == "-ot":
            one, other = other, one
        if not files.exists(one):
            return False
        return not files.exists(other) or files.stat(one).mtime > files.stat(other).mtime

    def _unary(self, operator: str, operand: str) -> bool:
        if operator in ("-z", "-n"):
            return (operand == "") == (operator == "-z")
        if operator == "-t":
            _number(operand)
            return False
        files = self.process.files
        path = files.resolve(self.process.cwd, operand)
        if operator in ("-h", "-L"):
            try:
                return files.stat(path, follow=False).is_link
            except OSError:
                return False
        if not operand or not files.exists(path):
            return False
        return self._file(operator, path)

    def _file(self, operator: str, path: str) -> bool:
        files = self.process.files
        if operator in ("-d", "-f"):
            return files.is_dir(path) if operator == "-d" else files.is_file(path)
        stat = files.stat(path)
        if operator == "-s":
            return stat.size > 0
        if operator == "-c":
            return not files.is_dir(path) and not files.is_file(path)
        if operator == "-x":
            return stat.is_dir or bool(stat.mode & 0o111)
        if operator in ("-r", "-w"):
            return files.may(path, READ if operator == "-r" else WRITE)
        return operator in ("-e", "-O", "-G")


def _number(text: str) -> int:
    try:
        return int(text.strip(), 10)
    except ValueError:
        raise ConditionFault("number", text) from None

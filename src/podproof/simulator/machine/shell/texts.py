"""What each shell says when something is wrong.

Sources: busybox shell/ash.c, shell/math.c; dash src/error.c, src/redir.c, src/arith_yacc.y; bash error.c, redir.c.
"""

import errno
import os
import re
from typing import NamedTuple

from podproof.simulator.machine.shell.syntax import ScriptError

_MISSING = (errno.ENOENT, errno.ENOTDIR)


class ShellError(Exception):
    """Something that ends a script (caught by `command` and by builtins that only fail): its text and exit status."""

    def __init__(self, text: str, status: int = 2, builtin: str = "") -> None:
        super().__init__(text, status, builtin)
        self.text, self.status, self.builtin = text, status, builtin


def version_of(text: str) -> tuple[int, ...]:
    """Return "1.36.1" as (1, 36, 1), what is no number left out; nothing known counts as the newest."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3]) or (999,)


class Voice(NamedTuple):
    """How one shell speaks: `shell` is its flavour, `name` what it was called, `is_file` that it runs a script file."""

    shell: str
    version: tuple[int, ...]
    name: str
    is_file: bool = False

    def say(self, text: str, line: int = 1, builtin: str = "") -> str:
        """Return a message as it is printed, with where it comes from."""
        of = f"{builtin}: " if builtin else ""
        if self.shell == "dash":
            return f"{self.name}: {line}: {of}{text}\n"
        if self.shell == "bash":
            return f"{self.name}: line {line}: {of}{text}\n"
        if self.is_file:
            return f"{self.name}: {of}line {line}: {text}\n"
        return f"{self.name}: {of}line 0: {text}\n" if of else f"{self.name}: {text}\n"

    def plain(self, text: str) -> str:
        """Return the message of a command built into the shell that speaks for itself."""
        return f"{self.name}: {text}\n" if self.shell == "ash" else self.say(text)

    def not_found(self, command: str) -> str:
        """An unknown command (exit 127)."""
        return f"{command}: command not found" if self.shell == "bash" else f"{command}: not found"

    def not_executable(self, command: str, is_dir: bool) -> str:
        """A file that may not be run (exit 126)."""
        return f"{command}: Is a directory" if is_dir and self.shell == "bash" else f"{command}: Permission denied"

    def cannot_open(self, path: str, error: OSError, create: bool) -> str:
        """A redirection whose file cannot be opened."""
        reason = os.strerror(error.errno or 0)
        missing = error.errno in _MISSING
        if self.shell == "bash":
            return f"{path}: {reason}"
        if self.shell == "dash":
            reason = ("Directory nonexistent" if create else "No such file") if missing else reason
            return f"cannot {'create' if create else 'open'} {path}: {reason}"
        reason = ("nonexistent directory" if create else "no such file") if missing else reason
        return f"can't {'create' if create else 'open'} {path}: {reason}"

    def no_script(self, path: str, error: OSError) -> tuple[str, int]:
        """A script file that cannot be read: (message, exit status)."""
        reason = os.strerror(error.errno or 0)
        if self.shell == "bash":
            return f"{self.name}: {path}: {reason}\n", 127
        if self.shell == "dash":
            if self.version < (0, 5, 11):
                return f"{self.name}: 0: Can't open {path}\n", 127
            short = "No such file" if error.errno in _MISSING else reason
            return f"{self.name}: 0: cannot open {path}: {short}\n", 2
        # busybox commit "ash: use strerror in can't open" (2018-08): 1.30 is the first release with a reason.
        tail = f": {reason}" if self.version >= (1, 30) else ""
        return f"{self.name}: can't open '{path}'{tail}\n", 2

    def syntax(self, error: ScriptError) -> str:
        """A script the grammar refuses."""
        special = error.unexpected[:1] != '"' and error.unexpected not in (
            "end of file",
            "newline",
            "word",
            "redirection",
        )
        if self.shell == "bash":
            return self._bash_syntax(error)
        expecting = f" (expecting {error.expected})" if error.expected else ""
        if self.shell == "dash":
            if error.unexpected == "bad substitution":
                return "Bad substitution"
            text = error.unexpected[:1].upper() + error.unexpected[1:]
            return f"Syntax error: {text}" if special else f"Syntax error: {error.unexpected} unexpected{expecting}"
        return f"syntax error: {error.unexpected if special else f'unexpected {error.unexpected}{expecting}'}"

    @staticmethod
    def _bash_syntax(error: ScriptError) -> str:
        if error.unexpected == "unterminated quoted string":
            return "unexpected EOF while looking for matching `\"'"
        if error.unexpected == "end of file":
            return "syntax error: unexpected end of file"
        return f"syntax error near unexpected token `{error.unexpected.strip(chr(34))}'"

    def unset(self, name: str, or_null: bool, strict: bool = False) -> str:
        """`${name?}`, `${name:?}` without words of their own, and `set -u`."""
        if self.shell == "bash":
            return f"{name}: unbound variable" if strict else f"{name}: parameter null or not set"
        return f"{name}: parameter not set{' or null' if or_null else ''}"

    def read_only(self, name: str) -> str:
        """A readonly variable that was to be changed."""
        return f"{name}: readonly variable" if self.shell == "bash" else f"{name}: is read only"

    def arithmetic(self, kind: str, text: str) -> str:
        """An arithmetic expression that cannot be evaluated."""
        if self.shell == "dash":
            return {
                "number": f"Illegal number: {text}",
                "division": f'arithmetic expression: division by zero: "{text}"',
            }.get(kind, f'arithmetic expression: expecting primary: "{text}"')
        if self.shell == "bash":
            culprit = {"division": "division by 0", "exponent": "exponent less than 0"}.get(
                kind, "syntax error: operand expected"
            )
            return f"{text}: {culprit}"
        return {"division": "divide by zero", "exponent": "exponent less than 0"}.get(kind, self._ash_arithmetic())

    def _ash_arithmetic(self) -> str:
        return "arithmetic syntax error" if self.version >= (1, 31) else "syntax error"

    def cannot_fork(self) -> str:
        """No process left to be had."""
        reason = os.strerror(errno.EAGAIN)
        return {"dash": "Cannot fork", "bash": f"fork: {reason}"}.get(self.shell, f"can't fork: {reason}")

    def bad_descriptor(self, text: str) -> str:
        """A descriptor that is not open."""
        reason = os.strerror(errno.EBADF)
        return f"dup2({text},1): {reason}" if self.shell == "ash" and not text.isdigit() else f"{text}: {reason}"

    def recursion(self) -> tuple[str, int]:
        """Functions that call themselves without end: (message, exit status); ash and bash run into their stack."""
        if self.shell == "dash" and self.version >= (0, 5, 12):
            return "Maximum function recursion depth (1000) reached", 2
        return "", 139

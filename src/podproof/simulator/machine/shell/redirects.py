"""Redirections: descriptors changed for one command, and put back."""

import errno
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from podproof.simulator.machine.effects import Description, Process, Running, Spawn, Write
from podproof.simulator.machine.shell import expansion
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.machine.shell.syntax import Redirect
from podproof.simulator.machine.shell.texts import ShellError

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell

_MODES = {"<": "r", ">": "w", ">|": "w", ">>": "a", "<>": "r+", "&>": "w", "&>>": "a"}
_PIPE_ROOM = 60_000
"""A here-document up to this size fits into a pipe at once; a longer one is written by a child."""
_FIRST_FREE = 10
"""Source: POSIX XCU 2.7: descriptors a shell uses for itself are above 9."""


class Redirection:
    """The descriptors of a shell as they were before, in the order they were changed."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._saved: list[tuple[int, Description | None]] = []

    def put(self, fd: int, description: Description | None) -> None:
        """Make `fd` lead elsewhere; None closes it."""
        self._saved.append((fd, self._process.fds.pop(fd, None)))
        if description is not None:
            self._process.fds[fd] = description

    def undo(self) -> None:
        """Put everything back and close what was opened."""
        for fd, before in reversed(self._saved):
            opened = self._process.fds.pop(fd, None)
            if opened is not None:
                opened.close()
            if before is not None:
                self._process.fds[fd] = before
        self._saved.clear()

    def keep(self) -> None:
        """Let it stay so (`exec`): what was there before is closed."""
        for _, before in self._saved:
            if before is not None:
                before.close()
        self._saved.clear()


def apply(shell: "Shell", redirects: Sequence[Redirect]) -> Steps[Redirection]:
    """Make redirections. Raises ShellError, with everything put back."""
    done = Redirection(shell.process)
    try:
        for redirect in redirects:
            yield from _apply_one(shell, redirect, done)
    except BaseException:
        done.undo()
        raise
    return done


def _apply_one(shell: "Shell", redirect: Redirect, done: Redirection) -> Steps[None]:
    target = yield from expansion.text(shell, redirect.target)
    if redirect.operator == "here":
        done.put(redirect.fd, (yield from _here(shell, target)))
    elif redirect.operator in ("<&", ">&") and (target == "-" or target.isdigit()):
        done.put(redirect.fd, None if target == "-" else _duplicate(shell, target))
    elif redirect.operator in ("<&", ">&") and shell.voice.shell != "bash":
        raise ShellError({"ash": "syntax error: bad fd number"}.get(shell.voice.shell, "Syntax error: Bad fd number"))
    else:
        operator = "&>" if redirect.operator == ">&" else redirect.operator
        done.put(redirect.fd, _opened(shell, target, operator))
        if operator.startswith("&"):
            done.put(2, _duplicate(shell, "1"))


def _opened(shell: "Shell", target: str, operator: str) -> Description:
    path = shell.process.files.resolve(shell.process.cwd, target)
    if path != "/dev/null":
        shell.look_outside()
    if operator == ">" and "C" in shell.state.options and shell.process.files.is_file(path):
        error = OSError(errno.EEXIST, os.strerror(errno.EEXIST))
        raise ShellError(shell.voice.cannot_open(target, error, create=True), _failure(shell))
    mode = _MODES[operator]
    if operator == "<>" and not shell.process.files.exists(path):
        shell.process.files.touch(path)
    try:
        return shell.process.open(path, mode)
    except OSError as error:
        raise ShellError(shell.voice.cannot_open(target, error, create=mode != "r"), _failure(shell)) from None


def _failure(shell: "Shell") -> int:
    return 2 if shell.voice.shell == "dash" else 1


def _duplicate(shell: "Shell", target: str) -> Description:
    held = shell.process.fds.get(int(target))
    if held is None:
        raise ShellError(shell.voice.bad_descriptor(target), _failure(shell))
    return held.dup()


def free_descriptor(process: Process) -> int:
    """Return a number a shell may use for itself."""
    return next(fd for fd in range(_FIRST_FREE, _FIRST_FREE + len(process.fds) + 1) if fd not in process.fds)


def _here(shell: "Shell", body: str) -> Steps[Description]:
    reading, writing = shell.process.pipe()
    if len(body) > _PIPE_ROOM:
        yield Spawn(_writer(body), shell.process.argv, fds={1: writing})
    else:
        fd = free_descriptor(shell.process)
        shell.process.fds[fd] = writing
        yield Write(fd, body)
        del shell.process.fds[fd]
    writing.close()
    return reading


def _writer(body: str) -> "Program":
    def write(process: Process) -> Running:
        try:
            yield Write(1, body)
        except BrokenPipeError:
            return 141
        return 0

    return write


if TYPE_CHECKING:
    from podproof.simulator.machine.effects import Program

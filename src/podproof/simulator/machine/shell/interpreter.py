"""The evaluator: runs commands as POSIX sh does. Source: POSIX.1-2017, XCU 2.8–2.14; busybox shell/ash.c, eval*."""

from collections.abc import Callable, Mapping
from typing import Any

from podproof.simulator.machine.effects import Allocate, Compute, Process, Running, Write
from podproof.simulator.machine.shell import children, costs, expansion, redirects, traps
from podproof.simulator.machine.shell.driver import StackOverflowError, Steps, drive
from podproof.simulator.machine.shell.endless import Watch
from podproof.simulator.machine.shell.patterns import matches
from podproof.simulator.machine.shell.state import DEFAULT_IFS, ReadOnlyError, State
from podproof.simulator.machine.shell.syntax import (
    AndOr,
    Block,
    Broken,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Loop,
    Pipeline,
    Redirected,
    Simple,
    Subshell,
)
from podproof.simulator.machine.shell.texts import ShellError, Voice
from podproof.simulator.model.times import SECOND


class ExitShell(Exception):  # noqa: N818 (a way out, no error)
    """`exit`: leave the shell with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LeaveLoop(Exception):  # noqa: N818 (a way out, no error)
    """`break` or, with `again`, `continue`: `levels` loops are still to be left."""

    def __init__(self, levels: int, again: bool) -> None:
        super().__init__(levels, again)
        self.levels, self.again = levels, again


class LeaveFunction(Exception):  # noqa: N818 (a way out, no error)
    """`return`: leave the function, or the file read by `.`, with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Shell:
    """One running shell: a process, what it remembers, and how it speaks."""

    def __init__(self, process: Process, state: State, voice: Voice) -> None:
        self.process = process
        self.state: State = state
        self.voice = voice
        self.effort = costs.Effort()
        self.pending: list[int] = []
        self.jobs: dict[int, int] = {}
        self.ended: dict[int, int] = {}
        self.watch = Watch()
        self.substituted = 0
        self.taken = 0
        self.loops = 0
        self.calls = 0
        self._tested = 0
        self.line = 1

    def main(self, script: Callable[[], Steps[int]]) -> Running:
        """Run a script to the shell's end: its status, or what a fault makes of it."""
        try:
            return (yield from drive(self, self._whole(script)))
        except (StackOverflowError, RecursionError):
            text, status = self.voice.recursion()
            if text:
                yield from self._last_words(self.voice.say(text, self.line))
            return status
        except children.OutOfMemory:
            return 137
        except BrokenPipeError:
            return 141

    def _whole(self, script: Callable[[], Steps[int]]) -> Steps[int]:
        status = yield from self._ended(script)
        if (action := self.state.traps.pop(0, None)) is not None:
            self.state.status = status
            status = yield from self._ended(lambda: traps.run_exit(self, action, status))
        return status & 0xFF

    def _ended(self, script: Callable[[], Steps[int]]) -> Steps[int]:
        """Run something and return the status the shell would leave with."""
        try:
            return (yield from script())
        except ExitShell as left:
            return left.status
        except LeaveFunction as left:
            return left.status
        except LeaveLoop:
            return 0
        except ShellError as fault:
            yield from self.complain(fault)
            return fault.status

    def _last_words(self, text: str) -> Steps[None]:
        try:
            yield Write(2, text)
        except OSError:
            return

    def write(self, fd: int, text: str) -> Steps[None]:
        """Write as the shell itself. Raises the OSError of write(2)."""
        self.watch.wrote(fd, text)
        yield Write(fd, text)

    def complain(self, fault: ShellError) -> Steps[None]:
        """Write a fault to standard error."""
        text = self.voice.say(fault.text, self.line, fault.builtin)
        self.watch.wrote(2, text)
        yield from self._last_words(text)

    # What expansion asks of a shell.

    def variable(self, name: str) -> str | None:
        """Return a variable's value; some are computed when they are asked for."""
        if name == "RANDOM" and self.voice.shell != "dash" and name not in self.state.variables.values:
            self.look_outside()
            return str(self.process.random(32768))
        if name == "LINENO":
            return str(self.line)
        if name == "SECONDS" and self.voice.shell == "bash":
            self.look_outside()
            return str(self.process.now() // SECOND)
        return self.state.variables.get(name)

    def ifs(self) -> str:
        """Return the characters fields are split at."""
        ifs = self.state.variables.get("IFS")
        return DEFAULT_IFS if ifs is None else ifs

    def assign(self, name: str, value: str) -> None:
        """Set a variable. Raises ShellError for a readonly one, OutOfMemory for a value beyond bounds."""
        if len(value) > costs.VALUE_LIMIT:
            raise children.OutOfMemory
        if len(value) > children.UNCOUNTED:
            self.taken += len(value)
        try:
            self.state.variables.set(name, value)
        except ReadOnlyError:
            raise ShellError(self.voice.read_only(name)) from None
        if "a" in self.state.options:
            self.state.variables.exported.add(name)

    def substitute(self, body: Block) -> Steps[str]:
        """Return the output of `$(body)`."""
        return children.substitute(self, body)

    def look_outside(self) -> None:
        """Note that something was asked or done that may turn out differently the next time."""
        self.watch.outside += 1

    # Commands.

    def run(self, command: Command, last: bool = False) -> Steps[int]:
        """Run a command and return its status, which becomes `$?`; after the `last` one the process may be given up."""
        status: int = yield from _RUNNERS[type(command)](self, command, last)
        self.state.status = status
        if self.effort.owed >= costs.SLICE:
            yield Compute(self.effort.settle())
        if self.taken:
            taken, self.taken = self.taken, 0
            yield Allocate(taken)
        if self.pending:
            yield from traps.run_pending(self)
            status = self.state.status
        return status

    def tested(self, command: Command) -> Steps[int]:
        """Run a command whose failure is an answer: `set -e` does not apply."""
        self._tested += 1
        try:
            return (yield from self.run(command))
        finally:
            self._tested -= 1

    def check(self, status: int) -> None:
        """Leave the shell if `set -e` asks for it. Raises ExitShell."""
        if status and "e" in self.state.options and not self._tested:
            raise ExitShell(status)

    def block(self, node: Block, last: bool = False) -> Steps[int]:
        """Run commands one after another."""
        status = 0
        for place, (command, in_background) in enumerate(node.items):
            if in_background:
                status = self.state.status = yield from children.background(self, command)
            else:
                status = yield from self.run(command, last and place == len(node.items) - 1)
        return status

    def _and_or(self, node: AndOr, last: bool) -> Steps[int]:
        status = yield from self.tested(node.first)
        for place, (operator, command) in enumerate(node.rest):
            if (status == 0) != (operator == "&&"):
                continue
            if place == len(node.rest) - 1:
                return (yield from self.run(command, last))
            status = yield from self.tested(command)
        return status

    def _pipeline(self, node: Pipeline, last: bool) -> Steps[int]:
        if node.negated:
            self._tested += 1
        try:
            if len(node.commands) == 1:
                status = yield from self.run(node.commands[0])
            else:
                status = yield from children.pipeline(self, node)
        finally:
            self._tested -= node.negated
        if node.negated:
            return int(status == 0)
        self.check(status)
        return status

    def _subshell(self, node: Subshell, last: bool) -> Steps[int]:
        if last and not self.state.traps:
            return (yield from self.block(node.body, last))
        pid = yield from children.start(self, children.subshell(self, node.body), self.process.argv, None, None)
        status = yield from children.reap(self, pid)
        self.check(status)
        return status

    def _if(self, node: If, last: bool) -> Steps[int]:
        for condition, body in node.branches:
            if (yield from self.tested(condition)) == 0:
                return (yield from self.block(body, last))
        return (yield from self.block(node.otherwise, last)) if node.otherwise else 0

    def _loop(self, node: Loop, last: bool) -> Steps[int]:
        status = 0
        turns = self.watch.enter()
        self.loops += 1
        try:
            while True:
                turns = yield from self.watch.turn(self, turns)
                try:
                    if ((yield from self.tested(node.condition)) == 0) == node.until:
                        return status
                    status = yield from self.block(node.body)
                except LeaveLoop as left:
                    if self._goes_on(left):
                        continue
                    return 0
        finally:
            self.loops -= 1
            self.watch.leave()

    def _goes_on(self, left: LeaveLoop) -> bool:
        """Say whether this loop goes on after `continue`; `break` ends it. Raises LeaveLoop for the one around it."""
        if left.levels > 1 and self.loops > 1:
            raise LeaveLoop(left.levels - 1, left.again)
        return left.again

    def _for(self, node: For, last: bool) -> Steps[int]:
        values = list(self.state.positional)
        if node.words is not None:
            values = yield from expansion.fields(self, node.words)
        status = 0
        self.loops += 1
        try:
            for place, value in enumerate(values):
                self.effort.turn(int(place % costs.LISTED_TURNS == 0))
                self.effort.charge(costs.BUILTIN)
                self.assign(node.name, value)
                try:
                    status = yield from self.block(node.body)
                except LeaveLoop as left:
                    if not self._goes_on(left):
                        return 0
        finally:
            self.loops -= 1
        return status

    def _case(self, node: Case, last: bool) -> Steps[int]:
        subject = yield from expansion.text(self, node.subject)
        for alternatives, body in node.items:
            for word in alternatives:
                if matches((yield from expansion.pattern(self, word)), subject):
                    return (yield from self.block(body, last))
        return 0

    def _function(self, node: Function, last: bool) -> Steps[int]:
        self.state.functions[node.name] = node.body
        yield from ()
        return 0

    def _redirected(self, node: Redirected, last: bool) -> Steps[int]:
        try:
            done = yield from redirects.apply(self, node.redirects)
        except ShellError as fault:
            yield from self.complain(fault)
            self.check(fault.status)
            return fault.status
        try:
            return (yield from self.run(node.command, last))
        finally:
            done.undo()

    def _broken(self, node: Broken, last: bool) -> Steps[int]:
        self.line = node.error.line
        yield from ()
        raise ShellError(self.voice.syntax(node.error))

    def _simple(self, node: Simple, last: bool) -> Steps[int]:
        from podproof.simulator.machine.shell import simple

        self.line = node.line
        status = yield from simple.run(self, node, last)
        self.check(status)
        return status


_RUNNERS: Mapping[type, Callable[[Shell, Any, bool], Steps[int]]] = {
    AndOr: Shell._and_or,
    Block: Shell.block,
    Broken: Shell._broken,
    Case: Shell._case,
    For: Shell._for,
    Function: Shell._function,
    Group: lambda shell, node, last: shell.block(node.body, last),
    If: Shell._if,
    Loop: Shell._loop,
    Pipeline: Shell._pipeline,
    Redirected: Shell._redirected,
    Simple: Shell._simple,
    Subshell: Shell._subshell,
}

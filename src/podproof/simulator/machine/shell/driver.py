"""Drives a shell's own generators: nests calls without nesting Python's stack, notes signals, hands over charges."""

from collections.abc import Generator
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from podproof.simulator.machine.effects import (
    Compute,
    Connect,
    Interrupted,
    Ping,
    Process,
    Read,
    Repeat,
    Resolve,
    Running,
    Sleep,
    Spawn,
    Wait,
)
from podproof.simulator.machine.shell.costs import SLICE, Effort

T = TypeVar("T")
Steps: TypeAlias = Generator[Any, Any, T]
"""What the shell is made of: effects, and `Call`s and `Interruptible`s that only the driver sees."""

DEPTH_LIMIT = 4000
"""Approximated: where functions that call themselves exhaust the stack (8 MiB on a real node: some ten thousand)."""

_SETTLED_BEFORE = (Read, Wait, Sleep, Spawn, Repeat, Resolve, Connect, Ping)
_BLOCKING = (Read, Wait, Sleep, Resolve, Connect, Ping)


class Call(NamedTuple):
    """Run these steps as a call of their own. Result: what they return."""

    steps: Steps[Any]


class Interruptible(NamedTuple):
    """An effect that a signal ends: `Interrupted` reaches who asked for it."""

    effect: Any


class StackOverflowError(Exception):
    """Functions have called each other deeper than the stack holds."""


class Driven(Protocol):
    """What the driver needs of a shell."""

    process: Process
    effort: Effort
    pending: list[int]


def drive(shell: Driven, first: Steps[int]) -> Running:
    """Run `first` to its end. Raises StackOverflowError into the innermost call when calls nest too deep."""
    stack: list[Steps[Any]] = [first]
    value: Any = None
    error: BaseException | None = None
    while True:
        try:
            asked = stack[-1].send(value) if error is None else stack[-1].throw(error)
        except StopIteration as ended:
            stack.pop()
            value, error = ended.value, None
            if not stack:
                return int(value)
            continue
        except Exception as raised:
            stack.pop()
            if not stack:
                raise
            value, error = None, raised
            continue
        value = error = None
        if type(asked) is Call:
            if len(stack) >= DEPTH_LIMIT:
                error = StackOverflowError()
            else:
                stack.append(asked.steps)
            continue
        try:
            value = yield from _ask(shell, asked)
        except Exception as raised:
            error = raised


def _ask(shell: Driven, asked: Any) -> Steps[Any]:
    """Yield one effect, after the charges that are due; a signal that comes meanwhile is noted and the wait goes on."""
    interruptible = type(asked) is Interruptible
    effect = asked.effect if interruptible else asked
    effort = shell.effort
    if effort.owed and (effort.owed >= SLICE or isinstance(effect, _SETTLED_BEFORE)):
        yield from _settle(shell)
    before = shell.process.now()
    while True:
        try:
            value = yield effect
        except Interrupted as signal:
            shell.pending.append(signal.signal)
            if interruptible:
                raise
            if isinstance(effect, Compute | Repeat):
                return None
            continue
        if isinstance(effect, _BLOCKING):
            effort.waited(shell.process.now() - before)
        return value


def _settle(shell: Driven) -> Steps[None]:
    try:
        yield Compute(shell.effort.settle())
    except Interrupted as signal:
        shell.pending.append(signal.signal)

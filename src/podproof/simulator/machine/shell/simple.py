"""A simple command: assignments, redirections, and then a builtin, a function or a program."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from podproof.simulator.machine.shell import costs, expansion, redirects
from podproof.simulator.machine.shell.builtins_io import BUILTINS, NOT_IN_DASH
from podproof.simulator.machine.shell.driver import Call, StackOverflowError, Steps
from podproof.simulator.machine.shell.lookup import external, find, in_place
from podproof.simulator.machine.shell.syntax import SPECIAL, Assignment, Command, Simple
from podproof.simulator.machine.shell.texts import ShellError

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell

_DASH_CALLS = 1000
"""Source: dash src/eval.c, MAX_RECURSION of 0.5.12."""


def run(shell: "Shell", node: Simple, last: bool) -> Steps[int]:
    """Run a simple command and return its status."""
    shell.effort.charge(costs.BUILTIN)
    shell.substituted = 0
    words = yield from expansion.fields(shell, node.words)
    if not node.redirects and words[:1] != ["exec"]:
        run_words = _named(shell, node.assignments, words, last) if words else _assignments(shell, node.assignments)
        return (yield from run_words)
    try:
        done = yield from redirects.apply(shell, node.redirects)
    except ShellError as fault:
        if words and words[0] in SPECIAL:
            raise
        yield from shell.complain(fault)
        return fault.status
    try:
        if not words:
            return (yield from _assignments(shell, node.assignments))
        if words[0] == "exec":
            return (yield from _exec(shell, node.assignments, words[1:], done))
        return (yield from _named(shell, node.assignments, words, last))
    finally:
        done.undo()


def _assignments(shell: "Shell", assignments: Sequence[Assignment]) -> Steps[int]:
    for assignment in assignments:
        value = yield from expansion.text(shell, assignment.value)
        if "x" in shell.state.options:
            yield from trace(shell, f"{assignment.name}={value}")
        shell.assign(assignment.name, value)
    return shell.substituted


def _named(shell: "Shell", assignments: Sequence[Assignment], words: list[str], last: bool) -> Steps[int]:
    name = words[0]
    is_function = name in shell.state.functions
    if name in SPECIAL and _is_builtin(shell, name) and not (is_function and shell.voice.shell == "bash"):
        yield from _assignments(shell, assignments)
        if "x" in shell.state.options:
            yield from trace(shell, *words)
        return (yield from BUILTINS[name](shell, tuple(words[1:])))
    overlay: dict[str, str] = {}
    for assignment in assignments:
        overlay[assignment.name] = yield from expansion.text(shell, assignment.value)
    if "x" in shell.state.options:
        yield from trace(shell, *(f"{key}={value}" for key, value in overlay.items()), *words)
    if is_function or _is_builtin(shell, name):
        return (yield from _inside(shell, overlay, words))
    return (yield from external(shell, overlay, words, last))


def _is_builtin(shell: "Shell", name: str) -> bool:
    return name in BUILTINS and not (name in NOT_IN_DASH and shell.voice.shell == "dash")


def _inside(shell: "Shell", overlay: dict[str, str], words: list[str]) -> Steps[int]:
    """Run a function or builtin, its assignments made for as long as it runs."""
    if not overlay and words[0] not in shell.state.functions:
        return (yield from builtin(shell, words))
    variables = shell.state.variables
    saved = {name: variables.saved(name) for name in overlay}
    for name, value in overlay.items():
        shell.assign(name, value)
        variables.exported.add(name)
    try:
        if (body := shell.state.functions.get(words[0])) is not None:
            return (yield from call(shell, body, tuple(words[1:])))
        return (yield from builtin(shell, words))
    finally:
        for name, (before, exported) in saved.items():
            variables.restore(name, before, exported)


def builtin(shell: "Shell", words: Sequence[str]) -> Steps[int]:
    """Run a builtin that is not special: its errors are complained about, and the script goes on."""
    try:
        return (yield from BUILTINS[words[0]](shell, tuple(words[1:])))
    except ShellError as fault:
        if not fault.builtin:
            raise
        yield from shell.complain(fault)
        return fault.status


def call(shell: "Shell", body: Command, arguments: tuple[str, ...]) -> Steps[int]:
    """Call a function."""
    from podproof.simulator.machine.shell.interpreter import LeaveFunction

    state = shell.state
    positional, state.positional = state.positional, arguments
    loops, shell.loops = shell.loops, 0
    shell.calls += 1
    if shell.calls > _DASH_CALLS and shell.voice.shell == "dash":
        raise StackOverflowError
    shell.effort.turn()
    shell.look_outside()
    state.variables.enter()
    try:
        status: int = yield Call(shell.run(body))
        return status
    except LeaveFunction as left:
        return left.status
    finally:
        state.variables.leave()
        shell.calls -= 1
        state.positional, shell.loops = positional, loops


def _exec(
    shell: "Shell", assignments: Sequence[Assignment], words: list[str], done: redirects.Redirection
) -> Steps[int]:
    """`exec`: make the redirections last, or become another program."""
    from podproof.simulator.machine.shell.interpreter import ExitShell

    overlay: dict[str, str] = {}
    for assignment in assignments:
        overlay[assignment.name] = yield from expansion.text(shell, assignment.value)
    if "x" in shell.state.options:
        yield from trace(shell, "exec", *words)
    if not words:
        done.keep()
        return 0
    program = find(shell, words[0], of="" if shell.voice.shell == "ash" else "exec")
    for signal in [signal for signal, action in shell.state.traps.items() if action and signal]:
        shell.process.on_signal(signal, "default")
    shell.state.traps.clear()
    env = {**shell.state.variables.environment(), **overlay}
    raise ExitShell((yield from in_place(shell, program, words, env)))


def trace(shell: "Shell", *words: str) -> Steps[None]:
    """Write what is about to run, under `set -x`."""
    prompt = shell.state.variables.get("PS4")
    yield from shell.write(2, ("+ " if prompt is None else prompt) + " ".join(words) + "\n")

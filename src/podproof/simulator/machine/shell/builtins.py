"""The builtins that steer the shell itself, and the table of all of them."""

import errno
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from podproof.simulator.machine.shell import traps
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.machine.shell.grammar import parse
from podproof.simulator.machine.shell.state import ReadOnlyError
from podproof.simulator.machine.shell.texts import ShellError

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell

Builtin: TypeAlias = "Callable[[Shell, tuple[str, ...]], Steps[int]]"
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_LONG_NAMES = (
    "errexit", "noglob", "ignoreeof", "interactive", "monitor", "noexec", "stdin", "xtrace", "verbose", "vi", "emacs",
    "noclobber", "allexport", "notify", "nounset",
)  # fmt: skip
"""Source: dash src/options.c, optnames: the order of `set -o`."""


def _done(status: int = 0) -> Steps[int]:
    yield from ()
    return status


def _number(shell: "Shell", name: str, text: str) -> int:
    if not text.isdigit():
        illegal = f"{text}: numeric argument required" if shell.voice.shell == "bash" else f"Illegal number: {text}"
        raise ShellError("bad number" if shell.voice.shell == "ash" and name == "" else illegal, 2, name)
    return int(text)


def _colon(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    return _done()


def _false(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    return _done(1)


def _loop_exit(again: bool) -> "Builtin":
    def leave(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
        from podproof.simulator.machine.shell.interpreter import LeaveLoop

        name = "continue" if again else "break"
        levels = _number(shell, name, arguments[0]) if arguments else 1
        if levels < 1:
            raise ShellError(f"Illegal number: {levels}", 2, name)
        if shell.loops:
            raise LeaveLoop(min(levels, shell.loops), again)
        yield from ()
        return 0

    return leave


def _exit(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    from podproof.simulator.machine.shell.interpreter import ExitShell

    yield from ()
    raise ExitShell(_number(shell, "exit", arguments[0]) & 0xFF if arguments else shell.state.status)


def _return(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    from podproof.simulator.machine.shell.interpreter import LeaveFunction

    yield from ()
    raise LeaveFunction(_number(shell, "return", arguments[0]) & 0xFF if arguments else shell.state.status)


def _eval(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    return shell.block(parse(" ".join(arguments), shell.voice.shell))


def _source(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    from podproof.simulator.machine.shell.interpreter import LeaveFunction
    from podproof.simulator.machine.shell.lookup import locate

    if not arguments:
        return 0
    name = arguments[0]
    shell.look_outside()
    path = locate(shell, name) or shell.process.files.resolve(shell.process.cwd, name)
    try:
        script = shell.process.files.read(path)
    except OSError as error:
        raise ShellError(_cannot_source(shell, name, error), 2 if shell.voice.shell != "bash" else 1, ".") from None
    positional = shell.state.positional
    if len(arguments) > 1:
        shell.state.positional = arguments[1:]
    try:
        return (yield from shell.block(parse(script, shell.voice.shell)))
    except LeaveFunction as left:
        return left.status
    finally:
        shell.state.positional = positional


def _cannot_source(shell: "Shell", name: str, error: OSError) -> str:
    if shell.voice.shell == "ash":
        return f"can't open '{name}': {error.strerror}"
    return shell.voice.cannot_open(name, error, create=False)


def _shift(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    count = _number(shell, "shift", arguments[0]) if arguments else 1
    if count > len(shell.state.positional):
        if shell.voice.shell == "dash":
            raise ShellError("can't shift that many", 2, "shift")
        return _done(1)
    shell.state.positional = shell.state.positional[count:]
    return _done()


def _set(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    if not arguments:
        values = sorted(shell.state.variables.values.items())
        return _listed(shell, [f"{name}={quoted(value)}" for name, value in values])
    rest = list(arguments)
    while rest and rest[0][:1] in ("-", "+") and rest[0] not in ("-", "--", "+"):
        sign, letters = rest[0][0], rest[0][1:]
        rest.pop(0)
        for letter in letters:
            if letter == "o" and not rest:
                return _listed(shell, _option_lines(shell))
            _set_option(shell, sign, f"o {rest.pop(0)}" if letter == "o" else letter)
    if rest or arguments[-1] in ("--", "-"):
        operands = rest[1:] if rest and rest[0] in ("-", "--") else rest
        if rest[:1] != ["-"] or operands:
            shell.state.positional = tuple(operands)
    return _done()


def _option_lines(shell: "Shell") -> list[str]:
    from podproof.simulator.machine.shell.invocation import option

    states = {name: "on" if option(name) in shell.state.options else "off" for name in _LONG_NAMES}
    return ["Current option settings", *(f"{name:<16}{state}" for name, state in states.items())]


def _set_option(shell: "Shell", sign: str, name: str) -> None:
    from podproof.simulator.machine.shell.invocation import option

    letter = option(name[2:]) if name.startswith("o ") else name if name in "abefhmnuvxCE" else None
    if letter is None or (letter == "pipefail" and shell.voice.shell == "dash" and shell.voice.version < (0, 5, 13)):
        if shell.voice.shell == "bash":
            raise ShellError(f"-{name}: invalid option", 2, "set")
        raise ShellError(f"{'I' if shell.voice.shell == 'dash' else 'i'}llegal option {sign}{name}", 2, "set")
    (shell.state.options.add if sign == "-" else shell.state.options.discard)(letter)


def _listed(shell: "Shell", lines: Sequence[str]) -> Steps[int]:
    if lines:
        yield from shell.write(1, "".join(line + "\n" for line in lines))
    return 0


def printed(shell: "Shell", text: str, name: str) -> Steps[int]:
    """Write a builtin's output; a descriptor that cannot be written is the builtin's failure, a broken pipe its end."""
    if not text:
        return 0
    try:
        yield from shell.write(1, text)
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        said = {"dash": "I/O error", "bash": f"write error: {reason}"}.get(shell.voice.shell, f"write error: {reason}")
        raise ShellError(said, 1, name) from None
    return 0


def quoted(value: str) -> str:
    """Return a value between single quotes, as listings of variables show it."""
    return "'" + value.replace("'", "'\\''") + "'"


def _export(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    return _marked(shell, "export", shell.state.variables.exported, arguments)


def _readonly(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    return _marked(shell, "readonly", shell.state.variables.readonly, arguments)


def _marked(shell: "Shell", builtin: str, marks: set[str], arguments: tuple[str, ...]) -> Steps[int]:
    operands = [argument for argument in arguments if argument not in ("-p", "-n", "--")]
    if not operands:
        values = shell.state.variables.values
        shown = {name: f"={quoted(values[name])}" if name in values else "" for name in sorted(marks)}
        return _listed(shell, [f"{builtin} {name}{value}" for name, value in shown.items()])
    for operand in operands:
        name, equals, value = operand.partition("=")
        _check_name(shell, builtin, name)
        if equals:
            shell.assign(name, value)
        (marks.discard if "-n" in arguments else marks.add)(name)
    return _done()


def _check_name(shell: "Shell", builtin: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        bad = f"`{name}': not a valid identifier" if shell.voice.shell == "bash" else f"{name}: bad variable name"
        raise ShellError(bad, 2, builtin)


def _unset(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    functions = "-f" in arguments[:1]
    for name in arguments[1:] if arguments[:1] in (("-f",), ("-v",)) else arguments:
        if functions:
            shell.state.functions.pop(name, None)
            continue
        _check_name(shell, "unset", name)
        try:
            shell.state.variables.unset(name)
        except ReadOnlyError:
            raise ShellError(shell.voice.read_only(name), 2, "unset") from None
    return _done()


def _local(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    for argument in arguments:
        name, equals, value = argument.partition("=")
        _check_name(shell, "local", name)
        if not shell.state.variables.make_local(name):
            raise ShellError(_outside_function(shell), 2, "local")
        if equals:
            shell.assign(name, value)
        elif shell.voice.shell == "bash":
            shell.state.variables.values.pop(name, None)
    return _done()


def _outside_function(shell: "Shell") -> str:
    return "can only be used in a function" if shell.voice.shell == "bash" else "not in a function"


def _trap(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    operands = arguments[1:] if arguments[:1] == ("--",) else arguments
    if not operands:
        shown = sorted(shell.state.traps.items())
        return _listed(shell, [f"trap -- {quoted(action)} {traps.NAMES[signal]}" for signal, action in shown])
    action: str | None = operands[0]
    names = operands[1:]
    if action == "-" or not names or str(action).isdigit():
        names = names if action == "-" else operands
        action = None
    for name in names:
        signal = traps.number(name, prefix=shell.voice.shell != "dash")
        if signal is None or signal >= len(traps.NAMES):
            return _bad_trap(shell, name)
        traps.put(shell, signal, action)
    return _done()


def _bad_trap(shell: "Shell", name: str) -> Steps[int]:
    text = {
        "dash": f"trap: {name}: bad trap\n",
        "bash": shell.voice.say(f"{name}: invalid signal specification", shell.line, "trap"),
    }.get(shell.voice.shell, shell.voice.say(f"{name}: invalid signal specification", shell.line, "trap"))
    yield from shell.write(2, text)
    return 1


def _times(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    return _listed(shell, ["0m0.000000s 0m0.000000s"] * 2)


STEERING: Mapping[str, Builtin] = {
    ":": _colon,
    ".": _source,
    "break": _loop_exit(again=False),
    "continue": _loop_exit(again=True),
    "eval": _eval,
    "exit": _exit,
    "export": _export,
    "false": _false,
    "local": _local,
    "readonly": _readonly,
    "return": _return,
    "set": _set,
    "shift": _shift,
    "source": _source,
    "times": _times,
    "trap": _trap,
    "true": _colon,
    "unset": _unset,
}
"""`exec` is not here: it changes what surrounds it (see `simple`)."""

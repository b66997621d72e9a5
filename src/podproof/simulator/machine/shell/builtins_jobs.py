"""The builtins about other processes: wait, jobs, kill."""

import errno
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from podproof.simulator.machine.effects import Compute, Interrupted, Kill, Wait
from podproof.simulator.machine.shell import traps
from podproof.simulator.machine.shell.builtins import Builtin, printed
from podproof.simulator.machine.shell.costs import BUILTIN
from podproof.simulator.machine.shell.driver import Interruptible, Steps
from podproof.simulator.machine.shell.texts import ShellError

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell


def _wait(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    status = 0
    shell.look_outside()
    for pid in [_job(shell, argument, "wait") for argument in arguments] or list(shell.jobs):
        try:
            _, status = yield Interruptible(Wait(pid))
            shell.ended[pid] = status
        except Interrupted as signal:
            return 128 + signal.signal
        except ChildProcessError:
            status = shell.ended.get(pid, 127)
        shell.jobs.pop(pid, None)
    return status if arguments else 0


def _job(shell: "Shell", text: str, builtin: str) -> int:
    if text.startswith("%"):
        found = [pid for pid, number in shell.jobs.items() if text[1:] in (str(number), "%", "+", "")]
        if not found:
            raise ShellError(f"{text}: no such job", 2, builtin)
        return found[-1]
    if not text.lstrip("-").isdigit():
        illegal = {"ash": f"bad pid '{text}'", "bash": f"{text}: arguments must be process or job IDs"}
        raise ShellError(illegal.get(shell.voice.shell, f"Illegal number: {text}"), 2, builtin)
    return int(text)


def _jobs(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    lines = "".join(f"[{number}]+  Running                 \n" for number in shell.jobs.values())
    return printed(shell, lines, "jobs")


def _kill(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    if arguments[:1] == ("-l",):
        return (yield from printed(shell, "\n".join(traps.NAMES[1:]) + "\n", "kill"))
    signal, targets = _signal_of(shell, list(arguments))
    if not targets:
        raise ShellError("you need to specify whom to kill", 2 if shell.voice.shell == "dash" else 1, "kill")
    status = 0
    shell.look_outside()
    for target in targets:
        pid = _job(shell, target, "kill")
        try:
            yield Kill(pid, signal)
            yield Compute(BUILTIN)
        except OSError as error:
            status = 1
            yield from _kill_failed(shell, target, os.strerror(error.errno or errno.ESRCH))
    return status


def _kill_failed(shell: "Shell", target: str, reason: str) -> Steps[None]:
    if shell.voice.shell == "ash":
        yield from shell.write(2, shell.voice.plain(f"can't kill pid {target}: {reason}"))
    elif shell.voice.shell == "bash":
        yield from shell.write(2, shell.voice.say(f"({target}) - {reason}", shell.line, "kill"))
    else:
        yield from shell.write(2, shell.voice.say(reason, shell.line, "kill") + "\n")


def _signal_of(shell: "Shell", arguments: list[str]) -> tuple[int, list[str]]:
    """Return the signal `kill` is to send, and to whom."""
    name = "TERM"
    if arguments[:1] in (["-s"], ["-n"]) and len(arguments) > 1:
        name, arguments = arguments[1], arguments[2:]
    elif arguments and arguments[0].startswith("-") and arguments[0] not in ("-", "--"):
        name, arguments = arguments[0][1:], arguments[1:]
    signal = traps.number(name)
    if signal is None:
        said = {"dash": f"Illegal option -{name[:1]}", "bash": f"{name}: invalid signal specification"}
        status = 2 if shell.voice.shell == "dash" else 1
        raise ShellError(said.get(shell.voice.shell, f"bad signal name '{name}'"), status, "kill")
    return signal, arguments[1:] if arguments[:1] == ["--"] else arguments


WAITING: Mapping[str, Builtin] = {"jobs": _jobs, "kill": _kill, "wait": _wait}

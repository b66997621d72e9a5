"""Signals: their names, and what `trap` has set for them."""

from typing import TYPE_CHECKING

from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.machine.shell.grammar import parse

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell

NAMES = (
    "EXIT",
    "HUP",
    "INT",
    "QUIT",
    "ILL",
    "TRAP",
    "ABRT",
    "BUS",
    "FPE",
    "KILL",
    "USR1",
    "SEGV",
    "USR2",
    "PIPE",
    "ALRM",
    "TERM",
    "STKFLT",
    "CHLD",
    "CONT",
    "STOP",
    "TSTP",
    "TTIN",
    "TTOU",
    "URG",
    "XCPU",
    "XFSZ",
    "VTALRM",
    "PROF",
    "WINCH",
    "POLL",
    "PWR",
    "SYS",
)
"""Source: signal(7), signal numbering of x86 and ARM; 0 is the shell's own exit."""
KILL, STOP = 9, 19


def number(name: str, prefix: bool = True) -> int | None:
    """Return a signal's number by number or name, `SIGTERM` too where `prefix`; None where there is no such."""
    if name.isdigit():
        return int(name) if int(name) < 65 else None
    short = name.upper()
    short = short.removeprefix("SIG") if prefix else short
    return NAMES.index(short) if short in NAMES else None


def put(shell: "Shell", signal: int, action: str | None) -> None:
    """Set what a signal does: a script, "" to ignore it, None for the default."""
    shell.look_outside()
    if action is None:
        shell.state.traps.pop(signal, None)
    else:
        shell.state.traps[signal] = action
    if signal not in (0, KILL, STOP):
        handler = "default" if action is None else "interrupt" if action else "ignore"
        shell.process.on_signal(signal, handler)


def run_pending(shell: "Shell") -> Steps[None]:
    """Run the traps of signals that have come; `$?` is afterwards what it was."""
    while shell.pending:
        signal = shell.pending.pop(0)
        if action := shell.state.traps.get(signal):
            before = shell.state.status
            yield from shell.block(parse(action, shell.voice.shell))
            shell.state.status = before


def run_exit(shell: "Shell", action: str, status: int) -> Steps[int]:
    """Run the EXIT trap; the shell leaves with the status it had unless the trap exits itself."""
    yield from shell.block(parse(action, shell.voice.shell))
    return status

"""Commands that start, show and end processes: env, ps, kill, pgrep, timeout, xargs, nice, busybox."""

import os
import re
from collections.abc import Mapping

from podproof.errors import NotModelledError
from podproof.simulator.machine.commands.calling import (
    Command,
    CommandError,
    Options,
    absolute,
    can_not,
    complain,
    is_busybox,
    lines_of,
    number,
    options,
    slurp,
)  # fmt: skip
from podproof.simulator.machine.commands.system import user_name
from podproof.simulator.machine.effects import Kill, Process, Program, Running, Sleep, Spawn, Wait, Write
from podproof.simulator.machine.shell.traps import NAMES
from podproof.simulator.machine.shell.traps import number as signal_number
from podproof.simulator.model.times import SECOND, Nanos

_WORD = re.compile(r"""(?:\\.|'[^']*'|"[^"]*"|[^\s'"\\])+""")
_QUOTED = re.compile(r"""\\(.)|'([^']*)'|"([^"]*)\"""")


def env(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show the environment, or run a command in a changed one."""
    found = options(process, arguments, flags="i0", valued="u", mixed=False)
    values = {} if "i" in found else dict(process.env)
    for name in found.values.get("u", []):
        values.pop(name, None)
    rest = found.operands
    while rest and "=" in rest[0]:
        name, _, value = rest.pop(0).partition("=")
        values[name] = value
    if not rest:
        yield Write(1, "".join(f"{name}={value}\n" for name, value in values.items()))
        return 0
    process.env = values
    return (yield from become(process, rest))


def become(process: Process, words: list[str]) -> Running:
    """Be another program from now on. Raises CommandError where there is none (127) or it may not be run (126)."""
    program = _program(process, words[0])
    process.argv = tuple(words)
    return (yield from program(process))


def _program(process: Process, name: str) -> Program:
    folders = [""] if "/" in name else process.env.get("PATH", "").split(":")
    for folder in folders:
        path = absolute(process, f"{folder}/{name}" if folder else name)
        if (program := process.program(path)) is not None:
            return program
        if "/" in name and process.files.exists(path):
            raise CommandError(can_not(process, f"can't execute '{name}'", f"‘{name}’") + ": Permission denied", 126)
    raise CommandError(can_not(process, f"can't execute '{name}'", f"‘{name}’") + ": No such file or directory", 127)


def ps(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show the processes of the container."""
    lines = ["PID   USER     TIME  COMMAND" if is_busybox(process) else "  PID TTY          TIME CMD"]
    for pid, argv in process.processes():
        command = " ".join(argv)
        if is_busybox(process):
            lines.append(f"{pid:>5} {user_name(process) or process.user:<8}  0:00 {command}")
        else:
            lines.append(f"{pid:>5} ?        00:00:00 {command if arguments else argv[0].rpartition('/')[2]}")
    yield Write(1, "\n".join(lines) + "\n")
    return 0


def kill(process: Process, arguments: tuple[str, ...]) -> Running:
    """Send a signal to processes."""
    if arguments[:1] == ("-l",):
        yield Write(1, "\n".join(NAMES[1:]) + "\n")
        return 0
    rest, name = list(arguments), "TERM"
    if rest[:1] == ["-s"] and len(rest) > 1:
        name, rest = rest[1], rest[2:]
    elif rest and rest[0].startswith("-") and rest[0] != "--":
        name, rest = rest[0][1:], rest[1:]
    signal = signal_number(name)
    if signal is None:
        raise CommandError(f"bad signal name '{name}'")
    targets = [target for target in rest if target != "--"]
    if not targets:
        raise CommandError("you need to specify whom to kill")
    status = 0
    for target in targets:
        status = (yield from _kill_one(process, target, signal)) or status
    return status


def _kill_one(process: Process, target: str, signal: int) -> Running:
    try:
        yield Kill(number(target, "number"), signal)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        yield from complain(process, f"can't kill pid {target}: {why}" if is_busybox(process) else f"({target}): {why}")
        return 1
    return 0


def killall(process: Process, arguments: tuple[str, ...]) -> Running:
    """Send a signal to all processes of a name."""
    rest = [argument for argument in arguments if not argument.startswith("-")]
    names = [argument[1:] for argument in arguments if argument.startswith("-") and argument != "-q"]
    signal = signal_number(names[0]) if names else 15
    if signal is None:
        raise CommandError(f"bad signal name '{names[0]}'")
    status = 0
    for name in rest:
        pids = [pid for pid, argv in process.processes() if argv[0].rpartition("/")[2] == name and pid != process.pid]
        for pid in pids:
            yield Kill(pid, signal)
        if not pids:
            status = 1
            said = can_not(process, "no process killed", "no process found")
            yield from complain(process, f"{name}: {said}")
    return status


def pgrep(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show the processes whose name (with -f: command line) matches."""
    found = options(process, arguments, flags="flvxoan")
    if not found.operands:
        raise CommandError("no pattern given")
    shown = []
    for pid, argv in process.processes():
        text = " ".join(argv) if "f" in found else argv[0].rpartition("/")[2]
        hit = re.fullmatch(found.operands[0], text) if "x" in found else re.search(found.operands[0], text)
        if hit and pid != process.pid:
            shown.append(f"{pid} {' '.join(argv)}" if {"l", "a"} & found.given else str(pid))
    yield Write(1, "".join(line + "\n" for line in shown))
    return int(not shown)


def pidof(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show the processes of a name."""
    wanted = {argument for argument in arguments if not argument.startswith("-")}
    pids = [pid for pid, argv in process.processes() if argv[0].rpartition("/")[2] in wanted]
    if pids:
        yield Write(1, " ".join(str(pid) for pid in reversed(pids)) + "\n")
    return int(not pids)


def timeout(process: Process, arguments: tuple[str, ...]) -> Running:
    """Run a command, and end it by a signal when its time is over: exit status 143 (busybox), 124 (GNU)."""
    found = options(process, arguments, valued="skt", long={"signal": "s", "kill-after": "k"}, mixed=False)
    if "t" in found:
        found.operands.insert(0, found.value("t"))
    if len(found.operands) < 2:
        raise CommandError("missing operand")
    limit = _span(found.operands[0])
    signal = signal_number(found.value("s", "TERM"))
    if signal is None:
        raise CommandError(f"bad signal name '{found.value('s')}'")
    words = found.operands[1:]
    pid = yield Spawn(_program(process, words[0]), tuple(words))
    watch = yield Spawn(_sleeper(limit), ("timeout", "watch"))
    ended, status = yield Wait()
    if ended == pid:
        yield Kill(watch, 9)
        return int(status)
    yield Kill(pid, signal)
    if "k" in found:
        yield Spawn(_killer(pid, _span(found.value("k"))), ("timeout", "kill"))
    _, status = yield Wait(pid)
    return int(status) if is_busybox(process) else 124


def _span(text: str) -> Nanos:
    found = re.fullmatch(r"(\d*\.?\d+)([smhd]?)", text)
    if found is None:
        raise CommandError(f"invalid number '{text}'")
    return Nanos(int(float(found.group(1)) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found.group(2)] * SECOND))


def _sleeper(span: Nanos) -> Program:
    def run(process: Process) -> Running:
        yield Sleep(span)
        return 0

    return run


def _killer(pid: int, span: Nanos) -> Program:
    def run(process: Process) -> Running:
        yield Sleep(span)
        try:
            yield Kill(pid, 9)
        except OSError:
            return 1
        return 0

    return run


def xargs(process: Process, arguments: tuple[str, ...]) -> Running:
    """Run a command with what is read as its arguments."""
    found = options(
        process, arguments, flags="rt0xo", valued="nIPsLE", refused="pa", long={"no-run-if-empty": "r"}, mixed=False
    )
    text = yield from slurp(process, "-")
    words = _split(text, found)
    command = found.operands or ["echo"]
    if "I" in found:
        batches = [[part.replace(found.value("I"), word) for part in command] for word in words]
    elif "n" in found:
        size = max(number(found.value("n")), 1)
        batches = [[*command, *words[at : at + size]] for at in range(0, len(words), size)]
    else:
        batches = [[*command, *words]] if words or "r" not in found else []
    worst = 0
    for batch in batches:
        if "t" in found:
            yield Write(2, " ".join(batch) + "\n")
        pid = yield Spawn(_program(process, batch[0]), tuple(batch))
        _, status = yield Wait(pid)
        worst = max(worst, 123 if 0 < status < 125 else 124 if status == 255 else status if status >= 125 else 0)
    return worst


def _split(text: str, found: Options) -> list[str]:
    if "0" in found:
        return [word for word in text.split("\0") if word]
    if "I" in found or "L" in found:
        return [line.strip() for line in lines_of(text) if line.strip()]
    return [_QUOTED.sub(_unquoted, word) for word in _WORD.findall(text)]


def _unquoted(found: re.Match[str]) -> str:
    return next((part for part in found.groups() if part is not None), "")


def nice(process: Process, arguments: tuple[str, ...]) -> Running:
    """Run a command; priorities are not kept, and nohup has no terminal to be cut from."""
    found = options(process, arguments, valued="n", mixed=False)
    if not found.operands:
        yield Write(1, "0\n")
        return 0
    return (yield from become(process, found.operands))


def busybox(process: Process, arguments: tuple[str, ...]) -> Running:
    """Run the applet the first argument names."""
    from podproof.simulator.machine.commands import NOT_MODELLED, PROGRAMS

    if not arguments:
        yield Write(1, f"BusyBox v{process.version} multi-call binary.\n")
        return 0
    applet = arguments[0]
    if applet in NOT_MODELLED:
        raise NotModelledError(f"the command {applet}", " ".join(process.argv))
    if applet not in PROGRAMS:
        yield Write(2, f"{applet}: applet not found\n")
        return 127
    process.argv = arguments
    return (yield from PROGRAMS[applet](process))


COMMANDS: Mapping[str, Command] = {
    "busybox": busybox, "env": env, "kill": kill, "killall": killall, "nice": nice, "nohup": nice, "pgrep": pgrep,
    "pidof": pidof, "ps": ps, "timeout": timeout, "xargs": xargs,
}  # fmt: skip

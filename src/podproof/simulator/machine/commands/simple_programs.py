"""Commands that print, judge and wait: echo, printf, test, true, false, yes, sleep, expr, seq, basename, dirname."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from podproof.simulator.machine.commands import conditions, printing
from podproof.simulator.machine.commands.calling import Command, CommandError, complain, is_busybox, name_of, options
from podproof.simulator.machine.effects import Compute, Process, Repeat, Running, Sleep, Write
from podproof.simulator.machine.shell import costs
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.model.times import SECOND, Nanos

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SEQUENCE_CHUNK = 1000
_SEQUENCE_TURNS = 20
"""What a chunk counts towards `costs.FREE_TURNS`: half a million numbers are exact in time."""
_YES_SPAN = Nanos(1_000_000)
_YES_CHARACTERS = 65536


def echo(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write the arguments."""
    yield Write(1, printing.echo(arguments, process.shell, builtin=False))
    return 0


def printf(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write a template with the arguments in it."""
    operands = arguments[1:] if arguments[:1] == ("--",) else arguments
    if not operands:
        raise CommandError("missing operand")
    printed = printing.printf(operands[0], operands[1:])
    for culprit in printed.not_numbers:
        said = f"invalid number '{culprit}'" if is_busybox(process) else f"‘{culprit}’: expected a numeric value"
        yield from complain(process, said)
    yield Write(1, printed.text)
    if printed.invalid:
        raise CommandError(f"{printed.invalid}: invalid format")
    return int(bool(printed.not_numbers))


def true(process: Process, arguments: tuple[str, ...]) -> Running:
    """Succeed."""
    yield from ()
    return 0


def false(process: Process, arguments: tuple[str, ...]) -> Running:
    """Fail."""
    yield from ()
    return 1


def test(process: Process, arguments: tuple[str, ...]) -> Running:
    """Judge an expression."""
    yield from ()
    try:
        return int(not conditions.holds(process, arguments, name_of(process)))
    except conditions.ConditionFault as fault:
        raise CommandError(fault.said_by("ash" if is_busybox(process) else "bash"), 2) from None


def yes(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write a line for ever."""
    line = " ".join(arguments or ("y",)) + "\n"
    yield Write(1, line)
    yield Repeat(_YES_SPAN, ((1, line * max(1, _YES_CHARACTERS // len(line))),))
    return 0


def sleep(process: Process, arguments: tuple[str, ...]) -> Running:
    """Wait for the sum of some durations."""
    if not arguments:
        raise CommandError("missing operand")
    yield Sleep(Nanos(sum(_duration(process, argument) for argument in arguments)))
    return 0


def _duration(process: Process, text: str) -> int:
    if text in ("infinity", "inf") and not is_busybox(process):
        return 1 << 62
    digits = text[:-1] if text[-1:] in _UNITS and text[-1:] else text
    unit = text[len(digits) :]
    try:
        amount = Decimal(digits) if re.fullmatch(r"\d*\.?\d*", digits) and digits else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount.is_nan():
        raise CommandError(f"invalid number '{text}'" if is_busybox(process) else f"invalid time interval ‘{text}’")
    return int(amount * _UNITS[unit] * SECOND)


def usleep(process: Process, arguments: tuple[str, ...]) -> Running:
    """Wait for some microseconds."""
    if len(arguments) != 1 or not arguments[0].isdigit():
        raise CommandError(f"invalid number '{arguments[0] if arguments else ''}'")
    yield Sleep(Nanos(int(arguments[0]) * 1000))
    return 0


def seq(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write numbers from a first to a last."""
    separator, wide, operands = "\n", False, list(arguments)
    while operands and re.fullmatch(r"-[sw].*", operands[0]):
        flag = operands.pop(0)
        wide = wide or flag[1] == "w"
        if flag[1] == "s":
            separator = flag[2:] or (operands.pop(0) if operands else "\n")
    if not 1 <= len(operands) <= 3:
        raise CommandError("missing operand" if not operands else f"extra operand '{operands[3]}'")
    texts = [operands[0] if len(operands) > 1 else "1", operands[1] if len(operands) == 3 else "1", operands[-1]]
    first, step, last = (_decimal(text) for text in texts)
    if step == 0:
        raise CommandError("increment is 0")
    places = max(len(text.partition(".")[2]) for text in texts[:2])
    width = max(len(f"{value:.{places}f}") for value in (first, last)) if wide else 0
    yield from _sequence(first, step, last, f"0{width}.{places}f" if wide else f".{places}f", separator)
    return 0


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise CommandError(f"invalid number '{text}'") from None


def _sequence(first: Decimal, step: Decimal, last: Decimal, layout: str, separator: str) -> Steps[None]:
    count = max(int((last - first) / step) + 1, 0) if (last - first) / step >= 0 else 0
    effort = costs.Effort()
    for start in range(0, count, _SEQUENCE_CHUNK):
        end = min(start + _SEQUENCE_CHUNK, count)
        if layout == ".0f":
            text = separator.join(str(int(first) + int(step) * place) for place in range(start, end))
        else:
            text = separator.join(format(first + step * place, layout) for place in range(start, end))
        effort.turn(_SEQUENCE_TURNS)
        effort.charge(costs.BUILTIN)
        yield Write(1, text + (separator if end < count else "\n"))
        yield Compute(effort.settle())


def basename(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write the last name of a path, a suffix taken off."""
    if not 1 <= len(arguments) <= 2:
        raise CommandError("missing operand" if not arguments else f"extra operand '{arguments[2]}'")
    name = arguments[0].rstrip("/").rpartition("/")[2] or ("/" if arguments[0] else "")
    if len(arguments) == 2 and name != arguments[1]:
        name = name.removesuffix(arguments[1])
    yield Write(1, name + "\n")
    return 0


def dirname(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write a path without its last name."""
    if not arguments:
        raise CommandError("missing operand")
    for path in arguments:
        folder, slash, _ = path.rstrip("/").rpartition("/")
        yield Write(1, (folder.rstrip("/") or slash or ("/" if path.startswith("/") else ".")) + "\n")
    return 0


def expr(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write the value of an expression; fail where it is empty or 0."""
    from podproof.simulator.machine.commands.expressions import value_of

    if not arguments:
        raise CommandError("missing operand" if not is_busybox(process) else "too few arguments", 2)
    value = value_of(arguments)
    yield Write(1, value + "\n")
    return int(value in ("", "0"))


def uname(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write what the machine is: a Linux node (its release is approximated)."""
    found = options(process, arguments, flags="asnrvmpio")
    parts = {
        "s": "Linux", "n": process.hostname, "r": "6.8.0-podproof", "v": "#1 SMP", "m": "x86_64", "o": "GNU/Linux",
    }  # fmt: skip
    asked = "snrvmo" if "a" in found else "".join(letter for letter in "snrvmo" if letter in found.given) or "s"
    yield Write(1, " ".join(parts[letter] for letter in asked) + "\n")
    return 0


COMMANDS: Mapping[str, Command] = {
    "[": test, "basename": basename, "dirname": dirname, "echo": echo, "expr": expr, "false": false, "printf": printf,
    "seq": seq, "sleep": sleep, "test": test, "true": true, "uname": uname, "usleep": usleep, "yes": yes,
}  # fmt: skip

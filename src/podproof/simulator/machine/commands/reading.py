"""Commands that pass text through: cat, head, tail, tee, wc, tac, rev, nl."""

import os
import re
from collections.abc import Mapping

from podproof.simulator.machine.commands.calling import (
    CHUNK_TURNS,
    Command,
    Options,
    Source,
    absolute,
    can_not,
    complain,
    hoard,
    is_busybox,
    lines_of,
    number,
    options,
    sized,
    sources,
)  # fmt: skip
from podproof.simulator.machine.effects import Allocate, Compute, Description, Process, Running, Sleep, Write
from podproof.simulator.machine.shell import costs
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.machine.shell.redirects import free_descriptor
from podproof.simulator.model.times import SECOND, Nanos

_HELD = 1 << 20
_FOLLOW_EACH = Nanos(SECOND)
"""Source: busybox coreutils/tail.c, sleep_period = 1."""


def cat(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write files one after another."""
    found = options(process, arguments, flags="unAevtTsb")
    status, line, effort = 0, 0, costs.Effort()
    for path in found.operands or ["-"]:
        try:
            source = Source(process, path)
            while chunk := (yield from (source.line() if "n" in found else source.chunk())):
                line += 1
                effort.turn(CHUNK_TURNS)
                effort.charge(costs.BUILTIN)
                yield Compute(effort.settle())
                yield Write(1, f"{line:>6}\t{chunk}" if "n" in found else chunk)
            source.close()
        except BrokenPipeError:
            raise
        except OSError as error:
            status = 1
            yield from complain(process, _unread(process, path, error))
    return status


def _unread(process: Process, path: str, error: OSError) -> str:
    why = os.strerror(error.errno or 0)
    if is_busybox(process):
        return f"read error: {why}" if isinstance(error, IsADirectoryError) else f"can't open '{path}': {why}"
    return f"{path}: {why}"


def _count(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Return the arguments with the old `-5` written as `-n 5`."""
    if arguments and re.fullmatch(r"-\d+", arguments[0]):
        return ("-n", arguments[0][1:], *arguments[1:])
    return arguments


def head(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write the first lines (-n) or characters (-c); a negative number leaves out the last."""
    found = options(process, _count(arguments), flags="qv", valued="nc", long={"lines": "n", "bytes": "c"})
    amount = sized(found.value("c").lstrip("-")) if "c" in found else number(found.value("n", "10").lstrip("-"))
    negative = found.value("c" if "c" in found else "n").startswith("-")
    status = 0
    for place, path in enumerate(found.operands or ["-"]):
        try:
            source = Source(process, path)
        except OSError as error:
            status = 1
            said = can_not(process, path, f"cannot open '{path}' for reading")
            yield from complain(process, f"{said}: {os.strerror(error.errno or 0)}")
            continue
        if (len(found.operands) > 1 and "q" not in found) or "v" in found:
            yield Write(1, f"{chr(10) if place else ''}==> {path} <==\n")
        if negative:
            yield Write(1, _without_last((yield from _rest(source)), amount, "c" in found))
        else:
            yield from _first(source, amount, by_line="c" not in found)
        source.close()
    return status


def _rest(source: Source) -> Steps[str]:
    chunks = []
    while chunk := (yield from source.chunk()):
        chunks.append(chunk)
    return "".join(chunks)


def _without_last(text: str, amount: int, characters: bool) -> str:
    if characters:
        return text[: max(len(text) - amount, 0)]
    return "".join(text.splitlines(keepends=True)[: -amount or None])


def _first(source: Source, amount: int, by_line: bool) -> Steps[None]:
    left = amount
    while left > 0 and (piece := (yield from (source.line() if by_line else source.chunk(min(left, 65536))))):
        yield Write(1, piece)
        left -= piece.endswith("\n") if by_line else len(piece)


def tail(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write the last lines (-n, from +n on) or characters (-c); with -f go on with what is added."""
    flags = "fFqv"
    found = options(process, _count(arguments), flags=flags, valued="ncs", long={"follow": "f", "lines": "n"})
    status = 0
    seen: dict[str, int] = {}
    for place, path in enumerate(found.operands or ["-"]):
        try:
            length, text = yield from _end_of(process, path, found)
        except OSError as error:
            status = 1
            said = can_not(process, f"can't open '{path}'", f"cannot open '{path}' for reading")
            yield from complain(process, f"{said}: {os.strerror(error.errno or 0)}")
            continue
        seen[path] = length
        if len(found.operands) > 1 and "q" not in found:
            yield Write(1, f"{chr(10) if place else ''}==> {path} <==\n")
        yield Write(1, text)
    if {"f", "F"} & found.given and (seen or "F" in found):
        yield from _follow(process, {path: length for path, length in seen.items() if path != "-"})
    return status


def _end_of(process: Process, path: str, found: Options) -> Steps[tuple[int, str]]:
    """Return how long a file is and the end of it that is wanted; no more is held of what goes on for long."""
    lines, characters = found.value("n", "10"), found.value("c")
    source = Source(process, path)
    whole = lines.startswith("+") or characters != ""
    chunks: list[str] = []
    held = length = 0
    while chunk := (yield from source.chunk()):
        chunks.append(chunk)
        held, length = held + len(chunk), length + len(chunk)
        if held > _HELD and not whole and "\n" in chunk:
            chunks = [_last("".join(chunks), lines, "")]
            held = len(chunks[0])
        elif held > _HELD:
            yield Compute(costs.BUILTIN)
            yield Allocate(len(chunk))
        if held > costs.VALUE_LIMIT:
            yield from hoard()
    source.close()
    return length, _last("".join(chunks), lines, characters)


def _last(text: str, lines: str, characters: str) -> str:
    if characters:
        amount = sized(characters.lstrip("+-"))
        return text[amount - 1 :] if characters.startswith("+") else text[-amount:] if amount else ""
    pieces = text.splitlines(keepends=True) if "\r" not in text else re.findall(r"[^\n]*\n|[^\n]+", text)
    amount = number(lines.lstrip("+-"))
    return "".join(pieces[max(amount - 1, 0) :] if lines.startswith("+") else pieces[-amount:] if amount else [])


def _follow(process: Process, seen: dict[str, int]) -> Steps[None]:
    """Write what is added to files, looking once a second; files that never change (devices) are not looked at."""
    watched = {path: length for path, length in seen.items() if process.files.is_file(absolute(process, path))}
    while True:
        yield Sleep(_FOLLOW_EACH if watched else None)
        for path, length in watched.items():
            try:
                text = process.files.read(absolute(process, path))
            except OSError:
                continue
            if len(text) < length:
                length = 0
            if len(text) > length:
                yield Write(1, text[length:])
            watched[path] = len(text)


def tee(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write what is read to standard output and to files."""
    found = options(process, arguments, flags="aip", long={"append": "a"})
    held: list[tuple[int, Description]] = []
    status = 0
    for path in found.operands:
        try:
            description = process.open(absolute(process, path), "a" if "a" in found else "w")
        except OSError as error:
            status = 1
            yield from complain(process, f"{path}: {os.strerror(error.errno or 0)}")
            continue
        fd = free_descriptor(process)
        process.fds[fd] = description
        held.append((fd, description))
    source = Source(process, "-")
    while chunk := (yield from source.chunk()):
        for fd in [1, *(fd for fd, _ in held)]:
            yield Write(fd, chunk)
    return status


def wc(process: Process, arguments: tuple[str, ...]) -> Running:
    """Count lines, words and characters."""
    found = options(process, arguments, flags="lwcmL")
    texts, status = yield from sources(process, found.operands, "{}")
    asked = [letter for letter in "lwmcL" if letter in found] or ["l", "w", "c"]
    rows = [(_counts(text, asked), path) for path, text in texts]
    if len(found.operands) > 1:
        totals = [sum(column) for column in zip(*(row for row, _ in rows), strict=True)]
        rows.append((totals or [0] * len(asked), "total"))
    for row, path in rows:
        yield Write(1, _wc_row(process, row, path, bool(found.operands)) + "\n")
    return status


def _counts(text: str, asked: list[str]) -> list[int]:
    size = len(text) if text.isascii() else len(text.encode(errors="surrogateescape"))
    counts = {"l": text.count("\n"), "w": len(text.split()), "m": len(text), "c": size}
    longest = max((len(line) for line in lines_of(text)), default=0)
    return [counts.get(letter, longest) for letter in asked]


def _wc_row(process: Process, row: list[int], path: str, named: bool) -> str:
    if len(row) == 1:
        counts = str(row[0])
    elif is_busybox(process):
        counts = " ".join(f"{count:>9}" for count in row)
    else:
        width = 7 if not named else max(len(str(count)) for count in row)
        counts = " ".join(f"{count:>{width}}" for count in row)
    return counts if path == "-" and not named else f"{counts} {path}"


def tac(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write lines, the last one first."""
    texts, status = yield from sources(process, arguments, can_not(process, "can't open '{}'", "{}"))
    for _, text in texts:
        yield Write(1, "".join(line + "\n" for line in reversed(lines_of(text))))
    return status


def rev(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write each line backwards."""
    texts, status = yield from sources(process, arguments, "{}")
    for _, text in texts:
        yield Write(1, "".join(line[::-1] + "\n" for line in lines_of(text)))
    return status


def nl(process: Process, arguments: tuple[str, ...]) -> Running:
    """Number the lines that are not empty."""
    found = options(process, arguments, valued="b", refused="ivwsn")
    texts, status = yield from sources(process, found.operands, "{}")
    count = 0
    for _, text in texts:
        for line in lines_of(text):
            shown = bool(line) or found.value("b") == "a"
            count += shown
            yield Write(1, f"{count:>6}\t{line}\n" if shown else f"       {line}\n")
    return status


COMMANDS: Mapping[str, Command] = {
    "cat": cat, "head": head, "nl": nl, "rev": rev, "tac": tac, "tail": tail, "tee": tee, "wc": wc,
}  # fmt: skip

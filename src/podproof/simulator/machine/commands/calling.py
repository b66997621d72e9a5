"""How a command is written: a function of its process and arguments; its faults are told as busybox tells them."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from podproof.errors import NotModelledError
from podproof.simulator.machine.effects import Allocate, Compute, Process, Program, Read, Running, Write
from podproof.simulator.machine.shell import costs
from podproof.simulator.machine.shell.driver import Steps
from podproof.simulator.machine.shell.redirects import free_descriptor

Command: TypeAlias = Callable[[Process, tuple[str, ...]], Running]
"""Runs with the arguments after its name; what it raises as CommandError or OSError becomes its message."""

_CHUNK = 65536
CHUNK_TURNS = 10
"""What a chunk read and written counts towards `costs.FREE_TURNS`: some 128 MiB are exact in time."""
_UNCOUNTED = 1024 * 1024
_HOARD = 64 * 1024 * 1024
_HOARD_LIMIT = 1 << 42
SIGPIPE_STATUS = 128 + 13
KILLED_STATUS = 128 + 9


class CommandError(Exception):
    """A command's complaint, written after its name, and its exit status."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text, status)
        self.text, self.status = text, status


class KilledError(Exception):
    """The command holds more memory than there is."""


def program(command: Command) -> Program:
    """Return the program that runs a command: start-up is charged, faults become messages."""

    def run(process: Process) -> Running:
        yield Compute(costs.EXTERNAL)
        try:
            return (yield from command(process, process.argv[1:]))
        except CommandError as fault:
            return (yield from _told(process, fault.text, fault.status))
        except BrokenPipeError:
            return SIGPIPE_STATUS
        except KilledError:
            return KILLED_STATUS
        except OSError as error:
            return (yield from _told(process, reason(error, error.filename), 1))

    return run


def _told(process: Process, text: str, status: int) -> Running:
    try:
        yield from complain(process, text)
    except OSError:
        return status
    return status


def name_of(process: Process) -> str:
    """Return the name a command was called by."""
    return process.argv[0].rpartition("/")[2]


def is_busybox(process: Process) -> bool:
    """Say whether the commands of the image are busybox's (else they are the GNU ones)."""
    return process.shell == "ash"


def reason(error: OSError, path: str | None = None) -> str:
    """Return an error as the C library words it, after the path it is about."""
    text = os.strerror(error.errno) if error.errno else str(error)
    return f"{path}: {text}" if path else text


def complain(process: Process, text: str) -> Steps[None]:
    """Write a message to standard error, after the command's name."""
    yield Write(2, f"{name_of(process)}: {text}\n")


@dataclass(slots=True)
class Options:
    """What the arguments of a command say: options given, values of those that take one, and operands."""

    given: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)
    operands: list[str] = field(default_factory=list)

    def value(self, letter: str, default: str = "") -> str:
        """Return the last value given for an option."""
        return self.values.get(letter, [default])[-1]

    def __contains__(self, letter: object) -> bool:
        return letter in self.given or letter in self.values


def options(
    process: Process,
    arguments: Sequence[str],
    flags: str = "",
    valued: str = "",
    refused: str = "",
    long: "dict[str, str] | None" = None,
    mixed: bool = True,
) -> Options:
    """Read arguments as getopt does; `valued` letters take a value, `refused` ones exist but are not modelled.

    Raises:
        CommandError: an option that the command does not have, or one without its value.
        NotModelledError: a refused option.
    """
    found = Options()
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            found.operands += rest
            break
        if argument.startswith("--"):
            _long(process, found, argument[2:], rest, long or {}, valued)
        elif argument.startswith("-") and len(argument) > 1:
            _short(process, found, argument[1:], rest, (flags, valued, refused))
        else:
            found.operands.append(argument)
            if not mixed:
                found.operands += rest
                break
    return found


def _short(process: Process, found: Options, letters: str, rest: list[str], known: tuple[str, str, str]) -> None:
    flags, valued, refused = known
    for place, letter in enumerate(letters):
        if letter in valued:
            value = letters[place + 1 :] or (rest.pop(0) if rest else None)
            if value is None:
                raise CommandError(f"option requires an argument -- '{letter}'")
            found.values.setdefault(letter, []).append(value)
            return
        if letter in refused:
            raise NotModelledError(f"the option -{letter} of {name_of(process)}", " ".join(process.argv))
        if letter not in flags:
            raise CommandError(f"invalid option -- '{letter}'")
        found.given.add(letter)


def _long(process: Process, found: Options, text: str, rest: list[str], long: "dict[str, str]", valued: str) -> None:
    name, equals, value = text.partition("=")
    letter = long.get(name)
    if letter is None:
        raise CommandError(f"unrecognized option '--{name}'")
    if letter[0] in valued:
        found.values.setdefault(letter, []).append(value if equals or not rest else rest.pop(0))
    else:
        found.given.add(letter)


def absolute(process: Process, path: str) -> str:
    """Return a path as the file system takes it."""
    return process.files.resolve(process.cwd, path)


class Source:
    """What a command reads from: a file by its path, or "-" for standard input."""

    def __init__(self, process: Process, path: str) -> None:
        self._process, self._fd = process, 0
        if path != "-":
            if process.files.is_dir(absolute(process, path)):
                raise IsADirectoryError(21, os.strerror(21), path)
            description = process.open(absolute(process, path), "r")
            self._fd = free_descriptor(process)
            process.fds[self._fd] = description

    def chunk(self, limit: int = _CHUNK) -> Steps[str]:
        """Return what comes next, "" at the end."""
        text: str = yield Read(self._fd, limit)
        return text

    def line(self) -> Steps[str]:
        """Return what comes next, up to a new line; a line without end takes memory until the process is killed."""
        pieces: list[str] = []
        held = 0
        while piece := (yield Read(self._fd, line=True)):
            pieces.append(piece)
            if piece.endswith("\n"):
                break
            held += len(piece)
            if held > _UNCOUNTED:
                yield Compute(costs.BUILTIN)
                yield Allocate(len(piece))
            if held > costs.VALUE_LIMIT:
                yield from hoard()
        return "".join(pieces)

    def close(self) -> None:
        """Be done with it."""
        if self._fd and (description := self._process.fds.pop(self._fd, None)) is not None:
            description.close()


def slurp(process: Process, path: str) -> Steps[str]:
    """Return all there is to read; what never ends takes memory until the process is killed."""
    source = Source(process, path)
    chunks: list[str] = []
    held = 0
    while chunk := (yield from source.chunk()):
        chunks.append(chunk)
        held += len(chunk)
        if held > _UNCOUNTED:
            yield Compute(costs.BUILTIN)
            yield Allocate(len(chunk))
        if held > costs.VALUE_LIMIT:
            yield from hoard()
    source.close()
    return "".join(chunks)


def hoard() -> Steps[Any]:
    """Take memory without end; nothing is kept of it. Raises KilledError where nobody has set a limit."""
    total = 0
    while total < _HOARD_LIMIT:
        total += _HOARD
        yield Compute(costs.EXTERNAL)
        yield Allocate(_HOARD)
    raise KilledError


def sources(
    process: Process, paths: Iterable[str], said: str = "{}", status: int = 1
) -> Steps[tuple[list[tuple[str, str]], int]]:
    """Return (path, text) of each file that can be read, standard input where none is named, and the exit status.

    Of one that cannot be read a message is written: `said` with the path in it, then the reason.
    """
    found: list[tuple[str, str]] = []
    failed = 0
    for path in list(paths) or ["-"]:
        try:
            found.append((path, (yield from slurp(process, path))))
        except OSError as error:
            failed = status
            yield from complain(process, f"{said.format(path)}: {os.strerror(error.errno or 0)}")
    return found, failed


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without their new lines (only "\\n" ends one)."""
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def can_not(process: Process, busybox: str, gnu: str) -> str:
    """Return the wording of the image's commands."""
    return busybox if is_busybox(process) else gnu


def number(text: str, what: str = "number") -> int:
    """Return a whole number. Raises CommandError with busybox's text."""
    if not text.lstrip("+-").isdigit():
        raise CommandError(f"invalid {what} '{text}'")
    return int(text)


def sized(text: str) -> int:
    """Return a size with busybox's suffixes (c, w, b, k, kB, M, G …). Raises CommandError."""
    digits = text.rstrip("cwbkKMGBiD")
    suffix = text[len(digits) :]
    factor = _SUFFIXES.get(suffix)
    if not digits.isdigit() or factor is None:
        raise CommandError(f"invalid number '{text}'")
    return int(digits) * factor


_SUFFIXES = {
    "": 1, "c": 1, "w": 2, "b": 512, "kD": 1000, "k": 1024, "K": 1024, "kB": 1000, "KB": 1000, "KiB": 1024,
    "M": 1 << 20, "MB": 10**6, "MD": 10**6, "MiB": 1 << 20, "G": 1 << 30, "GB": 10**9, "GiB": 1 << 30,
}  # fmt: skip

"""Commands that show what files there are: ls, stat, du, find, which, pwd."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from podproof.errors import NotModelledError
from podproof.simulator.machine.commands.calling import (
    Command,
    absolute,
    can_not,
    complain,
    number,
    options,
)  # fmt: skip
from podproof.simulator.machine.commands.system import name_of
from podproof.simulator.machine.effects import Process, Running, Write
from podproof.simulator.machine.files import Stat
from podproof.simulator.machine.shell.patterns import matches
from podproof.simulator.model.times import SECOND, Nanos

_BLOCK = 4096


def ls(process: Process, arguments: tuple[str, ...]) -> Running:
    """List files and what is in directories."""
    found = options(process, arguments, flags="lAa1dRhinrstpFCxLSuckqgGoX", long={"all": "a", "color": "c"})
    status, shown = 0, []
    for path in found.operands or ["."]:
        try:
            shown.append((path, process.files.stat(absolute(process, path), follow="l" not in found.given)))
        except OSError as error:
            status = can_not_status(process)
            said = can_not(process, path, f"cannot access '{path}'")
            yield from complain(process, f"{said}: {os.strerror(error.errno or 0)}")
    folders = [path for path, stat in shown if stat.is_dir and "d" not in found]
    single = [path for path, _ in shown if path not in folders]
    lines = _rows(process, "", _ordered(process, "", single, found.given), found.given)
    for folder in folders:
        lines += _folder(process, folder, found.given, headed=len(found.operands) > 1 or "R" in found, first=not lines)
    yield Write(1, "".join(line + "\n" for line in lines))
    return status


def can_not_status(process: Process) -> int:
    """Return the exit status of an `ls` that could not see a file."""
    return 1 if process.shell == "ash" else 2


def _folder(process: Process, folder: str, given: set[str], headed: bool, first: bool) -> list[str]:
    names = process.files.listdir(absolute(process, folder))
    if "a" in given:
        names = [".", "..", *names]
    elif "A" not in given:
        names = [name for name in names if not name.startswith(".")]
    lines = [] if first or not headed else [""]
    lines += [f"{folder}:"] if headed else []
    lines += ["total " + str(sum(_blocks(_stat(process, folder, name)) for name in names))] if "l" in given else []
    lines += _rows(process, folder, _ordered(process, folder, names, given), given)
    if "R" in given:
        for name in names:
            if name not in (".", "..") and _stat(process, folder, name).is_dir:
                lines += _folder(process, f"{folder.rstrip('/')}/{name}", given, headed=True, first=False)
    return lines


def _ordered(process: Process, folder: str, names: list[str], given: set[str]) -> list[str]:
    if "t" in given:
        names = sorted(names, key=lambda name: -_stat(process, folder, name).mtime)
    elif "S" in given:
        names = sorted(names, key=lambda name: -_stat(process, folder, name).size)
    return names[::-1] if "r" in given else names


def _stat(process: Process, folder: str, name: str) -> Stat:
    return process.files.stat(absolute(process, f"{folder}/{name}" if folder else name), follow=False)


def _blocks(stat: Stat) -> int:
    return 0 if stat.is_link else -(-stat.size // _BLOCK) * _BLOCK // 1024


def _rows(process: Process, folder: str, names: list[str], given: set[str]) -> list[str]:
    if "l" not in given:
        return names
    stats = [_stat(process, folder, name) for name in names]
    width = max((len(str(stat.size)) for stat in stats), default=0)
    padding = max(width, 9) if process.shell == "ash" else width
    return [_row(process, folder, name, stat, padding) for name, stat in zip(names, stats, strict=True)]


def _row(process: Process, folder: str, name: str, stat: Stat, width: int) -> str:
    moment = datetime.fromtimestamp(stat.mtime // SECOND, UTC)
    names = _owner(process, stat)
    owner = " ".join(f"{each:<8}" for each in names) if process.shell == "ash" else " ".join(names)
    tail = ""
    if stat.is_link:
        tail = " -> " + process.files.readlink(absolute(process, f"{folder}/{name}" if folder else name))
    links = 2 if stat.is_dir else 1
    count = f"{links:>4}" if process.shell == "ash" else str(links)
    when = f"{moment:%b} {moment.day:>2} {moment:%H:%M}"
    return f"{permissions(stat)} {count} {owner} {stat.size:>{width}} {when} {name}{tail}"


def permissions(stat: Stat) -> str:
    """Return permission bits as `ls -l` shows them."""
    kind = "l" if stat.is_link else "d" if stat.is_dir else "-"
    letters = [letter if stat.mode >> 8 - place & 1 else "-" for place, letter in enumerate("rwxrwxrwx")]
    for bit, place, letter in ((0o4000, 2, "s"), (0o2000, 5, "s"), (0o1000, 8, "t")):
        if stat.mode & bit:
            letters[place] = letter if letters[place] == "x" else letter.upper()
    return kind + "".join(letters)


def _owner(process: Process, stat: Stat) -> tuple[str, str]:
    """Return the names of a file's user and group, the numbers where they have none."""
    user, group = name_of(process, "/etc/passwd", stat.uid), name_of(process, "/etc/group", stat.gid)
    return user or str(stat.uid), group or str(stat.gid)


def stat(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show what is known of files; with -c in a format of one's own."""
    found = options(process, arguments, flags="L", valued="c", refused="ft", long={"format": "c"})
    status = 0
    for path in found.operands:
        try:
            seen = process.files.stat(absolute(process, path), follow="L" in found)
        except OSError as error:
            status = 1
            said = can_not(process, f"can't stat '{path}'", f"cannot statx '{path}'")
            yield from complain(process, f"{said}: {os.strerror(error.errno or 0)}")
            continue
        yield Write(1, _formatted(process, path, seen, found.value("c")) + "\n")
    return status


def _formatted(process: Process, path: str, seen: Stat, layout: str) -> str:
    kind = (
        "symbolic link"
        if seen.is_link
        else "directory"
        if seen.is_dir
        else ("regular file" if seen.size else "regular empty file")
    )
    user, group = _owner(process, seen)
    values = {
        "n": path, "s": str(seen.size), "a": f"{seen.mode:o}", "A": permissions(seen), "F": kind, "U": user,
        "G": group, "u": str(seen.uid), "g": str(seen.gid), "y": _moment(seen.mtime), "%": "%",
        "Y": str(seen.mtime // SECOND),
    }  # fmt: skip
    if not layout:
        return (
            f"  File: {path}\n  Size: {seen.size:<10}\tBlocks: {_blocks(seen) * 2:<10} IO Block: 4096   {kind}\n"
            f"Access: ({seen.mode:04o}/{permissions(seen)})  Uid: ({seen.uid:>5}/{user:>8})   "
            f"Gid: ({seen.gid:>5}/{group:>8})\n"
            f"Modify: {_moment(seen.mtime)}"
        )
    pieces = layout.split("%")
    text = pieces[0]
    for place, piece in enumerate(pieces[1:], start=1):
        if not piece:
            text += "%" if place < len(pieces) - 1 else ""
        elif piece[0] not in values:
            raise NotModelledError(f"the format %{piece[0]} of stat", " ".join(process.argv))
        else:
            text += values[piece[0]] + piece[1:]
    return text


def _moment(at: Nanos) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%d %H:%M:%S}.{at % SECOND:09d} +0000"


def du(process: Process, arguments: tuple[str, ...]) -> Running:
    """Show how much directories hold, in KiB."""
    found = options(process, arguments, flags="skhacxLHm", valued="d")
    for path in found.operands or ["."]:
        lines: list[str] = []
        total = _used(process, path, lines)
        yield Write(1, "".join(line + "\n" for line in ([f"{total}\t{path}"] if "s" in found else lines)))
    return 0


def _used(process: Process, path: str, lines: list[str]) -> int:
    seen = process.files.stat(absolute(process, path), follow=False)
    total = _blocks(seen)
    if seen.is_dir:
        for name in process.files.listdir(absolute(process, path)):
            inner = f"{path.rstrip('/')}/{name}"
            below: list[str] = []
            total += _used(process, inner, below)
            lines += below if process.files.is_dir(absolute(process, inner)) else []
    lines.append(f"{total}\t{path}")
    return total


def find(process: Process, arguments: tuple[str, ...]) -> Running:
    """Find files by -name, -type and -maxdepth, and print them."""
    paths = []
    rest = list(arguments)
    while rest and not rest[0].startswith(("-", "(", "!")):
        paths.append(rest.pop(0))
    tests: list[tuple[str, str]] = []
    while rest:
        word = rest.pop(0)
        if word in ("-name", "-type", "-maxdepth", "-mindepth", "-path") and rest:
            tests.append((word, rest.pop(0)))
        elif word != "-print":
            raise NotModelledError(f"the expression {word} of find", " ".join(process.argv))
    status = 0
    for path in paths or ["."]:
        if not process.files.exists(absolute(process, path)):
            status = 1
            yield from complain(process, can_not(process, path, f"‘{path}’") + ": No such file or directory")
            continue
        yield Write(1, "".join(line + "\n" for line in _found(process, path, 0, tests)))
    return status


def _found(process: Process, path: str, depth: int, tests: list[tuple[str, str]]) -> list[str]:
    lines = [path] if all(_passes(process, path, depth, *test) for test in tests) else []
    deepest = min((number(value) for name, value in tests if name == "-maxdepth"), default=depth + 1)
    seen = process.files.stat(absolute(process, path), follow=False)
    if seen.is_dir and depth < deepest:
        for name in process.files.listdir(absolute(process, path)):
            lines += _found(process, f"{path.rstrip('/')}/{name}", depth + 1, tests)
    return lines


def _passes(process: Process, path: str, depth: int, test: str, value: str) -> bool:
    if test == "-name":
        return matches(value, path.rstrip("/").rpartition("/")[2] or path)
    if test == "-path":
        return matches(value, path)
    if test == "-mindepth":
        return depth >= number(value)
    if test == "-type":
        seen = process.files.stat(absolute(process, path), follow=False)
        return value == ("l" if seen.is_link else "d" if seen.is_dir else "f")
    return True


def which(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write the paths of commands."""
    status = 0
    for name in options(process, arguments, flags="a").operands:
        folders = [""] if "/" in name else process.env.get("PATH", "").split(":")
        paths = [f"{folder}/{name}" if folder else name for folder in folders]
        path = next(
            (
                path
                for path in paths
                if process.files.is_file(absolute(process, path))
                and process.files.stat(absolute(process, path)).mode & 0o111
            ),
            None,
        )
        if path is None:
            status = 1
        else:
            yield Write(1, path + "\n")
    return status


def pwd(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write the working directory."""
    yield Write(1, process.cwd + "\n")
    return 0


COMMANDS: Mapping[str, Command] = {
    "du": du, "find": find, "ls": ls, "pwd": pwd, "stat": stat, "which": which,
}  # fmt: skip

"""Commands that make, move and remove files: touch, mkdir, rmdir, rm, cp, mv, ln, chmod, chown, mktemp, readlink."""

import os
import re
from collections.abc import Mapping

from podproof.errors import NotModelledError
from podproof.simulator.machine.commands.calling import (
    Command,
    CommandError,
    absolute,
    can_not,
    complain,
    is_busybox,
    options,
    reason,
)  # fmt: skip
from podproof.simulator.machine.effects import Process, Running, Write
from podproof.simulator.machine.shell.driver import Steps

_MODE = re.compile(r"([ugoa]*)([-+=])([rwxXst]*)")
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111, "X": 0o111, "s": 0o6000, "t": 0o1000}
_WHO = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def _each(process: Process, paths: list[str], busybox: str, gnu: str, do: "Command") -> Running:
    """Do something with each path; of one that refuses, write why (`{}` in the wording is the path)."""
    status = 0
    for path in paths:
        try:
            yield from do(process, (path,))
        except OSError as error:
            status = 1
            said = can_not(process, busybox, gnu).format(path)
            yield from complain(process, f"{said}: {os.strerror(error.errno or 0)}")
    return status


def _operands(found: list[str], count: int = 1) -> list[str]:
    if len(found) < count:
        raise CommandError("missing operand" if not found else f"missing destination file operand after '{found[0]}'")
    return found


def touch(process: Process, arguments: tuple[str, ...]) -> Running:
    """Set the time of files, making those that are absent."""
    found = options(process, arguments, flags="camf", refused="drth")

    def one(process: Process, path: tuple[str, ...]) -> Running:
        yield from ()
        if "c" not in found or process.files.exists(absolute(process, path[0])):
            process.files.touch(absolute(process, path[0]), process.now())
        return 0

    return (yield from _each(process, _operands(found.operands), "{}", "cannot touch '{}'", one))


def mkdir(process: Process, arguments: tuple[str, ...]) -> Running:
    """Make directories, with -p those above them too."""
    found = options(process, arguments, flags="pv", valued="m", long={"parents": "p", "mode": "m"})

    def one(process: Process, path: tuple[str, ...]) -> Running:
        yield from ()
        whole = absolute(process, path[0])
        process.files.mkdir(whole, parents="p" in found)
        if "m" in found:
            process.files.chmod(whole, _mode(found.value("m"), 0o777))
        return 0

    said = "can't create directory '{}'", "cannot create directory ‘{}’"
    return (yield from _each(process, _operands(found.operands), *said, one))


def rmdir(process: Process, arguments: tuple[str, ...]) -> Running:
    """Remove empty directories."""
    found = options(process, arguments, refused="p", long={"ignore-fail-on-non-empty": "i"})

    def one(process: Process, path: tuple[str, ...]) -> Running:
        yield from ()
        process.files.rmdir(absolute(process, path[0]))
        return 0

    return (yield from _each(process, _operands(found.operands), "'{}'", "failed to remove '{}'", one))


def rm(process: Process, arguments: tuple[str, ...]) -> Running:
    """Remove files, with -r directories and all in them; with -f nothing is said of what is absent."""
    found = options(process, arguments, flags="rRfiv", long={"force": "f", "recursive": "r"})
    force = "f" in found
    if not found.operands and not force:
        raise CommandError("missing operand")

    def one(process: Process, path: tuple[str, ...]) -> Running:
        whole = absolute(process, path[0])
        if force and not _present(process, whole):
            return 0
        if process.files.is_dir(whole) and not process.files.stat(whole, follow=False).is_link:
            if not {"r", "R"} & found.given:
                raise IsADirectoryError(21, os.strerror(21), path[0])
            _remove_tree(process, whole)
        else:
            process.files.remove(whole)
        yield from ()
        return 0

    said = "'{}'" if is_busybox(process) else "cannot remove '{}'"
    return (yield from _each(process, found.operands, "can't remove " + said, said, one))


def _present(process: Process, path: str) -> bool:
    try:
        process.files.stat(path, follow=False)
    except OSError:
        return False
    return True


def _remove_tree(process: Process, path: str) -> None:
    files = process.files
    for name in files.listdir(path):
        inner = f"{path.rstrip('/')}/{name}"
        if files.stat(inner, follow=False).is_dir:
            _remove_tree(process, inner)
        else:
            files.remove(inner)
    files.rmdir(path)


def _targets(process: Process, found: list[str], into: str = "") -> Steps[list[tuple[str, str]]]:
    """Return (source, target) pairs of `cp`, `mv` and `ln`: into a directory, or one file to another name."""
    *sources, target = [*_operands(found, 1 if into else 2), *([into] if into else [])]
    whole = absolute(process, target)
    if process.files.is_dir(whole):
        names = [source.rstrip("/").rpartition("/")[2] for source in sources]
        return [(source, f"{whole.rstrip('/')}/{name}") for source, name in zip(sources, names, strict=True)]
    if len(sources) > 1:
        missing = f"target '{target}': No such file or directory"
        raise CommandError(can_not(process, f"target '{target}' is not a directory", missing))
    yield from ()
    return [(sources[0], whole)]


def cp(process: Process, arguments: tuple[str, ...]) -> Running:
    """Copy files, with -r directories."""
    found = options(process, arguments, flags="rRafpdLPvTnu", valued="t", long={"recursive": "r", "force": "f"})
    deep = bool({"r", "R", "a"} & found.given)
    status = 0
    for source, target in (yield from _targets(process, found.operands, found.value("t"))):
        whole = absolute(process, source)
        if not process.files.exists(whole):
            status = 1
            said = can_not(process, f"can't stat '{source}'", f"cannot stat '{source}'")
            yield from complain(process, f"{said}: No such file or directory")
        elif process.files.is_dir(whole) and not deep:
            status = 1
            omitted = f"omitting directory '{source}'"
            yield from complain(process, can_not(process, omitted, f"-r not specified; {omitted}"))
        else:
            status = (yield from _copied(process, whole, target)) or status
    return status


def _copied(process: Process, source: str, target: str) -> Running:
    try:
        _copy_tree(process, source, target)
    except OSError as error:
        said = can_not(process, f"can't create '{target}'", f"cannot create regular file '{target}'")
        yield from complain(process, reason(error, said))
        return 1
    return 0


def _copy_tree(process: Process, source: str, target: str) -> None:
    files = process.files
    if not files.is_dir(source):
        files.copy(source, target)
        return
    if not files.is_dir(target):
        files.mkdir(target)
    for name in files.listdir(source):
        _copy_tree(process, f"{source.rstrip('/')}/{name}", f"{target.rstrip('/')}/{name}")


def mv(process: Process, arguments: tuple[str, ...]) -> Running:
    """Move files, across volumes by copying."""
    found = options(process, arguments, flags="finvT", valued="t")
    status = 0
    for source, target in (yield from _targets(process, found.operands, found.value("t"))):
        whole = absolute(process, source)
        try:
            _move(process, whole, target)
        except OSError as error:
            status = 1
            said = can_not(process, f"can't rename '{source}'", f"cannot stat '{source}'")
            yield from complain(process, f"{said}: {os.strerror(error.errno or 0)}")
    return status


def _move(process: Process, source: str, target: str) -> None:
    try:
        process.files.rename(source, target)
    except OSError as error:
        if error.errno != 18:
            raise
        _copy_tree(process, source, target)
        if process.files.is_dir(source):
            _remove_tree(process, source)
        else:
            process.files.remove(source)


def ln(process: Process, arguments: tuple[str, ...]) -> Running:
    """Make symbolic links; hard ones are copies' names, which the file system does not have."""
    found = options(process, arguments, flags="sfnvT")
    if "s" not in found and _operands(found.operands):
        raise NotModelledError("hard links", " ".join(process.argv))
    status = 0
    for source, target in (yield from _targets(process, found.operands)):
        if "f" in found and _present(process, target) and not process.files.stat(target, follow=False).is_dir:
            process.files.remove(target)
        try:
            process.files.link(source, target)
        except OSError as error:
            status = 1
            said = can_not(process, target, f"failed to create symbolic link '{target}'")
            yield from complain(process, reason(error, said))
    return status


def chmod(process: Process, arguments: tuple[str, ...]) -> Running:
    """Set permissions, with -R of all below."""
    rest = list(arguments)
    deep = bool(rest and rest[0] in ("-R", "--recursive") and rest.pop(0))
    if len(rest) < 2:
        raise CommandError("missing operand")
    wanted, *paths = rest

    def one(process: Process, path: tuple[str, ...]) -> Running:
        yield from ()
        for whole in _all_below(process, absolute(process, path[0])) if deep else [absolute(process, path[0])]:
            process.files.chmod(whole, _mode(wanted, process.files.stat(whole).mode))
        return 0

    return (yield from _each(process, paths, "{}", "cannot access '{}'", one))


def _all_below(process: Process, path: str) -> list[str]:
    found = [path]
    if process.files.is_dir(path):
        for name in process.files.listdir(path):
            found += _all_below(process, f"{path.rstrip('/')}/{name}")
    return found


def _mode(text: str, before: int) -> int:
    """Return the permission bits that a mode (octal or `u+x,g-w`) makes of others. Raises CommandError."""
    if re.fullmatch(r"[0-7]{1,4}", text):
        return int(text, 8)
    mode = before
    for clause in text.split(","):
        found = _MODE.fullmatch(clause)
        if found is None:
            raise CommandError(f"invalid mode '{text}'")
        who = 0
        for letter in found.group(1) or "a":
            who |= _WHO[letter]
        bits = 0
        for letter in found.group(3):
            bits |= _BITS[letter] & who
        mode = mode | bits if found.group(2) == "+" else mode & ~bits if found.group(2) == "-" else mode & ~who | bits
    return mode


def chown(process: Process, arguments: tuple[str, ...]) -> Running:
    """Check that the files are there; owners are not kept (approximated)."""
    found = options(process, arguments, flags="Rhv", long={"recursive": "R"})

    def one(process: Process, path: tuple[str, ...]) -> Running:
        yield from ()
        process.files.stat(absolute(process, path[0]))
        return 0

    return (yield from _each(process, _operands(found.operands, 2)[1:], "{}", "cannot access '{}'", one))


def mktemp(process: Process, arguments: tuple[str, ...]) -> Running:
    """Make an empty file, with -d a directory, of a new name."""
    found = options(process, arguments, flags="dqtu", valued="p")
    template = found.operands[0] if found.operands else f"{found.value('p', '/tmp')}/tmp.XXXXXX"
    marks = len(template) - len(template.rstrip("X"))
    if marks < 3:
        raise CommandError(f"too few X's in template '{template}'")
    name = template[:-marks] + "".join(_LETTERS[process.random(len(_LETTERS))] for _ in range(marks))
    whole = absolute(process, name)
    if "d" in found:
        process.files.mkdir(whole)
    elif "u" not in found:
        process.files.write(whole, "")
    yield Write(1, name + "\n")
    return 0


def readlink(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write where a link points, with -f the path itself."""
    found = options(process, arguments, flags="fnqsv")
    path = absolute(process, _operands(found.operands)[0])
    if "f" in found:
        while _present(process, path) and process.files.stat(path, follow=False).is_link:
            path = process.files.resolve(path.rpartition("/")[0] or "/", process.files.readlink(path))
        yield Write(1, path + "\n")
        return 0
    try:
        target = process.files.readlink(path)
    except OSError:
        return 1
    yield Write(1, target + ("" if "n" in found else "\n"))
    return 0


COMMANDS: Mapping[str, Command] = {
    "chgrp": chown, "chmod": chmod, "chown": chown, "cp": cp, "ln": ln, "mkdir": mkdir, "mktemp": mktemp, "mv": mv,
    "readlink": readlink, "realpath": lambda process, arguments: readlink(process, ("-f", *arguments)), "rm": rm,
    "rmdir": rmdir, "touch": touch,
}  # fmt: skip

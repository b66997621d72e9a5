"""The builtins that read, print, ask and wait."""

import errno
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from podproof.errors import NotModelledError
from podproof.simulator.machine.commands import conditions, printing
from podproof.simulator.machine.effects import Interrupted, Read
from podproof.simulator.machine.shell import expansion, lookup
from podproof.simulator.machine.shell.builtins import STEERING, Builtin, printed
from podproof.simulator.machine.shell.builtins_jobs import WAITING
from podproof.simulator.machine.shell.children import OutOfMemory
from podproof.simulator.machine.shell.costs import VALUE_LIMIT
from podproof.simulator.machine.shell.driver import Interruptible, Steps
from podproof.simulator.machine.shell.patterns import matches
from podproof.simulator.machine.shell.syntax import SPECIAL
from podproof.simulator.machine.shell.texts import ShellError

if TYPE_CHECKING:
    from podproof.simulator.machine.shell.interpreter import Shell

_KEYWORDS = frozenset({
    "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "{", "}", "!",
})  # fmt: skip
_SHIELDED = {code: 0xF0000 + code for code in range(128)}
_UNSHIELDED = {shield: code for code, shield in _SHIELDED.items()}
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def _echo(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    return printed(shell, printing.echo(arguments, shell.voice.shell), "echo")


def _printf(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    operands = arguments[1:] if arguments[:1] == ("--",) else arguments
    if not operands:
        usage = {"dash": "usage: printf format [arg ...]", "bash": "usage: printf [-v var] format [arguments]"}
        raise ShellError(usage.get(shell.voice.shell, "usage: printf FORMAT [ARG]..."), 2, "printf")
    result = printing.printf(operands[0], operands[1:])
    for culprit in result.not_numbers:
        yield from shell.write(2, _not_a_number(shell, culprit))
    yield from printed(shell, result.text, "printf")
    if result.invalid:
        dash = shell.voice.shell == "dash"
        said = f"{result.invalid}: invalid {'directive' if dash else 'format'}"
        raise ShellError(said, 2 if dash else 1, "printf")
    return int(bool(result.not_numbers))


def _not_a_number(shell: "Shell", culprit: str) -> str:
    if shell.voice.shell == "ash":
        return shell.voice.plain(f"invalid number '{culprit}'")
    said = f"{culprit}: expected numeric value" if shell.voice.shell == "dash" else f"{culprit}: invalid number"
    return shell.voice.say(said, shell.line, "printf")


def _test(name: str) -> Builtin:
    def test(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
        if conditions.asks_files(arguments):
            shell.look_outside()
        try:
            return int(not conditions.holds(shell.process, arguments, name))
        except conditions.ConditionFault as fault:
            text = fault.said_by(shell.voice.shell)
            plain = shell.voice.shell == "ash"
            yield from shell.write(2, shell.voice.plain(text) if plain else shell.voice.say(text, shell.line, name))
            return 2

    return test


def _conditional(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    """`[[ … ]]`: ash takes it for `[`; bash joins by `&&` and `||`, and matches patterns."""
    if shell.voice.shell != "bash":
        return (yield from _test("[[")(shell, arguments))
    words = list(arguments[:-1])
    for joint in ("||", "&&"):
        if joint in words:
            cut = words.index(joint)
            left = yield from _conditional(shell, (*words[:cut], "]]"))
            if (left == 0) == (joint == "||"):
                return left
            return (yield from _conditional(shell, (*words[cut + 1 :], "]]")))
    if len(words) == 3 and words[1] in ("=", "==", "!="):
        return int(matches(words[2], words[0]) == (words[1] == "!="))
    if len(words) == 3 and words[1] == "=~":
        return int(re.search(words[2], words[0]) is None)
    return (yield from _test("[[")(shell, arguments))


def _read(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    raw, names = False, list(arguments)
    while names and names[0].startswith("-") and len(names[0]) > 1:
        flag = names.pop(0)
        raw = raw or "r" in flag
        if flag[-1] in "ptndu" and names and flag != "--":
            names.pop(0)
        if flag == "--":
            break
    for name in names:
        if not _NAME.fullmatch(name):
            raise ShellError(f"{name}: bad variable name", 2, "read")
    shell.look_outside()
    line, complete = yield from _line(shell, raw)
    if not names:
        names = ["REPLY"]
    values = expansion.split_line(line, shell.ifs(), len(names))
    for name, value in zip(names, [*values, *[""] * len(names)], strict=False):
        shell.assign(name, value.translate(_UNSHIELDED))
    return int(not complete)


def _line(shell: "Shell", raw: bool) -> Steps[tuple[str, bool]]:
    """Return the next line of standard input, and whether a new line ended it. A backslash joins lines unless `raw`."""
    pieces: list[str] = []
    held = 0
    while True:
        try:
            piece = yield Interruptible(Read(0, line=True))
        except Interrupted as signal:
            raise ShellError("", 128 + signal.signal, "read") from None
        except OSError as error:
            raise ShellError(f"read error: 0: {os.strerror(error.errno or 0)}", 1, "read") from None
        pieces.append(piece)
        held += len(piece)
        if held > VALUE_LIMIT:
            raise OutOfMemory
        if piece and not piece.endswith("\n"):
            continue
        line, pieces = "".join(pieces), []
        if not piece:
            return _without_backslashes(line, raw), False
        if raw or len(line) - len(line[:-1].rstrip("\\")) - 1 & 1 == 0:
            return _without_backslashes(line[:-1], raw), True
        pieces = [line[:-2]]


def _without_backslashes(line: str, raw: bool) -> str:
    """Take the backslashes out; the blanks they stood before are shielded from being split at."""
    if raw:
        return line
    return re.sub(r"\\(.)", lambda found: found.group(1).translate(_SHIELDED), line, flags=re.DOTALL)


def _cd(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    process, variables = shell.process, shell.state.variables
    operands = [argument for argument in arguments if argument not in ("-L", "-P", "--")]
    target = operands[0] if operands else variables.get("HOME") or ""
    if target == "-":
        target = variables.get("OLDPWD") or ""
    path = process.files.resolve(process.cwd, target)
    shell.look_outside()
    if not process.files.is_dir(path):
        reason = os.strerror(errno.ENOTDIR if process.files.exists(path) else errno.ENOENT)
        said = {"dash": f"can't cd to {target}", "bash": f"{target}: {reason}"}
        raise ShellError(
            said.get(shell.voice.shell, f"can't cd to {target}: {reason}"),
            1 if shell.voice.shell == "bash" else 2,
            "cd",
        )
    shell.assign("OLDPWD", process.cwd)
    process.cwd = path
    shell.assign("PWD", path)
    return (yield from printed(shell, path + "\n", "cd")) if operands[:1] == ["-"] else 0


def _pwd(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    return printed(shell, shell.process.cwd + "\n", "pwd")


def _type(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    status = 0
    for name in arguments:
        path = None if _is_own(shell, name) else lookup.locate(shell, name)
        if _is_own(shell, name):
            kind = (
                "a shell keyword"
                if name in _KEYWORDS
                else "a shell function"
                if name in shell.state.functions
                else "a special shell builtin"
                if name in SPECIAL
                else "a shell builtin"
            )
            yield from printed(shell, f"{name} is {kind}\n", "type")
        elif path is not None:
            yield from printed(shell, f"{name} is {path}\n", "type")
        else:
            status = 127
            yield from shell.write(1 if shell.voice.shell == "dash" else 2, f"{name}: not found\n")
    return status


def _is_own(shell: "Shell", name: str) -> bool:
    return name in _KEYWORDS or name in shell.state.functions or name in BUILTINS or name == "exec"


def _command(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    if arguments[:1] in (("-v",), ("-V",)):
        return (yield from _described(shell, arguments[1:], verbose=arguments[0] == "-V"))
    words = [*arguments[1:]] if arguments[:1] in (("-p",), ("--",)) else [*arguments]
    if not words:
        return 0
    if words[0] not in BUILTINS:
        return (yield from lookup.external(shell, {}, words))
    try:
        return (yield from BUILTINS[words[0]](shell, tuple(words[1:])))
    except ShellError as fault:
        yield from shell.complain(fault)
        return fault.status


def _described(shell: "Shell", names: tuple[str, ...], verbose: bool) -> Steps[int]:
    if verbose:
        return (yield from _type(shell, names[:1]))
    for name in names[:1]:
        if _is_own(shell, name):
            return (yield from printed(shell, name + "\n", "command"))
        if (path := lookup.locate(shell, name)) is not None:
            return (yield from printed(shell, path + "\n", "command"))
        return 127
    return 0


def _hash(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    yield from ()
    for name in arguments:
        if not name.startswith("-") and lookup.locate(shell, name) is None:
            raise ShellError(f"{name}: not found", 1, "hash")
    return 0


def _getopts(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    if len(arguments) < 2:
        raise ShellError("Usage: getopts optstring var [arg...]", 2, "getopts")
    wanted, name, *given = arguments
    words = given or list(shell.state.positional)
    index, _, offset = (shell.state.variables.get("OPTIND") or "1").partition(":")
    at, within = int(index), int(offset or 1)
    if at > len(words) or not re.fullmatch(r"-.+", words[at - 1]) or words[at - 1] == "--":
        shell.assign("OPTIND", str(at + (at <= len(words) and words[at - 1] == "--")))
        shell.assign(name, "?")
        return 1
    letter, rest = words[at - 1][within], words[at - 1][within + 1 :]
    at, within = (at, within + 1) if rest else (at + 1, 1)
    place = wanted.find(letter) if letter != ":" else -1
    found, argument = letter, None
    if place < 0:
        found, argument = "?", letter
    elif wanted[place + 1 : place + 2] == ":":
        argument, at, within = (rest, at + 1, 1) if rest else (words[at - 1] if at <= len(words) else None, at + 1, 1)
        found = letter if argument is not None else ":" if wanted.startswith(":") else "?"
        argument = letter if argument is None else argument
    if found == "?" and not wanted.startswith(":"):
        kind = "Illegal option" if place < 0 else "No arg for"
        yield from shell.write(2, f"{kind} -{letter}{' option' if place >= 0 else ''}\n")
        argument = None
    shell.state.variables.set("OPTARG", argument or "")
    shell.assign("OPTIND", str(at) if within == 1 else f"{at}:{within}")
    shell.assign(name, found)
    return 0


def _umask(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    return printed(shell, "" if arguments else "0022\n", "umask")


def _ulimit(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    """Approximated: nothing is limited by it, and nothing but files (1048576) has a limit to show."""
    shown = "1048576\n" if arguments == ("-n",) else "unlimited\n" if not arguments or len(arguments) == 1 else ""
    return printed(shell, shown, "ulimit")


def _alias(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    raise NotModelledError("aliases", f"the script of process {shell.process.pid}")


def _let(shell: "Shell", arguments: tuple[str, ...]) -> Steps[int]:
    value = 0
    for expression in arguments:
        value = expansion.compute(shell, expression)
    yield from ()
    return int(value == 0)


NOT_IN_DASH = frozenset({"[[", "let", "source"})

BUILTINS: Mapping[str, Builtin] = {
    **STEERING,
    **WAITING,
    "[": _test("["),
    "[[": _conditional,
    "alias": _alias,
    "cd": _cd,
    "chdir": _cd,
    "command": _command,
    "echo": _echo,
    "getopts": _getopts,
    "hash": _hash,
    "let": _let,
    "printf": _printf,
    "pwd": _pwd,
    "read": _read,
    "test": _test("test"),
    "type": _type,
    "ulimit": _ulimit,
    "umask": _umask,
    "unalias": _alias,
}

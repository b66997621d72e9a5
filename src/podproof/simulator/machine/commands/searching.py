"""grep, and its names egrep and fgrep. Source: POSIX.1-2017, XCU grep; busybox findutils/grep.c."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from podproof.simulator.machine.commands.calling import (
    Command,
    CommandError,
    Options,
    Source,
    absolute,
    complain,
    number,
    options,
)  # fmt: skip
from podproof.simulator.machine.commands.regexes import compiled
from podproof.simulator.machine.effects import Compute, Process, Running, Write
from podproof.simulator.machine.shell import costs
from podproof.simulator.machine.shell.driver import Steps

_LONG = {
    "quiet": "q", "silent": "q", "invert-match": "v", "ignore-case": "i", "count": "c", "line-number": "n",
    "extended-regexp": "E", "fixed-strings": "F", "only-matching": "o", "recursive": "r", "word-regexp": "w",
    "line-regexp": "x", "files-with-matches": "l", "no-filename": "h", "with-filename": "H", "regexp": "e",
    "max-count": "m", "no-messages": "s", "line-buffered": "U", "color": "U",
}  # fmt: skip


@dataclass(slots=True)
class _Search:
    found: Options
    pattern: re.Pattern[str]
    named: bool
    selected: int = 0
    failed: bool = False
    done: bool = False


def grep(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write the lines that match. Exit status 0 where one did, 1 where none, 2 after an error."""
    found = options(process, arguments, flags="qvicnEFowxlLhHsraURGZ", valued="efmABC", long=_LONG)
    patterns = [line for text in found.values.get("e", []) for line in text.split("\n")]
    if "f" in found:
        patterns += process.files.read(absolute(process, found.value("f"))).splitlines()
    if not {"e", "f"} & found.values.keys():
        if not found.operands:
            raise CommandError(
                "no pattern given" if process.shell == "ash" else "usage: grep [OPTION]... PATTERNS [FILE]...", 2
            )
        patterns = found.operands.pop(0).split("\n")
    deep = bool({"r", "R"} & found.given)
    paths = found.operands or (["."] if deep else ["-"])
    search = _Search(found, _pattern(found, patterns), (len(paths) > 1 or deep or "H" in found) and "h" not in found)
    for path in paths:
        for name in _below(process, path) if deep else [path]:
            yield from _search_file(process, name, search)
            if search.done:
                return 0
    return 0 if search.selected and not search.failed else 2 if search.failed else 1


def _pattern(found: Options, patterns: list[str]) -> re.Pattern[str]:
    extended, ignore_case = "E" in found, "i" in found
    pieces = [re.escape(text) if "F" in found else compiled(text, extended).pattern for text in patterns]
    whole = "|".join(f"(?:{piece})" for piece in pieces) if len(pieces) > 1 else pieces[0]
    if "x" in found:
        whole = rf"\A(?:{whole})\Z"
    elif "w" in found:
        whole = rf"(?<!\w)(?:{whole})(?!\w)"
    return re.compile(whole, (re.IGNORECASE if ignore_case else 0) | re.ASCII)


def _below(process: Process, path: str) -> list[str]:
    whole = absolute(process, path)
    if not process.files.is_dir(whole):
        return [path]
    return [inner for name in process.files.listdir(whole) for inner in _below(process, f"{path.rstrip('/')}/{name}")]


def _search_file(process: Process, path: str, search: _Search) -> Steps[None]:
    try:
        source = Source(process, path)
    except OSError as error:
        search.failed = True
        if "s" not in search.found:
            yield from complain(process, f"{path}: {os.strerror(error.errno or 0)}")
        return
    selected = yield from _lines(source, path, search)
    source.close()
    found = search.found
    if "l" in found and selected:
        yield Write(1, f"{'(standard input)' if path == '-' else path}\n")
    elif "L" in found and not selected:
        yield Write(1, f"{path}\n")
    elif "c" in found:
        yield Write(1, f"{path}:{selected}\n" if search.named else f"{selected}\n")


def _lines(source: Source, path: str, search: _Search) -> Steps[int]:
    found, selected, place, after = search.found, 0, 0, 0
    limit = number(found.value("m", str(1 << 60)))
    before: list[tuple[int, str]] = []
    ahead, behind = (number(found.value(letter, found.value("C", "0"))) for letter in "AB")
    while selected < limit and (line := (yield from source.line())):
        place += 1
        text = line.removesuffix("\n")
        if place & 0x3F == 0:
            yield Compute(costs.BUILTIN)
        if (search.pattern.search(text) is not None) == ("v" in found):
            if after > 0 and not {"c", "l", "L", "q"} & found.given:
                yield Write(1, _shown(path, place, text, search, "-"))
            elif behind:
                before = [*before, (place, text)][-behind:]
            after -= 1
            continue
        selected += 1
        search.selected += 1
        if "q" in found:
            search.done = True
            break
        if not {"c", "l", "L"} & found.given:
            for earlier, was in before:
                yield Write(1, _shown(path, earlier, was, search, "-"))
            yield Write(1, _matches(path, place, text, search))
        before, after = [], ahead
    return selected


def _matches(path: str, place: int, text: str, search: _Search) -> str:
    if "o" not in search.found:
        return _shown(path, place, text, search, ":")
    if "v" in search.found:
        return ""
    hits = (hit.group() for hit in search.pattern.finditer(text))
    return "".join(_shown(path, place, hit, search, ":") for hit in hits if hit)


def _shown(path: str, place: int, text: str, search: _Search, mark: str) -> str:
    name = f"{'(standard input)' if path == '-' else path}{mark}" if search.named else ""
    return f"{name}{f'{place}{mark}' if 'n' in search.found else ''}{text}\n"


COMMANDS: Mapping[str, Command] = {
    "egrep": lambda process, arguments: grep(process, ("-E", *arguments)),
    "fgrep": lambda process, arguments: grep(process, ("-F", *arguments)),
    "grep": grep,
}

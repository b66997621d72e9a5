"""Commands that work on lines and columns: cut, sort, uniq, tr, paste, fold."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from podproof.simulator.machine.commands.calling import (
    Command,
    CommandError,
    Options,
    can_not,
    lines_of,
    number,
    options,
    slurp,
    sources,
)  # fmt: skip
from podproof.simulator.machine.effects import Process, Running, Write

_RANGE = re.compile(r"(\d*)(-?)(\d*)")
_CLASSES = {
    "alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z", "space": "\t-\r ",
    "blank": " \t", "punct": "!-/:-@[-`{-~", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def cut(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write parts of each line: fields (-f, at -d) or characters (-c, -b)."""
    found = options(
        process,
        arguments,
        flags="sn",
        valued="dfcb",
        refused="D",
        long={"delimiter": "d", "fields": "f", "characters": "c"},
    )
    kind = next((letter for letter in "fcb" if letter in found), None)
    if kind is None:
        raise CommandError(
            can_not(
                process,
                "expected a list of bytes, characters, or fields",
                "you must specify a list of bytes, characters, or fields",
            )
        )
    wanted = _ranges(found.value(kind))
    delimiter = found.value("d", "\t")
    texts, status = yield from sources(process, found.operands, "{}")
    for _, text in texts:
        lines = (_cut_line(line, kind, wanted, delimiter, "s" in found) for line in lines_of(text))
        yield Write(1, "".join(line + "\n" for line in lines if line is not None))
    return status


def _ranges(text: str) -> Callable[[int], bool]:
    ranges: list[tuple[int, int]] = []
    for piece in text.split(","):
        found = _RANGE.fullmatch(piece)
        if found is None or not (found.group(1) or found.group(3)):
            raise CommandError(f"invalid list '{text}'")
        first = int(found.group(1) or 1)
        last = int(found.group(3) or (1 << 60)) if found.group(2) else first
        if not first:
            raise CommandError("fields and positions are numbered from 1")
        ranges.append((first, last))
    return lambda place: any(first <= place <= last for first, last in ranges)


def _cut_line(line: str, kind: str, wanted: Callable[[int], bool], delimiter: str, only: bool) -> str | None:
    if kind != "f":
        return "".join(char for place, char in enumerate(line, start=1) if wanted(place))
    if delimiter not in line:
        return None if only else line
    return delimiter.join(part for place, part in enumerate(line.split(delimiter), start=1) if wanted(place))


def sort(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write lines in order: of numbers with -n, by a field with -k, backwards with -r, once each with -u."""
    found = options(process, arguments, flags="nrufbdisghV", valued="kto", refused="cmMzT")
    said = can_not(process, "can't open '{}'", "cannot read: {}")
    texts, status = yield from sources(process, found.operands, said, 2)
    lines = [line for _, text in texts for line in lines_of(text)]
    keys = [_key(found, text) for text in found.values.get("k", [])] or [_whole(found.given)]
    lines.sort()
    for key, backwards in reversed(keys):
        lines.sort(key=key, reverse=backwards)
    if "u" in found:
        seen: dict[object, str] = {}
        for line in lines:
            seen.setdefault(tuple(key(line) for key, _ in keys), line)
        lines = list(seen.values())
    text = "".join(line + "\n" for line in lines)
    if "o" in found:
        process.files.write(process.files.resolve(process.cwd, found.value("o")), text)
    else:
        yield Write(1, text)
    return status


def _whole(given: set[str]) -> "tuple[Callable[[str], Any], bool]":
    return _ordering(given), "r" in given


def _ordering(flags: set[str]) -> "Callable[[str], Any]":
    if flags & {"n", "g", "h"}:
        return _numeric
    if "V" in flags:
        return lambda text: [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", text)]
    return (lambda text: text.upper()) if "f" in flags else (lambda text: text)


def _numeric(text: str) -> float:
    found = re.match(r"\s*(-?\d*\.?\d+)([KMGT]?)", text)
    return float(found.group(1)) * 1024 ** " KMGT".index(found.group(2) or " ") if found else 0.0


def _key(found: Options, text: str) -> "tuple[Callable[[str], Any], bool]":
    """Return how lines are ordered by a key such as `2,2n` or `1.3r`."""
    parsed = re.fullmatch(r"(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?", text)
    if parsed is None:
        raise CommandError(f"bad field specification '{text}'", 2)
    first, skip, last = int(parsed.group(1)), int(parsed.group(2) or 1), parsed.group(4)
    flags = set((parsed.group(3) or "") + (parsed.group(5) or "")) or found.given
    ordering, separator = _ordering(flags), found.value("t")

    def key(line: str) -> Any:
        fields = line.split(separator) if separator else re.findall(r"\s*\S+", line)
        joined = (separator or "").join(fields[first - 1 : int(last) if last else None])
        return ordering(joined[skip - 1 :] if skip > 1 else joined if separator else joined.lstrip())

    return key, "r" in flags


def uniq(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write neighbouring equal lines once: counted (-c), only repeated (-d) or only single ones (-u)."""
    found = options(process, arguments, flags="cdui", valued="fsw")
    text = yield from slurp(process, found.operands[0] if found.operands else "-")
    runs: list[tuple[str, int]] = []
    for line in lines_of(text):
        same = bool(runs) and _compared(found, runs[-1][0]) == _compared(found, line)
        runs[-1:] = [(runs[-1][0], runs[-1][1] + 1)] if same else [*runs[-1:], (line, 1)]
    kept = [run for run in runs if not ("d" in found and run[1] == 1) and not ("u" in found and run[1] > 1)]
    yield Write(1, "".join(f"{count:>7} {line}\n" if "c" in found else f"{line}\n" for line, count in kept))
    return 0


def _compared(found: Options, line: str) -> str:
    fields = number(found.value("f", "0"))
    rest = re.sub(rf"^(?:\s*\S+){{0,{fields}}}", "", line) if fields else line
    rest = rest[number(found.value("s", "0")) :]
    rest = rest[: number(found.value("w"))] if "w" in found else rest
    return rest.lower() if "i" in found else rest


def tr(process: Process, arguments: tuple[str, ...]) -> Running:
    """Replace, delete (-d) or squeeze (-s) characters."""
    found = options(process, arguments, flags="cCds", long={"delete": "d", "squeeze-repeats": "s"})
    if not found.operands or (len(found.operands) < 2 and not {"d", "s"} & found.given):
        raise CommandError("missing operand" if not found.operands else f"missing operand after '{found.operands[0]}'")
    first = _set(found.operands[0])
    second = _set(found.operands[1]) if len(found.operands) > 1 else ""
    outside = bool({"c", "C"} & found.given)
    text = yield from slurp(process, "-")
    yield Write(1, _translated(text, first, second, outside, found.given))
    return 0


def _translated(text: str, first: str, second: str, outside: bool, given: set[str]) -> str:
    def belongs(char: str) -> bool:
        return (char in first) != outside

    if "d" in given:
        text = text.translate({ord(char): None for char in set(text) if belongs(char)})
    elif second and outside:
        text = text.translate({ord(char): second[-1] for char in set(text) if belongs(char)})
    elif second:
        numbered = reversed([*enumerate(first)])
        text = text.translate({ord(char): second[min(place, len(second) - 1)] for place, char in numbered})
    if "s" in given:
        squeezed = second or ("" if outside else first)
        rest = outside and not second
        text = re.sub(
            r"(.)\1+", lambda run: run[1] if run[1] in squeezed or (rest and belongs(run[1])) else run[0], text,
            flags=re.DOTALL,
        )  # fmt: skip
    return text


def _set(text: str) -> str:
    """Return the characters a set such as `a-z`, `[:upper:]` or `\\n` stands for."""
    text = re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found.group(1), ""), text)
    text = re.sub(
        r"\\([0-7]{1,3}|.)",
        lambda found: (
            _ESCAPES.get(found.group(1))
            or (chr(int(found.group(1), 8)) if found.group(1)[0] in "01234567" else found.group(1))
        ),
        text,
        flags=re.DOTALL,
    )
    return re.sub(r"(.)-(.)", _run, text, flags=re.DOTALL)


def _run(found: re.Match[str]) -> str:
    first, last = ord(found.group(1)), ord(found.group(2))
    return "".join(map(chr, range(first, last + 1))) if first <= last else found.group()


def paste(process: Process, arguments: tuple[str, ...]) -> Running:
    """Write lines of files beside each other, or with -s each file's in one line."""
    found = options(process, arguments, flags="s", valued="d")
    joint = _set(found.value("d", "\t"))[:1]
    texts, status = yield from sources(process, found.operands, "{}")
    columns = [lines_of(text) for _, text in texts]
    if "s" in found:
        rows = [joint.join(lines) for lines in columns]
    else:
        height = max((len(lines) for lines in columns), default=0)
        rows = [joint.join(lines[row] if row < len(lines) else "" for lines in columns) for row in range(height)]
    yield Write(1, "".join(row + "\n" for row in rows))
    return status


COMMANDS: Mapping[str, Command] = {"cut": cut, "paste": paste, "sort": sort, "tr": tr, "uniq": uniq}

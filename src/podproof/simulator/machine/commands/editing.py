"""The basics of sed (s, p, d, q, =, a, i, c, y with addresses) and of awk ({print …} of fields).

Source: POSIX.1-2017, XCU sed; busybox editors/sed.c.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from podproof.errors import NotModelledError
from podproof.simulator.machine.commands.calling import (
    Command,
    CommandError,
    absolute,
    lines_of,
    options,
    sources,
)  # fmt: skip
from podproof.simulator.machine.commands.regexes import compiled
from podproof.simulator.machine.effects import Process, Running, Write

_ADDRESS = re.compile(r"(\d+)|(\$)|/((?:\\.|\[[^\]]*\]|[^/\\])*)/(I?)")
_SIMPLE = "pdq=hHgGxNnPD"
_MODELLED = "pdq="


@dataclass(slots=True)
class _Edit:
    """One sed command: where it applies, and what it does."""

    addresses: list[str | int | re.Pattern[str]]
    inverted: bool
    name: str
    pattern: re.Pattern[str] | None = None
    text: str = ""
    flags: str = ""
    active: bool = False


@dataclass(slots=True)
class _Pass:
    """One run over the lines of an input."""

    edits: list[_Edit]
    quiet: bool
    output: list[str] = field(default_factory=list)


def sed(process: Process, arguments: tuple[str, ...]) -> Running:
    """Edit lines by a script; with -i in the files themselves."""
    found = options(
        process,
        arguments,
        flags="nErisz",
        valued="ef",
        refused="l",
        long={"quiet": "n", "silent": "n", "regexp-extended": "E", "in-place": "i", "expression": "e"},
    )
    scripts = list(found.values.get("e", []))
    scripts += [process.files.read(absolute(process, path)) for path in found.values.get("f", [])]
    if not scripts:
        if not found.operands:
            raise CommandError("no script given" if process.shell == "ash" else "no script specified")
        scripts = [found.operands.pop(0)]
    edits = _parsed(process, "\n".join(scripts), extended=bool({"E", "r"} & found.given))
    texts, status = yield from sources(
        process, found.operands, "{}" if process.shell == "ash" else "can't read {}", 1 if process.shell == "ash" else 2
    )
    if "i" in found:
        for path, text in texts:
            process.files.write(absolute(process, path), _edited(edits, text, "n" in found))
        return status
    yield Write(1, _edited(edits, "".join(text for _, text in texts), "n" in found))
    return status


def _parsed(process: Process, script: str, extended: bool) -> list[_Edit]:
    edits: list[_Edit] = []
    rest = script
    while rest := rest.lstrip(" \t\n;"):
        if rest.startswith("#"):
            rest = rest.partition("\n")[2]
            continue
        addresses, rest = _addresses(rest, extended)
        rest = rest.lstrip()
        inverted = rest.startswith("!")
        rest = rest.lstrip("! ")
        edit, rest = _command(process, _Edit(addresses, inverted, rest[:1]), rest[1:], extended)
        edits.append(edit)
    return edits


def _addresses(rest: str, extended: bool) -> tuple[list[str | int | re.Pattern[str]], str]:
    addresses: list[str | int | re.Pattern[str]] = []
    while (address := _ADDRESS.match(rest)) is not None:
        line, last, pattern, ignore = address.groups()
        matched = None if line or last else compiled(pattern.replace("\\/", "/"), extended, bool(ignore))
        addresses.append(matched or (int(line) if line else "$"))
        rest = rest[address.end() :].lstrip()
        if len(addresses) == 2 or not rest.startswith(","):
            break
        rest = rest[1:].lstrip()
    return addresses, rest


def _command(process: Process, edit: _Edit, rest: str, extended: bool) -> tuple[_Edit, str]:
    if edit.name in ("s", "y"):
        pattern, text, rest = _delimited(rest)
        edit.text = text
        if edit.name == "s":
            flags = re.match(r"[gpIi\d]*", rest)
            edit.flags = flags.group() if flags else ""
            edit.pattern = compiled(pattern, extended, "i" in edit.flags.lower())
            rest = rest[len(edit.flags) :]
        else:
            edit.flags = pattern
    elif edit.name in ("a", "i", "c"):
        line, _, rest = re.sub(r"^\s*\\\n|^\s+", "", rest).partition("\n")
        edit.text = line
    elif edit.name not in _MODELLED or not edit.name:
        if edit.name and edit.name in _SIMPLE + "{}btTrwl:e":
            raise NotModelledError(f"the command {edit.name} of sed", " ".join(process.argv))
        raise CommandError("unsupported command " + edit.name if edit.name else "missing command")
    if rest.lstrip(" \t") and rest.lstrip(" \t")[0] not in ";\n}#":
        raise CommandError(f"unknown option to s: {rest}" if edit.name == "s" else "extra characters after command")
    return edit, rest


def _delimited(rest: str) -> tuple[str, str, str]:
    mark = rest[:1]
    if not mark:
        raise CommandError("unmatched '/'")
    piece = rf"((?:\\.|\[\^?\]?[^\]]*\]|[^\\{re.escape(mark)}])*?)"
    plain = rf"((?:\\.|[^\\{re.escape(mark)}])*)"
    found = re.match(f"{re.escape(mark)}{piece}{re.escape(mark)}{plain}{re.escape(mark)}", rest, re.DOTALL)
    if found is None:
        raise CommandError(f"unmatched '{mark}'")
    return found.group(1).replace("\\" + mark, mark), found.group(2).replace("\\" + mark, mark), rest[found.end() :]


def _edited(edits: list[_Edit], text: str, quiet: bool) -> str:
    run = _Pass(edits, quiet)
    lines = lines_of(text)
    for place, line in enumerate(lines, start=1):
        if _edit_line(run, line, place, place == len(lines)):
            break
    output = "".join(run.output)
    return output[:-1] if text and not text.endswith("\n") and output.endswith("\n") else output


def _edit_line(run: _Pass, line: str, place: int, last: bool) -> bool:
    """Run the script over one line. True where it said to stop."""
    after: list[str] = []
    stopped = deleted = False
    for edit in run.edits:
        if _applies(edit, line, place, last) == edit.inverted:
            continue
        if edit.name == "a":
            after.append(edit.text + "\n")
        elif edit.name in ("d", "c", "q"):
            run.output += [edit.text + "\n"] if edit.name == "c" else []
            stopped, deleted = edit.name == "q", edit.name != "q"
            break
        else:
            line = _changed(run, edit, line, place)
    if not deleted and not run.quiet:
        run.output.append(line + "\n")
    run.output += after
    return stopped


def _changed(run: _Pass, edit: _Edit, line: str, place: int) -> str:
    if edit.name == "s":
        line, hit = _substituted(edit, line)
        if hit and "p" in edit.flags:
            run.output.append(line + "\n")
    elif edit.name == "y":
        line = line.translate(str.maketrans(edit.flags, edit.text))
    else:
        run.output.append({"p": line, "=": str(place), "i": edit.text}[edit.name] + "\n")
    return line


def _applies(edit: _Edit, line: str, place: int, last: bool) -> bool:
    if not edit.addresses:
        return True
    if len(edit.addresses) == 1:
        return _at(edit.addresses[0], line, place, last)
    first, final = edit.addresses
    if edit.active:
        edit.active = not (place >= final if isinstance(final, int) else _at(final, line, place, last))
        return True
    if _at(first, line, place, last):
        edit.active = not (isinstance(final, int) and place >= final)
        return True
    return False


def _at(address: str | int | re.Pattern[str], line: str, place: int, last: bool) -> bool:
    if isinstance(address, int):
        return place == address
    return last if isinstance(address, str) else address.search(line) is not None


def _substituted(edit: _Edit, line: str) -> tuple[str, bool]:
    assert edit.pattern is not None
    digits = re.sub(r"\D", "", edit.flags)
    wanted = int(digits) if digits else 1
    count = 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        if count < wanted or ("g" not in edit.flags and count > wanted):
            return found.group()
        return _replacement(edit.text, found)

    changed = edit.pattern.sub(replaced, line)
    return changed, count >= wanted


def _replacement(text: str, found: re.Match[str]) -> str:
    def piece(mark: re.Match[str]) -> str:
        if mark.group() == "&":
            return found.group()
        char = mark.group()[1]
        if char.isdigit():
            return found.group(int(char)) or "" if int(char) <= found.re.groups else ""
        return {"n": "\n", "t": "\t"}.get(char, char)

    return re.sub(r"\\.|&", piece, text, flags=re.DOTALL)


_AWK = re.compile(
    r"\s*(?:/((?:\\.|[^/\\])*)/|(NR|NF|\$\d+)\s*(==|!=|>=|<=|>|<)\s*(\d+|\"[^\"]*\"))?\s*"
    r"(?:\{\s*print\b\s*([^{}]*?)\s*;?\s*\})?\s*"
)
_ORDERS = {"==": (0,), "!=": (-1, 1), ">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0)}
_AWK_TERM = re.compile(r'\s*(\$NF|\$\d+|NR|NF|"(?:\\.|[^"\\])*")\s*(,?)')


def awk(process: Process, arguments: tuple[str, ...]) -> Running:
    """Print fields of the lines that match; any other program is not modelled."""
    found = options(process, arguments, valued="Ff", refused="v", mixed=False)
    if not found.operands and "f" not in found:
        raise CommandError("no program given")
    program = found.operands.pop(0) if found.operands else ""
    parsed = _AWK.fullmatch(program)
    if parsed is None or not program.strip() or "f" in found:
        where = " ".join(process.argv)
        raise NotModelledError(f"the awk program {program!r} (only /pattern/ {{ print $N, … }} is)", where)
    terms = _terms(process, program, parsed.group(5) or "")
    chooses = _chooser(parsed)
    separator = found.value("F")
    texts, status = yield from sources(process, found.operands, "{}")
    place = 0
    for _, text in texts:
        for line in lines_of(text):
            place += 1
            fields = [line, *(_fields(line, separator))]
            if chooses(fields, place):
                yield Write(1, "".join(_term(term, fields, place) for term in terms) + "\n")
    return status


def _fields(line: str, separator: str) -> list[str]:
    if separator in ("", " "):
        return line.split()
    if not line:
        return []
    return line.split(separator) if len(separator) == 1 else re.split(compiled(separator, extended=True).pattern, line)


def _terms(process: Process, program: str, text: str) -> list[str]:
    terms, at = [], 0
    while at < len(text):
        found = _AWK_TERM.match(text, at)
        if found is None:
            raise NotModelledError(f"the awk program {program!r}", " ".join(process.argv))
        terms += [found.group(1), *(['" "'] if found.group(2) else [])]
        at = found.end()
    return terms or ["$0"]


def _term(term: str, fields: list[str], place: int) -> str:
    if term.startswith('"'):
        return term[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t")
    if term in ("NR", "NF"):
        return str(place if term == "NR" else len(fields) - 1)
    number = len(fields) - 1 if term == "$NF" else int(term[1:])
    return fields[number] if number < len(fields) else ""


def _chooser(parsed: re.Match[str]) -> Callable[[list[str], int], bool]:
    pattern, left, operator, right, _ = parsed.groups()
    if pattern is not None:
        search = compiled(pattern, extended=True)
        return lambda fields, place: search.search(fields[0]) is not None
    if left is None:
        return lambda fields, place: True
    wanted = right.strip('"')

    def compares(fields: list[str], place: int) -> bool:
        seen = _term(left, fields, place)
        if re.fullmatch(r"-?\d+(\.\d+)?", seen) and not right.startswith('"'):
            order = (float(seen) > float(wanted)) - (float(seen) < float(wanted))
        else:
            order = (seen > wanted) - (seen < wanted)
        return order in _ORDERS[operator]

    return compares


COMMANDS: Mapping[str, Command] = {"awk": awk, "sed": sed}

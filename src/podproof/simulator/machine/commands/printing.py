"""The texts of `echo` and `printf`, for the programs and for the shell's builtins.

Source: POSIX.1-2017, XCU echo, printf; busybox coreutils/echo.c, coreutils/printf.c.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_ESCAPE = re.compile(r"\\(c|0[0-7]{0,3}|x[0-9A-Fa-f]{1,2}|[abefnrtv\\]|[1-7][0-7]{0,2}|.)", re.DOTALL)
_LETTERS = {
    "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\",
}  # fmt: skip
_DIRECTIVE = re.compile(r"%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(?:hh|h|ll|l|L|z|j|t)?(.)?|%", re.DOTALL)
_PRECISE = re.compile(r"\.(\*|\d*)")
_WIDTH_LIMIT = 1 << 20


def echo(arguments: Sequence[str], shell: str, builtin: bool = True) -> str:
    """Return what `echo` writes. dash's builtin always reads escapes; others only with -e."""
    options = "n" if shell == "dash" and builtin else "neE"
    escapes = shell == "dash" and builtin
    newline = "\n"
    at = 0
    while at < len(arguments) and re.fullmatch(f"-[{options}]+", arguments[at]):
        newline = "" if "n" in arguments[at] else newline
        for letter in arguments[at]:
            escapes = {"e": True, "E": False}.get(letter, escapes)
        at += 1
        if shell == "dash" and builtin:
            break
    text = " ".join(arguments[at:])
    if not escapes:
        return text + newline
    text, stopped = unescaped(text, zero=True)
    return text if stopped else text + newline


def unescaped(text: str, zero: bool) -> tuple[str, bool]:
    """Return a text with its backslash sequences read, and whether `\\c` ended it. Octal needs a 0 where `zero`."""
    if "\\" not in text:
        return text, False
    pieces: list[str] = []
    at = 0
    for found in _ESCAPE.finditer(text):
        pieces.append(text[at : found.start()])
        at = found.end()
        code = found.group(1)
        if code == "c":
            return "".join(pieces), True
        pieces.append(_escaped(code, zero))
    return "".join(pieces) + text[at:], False


def _escaped(code: str, zero: bool) -> str:
    if code in _LETTERS:
        return _LETTERS[code]
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code[0] == "0" or (code[0] in "1234567" and not zero):
        digits = code[:4] if zero else code[:3]
        return chr(int(digits, 8) & 0xFF) + code[len(digits) :]
    return "\\" + code


@dataclass(slots=True)
class Printed:
    """What `printf` writes, and the arguments it took for numbers though they are none."""

    text: str = ""
    not_numbers: list[str] = field(default_factory=list)
    invalid: str = ""


def printf(template: str, arguments: Sequence[str]) -> Printed:
    """Return what `printf` writes: the template as often as there are arguments to use up."""
    printed = Printed()
    rest = list(arguments)
    while True:
        before = len(rest)
        stopped = _once(template, rest, printed)
        if stopped or not rest or len(rest) == before or printed.invalid:
            return printed


def _once(template: str, rest: list[str], printed: Printed) -> bool:
    """Print the template once, taking arguments off `rest`. True where `\\c` or a bad directive ended the output."""
    at = 0
    while at < len(template):
        if template[at] == "%":
            found = _DIRECTIVE.match(template, at)
            assert found is not None
            if not _directive(found, rest, printed):
                return True
            at = found.end()
        elif template[at] == "\\" and (escape := _ESCAPE.match(template, at)):
            if escape.group(1) == "c":
                return True
            printed.text += _escaped(escape.group(1), zero=False)
            at = escape.end()
        else:
            printed.text += template[at]
            at += 1
    return False


def _directive(found: re.Match[str], rest: list[str], printed: Printed) -> bool:
    flags, width, _, kind = found.groups()
    if kind == "%":
        printed.text += "%"
        return True
    if kind is None or kind not in "diouxXeEfFgGcsb":
        printed.invalid = found.group()
        return False
    pad = _size(width, rest, printed)
    precise = _PRECISE.search(found.group())
    digits = None if precise is None else _size(precise.group(1) or "0", rest, printed)
    argument = rest.pop(0) if rest else None
    if kind == "b":
        text, stopped = unescaped(argument or "", zero=True)
        printed.text += _padded(text[:digits], flags, pad)
        return not stopped
    if kind in "sc":
        text = (argument or "")[: 1 if kind == "c" else digits]
        printed.text += _padded(text, flags, pad)
        return True
    printed.text += _number(kind, flags, pad, digits, argument, printed)
    return True


def _size(text: str | None, rest: list[str], printed: Printed) -> int:
    if text == "*":
        return min(int(_integer(rest.pop(0) if rest else None, printed)), _WIDTH_LIMIT)
    return min(int(text or 0), _WIDTH_LIMIT)


def _padded(text: str, flags: str, width: int) -> str:
    return text.ljust(width) if "-" in flags or width < 0 else text.rjust(width)


def _number(kind: str, flags: str, width: int, digits: int | None, argument: str | None, printed: Printed) -> str:
    precise = "" if digits is None else f".{digits}"
    layout = "%" + "".join(sorted(set(flags))) + (str(width) if width else "") + precise
    if kind in "eEfFgG":
        return (layout + kind) % _real(argument, printed)
    value = _integer(argument, printed)
    if kind in "uoxX" and value < 0:
        value += 1 << 64
    text = (layout + {"u": "d", "i": "d"}.get(kind, kind)) % value
    return text.replace("0o", "0", 1) if kind == "o" else text


def _integer(argument: str | None, printed: Printed) -> int:
    if argument is None or argument == "":
        return 0
    if argument[0] in "'\"":
        return ord(argument[1:2] or "\0")
    found = re.match(r"\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)", argument)
    if found is None or found.end() != len(argument):
        printed.not_numbers.append(argument)
    if found is None:
        return 0
    digits = found.group(2)
    base = 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" else 10
    value = int(digits, base)
    return -value if found.group(1) == "-" else value


def _real(argument: str | None, printed: Printed) -> float:
    try:
        return float(argument or 0)
    except ValueError:
        printed.not_numbers.append(argument or "")
        return 0.0

"""Patterns of the shell: `*`, `?`, `[…]`, with a backslash before what stands for itself."""

import re
from functools import lru_cache

from podproof.simulator.machine.files import FileSystem

_SPECIAL = re.compile(r"([\\*?\[\]])")
_MAGIC = re.compile(r"(?<!\\)(?:\\\\)*(?:[*?]|\[.*\])", re.DOTALL)
_CLASSES = {
    "alpha": "A-Za-z",
    "digit": "0-9",
    "alnum": "A-Za-z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "blank": r" \t",
    "punct": r"!-/:-@\[-`{-~",
    "xdigit": "0-9A-Fa-f",
    "print": " -~",
    "graph": "!-~",
    "cntrl": r"\x00-\x1f\x7f",
}


def escaped(text: str) -> str:
    """Return the pattern that matches just `text`."""
    return _SPECIAL.sub(r"\\\1", text)


def is_magic(pattern: str) -> bool:
    """Say whether a pattern can match anything but one text."""
    return _MAGIC.search(pattern) is not None


def unescaped(pattern: str) -> str:
    """Return the text of a pattern that is not magic, or did not match."""
    return re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Say whether the whole of `text` matches."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(expression(pattern), re.DOTALL)


def expression(pattern: str) -> str:
    """Return a regular expression. A star before fixed text never backtracks past its first match there."""
    pieces: list[str] = [""]
    at = 0
    while at < len(pattern):
        piece, at = _next(pattern, at)
        if piece == "*":
            if len(pieces) == 1 or pieces[-1]:
                pieces.append("")
        else:
            pieces[-1] += piece
    first, *middle = pieces
    if not middle:
        return first
    *inner, last = middle
    return first + "".join(f"(?>.*?{piece})" for piece in inner) + ".*" + last


def _next(pattern: str, at: int) -> tuple[str, int]:
    """Return (the expression of the next element, "*" for a star; the offset after it)."""
    char = pattern[at]
    if char == "*":
        return "*", at + 1
    if char == "?":
        return ".", at + 1
    if char == "\\" and at + 1 < len(pattern):
        return re.escape(pattern[at + 1]), at + 2
    if char == "[" and (bracket := _bracket(pattern, at)):
        return bracket
    return re.escape(char), at + 1


def _bracket(pattern: str, at: int) -> tuple[str, int] | None:
    found = re.compile(r"\[([!^]?)(\]?(?:\[:\w+:\]|\\.|[^\]\\])*)\]", re.DOTALL).match(pattern, at)
    if found is None:
        return None
    inner = re.sub(r"\[:(\w+):\]|(\\.)|([\[\]^&~|])", _in_bracket, found.group(2))
    try:
        re.compile(f"[{inner}]")
    except re.error:
        return "(?!)", found.end()
    return f"[{'^' if found.group(1) else ''}{inner}]", found.end()


def _in_bracket(found: re.Match[str]) -> str:
    if found.group(1):
        return _CLASSES.get(found.group(1), "")
    return "\\" + (found.group(2) or found.group(3))[-1]


def files_matching(pattern: str, files: FileSystem, cwd: str) -> list[str]:
    """Return the paths that match, sorted and written as the pattern is; a leading dot must be in the pattern."""
    start, parts = ("/", pattern.lstrip("/")) if pattern.startswith("/") else ("", pattern)
    found = [start]
    names = parts.split("/")
    for place, name in enumerate(names):
        found = [path for base in found for path in _step(base, name, place == len(names) - 1, files, cwd)]
    return sorted(found)


def _step(base: str, name: str, last: bool, files: FileSystem, cwd: str) -> list[str]:
    tail = "" if last else "/"
    if not name:
        return [base + tail]
    if not is_magic(name):
        path = base + unescaped(name)
        return [path + tail] if files.exists(files.resolve(cwd, path)) else []
    folder = files.resolve(cwd, base or ".")
    if not files.is_dir(folder):
        return []
    visible = [
        entry
        for entry in files.listdir(folder)
        if matches(name, entry) and (name.startswith(".") or not entry.startswith("."))
    ]
    return [base + entry + tail for entry in visible if last or files.is_dir(files.resolve(folder, entry))]

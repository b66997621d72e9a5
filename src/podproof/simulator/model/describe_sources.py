"""What `kubectl describe` says of where a volume comes from: rows of `data/volume_sources.yaml`.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, printNFSVolumeSource and those beside it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from podproof.simulator.data import rows
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.schema import fields_of, notation_of

_INDENT = "    "
_LONGEST = 140
_FIELD = re.compile(r"\{([\w.]+)(?:\|([^}]*)|(&))?\}")
_ZEROS = {"bool": "false", "int32": "0", "int64": "0"}


def source_of(holder: str, found: Object) -> str:
    """Return the field that says where a volume comes from, "" where none is known."""
    known = _words()
    return next((key for key in found if notation_of(holder, key) in known), "")


def source_lines(struct: str, source: Object) -> Iterator[str]:
    """Yield what is said of a source, its fields and, for a driver, its attributes."""
    words, *fields = _words()[struct]
    yield f"{_INDENT}Type:\t{words}"
    for line in fields:
        yield _INDENT + _FIELD.sub(lambda found: _field(struct, source, *found.groups()), line)
    if "volumeAttributes" in fields_of(struct):
        yield from _attributes(source.get("volumeAttributes") or {})


@cache
def _words() -> Mapping[str, Sequence[str]]:
    found: Mapping[str, Sequence[str]] = rows("volume_sources")["sources"]
    return found


def _field(struct: str, source: Object, path: str, absent: str | None, joined: str | None) -> str:
    value = at(source, *path.split("."))
    if value is None and absent is not None:
        return absent
    if joined:
        return ", ".join(value or ())
    return _printed(notation_of(struct, path), value)


def _printed(notation: str, value: Any) -> str:
    """Return a value as Go's %v writes it."""
    if notation.startswith("[]"):
        return f"[{' '.join(map(str, value or ()))}]"
    if notation.startswith("map:"):
        return f"map[{' '.join(f'{key}:{text}' for key, text in sorted((value or {}).items()))}]"
    inner = fields_of(notation)
    if inner:
        return "nil" if value is None else f"&{notation}{{{_members(inner, value)}}}"
    return str(value).lower() if isinstance(value, bool) else str(_ZEROS.get(notation, "") if value is None else value)


def _members(inner: Mapping[str, str], value: Object) -> str:
    return "".join(f"{key[:1].upper()}{key[1:]}:{_printed(inner[key], value.get(key))}," for key in inner)


def _attributes(found: Mapping[str, str]) -> Iterator[str]:
    """Yield attributes; kubectl indents each piece of a line for itself."""
    texts = [f"{key}={found[key]}" for key in sorted(found)]
    shown = [_INDENT + (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...") for text in texts] or ["<none>"]
    yield f"{_INDENT}VolumeAttributes:\t{shown[0]}"
    yield from (f"{_INDENT * 2}\t{text}" for text in shown[1:])

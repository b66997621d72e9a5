"""Variables that a container takes from a file of a volume: VAR='value' lines, nothing else of a shell's syntax.

Source: pkg/util/env/env.go, ParseEnv; pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables (fileKeyRef).
"""

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath

from podproof.simulator.control.kubelet.lookups import SourceError
from podproof.simulator.machine.files import FileSystem, Mounted
from podproof.simulator.machine.nodes import Directory, File
from podproof.simulator.model.objects import Object

_AFTER = re.compile(r"[ \t]*(#.*)?(\n|$)")
_NAME = re.compile(r"[^= \t\n]+(?==)")


def value_of_file(ref: Object, volumes: Mapping[str, Directory | File]) -> str | None:
    """Return the value a fileKeyRef names; None where it may be missing and is.

    Raises:
        SourceError: with the kubelet's own words.
    """
    volume = volumes.get(ref["volumeName"])
    if not isinstance(volume, Directory):
        raise SourceError(f'cannot find the volume "{ref["volumeName"]}" referenced by FileKeyRef')
    files = FileSystem(Directory(), {"/volume": Mounted(volume)})
    try:
        found = dict(reversed(list(assignments(files.read("/volume" + normpath(f"/{ref['path']}"))))))
    except (OSError, ValueError):
        raise SourceError("couldn't parse env file") from None
    if found.get(ref["key"]):
        return found[ref["key"]]
    if ref.get("optional"):
        return None
    raise SourceError(f'environment variable key "{ref["key"]}" not found in file')


def assignments(text: str) -> Iterator[tuple[str, str]]:
    """Yield the variables of a file in its order; a space behind the equals sign makes a value empty.

    Raises:
        ValueError: a line is none of a blank one, a comment and an assignment in single quotes.
    """
    place = 0
    while place < len(text):
        end = _line_end(text, place)
        line = text[place:end].lstrip(" \t")
        begin, place = end - len(line), end + 1
        if not line or line.startswith("#"):
            continue
        name = _NAME.match(line)
        if name is None:
            raise ValueError(f"there is no assignment in {line!r}")
        value = begin + name.end() + 1
        if text[value : value + 1] in (" ", "\t"):
            yield name[0], ""
            continue
        quoted, place = _quoted(text, value)
        yield name[0], quoted


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _quoted(text: str, place: int) -> tuple[str, int]:
    """Return what is between single quotes from `place` on, and where the next line begins."""
    close = text.find("'", place + 1)
    after = _AFTER.match(text, close + 1) if close >= 0 else None
    if text[place : place + 1] != "'" or after is None:
        raise ValueError(f"no value in single quotes at {place}")
    return text[place + 1 : close], after.end()

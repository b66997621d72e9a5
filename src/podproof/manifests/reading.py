"""Manifests out of text: YAML as kubectl takes it, with the line of every document; all faults at once."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from podproof.manifests.faults import Document, Fault, Manifest, ManifestError
from podproof.manifests.plain_values import documents

LIMIT_BYTES = 3 * 1024 * 1024
"""What one request may carry.

Source: staging/src/k8s.io/apiserver/pkg/server/config.go, NewConfig (MaxRequestBodyBytes).
"""
_PLACEHOLDER = re.compile(r"(?<!\$)\$([A-Za-z_][A-Za-z0-9_]*)")


def read(path: Path, values: Mapping[str, str] | None = None) -> Manifest:
    """Return the manifest in a file.

    Raises:
        ManifestError: it is too large, no UTF-8, or cannot be read as a manifest.
    """
    size = path.stat().st_size
    if size > LIMIT_BYTES:
        raise ManifestError(str(path), (_too_large(size),))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ManifestError(str(path), (Fault(0, 0, f"this is no UTF-8 text: {error.reason}"),)) from None
    return load(text, str(path), values)


def load(text: str, source: str, values: Mapping[str, str] | None = None, first_line: int = 1) -> Manifest:
    """Return the manifest a text is; `first_line` is where it begins in its source.

    With `values`, each `$NAME` stands for a value; `${NAME}`, `$(NAME)` and `$$` are left alone.

    Raises:
        ManifestError: the text cannot be read as a manifest.
    """
    size = len(text.encode())
    if size > LIMIT_BYTES:
        raise ManifestError(source, (_too_large(size),))
    faults: list[Fault] = []
    placed = "\n" * (first_line - 1) + text
    filled = placed if values is None else _filled(placed, values, faults)
    found = list(_documents(filled, source, faults)) if not faults else []
    if not found and not faults:
        told = "there is no document here: a manifest needs apiVersion, kind and metadata.name"
        faults.append(Fault(first_line, 1, told))
    if faults:
        raise ManifestError(source, tuple(faults))
    return Manifest(source, tuple(found))


def _too_large(size: int) -> Fault:
    limit = LIMIT_BYTES // 2**20
    return Fault(0, 0, f"this is {size / 2**20:.1f} MiB; the API server takes {limit} MiB at most: split it")


def _filled(text: str, values: Mapping[str, str], faults: list[Fault]) -> str:
    """Return the text with its placeholders filled in."""
    used = set()
    for found in _PLACEHOLDER.finditer(text):
        name = found[1]
        used.add(name)
        if name not in values:
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - text.rfind("\n", 0, found.start())
            known = ", ".join(values) or "none"
            told = f"${name} has no value; values given: {known}. For a variable of the shell write ${{{name}}}"
            faults.append(Fault(line, column, told))
    for name in values:
        if name not in used:
            faults.append(Fault(0, 0, f"a value is given for {name}, but there is no ${name} here"))
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _documents(text: str, source: str, faults: list[Fault]) -> Iterator[Document]:
    for value, node in documents(text, faults):
        yield from _objects(value, node, source, faults)


def _objects(content: Any, node: Any, source: str, faults: list[Fault]) -> Iterator[Document]:
    """Yield the objects of one document: itself, or the items of a List."""
    line = node.start_mark.line + 1
    if isinstance(content, dict) and content.get("kind") == "List" and isinstance(content.get("items"), list):
        items = next(value for key, value in node.value if key.value == "items")
        for item, below in zip(content["items"], items.value, strict=True):
            yield from _objects(item, below, source, faults)
        return
    missing = list(_missing(content))
    faults.extend(Fault(line, node.start_mark.column + 1, each) for each in missing)
    if not missing:
        yield Document(content, source, line)


def _missing(content: Any) -> Iterator[str]:
    """Yield what a document lacks to be an object."""
    if not isinstance(content, dict):
        yield f"a manifest is a mapping with apiVersion, kind and metadata, not {_kind_of(content)}"
        return
    for key in ("apiVersion", "kind"):
        if not isinstance(content.get(key), str) or not content[key]:
            yield f"{key} is missing" if key not in content else f"{key} must be a text, not {_kind_of(content[key])}"
    meta = content.get("metadata")
    if not isinstance(meta, dict):
        yield "metadata.name is missing"
    elif not meta.get("name"):
        yield "metadata.name is missing" + (": apply cannot generate names" if meta.get("generateName") else "")
    elif not isinstance(meta["name"], str):
        yield f"metadata.name must be a text, not {_kind_of(meta['name'])}: write it in quotes"


def _kind_of(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number")

"""What `kubectl describe` says of kinds it has no words of its own for: every field, by its name in words.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, genericDescriber, printUnstructuredContent, smartLabelFor.
"""

import re
from typing import Any

from podproof.simulator.model.describe_parts import Around, Lines, notes
from podproof.simulator.model.objects import Object

_SAID_ALREADY = frozenset(f"metadata.{key}" for key in ("managedFields", "name", "namespace", "labels", "annotations"))
_ACRONYMS = ("API", "URL", "UID", "GUID")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|[^A-Za-z]+")


def anything(item: Object, around: Around) -> Lines:
    """Yield what is said of an object of any kind."""
    meta = item["metadata"]
    yield f"Name:\t{meta['name']}"
    yield f"Namespace:\t{meta.get('namespace', '')}"
    yield from notes(item)
    yield from _fields(item, "", "")


def _fields(content: Object, indent: str, place: str) -> Lines:
    for field, value in sorted(content.items()):
        path = f"{place}.{field}" if place else field
        if path in _SAID_ALREADY:
            continue
        if isinstance(value, dict):
            yield f"{indent}{label_of(field)}:"
            yield from _fields(value, f"{indent}  ", path)
        elif isinstance(value, list | tuple):
            yield f"{indent}{label_of(field)}:"
            for child in value:
                if isinstance(child, dict):
                    yield from _fields(child, f"{indent}  ", path)
                else:
                    yield f"{indent}  {_said(child)}"
        else:
            yield f"{indent}{label_of(field)}:\t{_said(value)}"


def _said(value: Any) -> str:
    """Return a plain value as Go prints it."""
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def label_of(field: str) -> str:
    """Return a field's name as words: `leaseDurationSeconds` is "Lease Duration Seconds", `uid` is "UID"."""
    if not all(letter.isalpha() or letter == "-" for letter in field):
        return field
    words: list[str] = []
    for part in _WORD.findall(field):
        if words and len(words[-1]) > 1 and words[-1].isupper() and part[0].isupper():
            words[-1] += part
        else:
            words.append(part)
    return " ".join(map(_titled, words))


def _titled(word: str) -> str:
    if word.upper() in _ACRONYMS:
        return word.upper()
    return word.title() if word == word.lower() else word

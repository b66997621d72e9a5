"""Hiding the values of Secrets in whatever is about to leave the process: texts, JSON, pytest's own reports."""

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from podproof.timeline import Record

T = TypeVar("T")
_HIDDEN = "***"
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Mask:
    """What hides some values, the longest first, so that none stands in the way of another."""

    values: tuple[str, ...] = ()

    @classmethod
    def of(cls, record: Record | None, texts: Iterable[str] = ()) -> "Mask":
        """Return what hides the values of every Secret that was seen, in any version, or is written in some YAML."""
        seen = (version.object for ref in record.refs("Secret") for version in record.timeline(ref)) if record else ()
        secrets = (*seen, *(secret for text in texts for secret in _written(text)))
        return cls.hiding(value for secret in secrets for value in _values(secret or {}))

    @classmethod
    def hiding(cls, values: Iterable[str]) -> "Mask":
        """Return what hides these values."""
        return cls(tuple(sorted(set(values), key=lambda value: (-len(value), value))))

    def __call__(self, text: str) -> str:
        """Return a text without the values."""
        for value in self.values:
            text = text.replace(value, _HIDDEN)
        return text

    def through(self, value: T, but: Collection[str] = ()) -> T:
        """Return JSON, or an object of attributes, with every text in it masked; objects are changed in place.

        What stands under a key of `but` is left: words of a report's own, which a Secret may happen to hold too.
        """
        hidden: Any = _through(value, self, but) if self.values else value
        return hidden  # type: ignore[no-any-return]

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where any of the values stands in a text, as offsets; what overlaps is one place."""
        since = until = -1
        for first, last in sorted(hit for value in self.values for hit in _hits(text, value)):
            if first <= until:
                until = max(until, last)
                continue
            if until >= 0:
                yield since, until
            since, until = first, last
        if until >= 0:
            yield since, until


def _through(value: Any, mask: Mask, but: Collection[str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {key: each if key in but else _through(each, mask, but) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_through(each, mask, but) for each in value)
    for name, each in list(getattr(value, "__dict__", {}).items()):
        setattr(value, name, _through(each, mask, but))
    return value


def _hits(text: str, value: str) -> Iterator[tuple[int, int]]:
    found = text.find(value)
    while found >= 0:
        yield found, found + len(value)
        found = text.find(value, found + 1)


def _written(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield the Secrets of a manifest, whether a cluster ever took them or not."""
    if "Secret" not in text:
        return
    import yaml

    try:
        documents = [each for each in yaml.safe_load_all(text) if isinstance(each, dict)]
    except yaml.YAMLError:
        return
    items = (item for each in documents for item in (each.get("items") or (each,)))
    yield from (item for item in items if isinstance(item, dict) and item.get("kind") == "Secret")


def _values(secret: Mapping[str, Any]) -> Iterator[str]:
    """Yield each value as written, decoded, by its lines, and as JSON quotes it; a very short one would hide all."""
    data, strings = secret.get("data") or {}, secret.get("stringData") or {}
    pairs = [(str(each), _decoded(str(each))) for each in data.values()]
    pairs += [(b64encode(str(each).encode()).decode(), str(each)) for each in strings.values()]
    for encoded, plain in pairs:
        forms = {
            encoded,
            plain,
            *plain.splitlines(),
            json.dumps(plain)[1:-1],
            json.dumps(plain, ensure_ascii=False)[1:-1],
        }
        yield from (each for each in forms if len(each.strip()) >= _SHORTEST)


def _decoded(encoded: str) -> str:
    try:
        return b64decode(encoded, validate=True).decode()
    except (Base64Error, UnicodeDecodeError, ValueError):
        return ""

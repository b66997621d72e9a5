"""What differs between any two runs and means nothing: written by one word each.

NAMESPACE, UID, CONTAINER_ID, POD_IP, DURATION and SIZE stand for themselves; a generated name is told by its order.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podproof.simulator.model.objects import at
from podproof.timeline import Record

_UID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_CONTAINER_ID = re.compile(r"\b(?:containerd://)?[0-9a-f]{64}\b")
_PULLED = re.compile(r"in \S+ \(\S+ including waiting\)\. Image size: \d+ bytes\.")
_PULLED_SO = "in DURATION (DURATION including waiting). Image size: SIZE bytes."
_WORD = "default"
"""The one namespace that stays: its name is a word that texts are full of."""
_GENERATED = re.compile(r"^(.+)-[bcdfghjklmnpqrstvwxz2456789]{5}$")


@dataclass(frozen=True, slots=True)
class Normalise:
    """Writes texts of one run so that they can be compared with those of another."""

    words: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    def of(cls, record: Record, namespace: str) -> "Normalise":
        """Return what normalises texts of a record's objects."""
        addresses = {at(v.object, "status", "podIP") for ref in record.refs("Pod") for v in record.timeline(ref)}
        words = [(_PULLED, _PULLED_SO), (_UID, "UID"), (_CONTAINER_ID, "CONTAINER_ID")]
        if namespace != _WORD:
            words.append((re.compile(re.escape(namespace)), "NAMESPACE"))
        known = sorted(re.escape(each) for each in addresses if each)
        if known:
            words.append((re.compile(rf"\b(?:{'|'.join(known)})\b"), "POD_IP"))
        return cls(tuple(words))

    def text(self, text: str) -> str:
        """Return one text."""
        for pattern, word in self.words:
            text = pattern.sub(word, text)
        return text

    def value(self, value: Any) -> Any:
        """Return a JSON value with all its texts normalised."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(key): self.value(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(each) for each in value]
        return value


def told_by_order(run: Mapping[str, Any], given: frozenset[str]) -> dict[str, Any]:
    """Return a run with its generated names replaced by their order: "web-x7k2p" becomes "web-#1".

    `given` are the names the scenario itself gives; those stay.
    """
    seen: dict[str, str] = {}
    counts: dict[str, int] = {}
    first_seen = sorted(run["timelines"].items(), key=lambda row: float(row[1][0]["t"]) if row[1] else 0.0)
    for key, _ in first_seen:
        name = key.partition("/")[2]
        match = _GENERATED.match(name)
        if match and name not in given and name not in seen:
            counts[match[1]] = counts.get(match[1], 0) + 1
            seen[name] = f"{match[1]}-#{counts[match[1]]}"
    longest_first = sorted(seen, key=lambda name: (-len(name), name))
    words = tuple((re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])"), seen[name]) for name in longest_first)
    renamed: dict[str, Any] = Normalise(words).value(run)
    return renamed

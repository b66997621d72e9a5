"""What differs between any two runs and means nothing: written by one word each.

NAMESPACE, UID, CONTAINER_ID, POD_IP, DURATION and SIZE stand for themselves; a generated name is told by its order.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from podproof.simulator.model.objects import at
from podproof.timeline import Record

_UID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_CONTAINER_ID = re.compile(r"\b(?:containerd://)?[0-9a-f]{64}\b")
_PULLED = re.compile(r"in \S+ \(\S+ including waiting\)\. Image size: \d+ bytes\.")
_PULLED_SO = "in DURATION (DURATION including waiting). Image size: SIZE bytes."
_WORD = "default"
"""The one namespace that stays: its name is a word that texts are full of."""
_HASHED = re.compile(r"^(.+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}$")
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
    """Return a run with its generated names replaced by numbers: "web-x7k2p" becomes "web-#1".

    A ReplicaSet's hash is numbered by when it came. Siblings are numbered by their stories, and by when they came where
    those are alike: which of three equal pods is removed differs from run to run. `given` are the names the scenario
    itself gives; those stay.
    """
    first_seen = sorted(run["timelines"].items(), key=lambda row: float(row[1][0]["t"]) if row[1] else 0.0)
    hashes = _numbered(_hashed(key.partition("/"), given) for key, _ in first_seen)
    by_story = sorted(first_seen, key=lambda row: _story(row[1]))
    pods = _numbered(_generated(key.partition("/")[2], given, hashes) for key, _ in by_story)
    seen = {**hashes, **pods}
    longest_first = sorted(seen, key=lambda name: (-len(name), name))
    words = tuple((re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])"), seen[name]) for name in longest_first)
    renamed: dict[str, Any] = Normalise(words).value(run)
    return renamed


def _numbered(names: Iterable[tuple[str, str] | None]) -> dict[str, str]:
    """Return a word for each (name, what it was made from), numbered in their order."""
    seen: dict[str, str] = {}
    counts: dict[str, int] = {}
    for pair in names:
        if pair is not None and pair[0] not in seen:
            counts[pair[1]] = counts.get(pair[1], 0) + 1
            seen[pair[0]] = f"{pair[1]}-#{counts[pair[1]]}"
    return seen


def _hashed(key: tuple[str, str, str], given: frozenset[str]) -> tuple[str, str] | None:
    """Return the name of a Deployment's ReplicaSet, also where only its pods are told, and what it was made from."""
    name = key[2] if key[0] == "ReplicaSet" else key[2].rpartition("-")[0]
    match = _HASHED.match(name)
    return (name, match[1]) if match and name not in given and key[2] not in given else None


def _generated(name: str, given: frozenset[str], hashes: Mapping[str, str]) -> tuple[str, str] | None:
    match = _GENERATED.match(name)
    if match is None or name in given or name in hashes:
        return None
    return name, hashes.get(match[1], match[1])


def _story(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what sorts siblings: what their columns said, one after another."""
    told = (tuple(str(row.get(column)) for column in ("ready", "status", "restarts", "deleted")) for row in rows)
    return str([each for each, _ in groupby(told)])

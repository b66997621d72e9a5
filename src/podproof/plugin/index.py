"""Which step definition a step means: definitions gathered once, each distinct step text looked up once."""

from collections.abc import Iterable

import pytest

from podproof.plugin import bdd
from podproof.plugin.bdd import Definition, Step, definitions


class Index:
    """Step definitions that are visible together; `lookups` counts the texts that had to be searched for."""

    def __init__(self, known: Iterable[Definition]) -> None:
        self.known = tuple(known)
        self.lookups = 0
        self._found: dict[tuple[str, str], tuple[Definition, ...]] = {}
        self._beginning: dict[str, tuple[Definition, ...]] = {}

    def matching(self, step: Step) -> tuple[Definition, ...]:
        """Return every definition that matches a step: exactly one where all is well."""
        key = (step.type, step.name)
        found = self._found.get(key)
        if found is None:
            self.lookups += 1
            candidates = self._beginning_as(step.name) if step.name.isascii() else self.known
            found = self._found[key] = tuple(each for each in candidates if each.matches(step))
        return found

    def _beginning_as(self, text: str) -> tuple[Definition, ...]:
        """Return the definitions that can begin like a text in ASCII, as far as they say how they begin."""
        word = text.partition(" ")[0]
        if word not in self._beginning:
            self._beginning[word] = tuple(each for each in self.known if each.first_word in ("", word))
        return self._beginning[word]


class Indexes:
    """The indexes of one session: files that see the same definitions share one."""

    def __init__(self) -> None:
        self._indexes: dict[tuple[int, ...], Index] = {}
        self._by_folder: dict[tuple[pytest.Collector | None, int], Index] = {}

    def of(self, file: pytest.Collector) -> Index:
        """Return the index of what a feature file can see: what its folder can, for it defines nothing itself."""
        place = file.parent, bdd.fixture_count(file.session)
        if place not in self._by_folder:
            self._by_folder[place] = self._seen_by(file)
        return self._by_folder[place]

    def _seen_by(self, node: pytest.Collector) -> Index:
        known = tuple(definitions(node.session, node))
        key = tuple(id(each.context) for each in known)
        if key not in self._indexes:
            self._indexes[key] = Index(known)
        return self._indexes[key]

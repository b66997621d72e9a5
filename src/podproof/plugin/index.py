"""Which step definition a step means: definitions gathered once, each distinct step text looked up once."""

from collections.abc import Iterable

import pytest

from podproof.plugin.bdd import Definition, Step, definitions


class Index:
    """Step definitions that are visible together; `lookups` counts the texts that had to be searched for."""

    def __init__(self, known: Iterable[Definition]) -> None:
        self.known = tuple(known)
        self.lookups = 0
        self._found: dict[tuple[str, str], tuple[Definition, ...]] = {}

    def matching(self, step: Step) -> tuple[Definition, ...]:
        """Return every definition that matches a step: exactly one where all is well."""
        key = (step.type, step.name)
        found = self._found.get(key)
        if found is None:
            self.lookups += 1
            found = self._found[key] = tuple(each for each in self.known if each.matches(step))
        return found


class Indexes:
    """The indexes of one session: files that see the same definitions share one."""

    def __init__(self) -> None:
        self._indexes: dict[tuple[int, ...], Index] = {}

    def of(self, node: pytest.Collector) -> Index:
        """Return the index of what a node can see."""
        known = tuple(definitions(node.session, node))
        key = tuple(id(each.context) for each in known)
        if key not in self._indexes:
            self._indexes[key] = Index(known)
        return self._indexes[key]

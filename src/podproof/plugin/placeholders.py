"""Which `<names>` of an outline's steps no column of its Examples fills."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from podproof.plugin.bdd import Step

_PLACEHOLDER = re.compile(r"<([^<>]+)>")
_KUBECTLS_OWN = frozenset({"none", "unset", "unknown", "pending", "invalid", "nil", "error", "empty"})
"""What kubectl itself prints between angle brackets."""


def unknown_placeholders(step: Step, columns: Sequence[str]) -> Iterator[str]:
    """Yield each placeholder of a step's line or table that is no column.

    A doc string is full of angle brackets that mean something else, so there only a near miss of a column counts.
    """
    cells = [cell.value for row in step.datatable.rows for cell in row.cells] if step.datatable else []
    for name in _names([step.name, *cells]):
        if name not in columns and name.lower() not in _KUBECTLS_OWN:
            yield name
    for name in _names([step.docstring or ""]):
        if name not in columns and get_close_matches(name, columns, cutoff=0.75):
            yield name


def _names(texts: Sequence[str]) -> Iterator[str]:
    yield from dict.fromkeys(name for text in texts for name in _PLACEHOLDER.findall(text))

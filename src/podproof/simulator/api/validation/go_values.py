"""Values as Go's internal types print them: the API server shows these where a manifest's value is at fault.

Approximated: the rarer volume sources, which `data/internal_types.yaml` does not spell out, keep their manifest's form.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from podproof.simulator.data import rows
from podproof.simulator.model.objects import Object

_CONTEXT_LINES = 3


def internal(struct: str, item: Object, around: Object | None = None) -> dict[str, Any]:
    """Return a manifest's value with every field of the internal type, in its order, zero values included.

    `around` is the object that holds it: some internal fields stand one level higher in a manifest.
    """
    found: dict[str, Any] = {}
    for name, (kind, field) in _types()[struct].items():
        value = (around or {}).get(field[1:]) if field.startswith("/") else item.get(field)
        found[name] = _value(kind, value, item)
    return found


def _value(kind: Any, value: Any, holder: Object) -> Any:
    if not isinstance(kind, str) or not kind:
        return _zeroed(kind, value)
    if kind.startswith("[]"):
        return [internal(kind[2:], each, holder) for each in value] if value else None
    if kind.startswith("*"):
        return None if value is None else internal(kind[1:], value, holder)
    return internal(kind, value or {}, holder)


def _zeroed(zero: Any, value: Any) -> Any:
    if value is None:
        return zero
    if isinstance(value, Mapping):
        return dict(sorted(value.items())) or zero
    return value if value != [] else zero


@cache
def _types() -> Mapping[str, Mapping[str, tuple[Any, str]]]:
    """Return the table with every row as (kind, field)."""
    table = rows("internal_types")["types"]
    return {struct: {name: _row(name, row) for name, row in fields.items()} for struct, fields in table.items()}


def _row(name: str, row: Any) -> tuple[Any, str]:
    return (row[0], row[1]) if isinstance(row, list) else (row, name[0].lower() + name[1:])


def spec_difference(old: Object, new: Object) -> str:
    """Return where two pod specs differ."""
    return difference("PodSpec", old, new)


def difference(struct: str, old: Object, new: Object) -> str:
    """Return where two values of an internal type differ: hunks of a unified diff.

    Source: pkg/apis/core/validation/validation.go, ValidatePodUpdate; k8s.io/apimachinery/pkg/util/diff, Diff.
    """
    import difflib

    lines = difflib.unified_diff(_lines(struct, old), _lines(struct, new), lineterm="", n=_CONTEXT_LINES)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++"))) + "\n"


def _lines(struct: str, item: Object) -> list[str]:
    return json.dumps(internal(struct, item), indent=1, ensure_ascii=False).split("\n")

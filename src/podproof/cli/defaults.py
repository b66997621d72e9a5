"""What the fields of a place in a manifest are by default: a definition says it, of built-in kinds the API shows it.

For these the smallest manifest that has the place is completed as every manifest is that is written; what then stands
there and did not before is the default.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from podproof.simulator.api.discovery import Resource
from podproof.simulator.api.rules import rules_for
from podproof.simulator.model.schema import element_of, fields_of, notation_of, required_of

_SMALLEST: Mapping[str, Any] = {"bool": False, "int32": 1, "int64": 1, "float64": 1.0, "intOrString": 1, "bytes": ""}


def defaults_at(resource: Resource, path: Sequence[str], schema: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the default of each field at a path that has one, as JSON; `schema` is that of the place.

    What a field of built-in kinds has inside is told where its own fields are.
    """
    if resource.custom is not None:
        properties = schema.get("properties") or {}
        return {name: _json(each["default"]) for name, each in properties.items() if "default" in each}
    draft = {**_smallest(resource.struct), "metadata": {"name": "x"}}
    place, struct = draft, resource.struct
    for name in path:
        made = place.setdefault(name, _value(notation_of(struct, name)))
        struct, place = element_of(struct, name), made[0] if isinstance(made, list) and made else made
        if not struct:
            return {}
    before = set(place)
    rules_for(resource).default(draft)
    return {
        name: _json(value)
        for name, value in place.items()
        if name not in before and name in fields_of(struct) and not isinstance(value, dict | list)
    }


def _smallest(struct: str) -> dict[str, Any]:
    """Return a value of a struct that has only the fields it must have."""
    return {name: _value(notation_of(struct, name)) for name in required_of(struct)}


def _value(notation: str) -> Any:
    """Return a value of a type; a list has one element, so that its fields can be looked at."""
    if notation.startswith("[]"):
        return [_value(notation[2:])]
    if notation.startswith("map:") or notation in ("any", "resources"):
        return {}
    return _smallest(notation) if fields_of(notation) else _SMALLEST.get(notation, "1")


def _json(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value)

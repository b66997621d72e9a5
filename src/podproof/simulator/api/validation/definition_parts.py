"""Checks of what a version of a CustomResourceDefinition has beside its schema: subresources, columns, selected fields.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go,
ValidateCustomResourceDefinitionSubresources, ValidateCustomResourceColumnDefinition,
ValidateCustomResourceSelectableFields, validateDeprecationWarning.
"""

from collections.abc import Iterator, Mapping, Sequence

from podproof.simulator.api.faults import Fault, duplicate, invalid, required, too_many
from podproof.simulator.api.validation.schema_rules import FieldPathError, field_of
from podproof.simulator.model.custom.types import Schema
from podproof.simulator.model.objects import Object

_COLUMN_TYPES = ("boolean", "date", "integer", "number", "string")
_COLUMN_FORMATS = ("byte", "date", "date-time", "double", "float", "int32", "int64", "password")
_LONGEST_WARNING = 256
_MOST_SELECTABLE = 8
_SELECTABLE = ("string", "boolean", "integer")
_NOT_SELECTABLE = (
    "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."
)
_SCALE: Mapping[str, tuple[tuple[str, ...], str]] = {
    "specReplicasPath": ((".spec.",), "should be a json path under .spec"),
    "statusReplicasPath": ((".status.",), "should be a json path under .status"),
    "labelSelectorPath": ((".spec.", ".status."), "should be a json path under either .spec or .status"),
}


def warning_faults(version: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the warning of a deprecated version."""
    text = version.get("deprecationWarning")
    if text is not None:
        for detail in _warning_details(text, deprecated=bool(version.get("deprecated"))):
            yield invalid(f"{field}.deprecationWarning", text, detail)


def _warning_details(text: str, *, deprecated: bool) -> Iterator[str]:
    if not deprecated:
        yield "can only be set for deprecated versions"
        return
    if len(text) > _LONGEST_WARNING:
        yield f"must be <= {_LONGEST_WARNING} characters long"
    if not text:
        yield "must not be an empty string"
    place = next((index for index, letter in enumerate(text) if not letter.isprintable()), None)
    if place is not None:
        seen = f"non-printable character found at index {place}"
        yield f"must only contain printable UTF-8 characters; {seen}"


def subresource_faults(subresources: Object | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the paths of the scale subresource."""
    scale = (subresources or {}).get("scale")
    if scale is None:
        return
    for key, (below, detail) in _SCALE.items():
        place, path = f"{field}.scale.{key}", scale.get(key, "")
        wrong = list(_path_faults(path, place))
        if not path:
            if key != "labelSelectorPath":
                yield required(place)
        elif wrong:
            yield from wrong
        elif not path.startswith(below):
            yield invalid(place, path, detail)


def _path_faults(path: str, field: str) -> Iterator[Fault]:
    if path and not path.startswith("."):
        yield invalid(field, path, "must be a simple json path starting with .")


def column_faults(columns: Sequence[Object] | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with printer columns."""
    for index, column in enumerate(columns or ()):
        yield from _column_faults(column, f"{field}[{index}]")


def _column_faults(column: Object, field: str) -> Iterator[Fault]:
    kind, form, path = column.get("type", ""), column.get("format", ""), column.get("jsonPath", "")
    types = f"must be one of {','.join(_COLUMN_TYPES)}"
    if not column.get("name"):
        yield required(f"{field}.name")
    if not kind:
        yield required(f"{field}.type", types)
    elif kind not in _COLUMN_TYPES:
        yield invalid(f"{field}.type", kind, types)
    if form and form not in _COLUMN_FORMATS:
        yield invalid(f"{field}.format", form, f"must be one of {','.join(_COLUMN_FORMATS)}")
    if not path:
        yield required(f"{field}.JSONPath")
    yield from _path_faults(path, f"{field}.JSONPath")


def selectable_faults(fields: Sequence[Object] | None, schema: Schema | None, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the fields that objects may be chosen by."""
    seen: set[tuple[str, ...]] = set()
    for index, each in enumerate(fields or ()):
        place, path = f"{field}[{index}].jsonPath", each.get("jsonPath", "")
        if not path:
            yield required(place)
            continue
        try:
            names, found = field_of(schema or {}, path, brackets=False)
        except FieldPathError as error:
            yield invalid(place, path, f"is an invalid path: {error}")
            continue
        if names[0] == "metadata":
            yield invalid(place, path, "must not point to fields in metadata")
        if found.get("type") not in _SELECTABLE:
            yield invalid(place, path, _NOT_SELECTABLE)
        if names in seen:
            yield duplicate(place, path)
        seen.add(names)
    if len(seen) > _MOST_SELECTABLE:
        yield too_many(field, len(seen), _MOST_SELECTABLE)

"""What validation finds: faults are values, rendered as the API server renders a field.Error.

Source: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go.
"""

import json
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

OMITTED: Any = object()
"""A bad value that is not shown."""


class FaultType(Enum):
    """The kinds of fault: the cause's reason and the words it is printed with."""

    NOT_FOUND = ("FieldValueNotFound", "Not found")
    REQUIRED = ("FieldValueRequired", "Required value")
    DUPLICATE = ("FieldValueDuplicate", "Duplicate value")
    INVALID = ("FieldValueInvalid", "Invalid value")
    NOT_SUPPORTED = ("FieldValueNotSupported", "Unsupported value")
    FORBIDDEN = ("FieldValueForbidden", "Forbidden")
    TOO_LONG = ("FieldValueTooLong", "Too long")
    TOO_MANY = ("FieldValueTooMany", "Too many")
    INTERNAL = ("InternalError", "Internal error")
    TYPE_INVALID = ("FieldValueTypeInvalid", "Invalid value")

    @property
    def reason(self) -> str:
        """The reason of the cause."""
        return self.value[0]

    @property
    def words(self) -> str:
        """How it is printed."""
        return self.value[1]


_WITHOUT_VALUE = (FaultType.REQUIRED, FaultType.FORBIDDEN, FaultType.TOO_LONG, FaultType.INTERNAL)


class Fault(NamedTuple):
    """One broken rule at one field."""

    type: FaultType
    field: str
    value: Any = OMITTED
    detail: str = ""

    @property
    def body(self) -> str:
        """The text without the field: the message of a cause."""
        text = self.type.words
        if self.value is not OMITTED and self.type not in _WITHOUT_VALUE:
            text = f"{text}: {shown(self.value)}"
        return f"{text}: {self.detail}" if self.detail else text

    def __str__(self) -> str:
        return f"{self.field}: {self.body}"


def shown(value: Any) -> str:
    """Return a bad value as Go prints it: strings quoted, objects as compact JSON with sorted maps."""
    if value is None:
        return "null"
    if isinstance(value, (str, dict, list)):
        return quoted(value) if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(value)


def quoted(text: str) -> str:
    """Return a string as Go's %q prints it."""
    return json.dumps(text, ensure_ascii=False)


def required(field: str, detail: str = "") -> Fault:
    """A field is missing."""
    return Fault(FaultType.REQUIRED, field, detail=detail)


def invalid(field: str, value: Any, detail: str) -> Fault:
    """A value breaks a rule."""
    return Fault(FaultType.INVALID, field, value, detail)


def forbidden(field: str, detail: str = "") -> Fault:
    """A field may not be set here."""
    return Fault(FaultType.FORBIDDEN, field, detail=detail)


def duplicate(field: str, value: Any) -> Fault:
    """A value that must be unique is not."""
    return Fault(FaultType.DUPLICATE, field, value)


def not_found(field: str, value: Any) -> Fault:
    """What a field refers to does not exist."""
    return Fault(FaultType.NOT_FOUND, field, value)


def unsupported(field: str, value: Any, supported: Iterable[str]) -> Fault:
    """A value is none of those there are; they are listed in the order given."""
    listed = ", ".join(quoted(choice) for choice in supported)
    return Fault(FaultType.NOT_SUPPORTED, field, value, f"supported values: {listed}" if listed else "")


def too_long(field: str, limit: int) -> Fault:
    """A text is longer than `limit` bytes."""
    return Fault(FaultType.TOO_LONG, field, detail=f"may not be more than {limit} bytes" if limit >= 0 else "")


def too_many(field: str, count: int, limit: int) -> Fault:
    """A list is longer than `limit`."""
    return Fault(FaultType.TOO_MANY, field, count, f"must have at most {limit} item{'' if limit == 1 else 's'}")


Labels = Mapping[str, str]

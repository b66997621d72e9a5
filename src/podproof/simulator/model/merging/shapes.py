"""How a value takes part in merging: field by field, item by item, or as one value."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from podproof.simulator.data import rows
from podproof.simulator.model.custom.types import Schema, items_of, property_of
from podproof.simulator.model.merging.field_sets import key_element, value_element
from podproof.simulator.model.schema import element_of, notation_of

VALUE, STRUCT, MAP, ITEMS, SET, ANY = "one value", "struct", "map", "items by key", "set", "whatever it is"


class Shape(NamedTuple):
    """The shape of a value: `struct` is its type, or that of its items or values ("" for plain ones)."""

    form: str
    struct: str = ""
    keys: tuple[str, ...] = ()
    present: bool = False
    """Whether even an object that says nothing of the field has it, empty."""
    schema: Schema | None = None
    """The schema of a value of a custom object."""


class Part(NamedTuple):
    """One part of a value: the path element that leads to it, its shape, and itself."""

    element: str
    shape: Shape
    value: Any


_PLAIN = Shape(VALUE)
_DEDUCED = Shape(ANY)
_ROOT_FIELDS = ("metadata", "spec", "status")


@cache
def root(kind: str) -> Shape:
    """Return the shape of an object of a kind."""
    return Shape(STRUCT, kind, present=True)


def custom_root(schema: Schema) -> Shape:
    """Return the shape of an object of a custom kind.

    Source: staging/src/k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder/builder.go;
    k8s.io/kube-openapi pkg/schemaconv/smd.go.
    """
    return Shape(STRUCT, present=True, schema=schema)


@cache
def _table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = rows("list_types")
    return found


@cache
def _field(struct: str, field: str, at_root: bool) -> Shape:
    place, notation, table = f"{struct}.{field}", notation_of(struct, field), _table()
    inner = element_of(struct, field)
    if at_root and field == "metadata" and not notation:
        # A custom object: of its own parts nothing is known here.
        return Shape(STRUCT, "ObjectMeta", present=True)
    present = place in table["present"] or (at_root and field in _ROOT_FIELDS)
    if place in table["atomic"] or (inner in table["atomic"] and not notation.startswith("[]")):
        return Shape(VALUE, present=present)
    if notation.startswith("[]"):
        return _list(place, inner, present)
    if notation.startswith("map:"):
        return _DEDUCED if notation == "map:any" else Shape(MAP, inner, present=present)
    if notation == "resources":
        return Shape(MAP, present=present)
    if notation == "any" or not notation:
        return _DEDUCED
    return Shape(STRUCT, inner, present=present) if inner else _PLAIN


def _list(place: str, inner: str, present: bool) -> Shape:
    if place in _table()["sets"]:
        return Shape(SET, present=present)
    keys = _table()["lists"].get(place)
    return Shape(ITEMS, inner, tuple(keys), present) if keys else Shape(VALUE, present=present)


def parts(shape: Shape, value: Any) -> Iterator[Part] | None:
    """Return the parts a value merges by, None where it is one value."""
    form = shape.form
    if form == VALUE or value is None:
        return None
    if form in (STRUCT, MAP, ANY):
        return _members(shape, value) if isinstance(value, Mapping) else None
    if form == ITEMS:
        inner, defaults = _item(shape)
        return (Part(key_element(item, shape.keys, defaults), inner, item) for item in value)
    return (Part(value_element(each), _PLAIN, each) for each in value)


def _item(shape: Shape) -> tuple[Shape, Mapping[str, Any]]:
    """Return the shape of the items of a list, and what their keys are by default."""
    if shape.schema is None:
        return Shape(STRUCT, shape.struct), _table()["key_defaults"]
    item = items_of(shape.schema) or {}
    properties = item.get("properties") or {}
    return _of_schema(item), {key: properties[key]["default"] for key in shape.keys if "default" in properties[key]}


def _members(shape: Shape, value: Mapping[str, Any]) -> Iterator[Part]:
    for key, each in value.items():
        yield Part(f"f:{key}", inner(shape, key), each)


def inner(shape: Shape, key: str) -> Shape:
    """Return the shape of a field of a struct, or of a value of a map."""
    if shape.schema is not None:
        return _custom_field(shape, key)
    if shape.form == STRUCT:
        return _field(shape.struct, key, shape.present)
    if shape.form == ANY:
        return _DEDUCED
    return Shape(STRUCT, shape.struct) if shape.struct else _PLAIN


def _custom_field(shape: Shape, key: str) -> Shape:
    schema = shape.schema or {}
    is_resource = shape.present or schema.get("x-kubernetes-embedded-resource")
    if is_resource and key == "metadata":
        return Shape(STRUCT, "ObjectMeta", present=shape.present)
    if is_resource and key in ("apiVersion", "kind"):
        return _PLAIN
    found = property_of(schema, key)
    return _DEDUCED if found is None else _of_schema(found)


def _of_schema(schema: Schema) -> Shape:
    """Return the shape of a value: objects merge by their fields and lists are one value, unless the schema says so."""
    form, kind = schema.get("x-kubernetes-list-type"), schema.get("type")
    if kind == "array":
        if form == "map":
            return Shape(ITEMS, keys=tuple(schema.get("x-kubernetes-list-map-keys") or ()), schema=schema)
        return Shape(SET) if form == "set" else _PLAIN
    if kind == "object":
        if schema.get("x-kubernetes-map-type") == "atomic":
            return _PLAIN
        known = schema.get("properties") or schema.get("additionalProperties")
        return Shape(STRUCT, schema=schema) if known or schema.get("x-kubernetes-embedded-resource") else _DEDUCED
    return _DEDUCED if schema.get("x-kubernetes-preserve-unknown-fields") else _PLAIN

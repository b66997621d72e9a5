"""Objects inside custom objects (x-kubernetes-embedded-resource): their kind and metadata are judged as any object's.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta/{algorithm.go, validation.go}.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from podproof.simulator.api.faults import Fault, invalid, required
from podproof.simulator.api.validation.metadata import embedded_metadata_faults
from podproof.simulator.model.custom.types import Schema, items_of, property_of
from podproof.simulator.model.names import dns_1035_label
from podproof.simulator.model.schema import DecodeError, decode

_EMBEDDED = "x-kubernetes-embedded-resource"
_EMPTY, _NO_TEXT = "must not be empty", "must be a string"
_VERSION_PARTS = 2


def embedded_faults(schema: Schema, value: Any, path: str = "") -> Iterator[Fault]:
    """Yield what is wrong with the objects inside a value."""
    if isinstance(value, Mapping):
        dot = f"{path}." if path else ""
        if schema.get(_EMBEDDED):
            yield from _object_faults(value, dot)
        for key, each in value.items():
            if inner := property_of(schema, key):
                yield from embedded_faults(inner, each, f"{dot}{key}")
    elif isinstance(value, list) and (inner := items_of(schema)):
        for index, each in enumerate(value):
            yield from embedded_faults(inner, each, f"{path}[{index}]")


def _object_faults(value: Mapping[str, Any], dot: str) -> Iterator[Fault]:
    for key in ("apiVersion", "kind"):
        given = value.get(key)
        if key not in value:
            yield required(f"{dot}{key}", _EMPTY)
        elif not isinstance(given, str):
            yield invalid(f"{dot}{key}", given, _NO_TEXT)
        elif told := _EMPTY if not given else _head_fault(key, given):
            yield invalid(f"{dot}{key}", given, told)
    if "metadata" in value:
        yield from _metadata_faults(value["metadata"], dot)


def _head_fault(key: str, given: str) -> str:
    if key == "kind":
        wrong = dns_1035_label(given.lower())
        return f"may have mixed case, but should otherwise match: {','.join(wrong)}" if wrong else ""
    return f"unexpected GroupVersion string: {given}" if len(given.split("/")) > _VERSION_PARTS else ""


def _metadata_faults(given: Any, dot: str) -> Iterator[Fault]:
    try:
        meta = decode("PodTemplateSpec", {"metadata": given}).draft.get("metadata") or {}
    except DecodeError as error:
        yield invalid(f"{dot}metadata", given, error.reason.replace("ObjectMeta.metadata.", "ObjectMeta."))
        return
    for fault in embedded_metadata_faults(meta):
        yield fault._replace(field=f"{dot}{fault.field}")

"""Checks of what is written around a rule of a schema (x-kubernetes-validations), before the rule itself is read.

Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go,
ValidateCustomResourceDefinitionOpenAPISchema; pkg/apiserver/schema/cel/validation.go, ValidFieldPath.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from podproof.simulator.api.faults import Fault, invalid, required, unsupported
from podproof.simulator.model.custom.types import RULES, Schema

_REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_TOKEN = re.compile(r"'(?:\\.|[^'\\])*'|[.\[\]]|[^.\[\]]+")


class FieldPathError(ValueError):
    """A path that leads to no field of a schema."""


def rule_text_faults(schema: Schema, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the words of each rule of a schema."""
    for index, rule in enumerate(schema.get(RULES) or ()):
        yield from _text_faults(schema, rule, f"{field}.{RULES}[{index}]")


def _text_faults(schema: Schema, rule: Mapping[str, Any], field: str) -> Iterator[Fault]:
    message, words = rule.get("message", ""), rule.get("rule", "").strip()
    if not words:
        yield required(f"{field}.rule", "rule is not specified")
    elif message and not message.strip():
        yield invalid(f"{field}.message", message, "message must be non-empty if specified")
    elif _is_broken(message.strip()):
        yield invalid(f"{field}.message", message, "message must not contain line breaks")
    elif _is_broken(words) and not message.strip():
        yield required(f"{field}.message", "message must be specified if rule contains line breaks")
    if rule.get("messageExpression") and not rule["messageExpression"].strip():
        yield required(f"{field}.messageExpression", "messageExpression must be non-empty if specified")
    if rule.get("reason") is not None and rule["reason"] not in _REASONS:
        yield unsupported(f"{field}.reason", rule["reason"], _REASONS)
    if path := rule.get("fieldPath"):
        yield from _field_path_faults(schema, path, f"{field}.fieldPath")


def _field_path_faults(schema: Schema, path: str, field: str) -> Iterator[Fault]:
    if not path.strip():
        yield invalid(field, path, "fieldPath must be non-empty if specified")
    if _is_broken(path):
        yield invalid(field, path, "fieldPath must not contain line breaks")
    try:
        field_of(schema, path)
    except FieldPathError:
        yield invalid(field, path, "fieldPath must be a valid path")


def _is_broken(text: str) -> bool:
    return "\n" in text or "\r" in text


def field_of(schema: Schema, path: str, brackets: bool = True) -> tuple[tuple[str, ...], Schema]:
    """Return the names a path is made of, and the schema of the field that it leads to.

    Raises:
        FieldPathError: it leads nowhere.
    """
    names: list[str] = []
    tokens = iter(_TOKEN.findall(path))
    for token in tokens:
        if token not in (".", "["):
            raise FieldPathError(f"expected [ or . but got: {token}")
        if token == "[" and not brackets:
            raise FieldPathError("array notation is not allowed")
        name = _next(tokens)
        if token == "[":
            if len(name) < 2 or name[0] != "'" or name[-1] != "'":
                raise FieldPathError(f"expected single quoted string but got {name}")
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        schema = _inside(schema, name)
        names.append(name)
        if token == "[" and (last := _next(tokens)) != "]":
            raise FieldPathError(f"expected ] but got {last}")
    return tuple(names), schema


def _next(tokens: Iterator[str]) -> str:
    found = next(tokens, None)
    if found is None:
        raise FieldPathError("unexpected end of JSON path")
    return found


def _inside(schema: Schema, name: str) -> Schema:
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    found = properties.get(name) if properties is not None else others
    if not isinstance(found, Mapping):
        raise FieldPathError("does not refer to a valid field")
    return found

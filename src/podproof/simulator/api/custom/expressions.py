"""Rules of a schema in CEL (x-kubernetes-validations), evaluated by Google's own library.

Approximated: costs are not counted. Of Kubernetes' own functions only those of `cel_functions` are there.
Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/{validation.go, compilation.go};
staging/src/k8s.io/apiserver/pkg/cel/{escaping.go, library}.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from podproof.errors import NotModelledError
from podproof.simulator.api.custom.validating import NEW
from podproof.simulator.api.faults import OMITTED, Fault, FaultType
from podproof.simulator.model.custom.types import RULES, Schema, items_of, property_of

_REASONS = {each.reason: each for each in FaultType}
_RESERVED = frozenset((
    "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
    "loop", "package", "namespace", "return", "var", "void", "while",
))  # fmt: skip
_ESCAPES = (("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__"))


def rule_faults(schema: Schema, value: Any, path: str, old: Any = NEW, is_root: bool = True) -> Iterator[Fault]:
    """Yield each rule that a value breaks; what an update leaves as it was is not asked again."""
    if value is None or (old is not NEW and old == value):
        return
    for rule in schema.get(RULES) or ():
        yield from _broken(rule, schema, value, path, old, is_root)
    if isinstance(value, Mapping):
        dot, before = f"{path}." if path else "", old if isinstance(old, Mapping) else {}
        for key, each in value.items():
            if inner := property_of(schema, key):
                yield from rule_faults(inner, each, f"{dot}{key}", before.get(key, NEW), is_root=False)
    elif isinstance(value, list) and (inner := items_of(schema)):
        known = _correlated(schema, old)
        for index, each in enumerate(value):
            yield from rule_faults(inner, each, f"{path}[{index}]", known.get(_identity(schema, each), NEW), False)


def _correlated(schema: Schema, old: Any) -> dict[str, Any]:
    if schema.get("x-kubernetes-list-type") != "map" or not isinstance(old, list):
        return {}
    return {_identity(schema, each): each for each in old}


def _identity(schema: Schema, item: Any) -> str:
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    return repr([item.get(key) for key in keys]) if isinstance(item, Mapping) else ""


def _broken(rule: Mapping[str, Any], schema: Schema, value: Any, path: str, old: Any, is_root: bool) -> Iterator[Fault]:
    text, optional = rule["rule"], bool(rule.get("optionalOldSelf"))
    if OLD.search(_TEXT.sub("", text)) and old is NEW and not optional:
        return
    data = {"self": _spoken(schema, value, is_root)}
    data["oldSelf"] = None if old is NEW else _spoken(schema, old, is_root)
    place = f"{path}{rule['fieldPath']}".lstrip(".") if rule.get("fieldPath") else path or "<nil>"
    found = program(_optional(text, old is not NEW) if optional else text).eval(data=data)
    if found.type().name().upper() == "ERROR":
        words = _go_error(str(found.plain_value()))
        detail = f"{words} evaluating rule: {rule.get('message') or text.strip()}"
        yield Fault(FaultType.INVALID, place, _shown(schema, value), detail)
    elif found.plain_value() is not True:
        kind = _REASONS.get(rule.get("reason") or "", FaultType.INVALID)
        yield Fault(kind, place, _shown(schema, value), _message(rule, data))


def _optional(text: str, is_there: bool) -> str:
    """Return a rule whose old value is optional: the library takes none as a value, so it is written into the rule."""
    instead = "optional.of(oldSelf)" if is_there else "optional.none()"
    parts = _TEXT.split(text)
    parts[::2] = [OLD.sub(instead, part) for part in parts[::2]]
    return "".join(parts)


def _shown(schema: Schema, value: Any) -> Any:
    return OMITTED if schema.get("type") in ("object", "array") else value


def _go_error(text: str) -> str:
    """Return an error of the library's in the words of cel-go."""
    if "Key not found in map" in text:
        return f"no such key: {text.rpartition(': ')[2].strip().strip(chr(34))}"
    if "No matching overloads" in text:
        return "no such overload"
    return text.partition(": ")[2] or text


def _message(rule: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    if rule.get("messageExpression"):
        told = program(rule["messageExpression"]).eval(data=data).plain_value()
        if isinstance(told, str) and told.strip() and "\n" not in told:
            return told
    return str(rule.get("message") or f"failed rule: {rule['rule'].strip()}")


def _spoken(schema: Schema, value: Any, is_root: bool = False) -> Any:
    """Return a value as expressions see it: its fields by names that CEL can spell, numbers as the schema has them."""
    if isinstance(value, Mapping):
        known = schema.get("properties")
        found = {}
        for key, each in value.items():
            if is_root and key == "metadata":
                found[key] = {name: each[name] for name in ("name", "generateName") if name in each}
            else:
                name = spoken_name(key) if known and key in known else key
                found[name] = _spoken(property_of(schema, key) or {}, each)
        return found
    if isinstance(value, list):
        return [_spoken(items_of(schema) or {}, each) for each in value]
    return float(value) if schema.get("type") == "number" and isinstance(value, int) else value


def spoken_name(key: str) -> str:
    """Return a field's name as CEL can spell it."""
    if key in _RESERVED:
        return f"__{key}__"
    for mark, name in _ESCAPES:
        key = key.replace(mark, name)
    return key


_TEXT = re.compile(r"(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')")
"""A text in an expression."""
OLD = re.compile(r"(?<![\w.])oldSelf\b")


@cache
def program(text: str) -> Any:
    """Return a compiled expression.

    Raises:
        RuntimeError: it is none.
        NotModelledError: the library is not there.
    """
    return _environment().compile(text)


@cache
def _environment() -> Any:
    try:
        from cel_expr_python import cel
        from cel_expr_python.ext import ext_optional, ext_strings
    except ImportError:
        what = f"{RULES} without cel-expr-python, which pip install 'podproof[crd]' brings"
        raise NotModelledError(what, "a definition") from None
    from podproof.simulator.api.custom.cel_functions import declared

    extensions = [ext_strings.ExtStrings(), ext_optional.ExtOptional(), declared(cel)]
    return cel.NewEnv(variables={"self": cel.Type.DYN, "oldSelf": cel.Type.DYN}, extensions=extensions)

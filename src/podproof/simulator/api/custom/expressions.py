"""Rules of a schema in CEL (x-kubernetes-validations), evaluated by Google's own library.

Approximated: expressions are checked without the types of the schema, so a field that it does not have is found when
the rule is evaluated; costs are not counted. Of Kubernetes' own functions only those below are there.
Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/{validation.go, compilation.go};
staging/src/k8s.io/apiserver/pkg/cel/{escaping.go, library}.
"""

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


def compile_faults(schema: Schema, field: str) -> Iterator[Fault]:
    """Yield each rule that is no expression, or none that says yes or no."""
    for index, rule in enumerate(schema.get(RULES) or ()):
        text, place = rule.get("rule", ""), f"{field}.{RULES}[{index}]"
        if not text.strip():
            yield Fault(FaultType.REQUIRED, f"{place}.rule", detail="rule is not specified")
            continue
        for key, wanted in (("rule", ("BOOL", "DYN")), ("messageExpression", ("STRING", "DYN"))):
            if rule.get(key) and (told := _compile_fault(rule[key], wanted)):
                yield Fault(FaultType.INVALID, f"{place}.{key}", rule[key], told)
    for key, inner in (schema.get("properties") or {}).items():
        yield from compile_faults(inner, f"{field}.properties[{key}]")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from compile_faults(schema[key], f"{field}.{key}")


def _compile_fault(text: str, wanted: tuple[str, ...]) -> str:
    try:
        found = _program(text).return_type().name()
    except RuntimeError as error:
        return (
            f"compilation failed: {str(error).removeprefix('INVALID_ARGUMENT: ').removesuffix(' [INVALID_ARGUMENT]')}"
        )
    if found.upper() in wanted:
        return ""
    return (
        "cel expression must evaluate to a bool" if "BOOL" in wanted else "messageExpression must evaluate to a string"
    )


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
    if "oldSelf" in text and old is NEW and not optional:
        return
    data = {"self": _spoken(schema, value, is_root)}
    data["oldSelf"] = None if old is NEW else _spoken(schema, old, is_root)
    place = f"{path}{rule['fieldPath']}".lstrip(".") if rule.get("fieldPath") else path or "<nil>"
    found = _program(text).eval(data=data)
    if found.type().name().upper() == "ERROR":
        words = _go_error(str(found.plain_value()))
        detail = f"{words} evaluating rule: {rule.get('message') or text.strip()}"
        yield Fault(FaultType.INVALID, place, _shown(schema, value), detail)
    elif found.plain_value() is not True:
        kind = _REASONS.get(rule.get("reason") or "", FaultType.INVALID)
        yield Fault(kind, place, _shown(schema, value), _message(rule, data))


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
        told = _program(rule["messageExpression"]).eval(data=data).plain_value()
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
                name = _escaped(key) if known and key in known else key
                found[name] = _spoken(property_of(schema, key) or {}, each)
        return found
    if isinstance(value, list):
        return [_spoken(items_of(schema) or {}, each) for each in value]
    return float(value) if schema.get("type") == "number" and isinstance(value, int) else value


def _escaped(key: str) -> str:
    if key in _RESERVED:
        return f"__{key}__"
    for mark, name in _ESCAPES:
        key = key.replace(mark, name)
    return key


@cache
def _program(text: str) -> Any:
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

"""Whether the rules of a schema can be asked: each is an expression that fits the schema, and has an old value to look
at where it wants one.

Approximated: of the types of a schema only chains of fields are followed (`self.spec.name`); what a rule costs is not
estimated.
Source: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go, Compile, compileRule;
pkg/apis/apiextensions/validation/validation.go, ValidateCustomResourceDefinitionOpenAPISchema.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from podproof.errors import NotModelledError
from podproof.simulator.api.custom.cel_functions import MISSING
from podproof.simulator.api.custom.expressions import OLD, program, spoken_name
from podproof.simulator.api.faults import Fault, FaultType, invalid
from podproof.simulator.model.custom.types import RULES, Schema

_CHAIN = re.compile(r"(?<![\w.])(self|oldSelf)((?:\s*\.\s*[A-Za-z_]\w*(?!\w*\s*\())+)")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_FREE = "x-kubernetes-preserve-unknown-fields"
_INTERNAL = (
    ("Rule", "rule", ""), ("Message", "message", ""), ("MessageExpression", "messageExpression", ""),
    ("Reason", "reason", None), ("FieldPath", "fieldPath", ""), ("OptionalOldSelf", "optionalOldSelf", None),
)  # fmt: skip
_BOOL, _STRING = ("BOOL", "DYN"), ("STRING", "DYN")


def compile_faults(schema: Schema, field: str, broken: Sequence[str] = ()) -> Iterator[Fault]:
    """Yield each rule that is no expression, or none that says yes or no; those deepest inside come first.

    `broken` are the fields of faults that are known: rules at them and around them are not looked at.
    """
    for inner, place, uncorrelated in _inside(schema, field, ""):
        if any(each.startswith(place) for each in broken):
            continue
        for index, rule in enumerate(inner.get(RULES) or ()):
            yield from _rule_faults(inner, rule, f"{place}.{RULES}[{index}]", uncorrelated, place == field)


def _inside(schema: Schema, field: str, uncorrelated: str) -> Iterator[tuple[Schema, str, str]]:
    """Yield each schema inside a schema, and itself at last.

    With it come its place, and the place from which on an old value cannot be told.
    """
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield from _inside(schema["additionalProperties"], f"{field}.additionalProperties", uncorrelated)
    within = uncorrelated or (field if schema.get("x-kubernetes-map-type") == "atomic" else "")
    for key, inner in (schema.get("properties") or {}).items():
        yield from _inside(inner, f"{field}.properties[{key}]", within)
    if isinstance(schema.get("items"), Mapping):
        within = uncorrelated or ("" if schema.get("x-kubernetes-list-type") == "map" else field)
        yield from _inside(schema["items"], f"{field}.items", within)
    yield schema, field, uncorrelated


def _rule_faults(
    schema: Schema, rule: Mapping[str, Any], field: str, uncorrelated: str, is_root: bool
) -> Iterator[Fault]:
    shown = {name: rule.get(key, zero) for name, key, zero in _INTERNAL}
    if told := _compile_fault(schema, rule["rule"], _BOOL, is_root):
        yield invalid(f"{field}.rule", shown, told)
    if rule.get("messageExpression") and (told := _compile_fault(schema, rule["messageExpression"], _STRING, is_root)):
        yield invalid(f"{field}.messageExpression", shown, told)
    uses_old = OLD.search(_TEXT.sub("", rule["rule"])) is not None
    if uses_old and uncorrelated:
        detail = f"oldSelf cannot be used on the uncorrelatable portion of the schema within {uncorrelated}"
        yield invalid(f"{field}.rule", rule["rule"], detail)
    elif not uses_old and rule.get("optionalOldSelf") is not None:
        detail = "may not be set if oldSelf is not used in rule"
        yield Fault(FaultType.INVALID, f"{field}.optionalOldSelf", rule["optionalOldSelf"], detail)


def _compile_fault(schema: Schema, text: str, wanted: tuple[str, ...], is_root: bool) -> str:
    if missing := MISSING.search(_TEXT.sub("", text)):
        raise NotModelledError(f"the function {missing[1]} of CEL", "a definition")
    try:
        found = program(text).return_type().name().upper()
    except RuntimeError as error:
        return f"compilation failed: {_plain(str(error))}"
    if told := _undefined(schema, text, is_root):
        return f"compilation failed: {told}"
    if found not in wanted or (found == "DYN" and _type_of_chain(schema, text, is_root) not in ("", *wanted)):
        subject, kind = ("cel expression", "bool") if wanted is _BOOL else ("messageExpression", "string")
        return f"{subject} must evaluate to a {kind}"
    return ""


def _plain(text: str) -> str:
    return text.removeprefix("INVALID_ARGUMENT: ").removesuffix(" [INVALID_ARGUMENT]")


def _undefined(schema: Schema, text: str, is_root: bool) -> str:
    """Return what is said of the first fields that a schema does not have, each with its place."""
    told = []
    bare = _TEXT.sub(lambda found: " " * len(found[0]), text)
    for chain in _CHAIN.finditer(bare):
        at, inner = schema, is_root
        for step in re.finditer(r"\.\s*(\w+)", chain[2]):
            following = _member(at, step[1], inner)
            if following is None:
                told.append(_placed(text, chain.start(2) + step.start(), f"undefined field '{step[1]}'"))
                break
            at, inner = following, False
            if not at.get("properties"):
                break
    return "\n".join(told)


def _member(schema: Schema, name: str, is_root: bool) -> Schema | None:
    """Return the schema of a field, None where there is none; a schema that leaves it open has any."""
    if is_root and name in ("apiVersion", "kind", "metadata"):
        return {}
    properties = schema.get("properties")
    if not properties:
        return {}
    known = {spoken_name(key): inner for key, inner in properties.items()}
    return known.get(name)


def _placed(text: str, place: int, words: str) -> str:
    """Return an error as cel-go prints it: with the line, and a mark below the place."""
    before = text[:place]
    line, column = before.count("\n"), place - (before.rfind("\n") + 1)
    return f"ERROR: <input>:{line + 1}:{column + 1}: {words}\n | {text.splitlines()[line]}\n | {'.' * column}^"


def _type_of_chain(schema: Schema, text: str, is_root: bool) -> str:
    """Return the type of an expression that is nothing but a chain of fields; "" of any other."""
    chain = _CHAIN.fullmatch(text.strip())
    at: Schema | None = schema
    for step in re.findall(r"\w+", chain[2]) if chain else ():
        at = _member(at or {}, step, is_root)
    kind = (at or {}).get("type", "") if chain or text.strip() == "self" else ""
    return {"boolean": "BOOL", "string": "STRING"}.get(kind, kind.upper())

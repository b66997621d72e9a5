"""Label and field selectors: which labels satisfy what a selector asks for."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from podproof.errors import PodproofError
from podproof.simulator.model.names import label_value, qualified_name
from podproof.simulator.model.objects import Object

Labels = Mapping[str, str]
Test = Callable[[Labels], bool]

IN, NOT_IN, EXISTS, ABSENT = "In", "NotIn", "Exists", "DoesNotExist"
EQUALS, DIFFERS, GREATER, LESS = "=", "!=", "Gt", "Lt"


class SelectorError(PodproofError, ValueError):
    """A selector that does not parse; `reason` is the API server's own sentence."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text, self.reason = text, reason

    def __str__(self) -> str:
        return self.reason


class Requirement(NamedTuple):
    """One demand on one label."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def holds(self, labels: Labels) -> bool:
        """Say whether the labels meet the demand; an absent label meets NotIn and DoesNotExist only.

        Source: staging/src/k8s.io/apimachinery/pkg/labels/selector.go, Requirement.Matches.
        """
        found = labels.get(self.key)
        if self.operator == EXISTS:
            return found is not None
        if self.operator == ABSENT:
            return found is None
        if self.operator in (NOT_IN, DIFFERS):
            return found is None or found not in self.values
        if self.operator in (GREATER, LESS):
            return found is not None and self._compares(found)
        return found is not None and found in self.values

    def _compares(self, found: str) -> bool:
        if not _WHOLE_NUMBER.fullmatch(found):
            return False
        return int(found) > int(self.values[0]) if self.operator == GREATER else int(found) < int(self.values[0])


_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)


def matches_map(selector: Labels, labels: Labels) -> bool:
    """Say whether labels hold every pair of a plain map selector; an empty map matches everything.

    A Service with an empty selector selects nothing, which is the Service's rule and not this one's.
    """
    return all(labels.get(key) == value for key, value in selector.items())


def matches(selector: Object | None, labels: Labels) -> bool:
    """Say whether labels satisfy a metav1.LabelSelector: None matches nothing, the empty selector everything.

    Raises:
        SelectorError: an operator that does not exist.
    Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector.
    """
    if selector is None:
        return False
    if not matches_map(selector.get("matchLabels") or {}, labels):
        return False
    return all(_expression(row).holds(labels) for row in selector.get("matchExpressions") or ())


def _expression(row: Object) -> Requirement:
    operator = row.get("operator", "")
    if operator not in (IN, NOT_IN, EXISTS, ABSENT):
        raise SelectorError(str(operator), f'"{operator}" is not a valid label selector operator')
    return Requirement(row["key"], operator, tuple(row.get("values") or ()))


def printed(selector: Object | None) -> str:
    """Return a metav1.LabelSelector as kubectl's SELECTOR column prints it.

    Source: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go, FormatLabelSelector; labels.Requirement.String.
    """
    if selector is None:
        return "<none>"
    rows = [Requirement(key, EQUALS, (value,)) for key, value in (selector.get("matchLabels") or {}).items()]
    rows += [_expression(row) for row in selector.get("matchExpressions") or ()]
    return ",".join(_printed(row) for row in sorted(rows, key=lambda row: row.key)) or "<none>"


def _printed(row: Requirement) -> str:
    if row.operator in (EXISTS, ABSENT):
        return f"{'!' if row.operator == ABSENT else ''}{row.key}"
    if row.operator == EQUALS:
        return f"{row.key}={row.values[0]}"
    return f"{row.key} {row.operator.lower()} ({','.join(sorted(row.values))})"


def parse(text: str) -> Test:
    """Return the test that a selector text (`a=b,c!=d,e in (f,g),!h`) means; the empty text accepts everything.

    Raises:
        SelectorError: with the API server's own sentence.
    """
    wanted = requirements(text)
    return lambda labels: all(row.holds(labels) for row in wanted)


@lru_cache(maxsize=1024)
def requirements(text: str) -> tuple[Requirement, ...]:
    """Return the demands a selector text makes, sorted by key as the real parser sorts them.

    Raises:
        SelectorError: with the API server's own sentence.
    Source: staging/src/k8s.io/apimachinery/pkg/labels/selector.go, Parser.
    """
    return _Parser(text).parse()


_TOKEN = re.compile(r"[ \t\r\n]*(==|!=|[=!(),<>]|[^=!(),<> \t\r\n]+|$)")
_OPERATORS = {"=": EQUALS, "==": EQUALS, "!=": DIFFERS, "in": IN, "notin": NOT_IN, ">": GREATER, "<": LESS}
_SYMBOLS = frozenset(("=", "==", "!=", "!", "(", ")", ",", "<", ">"))
_END = ""


class _Parser:
    """Reads a selector token by token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _TOKEN.findall(text)
        self._next = 0

    def parse(self) -> tuple[Requirement, ...]:
        found: list[Requirement] = []
        while self._peek() != _END:
            if not _is_word(self._peek()) and self._peek() != "!":
                raise self._wrong(self._peek(), ", expected: !, identifier, or 'end of string'")
            found.append(self._checked_requirement())
            token = self._take()
            if token not in (_END, ","):
                raise self._wrong(token, ", expected: ',' or 'end of string'")
            if token == "," and not _is_word(self._peek()) and self._peek() != "!":
                raise self._wrong(self._peek(), ", expected: identifier after ','")
        return tuple(sorted(found, key=lambda row: row.key))

    def _checked_requirement(self) -> Requirement:
        try:
            return self._requirement()
        except SelectorError as error:
            raise SelectorError(self._text, f"unable to parse requirement: {error.reason}") from None

    def _requirement(self) -> Requirement:
        negated = self._peek() == "!"
        if negated:
            self._take()
        key = self._take()
        if not _is_word(key):
            raise self._wrong(key, ", expected: identifier")
        if faults := qualified_name(key):
            raise self._invalid("<nil>", key, "; ".join(faults))
        if negated or self._peek() in (_END, ","):
            return Requirement(key, ABSENT if negated else EXISTS)
        return self._comparison(key)

    def _comparison(self, key: str) -> Requirement:
        token = self._take()
        if token not in _OPERATORS:
            raise self._wrong(token, ", expected: in, notin, =, ==, !=, gt, lt")
        operator = _OPERATORS[token]
        values = tuple(sorted(set(self._set()))) if operator in (IN, NOT_IN) else (self._exact(),)
        if not values:
            reason = "for 'in', 'notin' operators, values set can't be empty"
            raise SelectorError(self._text, f"values: Invalid value: []: {reason}")
        for index, value in enumerate(values):
            if faults := label_value(value):
                raise self._invalid(f"values[{index}][{key}]", value, "; ".join(faults))
        if operator in (GREATER, LESS) and not _WHOLE_NUMBER.fullmatch(values[0]):
            raise self._invalid("values[0]", values[0], "for 'Gt', 'Lt' operators, the value must be an integer")
        return Requirement(key, operator, values)

    def _exact(self) -> str:
        if self._peek() in (_END, ","):
            return ""
        token = self._take()
        if not _is_word(token):
            raise self._wrong(token, ", expected: identifier")
        return token

    def _set(self) -> list[str]:
        if (token := self._take()) != "(":
            raise self._wrong(token, " expected: '('")
        if self._peek() == ")":
            self._take()
            return []
        if not _is_word(self._peek()) and self._peek() != ",":
            raise self._wrong(self._peek(), ", expected: ',', ')' or identifier")
        values = [self._value()]
        while (token := self._take()) == ",":
            values.append(self._value())
        if token != ")":
            raise self._wrong(token, ", expected: ',' or ')'")
        return values

    def _value(self) -> str:
        if self._peek() in (",", ")"):
            return ""
        token = self._take()
        if not _is_word(token):
            raise self._wrong(token, ", expected: ',', or identifier")
        return token

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else _END

    def _take(self) -> str:
        token = self._peek()
        self._next += 1
        return token

    def _wrong(self, seen: str, wanted: str) -> SelectorError:
        return SelectorError(self._text, f"found '{seen}'{wanted}")

    def _invalid(self, path: str, value: str, reason: str) -> SelectorError:
        return SelectorError(self._text, f'{path}: Invalid value: "{value}": {reason}')


def _is_word(token: str) -> bool:
    return token != _END and token not in _SYMBOLS


class FieldRequirement(NamedTuple):
    """One demand on one field: `operator` is "=" or "!="."""

    field: str
    operator: str
    value: str

    def holds(self, fields: Labels) -> bool:
        """Say whether a field has (or has not) the value; a field that is not there counts as empty."""
        return (fields.get(self.field, "") == self.value) == (self.operator == EQUALS)


def parse_fields(text: str) -> Sequence[FieldRequirement]:
    """Return the demands of a field selector (`metadata.name=a,status.phase!=Running`).

    Raises:
        SelectorError: with the API server's own sentence.
    Source: staging/src/k8s.io/apimachinery/pkg/fields/selector.go, parseSelector.
    """
    return tuple(_field_requirement(text, term) for term in _TERM.findall(text))


_TERM = re.compile(r"(?:\\.|[^\\,]|\\$)+", re.DOTALL)
_FIELD_TERM = re.compile(r"(.*?)(!=|==|=)(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.?)|([,=])", re.DOTALL)


def _field_requirement(text: str, term: str) -> FieldRequirement:
    found = _FIELD_TERM.fullmatch(term)
    if found is None:
        raise SelectorError(text, f"invalid selector: '{text}'; can't understand '{term}'")
    value = _ESCAPE.sub(lambda escape: _unescaped(text, escape), found[3])
    return FieldRequirement(found[1], DIFFERS if found[2] == "!=" else EQUALS, value)


def _unescaped(text: str, escape: re.Match[str]) -> str:
    if escape[2]:
        raise SelectorError(text, f"invalid field selector: unescaped character in value: {ord(escape[2])}")
    if escape[1] not in ("\\", ",", "="):
        raise SelectorError(text, f"invalid field selector: invalid escape sequence: {escape[0]}")
    return escape[1]

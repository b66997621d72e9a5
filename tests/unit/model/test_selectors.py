"""Selectors of labels and fields."""

from typing import Any

import pytest

from podproof.simulator.model import selectors
from podproof.simulator.model.selectors import SelectorError, matches, matches_map, parse, parse_fields, printed

LABELS = {"app": "web", "tier": "front"}

OBJECTS: dict[str, tuple[Any, bool]] = {
    "no selector matches nothing": (None, False),
    "an empty selector matches everything": ({}, True),
    "a pair that is there matches": ({"matchLabels": {"app": "web"}}, True),
    "one pair of two is not enough": ({"matchLabels": {"app": "web", "tier": "back"}}, False),
    "In wants one of its values": (
        {"matchExpressions": [{"key": "app", "operator": "In", "values": ["a", "web"]}]},
        True,
    ),
    "In wants the label": ({"matchExpressions": [{"key": "x", "operator": "In", "values": ["a"]}]}, False),
    "NotIn is content without the label": (
        {"matchExpressions": [{"key": "x", "operator": "NotIn", "values": ["a"]}]},
        True,
    ),
    "NotIn refuses its values": ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
    "Exists wants the label": ({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}, True),
    "DoesNotExist refuses it": ({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}, False),
}


@pytest.mark.parametrize(("selector", "wanted"), OBJECTS.values(), ids=OBJECTS.keys())
def test_label_selectors(selector: Any, wanted: bool) -> None:
    assert matches(selector, LABELS) is wanted


def test_an_operator_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SelectorError, match='"Near" is not a valid label selector operator'):
        matches({"matchExpressions": [{"key": "a", "operator": "Near"}]}, LABELS)


def test_an_empty_map_matches_everything() -> None:
    assert matches_map({}, LABELS)


TEXTS = {
    "nothing asked": ("", True),
    "equal": ("app=web", True),
    "equal, doubled sign": ("app==web", True),
    "different": ("app!=web", False),
    "different is content without the label": ("x!=web", True),
    "in a set": ("app in (api, web)", True),
    "not in a set": ("app notin (api,web)", False),
    "there": ("tier", True),
    "not there": ("!tier", False),
    "all terms must hold": ("app=web,tier=back", False),
    "spaces do not matter": (" app = web , tier in ( front ) ", True),
    "a key may be called in": ("in=web", False),
    "an empty value": ("app=", False),
}


@pytest.mark.parametrize(("text", "wanted"), TEXTS.values(), ids=TEXTS.keys())
def test_selector_texts(text: str, wanted: bool) -> None:
    assert parse(text)(LABELS) is wanted


NUMBERS = {
    "more than": ("size>3", "10", True),
    "not less than": ("size<3", "10", False),
    "less than": ("size<3", "2", True),
    "no number": ("size>3", "big", False),
}


@pytest.mark.parametrize(("text", "size", "wanted"), NUMBERS.values(), ids=NUMBERS.keys())
def test_numbers_compare_as_numbers(text: str, size: str, wanted: bool) -> None:
    assert parse(text)({"size": size}) is wanted


REFUSED = {
    "an operator first": ("=a", "found '=', expected: !, identifier, or 'end of string'"),
    "nothing after a comma": ("a=b,", "found '', expected: identifier after ','"),
    "two words": ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
    "a set without brackets": ("a in b", "unable to parse requirement: found 'b' expected: '('"),
    "a set without its end": ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
    "an empty set": (
        "a in ()",
        "unable to parse requirement: values: Invalid value: []: "
        "for 'in', 'notin' operators, values set can't be empty",
    ),
    "a size that is no number": (
        "a>b",
        'unable to parse requirement: values[0]: Invalid value: "b": '
        "for 'Gt', 'Lt' operators, the value must be an integer",
    ),
    "only a denial": ("!", "unable to parse requirement: found '', expected: identifier"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_does_not_parse_is_refused_in_the_servers_words(text: str, reason: str) -> None:
    with pytest.raises(SelectorError) as refused:
        selectors.requirements(text)

    assert str(refused.value) == reason


def test_a_key_that_is_no_name_is_refused_with_the_rule() -> None:
    with pytest.raises(
        SelectorError, match='unable to parse requirement: <nil>: Invalid value: "a\\$": name part must'
    ):
        parse("a$=1")


FIELDS = {
    "one term": ("metadata.name=a", [("metadata.name", "=", "a")]),
    "a doubled sign is one": ("metadata.name==a", [("metadata.name", "=", "a")]),
    "two terms": (
        "spec.nodeName=n,status.phase!=Running",
        [("spec.nodeName", "=", "n"), ("status.phase", "!=", "Running")],
    ),
    "an empty value": ("spec.nodeName=", [("spec.nodeName", "=", "")]),
    "an escaped comma": (r"a=b\,c", [("a", "=", "b,c")]),
    "no terms": ("", []),
}


@pytest.mark.parametrize(("text", "wanted"), FIELDS.values(), ids=FIELDS.keys())
def test_field_selectors(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert [(row.field, row.operator, row.value) for row in parse_fields(text)] == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name", "invalid selector: 'name'; can't understand 'name'"),
        ("a=b=c", "invalid field selector: unescaped character in value: 61"),
        (r"a=\x", r"invalid field selector: invalid escape sequence: \x"),
    ],
)
def test_wrong_field_selectors_are_refused_in_the_servers_words(text: str, reason: str) -> None:
    with pytest.raises(SelectorError) as refused:
        parse_fields(text)

    assert str(refused.value) == reason


def test_a_field_requirement_takes_an_absent_field_as_empty() -> None:
    assert [row.holds({}) for row in parse_fields("a=,b!=c")] == [True, True]


PRINTED: dict[str, tuple[Any, str]] = {
    "none": (None, "<none>"),
    "empty": ({}, "<none>"),
    "pairs, by key": ({"matchLabels": {"b": "2", "a": "1"}}, "a=1,b=2"),
    "a set, sorted": ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["z", "y"]}]}, "a notin (y,z)"),
    "absence": ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, "!a"),
}


@pytest.mark.parametrize(("selector", "wanted"), PRINTED.values(), ids=PRINTED.keys())
def test_selectors_as_kubectl_prints_them(selector: Any, wanted: str) -> None:
    assert printed(selector) == wanted

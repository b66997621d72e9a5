"""`$(NAME)` in command, args and env."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.model.expansion import environment, expand, expand_all

KNOWN = {"A": "1", "EMPTY": "", "NESTED": "$(A)"}

TEXTS = {
    "a reference is replaced": ("x$(A)y", "x1y"),
    "two in a row": ("$(A)$(A)", "11"),
    "an unknown name stays as it is": ("$(B)", "$(B)"),
    "an empty value is a value": ("[$(EMPTY)]", "[]"),
    "a doubled dollar is one": ("kill -9 $$", "kill -9 $"),
    "a doubled dollar protects a reference": ("$$(A)", "$(A)"),
    "three dollars are one and a reference": ("$$$(A)", "$1"),
    "four dollars are two": ("$$$$(A)", "$$(A)"),
    "a shell's own variable is left alone": ("${A} $A", "${A} $A"),
    "an open bracket that never closes stays": ("$(A", "$(A"),
    "what follows it is still read": ("$( $$", "$( $"),
    "a dollar at the end stays": ("A$", "A$"),
    "what was put in is not read again": ("$(NESTED)", "$(A)"),
    "a dollar and a letter shield nothing": ("$a$(A)", "$a1"),
    "names are taken to the first bracket": ("$(A$(A))", "$(A$(A))"),
}


@pytest.mark.parametrize(("text", "wanted"), TEXTS.values(), ids=TEXTS.keys())
def test_expansion(text: str, wanted: str) -> None:
    assert expand(text, KNOWN) == wanted


def test_command_words_are_expanded_one_by_one() -> None:
    assert expand_all(["sh", "-c", "echo $(A) $$"], KNOWN) == ["sh", "-c", "echo 1 $"]


def variables(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in pairs]


ENVIRONMENTS: dict[str, tuple[list[dict[str, Any]], dict[str, str]]] = {
    "a variable refers to one before it": (variables(("A", "1"), ("B", "$(A)2")), {"A": "1", "B": "12"}),
    "not to one after it": (variables(("B", "$(A)"), ("A", "1")), {"B": "$(A)", "A": "1"}),
    "the last of two wins": (variables(("A", "1"), ("A", "2")), {"A": "2"}),
    "a variable without a value is empty": ([{"name": "A"}], {"A": ""}),
}


@pytest.mark.parametrize(("given", "wanted"), ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
def test_environments(given: list[dict[str, Any]], wanted: dict[str, str]) -> None:
    assert environment(given) == wanted


def test_a_services_variable_can_be_named_and_is_overridden_by_the_containers_own() -> None:
    services = {"HOST": "10.0.0.1", "PORT": "80"}

    made = environment(variables(("URL", "$(HOST):$(PORT)"), ("PORT", "8080")), services)

    assert made == {"URL": "10.0.0.1:80", "PORT": "8080", "HOST": "10.0.0.1"}


def test_what_a_config_map_gives_comes_first() -> None:
    made = environment(variables(("A", "$(B)!"), ("B", "own")), sources={"B": "given"})

    assert made == {"B": "own", "A": "given!"}


def test_what_a_variable_stands_for_is_asked_of_who_knows() -> None:
    given = [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]

    assert environment(given, value_from=lambda source: source["fieldRef"]["fieldPath"]) == {"IP": "status.podIP"}


def test_a_variable_whose_source_may_be_missing_is_left_out() -> None:
    given: list[dict[str, Any]] = [
        {"name": "A", "valueFrom": {"secretKeyRef": {}}},
        {"name": "B", "value": "$(A)"},
    ]

    assert environment(given, value_from=lambda source: None) == {"B": "$(A)"}


@pytest.mark.parametrize("source", ["configMapKeyRef", "secretKeyRef", "resourceFieldRef"])
def test_a_source_nobody_knows_is_refused_by_its_name(source: str) -> None:
    with pytest.raises(NotModelledError, match=f"environment variable A: .*valueFrom.{source}"):
        environment([{"name": "A", "valueFrom": {source: {}}}])

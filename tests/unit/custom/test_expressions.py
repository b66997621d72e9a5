"""Rules in CEL: what they see, and what is said where they do not hold."""

from typing import Any

import pytest

from podproof.errors import NotModelledError
from podproof.simulator.api.custom.validating import NEW
from tests.unit.custom.crontabs import CRDS, create, crontab, definition, world_with

pytest.importorskip("cel_expr_python", reason="the library that evaluates CEL is not installed")

from podproof.simulator.api.custom.compiling import compile_faults
from podproof.simulator.api.custom.expressions import rule_faults
from podproof.simulator.kernel.requests import Request
from podproof.simulator.world import World


def ruled(rule: str, **more: Any) -> dict[str, Any]:
    """Return the schema of an object with a rule."""
    whole, number = {"type": "integer"}, {"type": "number"}
    properties = {"min": whole, "max": whole, "share": number, "names": {"type": "array", "items": {"type": "string"}},
        "namespace": {"type": "string"}, "x-y": whole}  # fmt: skip
    return {"type": "object", "properties": properties, "x-kubernetes-validations": [{"rule": rule, **more}]}


CASES: dict[str, tuple[dict[str, Any], Any, Any, list[str]]] = {
    "a rule that holds": (ruled("self.min <= self.max"), {"min": 1, "max": 2}, NEW, []),
    "a rule that does not": (ruled("self.min <= self.max"), {"min": 3, "max": 2}, NEW, [
        "a: Invalid value: failed rule: self.min <= self.max"]),
    "its own message": (ruled("self.min > 1", message="too few"), {"min": 1}, NEW, ["a: Invalid value: too few"]),
    "a message that is worked out": (
        ruled("self.min > 1", messageExpression="'not ' + string(self.min)"), {"min": 1}, NEW,
            ["a: Invalid value: not 1"]),
    "at a field of its own": (ruled("self.min > 1", fieldPath=".min"), {"min": 1}, NEW, [
        "a.min: Invalid value: failed rule: self.min > 1"]),
    "with a reason of its own": (ruled("self.min > 1", reason="FieldValueForbidden", message="no"), {"min": 1}, NEW, [
        "a: Forbidden: no"]),
    "a field that may be absent": (ruled("!has(self.min) || self.min > 1"), {}, NEW, []),
    "a field that is absent": (ruled("self.min > 1"), {}, NEW, [
        "a: Invalid value: no such key: min evaluating rule: self.min > 1"]),
    "every item of a list": (ruled("self.names.all(each, each.startsWith('x'))"), {"names": ["xa", "b"]}, NEW, [
        "a: Invalid value: failed rule: self.names.all(each, each.startsWith('x'))"]),
    "a whole number in a field of fractions": (ruled("self.share < 0.5"), {"share": 1}, NEW, [
        "a: Invalid value: failed rule: self.share < 0.5"]),
    "names that CEL cannot spell": (
        ruled("self.__namespace__ == 'x' && self.x__dash__y == 1"), {"namespace": "x", "x-y": 1}, NEW, []),
    "a transition is not asked of what is new": (ruled("self.min >= oldSelf.min"), {"min": 1}, NEW, []),
    "a transition that is forbidden": (ruled("self.min >= oldSelf.min"), {"min": 1}, {"min": 2}, [
        "a: Invalid value: failed rule: self.min >= oldSelf.min"]),
    "what stays as it was is not asked again": (ruled("self.min > 1"), {"min": 1}, {"min": 1}, []),
    "a rule of a plain value shows it": (
        {"type": "integer", "x-kubernetes-validations": [{"rule": "self > 1"}]}, 1, NEW, [
            "a: Invalid value: 1: failed rule: self > 1"]),
    "an optional old value that is not there": (
        ruled("!oldSelf.hasValue() || self.min >= oldSelf.value().min", optionalOldSelf=True), {"min": 1}, NEW, []),
    "an optional old value that is there": (
        ruled("!oldSelf.hasValue() || self.min >= oldSelf.value().min", optionalOldSelf=True), {"min": 1}, {"min": 2}, [
            "a: Invalid value: failed rule: !oldSelf.hasValue() || self.min >= oldSelf.value().min"]),
    "a text that says oldSelf is no transition": (
        ruled("self.__namespace__ != 'oldSelf'"), {"namespace": "oldSelf"}, NEW, [
        "a: Invalid value: failed rule: self.__namespace__ != 'oldSelf'"]),
    **{f"a function: {rule}": (ruled(rule), {"names": ["a", "b", "a"]}, NEW, []) for rule in (
        "'a1b2'.findAll('[0-9]', 1) == ['1']",
        "self.names.indexOf('a') == 0 && self.names.lastIndexOf('a') == 2 && self.names.indexOf('z') == -1",
        "sets.contains(self.names, ['a']) && sets.equivalent(self.names, ['b', 'a'])",
        "!sets.intersects(self.names, ['z'])",
        "url('https://me@x.org:80/a%20b?k=v').getHost() == 'x.org:80' && url('https://x.org:80/').getPort() == '80'",
        "url('https://[::1]/a').getHostname() == '::1' && url('/a?k=v').getQuery()['k'] == ['v']",
        "quantity('1Gi') == quantity('1024Mi') && quantity('1').isGreaterThan(quantity('900m'))",
        "quantity('1500m').add(quantity('500m')).asInteger() == 2 && quantity('3').sub(1) == quantity('2')",
        "quantity('-1').sign() == -1 && !quantity('1m').isInteger() && !isQuantity('1X')",
        "ip('::1').isLoopback() && ip('fe80::1').family() == 6 && !isIP('1.2.3') && ip('10.0.0.1').isGlobalUnicast()",
        "cidr('10.0.0.1/8').containsIP('10.2.3.4') && cidr('10.0.0.0/8').containsCIDR(cidr('10.1.0.0/16'))",
        "cidr('10.0.0.1/8').masked() == cidr('10.0.0.0/8') && cidr('::/64').prefixLength() == 64",
        "!isCIDR('10.0.0.1') && isCIDR('10.0.0.1/8')",
    )},
    "Kubernetes' own functions": (ruled("'a1'.find('[0-9]') == '1' && isURL('http://x') && self.names.isSorted()"),
        {"names": ["a", "b"]}, NEW, []),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "value", "old", "told"), CASES.values(), ids=CASES.keys())
def test_rules(schema: dict[str, Any], value: Any, old: Any, told: list[str]) -> None:
    assert [str(fault) for fault in rule_faults(schema, value, "a", old, is_root=False)] == told


NO_RULES = {
    "a field that the schema does not have": (
        "self.min < self.most",
        (
            "compilation failed: ERROR: <input>:1:16: undefined field 'most'\n | self.min < self.most\n"
            " | ...............^"
        ),
    ),
    "a field that is no answer": ("self.min", "cel expression must evaluate to a bool"),
    "no expression": ("self.min >", "compilation failed: ERROR"),
    "a name that nobody knows": ("other > 1", "undeclared reference to 'other'"),
    "a number for an answer": ("self.min + 1 == 2 ? 1 : 2", "cel expression must evaluate to a bool"),
}


@pytest.mark.parametrize(("rule", "told"), NO_RULES.values(), ids=NO_RULES.keys())
def test_what_is_no_rule(rule: str, told: str) -> None:
    (fault,) = compile_faults(ruled(rule), "s")

    assert fault.field == "s.x-kubernetes-validations[0].rule"
    assert told in fault.detail


OLD_SELF: dict[str, tuple[dict[str, Any], list[str]]] = {
    "in a map an old item is told by its keys": ({"x-kubernetes-list-type": "map"}, []),
    "in a list without keys it is not": ({}, [
        "s.items.x-kubernetes-validations[0].rule: Invalid value: \"self.min == oldSelf.min\": oldSelf cannot be used "
        "on the uncorrelatable portion of the schema within s"]),
}  # fmt: skip


@pytest.mark.parametrize(("more", "told"), OLD_SELF.values(), ids=OLD_SELF.keys())
def test_a_transition_wants_an_old_value(more: dict[str, Any], told: list[str]) -> None:
    schema = {"type": "array", "items": ruled("self.min == oldSelf.min"), **more}

    assert [str(fault) for fault in compile_faults(schema, "s")] == told


def test_a_function_that_is_not_modelled_is_named() -> None:
    with pytest.raises(NotModelledError, match="the function semver of CEL"):
        list(compile_faults(ruled("semver('1.2.3') == semver('1.2.3')"), "s"))


def test_an_optional_old_value_that_is_not_looked_at_is_a_fault() -> None:
    (fault,) = compile_faults(ruled("self.min > 1", optionalOldSelf=True), "s")

    assert str(fault) == (
        "s.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: "
        "may not be set if oldSelf is not used in rule"
    )


def test_a_definition_with_such_a_rule_is_refused() -> None:
    answer = World().handle(Request("create", CRDS, body=definition(ruled("self.min >"))))

    assert answer.body["details"]["causes"][0]["field"] == (
        "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule"
    )


def test_an_object_that_breaks_a_rule_is_refused() -> None:
    answer = create(world_with(definition(ruled("self.min <= self.max", message="min is above max"))),
        crontab(min=3, max=2))  # fmt: skip

    assert answer.body["message"] == (
        'CronTab.stable.example.com "mine" is invalid: spec: Invalid value: min is above max'
    )


def test_rules_wait_for_a_value_that_has_its_shape() -> None:
    answer = create(world_with(definition(ruled("self.min <= self.max"))), crontab(min="x"))

    assert [each["message"] for each in answer.body["details"]["causes"]][1:] == [
        "Invalid value: null: some validation rules were not checked because the object was invalid; correct "
        "the existing "
        "errors to complete validation"]  # fmt: skip

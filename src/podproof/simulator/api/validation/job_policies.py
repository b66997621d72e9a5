"""Checks of when a Job has failed or succeeded before its time.

Source: pkg/apis/batch/validation/validation.go, validatePodFailurePolicy, validateSuccessPolicy.
"""

import re
from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import (
    OMITTED,
    Fault,
    duplicate,
    invalid,
    required,
    too_long,
    too_many,
    unsupported,
)
from podproof.simulator.api.validation.go_values import internal
from podproof.simulator.api.validation.scalars import not_negative, qualified_name_faults
from podproof.simulator.model.objects import Object

_ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
_OPERATORS = ("In", "NotIn")
_STATUSES = ("False", "True", "Unknown")
_MOST_RULES = 20
_MOST_CODES = 255
_MOST_PATTERNS = 20
_LONGEST_INDEXES = 64 * 1024


class IndexesError(ValueError):
    """A text that names no indexes; its first argument is the API server's own reason."""


def failure_policy_faults(spec: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the pod failure policy of a Job's spec."""
    rules = spec["podFailurePolicy"].get("rules") or ()
    if len(rules) > _MOST_RULES:
        yield too_many(f"{field}.rules", len(rules), _MOST_RULES)
    pod = (spec.get("template") or {}).get("spec") or {}
    names = [each.get("name", "") for kind in ("containers", "initContainers") for each in pod.get(kind) or ()]
    for index, rule in enumerate(rules):
        place = f"{field}.rules[{index}]"
        yield from _action_faults(rule.get("action", ""), "backoffLimitPerIndex" in spec, f"{place}.action")
        codes, patterns = rule.get("onExitCodes"), rule.get("onPodConditions") or ()
        if codes is not None:
            yield from _exit_code_faults(codes, names, f"{place}.onExitCodes")
        yield from _pattern_faults(patterns, f"{place}.onPodConditions")
        if codes is not None and patterns:
            yield invalid(place, OMITTED, "specifying both OnExitCodes and OnPodConditions is not supported")
        if codes is None and not patterns:
            yield invalid(place, OMITTED, "specifying one of OnExitCodes and OnPodConditions is required")


def _valid(values: Sequence[str]) -> str:
    listed = " ".join(f'"{value}"' for value in values)
    return f"valid values: [{listed}]"


def _action_faults(action: str, counts_indexes: bool, field: str) -> Iterator[Fault]:
    if not action:
        yield required(field, _valid(_ACTIONS))
    elif action == "FailIndex":
        if not counts_indexes:
            yield invalid(field, action, "requires the backoffLimitPerIndex to be set")
    elif action not in _ACTIONS:
        yield unsupported(field, action, _ACTIONS)


def _pattern_faults(patterns: Sequence[Object], field: str) -> Iterator[Fault]:
    if len(patterns) > _MOST_PATTERNS:
        yield too_many(field, len(patterns), _MOST_PATTERNS)
    for index, pattern in enumerate(patterns):
        yield from qualified_name_faults(pattern.get("type", ""), f"{field}[{index}].type")
        status = pattern.get("status", "")
        if not status:
            yield required(f"{field}[{index}].status", _valid(_STATUSES))
        elif status not in _STATUSES:
            yield unsupported(f"{field}[{index}].status", status, _STATUSES)


def _exit_code_faults(demand: Object, names: Sequence[str], field: str) -> Iterator[Fault]:
    operator, values = demand.get("operator", ""), demand.get("values") or []
    if not operator:
        yield required(f"{field}.operator", _valid(_OPERATORS))
    elif operator not in _OPERATORS:
        yield unsupported(f"{field}.operator", operator, _OPERATORS)
    name = demand.get("containerName")
    if name is not None and name not in names:
        detail = "must be one of the container or initContainer names in the pod template"
        yield invalid(f"{field}.containerName", name, detail)
    if not values:
        yield invalid(f"{field}.values", None, "at least one value is required")
    elif len(values) > _MOST_CODES:
        yield too_many(f"{field}.values", len(values), _MOST_CODES)
    for index, value in enumerate(values):
        if operator == "In" and value == 0:
            yield invalid(f"{field}.values[{index}]", value, "must not be 0 for the In operator")
        if value in values[:index]:
            yield duplicate(f"{field}.values[{index}]", value)
    if list(values) != sorted(values):
        yield invalid(f"{field}.values", list(values), "must be ordered")


def success_policy_faults(spec: Object, field: str) -> Iterator[Fault]:
    """Yield what is wrong with the success policy of a Job's spec."""
    policy = spec["successPolicy"]
    if spec.get("completionMode") != "Indexed":
        yield invalid(field, internal("SuccessPolicy", policy), "requires indexed completion mode")
        return
    rules = policy.get("rules") or ()
    if not rules:
        detail = "at least one rules must be specified when the successPolicy is specified"
        yield required(f"{field}.rules", detail)
    if len(rules) > _MOST_RULES:
        yield too_many(f"{field}.rules", len(rules), _MOST_RULES)
    for index, rule in enumerate(rules):
        yield from _success_rule_faults(rule, spec.get("completions") or 0, f"{field}.rules[{index}]")


def _success_rule_faults(rule: Object, completions: int, field: str) -> Iterator[Fault]:
    count, indexes, total = rule.get("succeededCount"), rule.get("succeededIndexes"), 0
    if count is None and indexes is None:
        yield required(field, "at least one of succeededCount or succeededIndexes must be specified")
    if indexes is not None:
        if len(indexes) > _LONGEST_INDEXES:
            yield too_long(f"{field}.succeededIndexes", _LONGEST_INDEXES)
        try:
            total = counted_indexes(indexes, completions)
        except IndexesError as error:
            yield invalid(f"{field}.succeededIndexes", indexes, f"error parsing succeededIndexes: {error}")
    if count is None:
        return
    place, most = f"{field}.succeededCount", "must be less than or equal to"
    yield from not_negative(count, place)
    if count > completions:
        yield invalid(place, count, f"{most} {completions} (the number of specified completions)")
    if indexes is not None and count > total:
        detail = f"{most} {total} (the number of indexes in the specified succeededIndexes field)"
        yield invalid(place, count, detail)


def counted_indexes(text: str, completions: int) -> int:
    """Return how many indexes a text like `1,3-5` names.

    Raises:
        IndexesError: it names none, too large ones, or not in rising order.
    Source: validation.go, validateIndexesFormat, parseIndexInterval.
    """
    last: int | None = None
    total = 0
    for part in text.split(",") if text else ():
        first, end = _interval(part, completions)
        if last is not None and last >= first:
            raise IndexesError(f"non-increasing order, previous: {last}, current: {first}")
        total, last = total + end - first + 1, end
    return total


def _interval(text: str, completions: int) -> tuple[int, int]:
    limits = text.split("-")
    if len(limits) > 2:
        raise IndexesError(
            f'the fragment "{text}" violates the requirement that an index interval can have at most two parts '
            "separated by '-'"
        )
    first = _index(limits[0], completions)
    if len(limits) == 1:
        return first, first
    end = _index(limits[1], completions)
    if first >= end:
        raise IndexesError(f"non-increasing order, previous: {first}, current: {end}")
    return first, end


def _index(text: str, completions: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII):
        raise IndexesError(f'cannot convert string to integer for index: "{text}"')
    if int(text) >= completions:
        raise IndexesError(f'too large index: "{text}"')
    return int(text)

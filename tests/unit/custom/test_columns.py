"""The columns of custom kinds: what their paths lead to, and how it is printed."""

from typing import Any

import pytest

from podproof.simulator.model import tables
from podproof.simulator.model.custom.columns import PathError, found
from podproof.simulator.model.custom.types import type_of
from podproof.simulator.model.times import moment
from tests.unit.custom.crontabs import crontab, definition

ITEM: dict[str, Any] = {
    "spec": {"a": 1, "b.c": 2, "list": [{"x": 1}, {"x": 2}]},
    "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}]},
}

PATHS: dict[str, tuple[str, list[Any]]] = {
    "a field": (".spec.a", [1]),
    "a field with a dot in its name": (r".spec.b\.c", [2]),
    "the same in brackets": (".spec['b.c']", [2]),
    "an item": (".spec.list[0].x", [1]),
    "an item from the end": (".spec.list[-1].x", [2]),
    "an item that is not there": (".spec.list[5].x", []),
    "every item": (".spec.list[*].x", [1, 2]),
    "the item with a type": ('.status.conditions[?(@.type=="Ready")].status', ["True"]),
    "a field that is not there": (".spec.z.y", []),
}


@pytest.mark.parametrize(("path", "values"), PATHS.values(), ids=PATHS.keys())
def test_what_a_path_leads_to(path: str, values: list[Any]) -> None:
    assert found(ITEM, path) == values


def test_a_path_that_says_what_columns_cannot() -> None:
    with pytest.raises(PathError, match="is no path of a column"):
        found(ITEM, ".spec.list[0:1]")


def printed(columns: list[dict[str, Any]], spec: dict[str, Any], wide: bool = False) -> tuple[Any, Any]:
    made = definition({"type": "object"}, additionalPrinterColumns=columns)
    made["spec"]["names"]["listKind"] = "CronTabList"
    item = crontab(**spec)
    item["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z"
    custom = type_of(made, made["spec"]["versions"][0])
    table = tables.table("CronTab", [item], moment("2026-01-01T00:05:00Z"), wide, custom)
    return table.columns, table.rows[0]


def column(path: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": "It", "type": kind, "jsonPath": path, **more}


CELLS: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "a text": (column(".spec.a"), {"a": "x"}, "x"),
    "a number as text": (column(".spec.a"), {"a": 1}, "1"),
    "an object as text": (column(".spec.a"), {"a": {"b": 1}}, '{"b":1}'),
    "a number": (column(".spec.a", "integer"), {"a": 1}, 1),
    "no number": (column(".spec.a", "integer"), {"a": "x"}, ""),
    "yes": (column(".spec.a", "boolean"), {"a": True}, True),
    "a moment": (column(".spec.a", "date"), {"a": "2026-01-01T00:00:00Z"}, "5m"),
    "nothing": (column(".spec.a"), {}, ""),
}


@pytest.mark.parametrize(("row", "spec", "cell"), CELLS.values(), ids=CELLS.keys())
def test_what_a_column_prints(row: dict[str, Any], spec: dict[str, Any], cell: Any) -> None:
    assert printed([row], spec) == (("NAME", "IT"), ("mine", cell))


def test_without_columns_of_its_own_a_kind_has_its_age() -> None:
    assert printed([], {}) == (("NAME", "AGE"), ("mine", "5m"))


def test_what_has_a_priority_is_of_the_wide_table_only() -> None:
    columns = [column(".spec.a", priority=1)]

    assert printed(columns, {"a": "x"})[0] == ("NAME",)
    assert printed(columns, {"a": "x"}, wide=True)[0] == ("NAME", "IT")

"""Which angle brackets of an outline are placeholders that nobody fills."""

from types import SimpleNamespace

import pytest

from podproof.plugin.placeholders import unknown_placeholders

CASES = {
    "a name that is a column": ('pod "<pod>" runs', "", [], ["pod"], []),
    "a name that is none": ('pod "<pood>" runs', "", [], ["pod"], ["pood"]),
    "the same name twice is one": ("<x> and <x>", "", [], [], ["x"]),
    "in a table": ("a table", "", ["<x>"], ["pod"], ["x"]),
    "what kubectl prints itself": ("a table", "", ["<none>", "<unknown>"], ["pod"], []),
    "in a doc string what comes near a column": ("a text", "image: <imge>", [], ["image"], ["imge"]),
    "in a doc string anything else is left alone": ("a text", "cat <file >out; echo <b>", [], ["image"], []),
}


@pytest.mark.parametrize(("line", "text", "cells", "columns", "unknown"), CASES.values(), ids=CASES.keys())
def test_unknown_placeholders(line: str, text: str, cells: list[str], columns: list[str], unknown: list[str]) -> None:
    row = SimpleNamespace(cells=[SimpleNamespace(value=cell) for cell in cells])
    step = SimpleNamespace(name=line, docstring=text, datatable=SimpleNamespace(rows=[row]))

    assert list(unknown_placeholders(step, columns)) == unknown  # type: ignore[arg-type]

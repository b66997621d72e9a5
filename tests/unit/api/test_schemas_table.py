"""The tables of structural schemas are what their tool writes from the kubernetes client, where that is installed."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def test_the_tables_are_up_to_date() -> None:
    pytest.importorskip("kubernetes", reason="the kubernetes client is not installed")
    spec = importlib.util.spec_from_file_location("schemas_tool", ROOT / "tools" / "schemas.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)

    assert {path.name: path.read_text(encoding="utf-8") == text for path, text in tool.texts().items()} == {
        "schemas.json": True,
        "required_fields.json": True,
    }

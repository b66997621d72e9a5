"""Facts are rows: each names its source, and each is used."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src/podproof/simulator/data"
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py")))


def _rows(node: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is a row: a mapping that holds a plain value, or that has a source of its own."""
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from _rows(each, f"{where}[{number}]")
    elif isinstance(node, dict) and (
        "source" in node or any(not isinstance(each, dict | list) for each in node.values())
    ):
        yield where, node
    elif isinstance(node, dict):
        for key, each in node.items():
            yield from _rows(each, f"{where}.{key}" if where else str(key))


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")), ids=lambda path: path.name)
def test_every_row_names_its_source(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert [where for where, row in _rows(document, "") if not row.get("source")] == []


def test_every_latency_is_used_and_every_used_one_is_a_row() -> None:
    document = yaml.safe_load((DATA / "timings.yaml").read_text(encoding="utf-8"))
    rows = {(component, name) for component, names in document.items() for name in names}
    used = set(re.findall(r"\b(?:span|figure)\(\s*\"(\w+)\",\s*\"(\w+)\"", CODE))
    built = re.findall(r"\b(?:span|figure)\(\s*\"(\w+)\",\s*f\"(\w+)\{", CODE)
    used |= {(part, name) for part, name in rows for wing, start in built if part == wing and name.startswith(start)}

    assert sorted(rows - used) == []
    assert sorted(used - rows) == []


def test_every_data_file_is_read() -> None:
    names = {path.stem for path in DATA.glob("*.yaml")} | {path.stem for path in DATA.glob("*.json")}

    assert sorted(name for name in names if not re.search(rf"[\"']{name}(\.json|\.yaml)?[\"']", CODE)) == []

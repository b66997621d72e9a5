"""The house style that a machine can check: sizes, names, documented surface, nothing left half done."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "steps").rglob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))

LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 40
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
KUBERNETES_SAYS_SO = {"status_manager"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _too_long() -> Iterator[str]:
    for path in [*MODULES, *BENCHMARKS]:
        text = path.read_text(encoding="utf-8")
        if (lines := text.count("\n")) > LINES_OF_A_MODULE:
            yield f"{_name(path)}: {lines} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, Function) and (lines := _length(node)) > LINES_OF_A_FUNCTION:
                yield f"{_name(path)}: {node.name}: {lines} lines"


def _length(node: Function) -> int:
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _excused() -> set[str]:
    """Read the table of the decision: a module, or a module and a function of it."""
    text = (ROOT / "docs/decisions/0005-sizes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)`(?: `([^`]+)`)? \|", text, re.M)
    return {": ".join(filter(None, row)) for row in rows}


def test_modules_and_functions_keep_below_their_ceilings_or_say_why() -> None:
    seen = {each.rpartition(": ")[0]: each for each in _too_long()}

    assert sorted(seen[name] for name in seen.keys() - _excused()) == []
    assert sorted(_excused() - seen.keys()) == []


def test_no_module_has_a_vague_name() -> None:
    stems = {path.stem for path in [*MODULES, *TESTS, *BENCHMARKS]} - KUBERNETES_SAYS_SO

    assert sorted(stem for stem in stems if VAGUE & set(stem.split("_"))) == []


def test_nothing_is_left_half_done() -> None:
    files = [*MODULES, *BENCHMARKS, *TESTS, ROOT / "Makefile", ROOT / "pyproject.toml"]
    marked = [_name(path) for path in files if path != Path(__file__) and UNFINISHED.search(path.read_text("utf-8"))]

    assert marked == []


def _bare(node: ast.Module | ast.ClassDef, where: str, known: set[str]) -> Iterator[str]:
    for each in node.body:
        if not isinstance(each, Function | ast.ClassDef) or each.name.startswith("_"):
            continue
        is_known = isinstance(node, ast.ClassDef) and each.name in known
        if ast.get_docstring(each) is None and not is_known and not _says_enough(each):
            yield f"{where}: {each.name}"
        if isinstance(each, ast.ClassDef):
            yield from _bare(each, f"{where}: {each.name}", known)


def _documented_methods(tree: ast.Module) -> set[str]:
    """The methods that some class of the module documents: the others with that name do the same."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {
        each.name for node in classes for each in node.body if isinstance(each, Function) and ast.get_docstring(each)
    }


def _says_enough(node: Function | ast.ClassDef) -> bool:
    """A step is its own sentence; an overload is documented where it comes from."""
    words = {ast.unparse(each).partition("(")[0].rpartition(".")[2] for each in node.decorator_list}
    return bool(words & {"says", "given", "when", "then", "overload"})


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_the_public_surface_is_documented(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)

    assert text.strip() == "" or ast.get_docstring(tree), "the module does not say what it holds"
    assert list(_bare(tree, _name(path), _documented_methods(tree))) == []


def test_test_modules_have_names_of_their_own() -> None:
    names = [path.name for path in TESTS if path.name.startswith("test_")]

    assert sorted({name for name in names if names.count(name) > 1}) == []

"""What is on disk is what is shipped."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]

CONFORMANCE = {"podproof.conformance.features": "features", "podproof.conformance.manifests": "manifests"}


def _packages_on_disk() -> set[str]:
    source = ROOT / "src"
    found = {".".join(path.parent.relative_to(source).parts) for path in source.rglob("__init__.py")}
    steps = {".".join(("podproof", *path.parent.relative_to(ROOT).parts)) for path in ROOT.glob("steps/**/__init__.py")}
    return found | steps | set(CONFORMANCE)


def test_every_package_is_shipped() -> None:
    assert set(SETUPTOOLS["packages"]) == _packages_on_disk()


def test_every_folder_with_python_in_it_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "src").rglob("*.py")}

    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_every_data_file_is_shipped() -> None:
    shipped = SETUPTOOLS["package-data"]
    missed = [
        str(path.relative_to(ROOT))
        for path in [*(ROOT / "src").rglob("*"), *(ROOT / "steps").rglob("*")]
        if path.is_file() and path.suffix in {".yaml", ".json", ".typed", ".txt", ".css", ".j2", ".js"}
        if not any(fnmatch(path.name, glob) for glob in shipped.get(_package(path), ()))
    ]

    assert missed == []


def test_the_conformance_suite_is_shipped_whole() -> None:
    for package, folder in CONFORMANCE.items():
        assert SETUPTOOLS["package-dir"][package] == folder
        suffixes = {Path(glob).suffix for glob in SETUPTOOLS["package-data"][package]}
        assert {path.suffix for path in (ROOT / folder).rglob("*") if path.is_file()} == suffixes


def _package(path: Path) -> str:
    if path.is_relative_to(ROOT / "steps"):
        return ".".join(("podproof", *path.parent.relative_to(ROOT).parts))
    return ".".join(path.parent.relative_to(ROOT / "src").parts)


def test_the_steps_are_found_beside_the_package_by_the_tools_that_do_not_read_pyproject() -> None:
    assert (ROOT / "src/podproof/steps").resolve() == ROOT / "steps"

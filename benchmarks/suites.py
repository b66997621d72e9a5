"""Whole pytest runs: one cold feature file, and the suite beside the same files with empty steps.

Not the features about operators: these are processes of their own, which run in our time.
"""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

from benchmarks.figures import PYTEST_BDD, ROOT, Figure, best_of_each, pytest_run

FEATURE = "features/pods/init-containers-wait-for-services.feature"

OPERATED = [path.name for path in (ROOT / "features").rglob("*.feature") if "@operator" in path.read_text("utf-8")]

EMPTY_FEATURE = "Feature: Nothing\n  Scenario: Nothing happens\n    Given nothing\n"
EMPTY_STEPS = """
from pytest_bdd import given, parsers, scenarios, then, when


@given(parsers.re(".*"))
@when(parsers.re(".*"))
@then(parsers.re(".*"))
def nothing() -> None:
    pass


scenarios("features")
"""


def figures() -> Iterator[Figure]:
    """Measure whole runs."""
    with TemporaryDirectory() as folder:
        bare = _project(Path(folder, "bare"))
        Path(bare, "features", "nothing.feature").write_text(EMPTY_FEATURE, encoding="utf-8")
        cold, framework = best_of_each([pytest_run(FEATURE), pytest_run(cwd=bare, plugins=[PYTEST_BDD])], rounds=5)
    yield Figure("one feature file, cold", cold, 1.0, "s", f"pytest-bdd alone, nothing to do: {framework:.2f} s")
    with TemporaryDirectory() as folder:
        empty = _project(Path(folder, "empty"))
        copytree(ROOT / "features", empty / "features", dirs_exist_ok=True, ignore=ignore_patterns(*OPERATED))
        _untag(empty / "features")
        suite, framework = best_of_each(
            [
                pytest_run("features", *(f"--ignore-glob=*/{name}" for name in OPERATED)),
                pytest_run(cwd=empty, plugins=[PYTEST_BDD]),
            ]
        )
    yield Figure(
        "the whole suite beside the same files with empty steps", suite / framework, 1.5, "times", f"{suite:.2f} s"
    )


def _untag(folder: Path) -> None:
    """Take the tags away: pytest-bdd alone refuses those it was not told of."""
    for file in folder.rglob("*.feature"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.strip().startswith("@")), encoding="utf-8")


def _project(folder: Path) -> Path:
    """Make a project that binds every scenario under `features` to steps that do nothing."""
    (folder / "features").mkdir(parents=True)
    (folder / "test_empty.py").write_text(EMPTY_STEPS, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return folder

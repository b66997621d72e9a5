"""500 scenarios of empty steps beside pytest-bdd alone, with ever more definitions to choose from.

podproof's own vocabulary comes on top of the project's definitions; it must be faster all the same.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import PLUGINS, PYTEST_BDD, Figure, best, best_of_each, pytest_run

COUNTS = (120, 240, 480)
SCENARIOS = 500
_FILES = 10
_STEPS = 5

CONFTEST = """
from pytest_bdd import given, parsers, then, when

for number in range({count}):
    @given(parsers.parse('thing ' + str(number) + ' has "{{name}}"'))
    def thing(name: str) -> None:
        pass
"""
BOUND = 'from pytest_bdd import scenarios\n\nscenarios("features")\n'


def figures() -> Iterator[Figure]:
    """Measure whole runs."""
    for count in COUNTS:
        with TemporaryDirectory() as folder:
            ours, theirs = project(Path(folder, "ours"), count), project(Path(folder, "theirs"), count)
            (theirs / "test_features.py").write_text(BOUND, encoding="utf-8")
            taken, alone = best_of_each(
                [pytest_run(cwd=ours, plugins=PLUGINS), pytest_run(cwd=theirs, plugins=[PYTEST_BDD])], rounds=2
            )
        note = f"{alone:.2f} s with pytest-bdd alone"
        yield Figure(f"{SCENARIOS} scenarios of empty steps, {count} definitions", taken, alone, "s", note)
    with TemporaryDirectory() as folder:
        (file := Path(folder, "long.feature")).write_text(_long(), encoding="utf-8")
        taken = best(pytest_run("--collect-only", str(file), cwd=Path(folder)), rounds=1)
    yield Figure("a feature of 100,000 lines, read and checked", taken, 30, "s")


def project(folder: Path, count: int) -> Path:
    """Make a project with so many definitions and `SCENARIOS` scenarios in `_FILES` feature files."""
    (folder / "features").mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "conftest.py").write_text(CONFTEST.format(count=count), encoding="utf-8")
    for file in range(_FILES):
        scenarios = (_scenario(number, count) for number in range(file, SCENARIOS, _FILES))
        text = "".join([f"Feature: {file}\n", *scenarios])
        (folder / "features" / f"f{file}.feature").write_text(text, encoding="utf-8")
    return folder


def _long() -> str:
    scenarios = (
        f'  Scenario: s{number}\n    Given 1 second passes\n    Then pod "a" never shows "x"\n'
        f'    And pod "b{number}" never shows "y"\n\n'
        for number in range(20_000)
    )
    return "".join(["Feature: long\n", *scenarios])


def _scenario(number: int, count: int) -> str:
    steps = (f'    Given thing {(number * _STEPS + place) % count} has "x"\n' for place in range(_STEPS))
    return "".join([f"  Scenario: s{number}\n", *steps])

"""The same features give the same recordings, byte for byte: whatever the hash seed, and on however many workers.

Not those with operators: these are processes of their own, and names, dates and words of theirs are in the recordings.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALONE = ("-m", "not operator")


def _recordings(folder: Path, seed: str, *options: str) -> dict[str, bytes]:
    """Run all features in a process of its own; return what was recorded by file name, each scenario's."""
    command = [sys.executable, "-m", "pytest", "features", "-q", "-p", "no:cacheprovider", *ALONE, *options]
    run = subprocess.run(
        [*command, "--podproof-record", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    passed = re.search(r"\b(\d+) passed", run.stdout)
    assert passed is not None, run.stdout[-3000:]
    assert len(found) == int(passed[1])
    return found


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one plain run records."""
    return _recordings(tmp_path_factory.mktemp("plain"), "0")


def test_a_recording_does_not_depend_on_the_hash_seed(recorded: dict[str, bytes], tmp_path: Path) -> None:
    _same(_recordings(tmp_path, "1"), recorded)


def test_a_recording_depends_neither_on_the_workers_nor_on_another_seed(
    recorded: dict[str, bytes], tmp_path: Path
) -> None:
    _same(_recordings(tmp_path, "4", "-n", "2"), recorded)


def _same(seen: dict[str, bytes], wanted: dict[str, bytes]) -> None:
    assert sorted(seen) == sorted(wanted)
    assert [name for name in seen if seen[name] != wanted[name]] == []

"""The same scenarios, recorded by processes with different hash seeds, give the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

DATA = Path(__file__).parent / "data"
SCENARIOS = ("bad-shell-script", "init-order", "restart-always-exit3", "two-containers-one-crashes", "update-forbidden")


def recordings(folder: Path, hash_seed: str) -> dict[str, bytes]:
    """Record the scenarios in a process of its own; return each file's bytes."""
    files = [str(DATA / f"{name}.json") for name in SCENARIOS]
    subprocess.run(
        [sys.executable, "-m", "podproof", "record", *files, "--out", str(folder)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=folder.parent,
        check=True,
        capture_output=True,
    )
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}


def test_a_recording_does_not_depend_on_hash_order(tmp_path: Path) -> None:
    first, *others = (recordings(tmp_path / seed, seed) for seed in ("0", "1", "2", "3"))

    assert len(first) == len(SCENARIOS)
    assert all(other == first for other in others)


def test_another_seed_gives_another_recording(tmp_path: Path) -> None:
    from podproof.recording.run import record
    from podproof.recording.scenario import read

    scenario = read(DATA / "restart-always-exit3.json")

    assert record(scenario, seed="one") == record(scenario, seed="one")
    assert record(scenario, seed="one") != record(scenario, seed="two")

"""The import contracts of pyproject.toml hold, and each of them turns red when it is broken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "podproof"

INSIDE = "simulator-layers"
BROKEN = {
    "a report that imports the plugin": ("report/failure.py", "import podproof.plugin", "layers"),
    "a claim that imports the cluster port": ("claims.py", "import podproof.cluster", "layers"),
    "errors that import a module above them": ("errors.py", "import podproof.durations", "layers"),
    "a module that no layer names": ("planted.py", "", "layers"),
    "an API that imports a controller": ("simulator/api/planted.py", "import podproof.simulator.control", INSIDE),
    "a controller that imports the API": ("simulator/control/planted.py", "import podproof.simulator.api", INSIDE),
    "a model that imports the kernel": ("simulator/model/planted.py", "import podproof.simulator.kernel", INSIDE),
    "a wing of the simulator that no layer names": ("simulator/planted.py", "", INSIDE),
    "a timeline that imports the world": ("timeline.py", "import podproof.simulator.world", "world-beside-port"),
    "a step that imports the simulator": ("steps/planted.py", "import podproof.simulator.world", "steps"),
    "a step that imports a cluster's adapter": ("steps/planted.py", "import podproof.clusters", "steps"),
    "a controller that reads the store": (
        "simulator/control/planted.py", "import podproof.simulator.kernel.store", "informers",
    ),
    "a rule that reads the wall clock": ("simulator/kernel/planted.py", "import time", "pure"),
    "a rule that rolls dice": ("simulator/control/planted.py", "import random", "pure"),
    "a machine that opens a socket": ("simulator/machine/planted.py", "import socket", "pure"),
    "a kernel that starts a thread": ("simulator/kernel/planted.py", "import threading", "pure"),
    "an API that waits for asyncio": ("simulator/api/planted.py", "import asyncio", "pure"),
    "a simulator that knows pytest": ("simulator/world.py", "import pytest", "pure"),
    "a simulator that asks the real client": ("simulator/world.py", "import kubernetes", "pure"),
    "a module that needs the real client to run a feature": ("cluster.py", "import kubernetes.client", "light"),
}  # fmt: skip


def _broken(tree: Path, *contracts: str) -> str:
    """Run import-linter on the package in `tree`; return what it says of broken contracts, empty when all are kept."""
    options = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    options += [word for contract in contracts for word in ("--contract", contract)]
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", *options],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout + run.stderr if run.returncode else ""


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """podproof's module names, empty, under the real contracts."""
    for base, _, names in os.walk(SOURCE, followlinks=True):
        planted = tmp_path / "podproof" / Path(base).relative_to(SOURCE)
        planted.mkdir(parents=True, exist_ok=True)
        for name in names:
            if name.endswith(".py"):
                (planted / name).touch()
    return tmp_path


def test_the_contracts_hold() -> None:
    assert _broken(ROOT / "src") == ""


def test_the_empty_skeleton_is_clean(skeleton: Path) -> None:
    assert _broken(skeleton) == ""


@pytest.mark.parametrize(("module", "line", "contract"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_contract_is_seen(skeleton: Path, module: str, line: str, contract: str) -> None:
    (skeleton / "podproof" / module).write_text(line + "\n", encoding="utf-8")

    said = _broken(skeleton, contract)

    assert "BROKEN" in said or "planted" in said

"""ruff refuses the clock and the dice, and says why."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BANNED = {
    "the wall clock": "import time\n\nNOW = time.time()\n",
    "the wall clock, imported by name": "from time import monotonic\n\nNOW = monotonic()\n",
    "the present day": "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
    "dice": "import random\n\nNUMBER = random.randrange(6)\n",
    "names that differ in each run": "import uuid\n\nNAME = uuid.uuid4()\n",
    "bytes that differ in each run": "import os\n\nNAME = os.urandom(4)\n",
}


def _said(source: str, name: str) -> str:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--output-format=concise",
        "--stdin-filename",
        name,
        "-",
    ]
    return subprocess.run(command, input=source, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("source", BANNED.values(), ids=BANNED.keys())
def test_the_product_may_not_use(source: str) -> None:
    assert "TID251" in _said(source, "src/podproof/planted.py")


def test_the_one_source_of_chance_may() -> None:
    assert "TID251" not in _said(BANNED["dice"], "src/podproof/simulator/kernel/chance.py")


def test_benchmarks_measure_real_time() -> None:
    assert "TID251" not in _said(BANNED["the wall clock"], "benchmarks/planted.py")

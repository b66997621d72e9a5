"""How a report gets onto the disk."""

import os
from pathlib import Path

import pytest

from podproof.report.files import write
from podproof.report.outcomes import Result, ScenarioOutcome
from podproof.report.run import Run

RUN = Run(0.0, 1.0)
RUN.add("t", ScenarioOutcome("f", "F", 1, "no text: \udc80", Result.PASSED))


def test_a_report_replaces_the_one_before_and_leaves_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text("old", encoding="utf-8")

    write("cucumber-json", tmp_path / "r.json", RUN, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
    assert '"no text: ?"' in (tmp_path / "r.json").read_text(encoding="utf-8")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this machine")
def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    write("cucumber-json", tmp_path / "pipe", RUN, tmp_path)

    assert os.read(reader, 100).startswith(b"[")
    assert not (tmp_path / "pipe").is_file()
    os.close(reader)

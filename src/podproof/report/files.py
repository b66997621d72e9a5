"""Which kind of report is written by what."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from podproof.report.run import Run

Writer = Callable[[Run, Path], str]

_WRITERS: Mapping[str, str] = {
    "conformance": "podproof.report.conformance",
    "html": "podproof.report.page",
    "messages": "podproof.report.messages",
    "cucumber-json": "podproof.report.cucumber_json",
}
"""For each kind the module whose `report` returns its text; imported when it is asked for."""


def write(kind: str, path: Path, run: Run, rootdir: Path) -> None:
    """Write a report of a kind as a whole or not at all: a reader never meets half of one."""
    report: Writer = import_module(_WRITERS[kind]).report
    half = path.with_name(f".{path.name}.half")
    half.write_text(report(run, rootdir), encoding="utf-8", newline="\n")
    half.replace(path)

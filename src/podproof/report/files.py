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
    """Write a report of a kind as a whole or not at all: a reader never meets half of one.

    What is no file of its own, as /dev/stdout, is written as it is. What is no text at all (a lone surrogate) is "?".

    Raises:
        OSError: it cannot be written.
    """
    report: Writer = import_module(_WRITERS[kind]).report
    text = report(run, rootdir)
    half = path.with_name(f".{path.name}.half") if path.is_file() else path
    try:
        half.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        half.replace(path)
    except BaseException:  # Ctrl-C too
        if half != path:
            half.unlink(missing_ok=True)
        raise

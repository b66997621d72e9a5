"""`podproof init`: a starter project that passes."""

import argparse
from pathlib import Path
from typing import Any

from podproof.cli import exits, starter
from podproof.errors import PodproofError


class NotEmptyError(PodproofError):
    """The starter project's files are there already; nothing was written."""

    def __init__(self, there: tuple[str, ...]) -> None:
        super().__init__(there)
        self.there = there

    def __str__(self) -> str:
        listed = "\n".join(f"  {each}" for each in self.there)
        return f"nothing was written, because this is there already:\n{listed}\nname another folder: podproof init DIR"


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("init", help="write a starter project: a feature that passes, and its manifest")
    command.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="where (default: here)")
    command.add_argument(
        "--language", choices=starter.LANGUAGES, default="en", help="what the feature is written in (default: en)"
    )
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    files = {options.folder / place: text for place, text in starter.project(options.language).items()}
    if there := tuple(str(path) for path in files if path.exists()):
        raise NotEmptyError(there)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path)
    inside = "" if options.folder == Path() else f"cd {options.folder} && "
    print(f"\nnow: {inside}pytest\nthen change a line of features/web.feature, and see what it says")
    return exits.OK

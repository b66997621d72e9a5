"""`podproof version`."""

import argparse
from typing import Any

from podproof.cli import exits


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("version", help="print the version")
    command.set_defaults(run=_run)


def _run(_: argparse.Namespace) -> int:
    from importlib.metadata import version

    print(version("podproof"))
    return exits.OK

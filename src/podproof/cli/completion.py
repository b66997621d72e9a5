"""`podproof completion`: what a shell needs to complete podproof's commands and options."""

import argparse
from importlib import import_module
from typing import Any

from podproof.cli import exits
from podproof.errors import PodproofError

_EPILOG = """\
examples:
  podproof completion bash > ~/.local/share/bash-completion/completions/podproof
  podproof completion zsh > ~/.zfunc/_podproof        # a folder of your fpath
"""


class MissingShtabError(PodproofError):
    """shtab, which writes completions, is not installed."""

    def __str__(self) -> str:
        return "podproof completion needs shtab: pip install 'podproof[completion]'"


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "completion", help="print what a shell needs to complete this command", epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    try:
        shtab = import_module("shtab")
    except ImportError:
        raise MissingShtabError from None
    from podproof.cli import parser

    print(shtab.complete(parser(), options.shell))
    return exits.OK

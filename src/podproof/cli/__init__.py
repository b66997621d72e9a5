"""The command `podproof`, a module for each of its commands.

Rules for editing: a command's module is imported at every start, so it imports nothing heavy until its command runs.
To add a command write a module with `add(commands)` that adds a parser and sets its `run` (options to an exit status),
and list it in `_COMMANDS`, in the order of the help.
"""

import argparse
import sys
from collections.abc import Sequence

from podproof.cli import (
    compare,
    completion,
    conformance,
    exits,
    explain,
    init,
    record,
    run,
    serve,
    steps,
    sweep,
    trace,
    version,
)
from podproof.errors import PodproofError

_COMMANDS = (init, run, steps, explain, trace, conformance, serve, record, compare, sweep, completion, version)
_EPILOG = """\
exit status:
  0    it was done, and all is well
  1    it was done, and something differs, failed or is not proved
  2    it was not done: the command, a file it names or the configuration cannot be used
  130  it was stopped by Ctrl-C

Errors go to stderr, results to stdout.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status, as `exits` has them."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except PodproofError as error:
        print(error, file=sys.stderr)
        return exits.USAGE
    except BrokenPipeError:
        sys.stderr.close()
        return exits.FAILED
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return exits.USAGE
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return exits.INTERRUPTED
    return status


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line, every command in it."""
    made = argparse.ArgumentParser(
        prog="podproof",
        description="Readable, executable proofs of what a Kubernetes pod spec does. To begin: podproof init && pytest",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND", title="commands")
    for each in _COMMANDS:
        each.add(commands)
    return made

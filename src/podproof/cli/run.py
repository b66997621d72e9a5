"""`podproof run`: run feature files with pytest."""

import argparse
from pathlib import Path
from typing import Any

from podproof.cli import exits

_EPILOG = """\
Whatever pytest takes may stand here:
  podproof run                                 the feature files in features/, else those below this folder
  podproof run features/web.feature:12         the scenario on that line
  podproof run -k database -x                  those that speak of a database, until one fails
  podproof run -m "not slow" -n auto           without the tag @slow, on every processor (needs pytest-xdist)
  podproof run --podproof-html report.html     and write one page about it

Only feature files are run; `pytest` alone runs a project's Python tests as well.
"""
_LOADED = "ignore::pytest.PytestAssertRewriteWarning"
"""pytest minds that podproof, which it looks at as a plugin, is loaded: it is podproof that runs it."""


def add(commands: Any) -> None:
    """Add the command. Its words are all pytest's, options too, so no letter begins an option here."""
    command = commands.add_parser(
        "run", help="run feature files", epilog=_EPILOG, prefix_chars="\0", add_help=False,
        usage="podproof run [PATH ...] [OPTION OF PYTEST ...]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("words", nargs="*", metavar="PATH")
    command.set_defaults(run=_run, help_of_run=command.format_help)


def _run(options: argparse.Namespace) -> int:
    words: list[str] = options.words
    if words in (["-h"], ["--help"]):
        print(options.help_of_run())
        return exits.OK
    return features([*words, *([] if _names_a_path(words) or not Path("features").is_dir() else ["features"])])


def features(arguments: list[str], *plugins: object) -> int:
    """Run pytest on feature files alone, with further plugins, and return what its exit status is in ours."""
    import pytest

    watch = _Watch()
    status = pytest.main(["-o", "python_files=", "-W", _LOADED, *arguments], plugins=[watch, *plugins])
    if watch.interrupted:
        return exits.INTERRUPTED
    return {pytest.ExitCode.OK: exits.OK, pytest.ExitCode.TESTS_FAILED: exits.FAILED}.get(status, exits.USAGE)  # type: ignore[call-overload, no-any-return]


class _Watch:
    """Tells Ctrl-C from faults found at collection, for which pytest has one exit status."""

    interrupted = False

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """Note who stopped the run."""
        self.interrupted = excinfo.type is KeyboardInterrupt


def _names_a_path(words: list[str]) -> bool:
    return any(Path(each.partition("::")[0].partition(".feature:")[0]).exists() or ".feature" in each for each in words)

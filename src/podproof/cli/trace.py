"""`podproof trace --informers`: run a feature or apply a manifest, and draw what the informers did."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from podproof.cli import exits
from podproof.errors import PodproofError

_EPILOG = """\
examples:
  podproof trace --informers web.yaml                  apply a manifest, and draw half a minute
  podproof trace --informers --of pods web.yaml        the informer of pods alone
  podproof trace --informers features/web.feature      each scenario of a feature
"""


class UntraceableError(PodproofError):
    """What was given can be neither run nor applied; `why` says what is wrong."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(file, why)
        self.file, self.why = file, why

    def __str__(self) -> str:
        return f"{self.file}: {self.why}"


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "trace", help="draw what happens behind the API", epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("--informers", action="store_true", required=True, help="draw the controllers' informers")
    command.add_argument("--of", action="append", default=[], metavar="RESOURCE", help="only its informer, as: pods")
    command.add_argument("--for", dest="span", default="30s", metavar="TIME", help="how long a manifest runs (30s)")
    command.add_argument("file", type=Path, metavar="FEATURE|MANIFEST")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.file.suffix == ".feature":
        return _feature(options.file, options.of)
    return _manifest(options.file, options.of, options.span)


def _manifest(file: Path, wanted: Sequence[str], span: str) -> int:
    from podproof import configuration, durations, manifests
    from podproof.clusters.simulated import SimulatedCluster
    from podproof.report.informers import drawn

    manifest = manifests.read(file)
    cluster = SimulatedCluster(configuration.find(Path.cwd()))
    try:
        cluster.informers.look()
        _check(wanted, cluster.informers.resources())
        refused = [each.refusal.message for each in cluster.apply(manifest) if each.refusal]
        if refused:
            raise UntraceableError(file, f"it is refused: {'; '.join(refused)}")
        cluster.pass_time(durations.parse(span))
        print(drawn(cluster.informers.seen(), wanted), end="")
    finally:
        cluster.close()
    return exits.OK


def _feature(file: Path, wanted: Sequence[str]) -> int:
    from podproof.cli.looks import Looks
    from podproof.cli.run import features

    if not file.is_file():
        raise UntraceableError(file, "there is no such file")
    return features(["-q", str(file)], Looks(wanted))


def _check(wanted: Sequence[str], known: Sequence[str]) -> None:
    from podproof.clusters.informers import UnknownInformerError

    for each in wanted:
        if each not in known:
            raise UnknownInformerError(each, tuple(known))

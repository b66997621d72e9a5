"""`podproof serve`: the simulated cluster on a socket, for kubectl and every other client."""

import argparse
from pathlib import Path
from typing import Any

from podproof.cli import exits
from podproof.errors import PodproofError

_EPILOG = """\
examples:
  podproof serve --kubeconfig-out /tmp/kube &
  KUBECONFIG=/tmp/kube kubectl run web --image=nginx:1.27

  podproof serve --pace manual --port 8001
  curl -d '{"advance": "5 minutes"}' http://127.0.0.1:8001/podproof/clock
"""


class MissingExtraError(PodproofError):
    """`podproof[serve]` is not installed."""

    def __str__(self) -> str:
        return f"podproof serve needs {self.args[0]}: pip install 'podproof[serve]'"


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "serve", help="serve the simulator as a Kubernetes API", epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("--port", type=int, default=0, help="where to listen (default: any free port)")
    command.add_argument("--address", default="127.0.0.1", help="on which address (default: 127.0.0.1)")
    command.add_argument(
        "--pace", default="realtime", metavar="PACE",
        help="how time passes: realtime, so many times faster (60), max (leaps while every client is idle), or manual "
        "(default: realtime)",
    )  # fmt: skip
    command.add_argument("--kubeconfig-out", type=Path, metavar="FILE", help="where to write a kubeconfig")
    command.add_argument("--seed", help="seed of the simulator's chance (default: from the configuration)")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    try:
        import asyncio

        from podproof.serving.running import Options, serve
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name) from None
    from podproof import configuration
    from podproof.clusters.worlds import world_of

    world = world_of(configuration.find(Path.cwd()), options.seed)
    asyncio.run(serve(world, Options(options.address, options.port, options.pace, options.kubeconfig_out), _ready))
    return exits.OK


def _ready(url: str) -> None:
    print(f"podproof serve: ready at {url}", flush=True)

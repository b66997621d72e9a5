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


class StartError(PodproofError):
    """A moment that is none."""

    def __str__(self) -> str:
        return f"--start {self.args[0]!r} is no moment: say now, or one as 2026-01-01T00:00:00Z"


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
    command.add_argument(
        "--start", metavar="MOMENT",
        help="when the cluster's clock begins: now, or as 2026-01-01T00:00:00Z (default: now at realtime, else that)",
    )  # fmt: skip
    command.add_argument("--tls", action="store_true", help="speak HTTPS, with a certificate made for this run")
    command.add_argument(
        "--auth", choices=("none", "token", "certificate"),
        help="what a client must show, by HTTPS (default: nothing, where only this machine can call)",
    )  # fmt: skip
    command.add_argument("--token", default="", help="the token clients must show (default: a new one)")
    command.add_argument("--token-lifetime", metavar="SPAN", help="how long the token is good, as '1 hour'")
    command.add_argument(
        "--tls-san", metavar="NAME", action="append", default=[],
        help="another name or address of this server, for its certificate; may be given again",
    )  # fmt: skip
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

    world = world_of(configuration.find(Path.cwd()), options.seed, _beginning(options))
    wanted = Options(options.address, options.port, options.pace, _demands(options), options.kubeconfig_out)
    asyncio.run(serve(world, wanted, _ready))
    return exits.OK


def _beginning(options: argparse.Namespace) -> Any:
    """Return when the world begins: it has settled by the moment that is asked for."""
    from podproof.serving.pace import wall_clock
    from podproof.simulator.model.times import moment
    from podproof.simulator.world import BEGINNING, SETTLED

    start = options.start or ("now" if options.pace == "realtime" else "")
    if not start:
        return BEGINNING
    try:
        return (wall_clock() if start == "now" else moment(start)) - SETTLED
    except ValueError:
        raise StartError(start) from None


def _demands(options: argparse.Namespace) -> Any:
    from podproof import durations
    from podproof.serving.credentials import Demands

    lifetime = None if options.token_lifetime is None else durations.parse(options.token_lifetime)
    auth: Any = "token" if options.token and not options.auth else options.auth
    return Demands(options.tls, auth, options.token, lifetime, tuple(options.tls_san))


def _ready(url: str) -> None:
    print(f"podproof serve: ready at {url}", flush=True)

"""`podproof sweep`: remove what runs that were killed have left on a cluster."""

import argparse
import os
from pathlib import Path
from typing import Any

from podproof.cli import exits


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("sweep", help="remove what runs on a live cluster have left there")
    command.add_argument("--kube-context", metavar="NAME", default="", help="the context whose cluster may be touched")
    command.add_argument("--k3s", action="store_true", help="the containers of k3s clusters, not what is on a cluster")
    command.add_argument("--run", dest="of_run", metavar="ID", default="", help="of one run only (default: of all)")
    command.add_argument("--dry-run", action="store_true", help="say what would go, and let it stay")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    return _containers(options) if options.k3s else _namespaces(options)


def _containers(options: argparse.Namespace) -> int:
    from podproof.clusters.k3s.installed import check_installed

    check_installed("podproof sweep --k3s")
    from podproof.clusters.k3s import engine, sharing
    from podproof.clusters.live.territory import RUN

    print(f"podproof sweep: Docker at {engine.where()}", flush=True)
    for name, found in list(engine.left(engine.engine(), options.of_run)):
        print(name, flush=True)
        if not options.dry_run:
            engine.remove(found)
            sharing.forget(engine.label(found, RUN))
    return exits.OK


def _namespaces(options: argparse.Namespace) -> int:
    from podproof import configuration
    from podproof.clusters.live import contexts

    contexts.check_installed("podproof sweep")
    from podproof.clusters.live import namespaces
    from podproof.clusters.live.clocks import pause
    from podproof.clusters.live.transport import Transport

    allowed = configuration.find(Path.cwd()).allowed_contexts
    target = contexts.target(contexts.load(os.environ, Path.home()), options.kube_context, allowed)
    transport = Transport(contexts.client_of(target.config), pause)
    print(f"podproof sweep: {target}", flush=True)
    found = namespaces.left(transport, options.of_run)
    for resource, name in found:
        print(f"{resource}/{name}", flush=True)
        if not options.dry_run:
            namespaces.delete(transport, resource, name)
    going = [] if options.dry_run else [name for resource, name in found if resource == "namespaces"]
    stay = namespaces.wait_until_gone(transport, going) if going else []
    for name in stay:
        print(f"namespaces/{name} is still there; kubectl describe namespace {name} says what it waits for")
    return exits.FAILED if stay else exits.OK

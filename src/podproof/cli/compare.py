"""`podproof compare`: say where recordings differ."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from podproof.cli import exits

_SHOWN = 40


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("compare", help="say where recordings differ; files, or folders matched by id")
    command.add_argument("wanted", type=Path, metavar="A")
    command.add_argument("seen", type=Path, metavar="B")
    command.add_argument("--seconds", type=float, default=1.5, help="a time may differ by so many (default: 1.5)")
    command.add_argument("--percent", type=float, default=30.0, help="or by so much of itself (default: 30)")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from podproof.recording.compare import Tolerance, compare
    from podproof.recording.scenario import ScenarioError

    wanted, seen = _recordings(options.wanted), _recordings(options.seen)
    if not wanted.keys() & seen.keys():
        told = f"{options.wanted} and {options.seen} have no recording of the same id"
        raise ScenarioError("compare", (told,))
    tolerance = Tolerance(options.seconds, options.percent / 100)
    status = exits.OK
    for name in dict.fromkeys((*wanted, *seen)):
        if name not in wanted or name not in seen:
            print(f"{name}: only in {options.wanted if name in wanted else options.seen}")
            status = exits.FAILED
            continue
        differences = compare(wanted[name], seen[name], tolerance)
        status = exits.FAILED if differences else status
        print(f"{name}: {_counted(len(differences))}")
        for each in differences[:_SHOWN]:
            print(f"  {each}")
        if len(differences) > _SHOWN:
            print(f"  … {len(differences) - _SHOWN} more")
    return status


def _counted(number: int) -> str:
    return {0: "the same", 1: "1 difference"}.get(number, f"{number} differences")


def _recordings(place: Path) -> dict[str, Mapping[str, Any]]:
    """Return the recordings in a file or a folder, by id."""
    from podproof.recording.scenario import ScenarioError, recording

    if not place.exists():
        raise ScenarioError(str(place), ("there is no such file or folder",))
    paths = sorted(place.glob("*.json")) if place.is_dir() else [place]
    if not paths:
        raise ScenarioError(str(place), ("there are no recordings (*.json) in this folder",))
    return {found["id"]: found for found in map(recording, paths)}

"""The command `podproof`: record scenarios on the simulator, compare recordings."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from podproof.errors import PodproofError

SAME, DIFFERENT, USAGE = 0, 1, 2
_SHOWN = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 all is well, 1 something differs or failed, 2 a usage error."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except PodproofError as error:
        print(error, file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        sys.stderr.close()
        return DIFFERENT
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return USAGE
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="podproof", description="Proofs of what a Kubernetes pod spec does.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_record(commands)
    _add_compare(commands)
    version = commands.add_parser("version", help="print the version")
    version.set_defaults(run=_version)
    return parser


def _add_record(commands: Any) -> None:
    command = commands.add_parser("record", help="play scenario files on the simulator and write what was seen")
    command.add_argument("scenarios", nargs="+", type=Path, metavar="SCENARIO.json")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="where recordings go, as ID.json")
    command.add_argument("--seed", help="seed of the simulator's chance (default: from the configuration)")
    command.set_defaults(run=_record)


def _add_compare(commands: Any) -> None:
    command = commands.add_parser("compare", help="say where recordings differ; files, or folders matched by id")
    command.add_argument("wanted", type=Path, metavar="A")
    command.add_argument("seen", type=Path, metavar="B")
    command.add_argument("--seconds", type=float, default=1.5, help="a time may differ by so many (default: 1.5)")
    command.add_argument("--percent", type=float, default=30.0, help="or by so much of itself (default: 30)")
    command.set_defaults(run=_compare)


def _version(_: argparse.Namespace) -> int:
    from importlib.metadata import version

    print(version("podproof"))
    return SAME


def _record(options: argparse.Namespace) -> int:
    from podproof import configuration
    from podproof.recording import scenario
    from podproof.recording.run import record

    config = configuration.find(Path.cwd())
    scenarios = [scenario.read(path) for path in options.scenarios]
    _check_ids(options.scenarios, [each.id for each in scenarios])
    options.out.mkdir(parents=True, exist_ok=True)
    failed = False
    for path, each in zip(options.scenarios, scenarios, strict=True):
        try:
            recording = record(each, config, options.seed)
        except PodproofError as error:
            print(f"{path}: not recorded: {error}", file=sys.stderr)
            failed = True
            continue
        target = options.out / f"{each.id}.json"
        target.write_text(json.dumps(recording, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(target)
    return DIFFERENT if failed else SAME


def _check_ids(paths: Sequence[Path], ids: Sequence[str]) -> None:
    from podproof.recording.scenario import ScenarioError

    twice = tuple(
        f"the id {name!r} is also that of {paths[ids.index(name)]}"
        for place, name in enumerate(ids)
        if ids.index(name) != place
    )
    if twice:
        raise ScenarioError("record", twice)


def _compare(options: argparse.Namespace) -> int:
    from podproof.recording.compare import Tolerance, compare
    from podproof.recording.scenario import ScenarioError

    wanted, seen = _recordings(options.wanted), _recordings(options.seen)
    if not wanted.keys() & seen.keys():
        told = f"{options.wanted} and {options.seen} have no recording of the same id"
        raise ScenarioError("compare", (told,))
    tolerance = Tolerance(options.seconds, options.percent / 100)
    status = SAME
    for name in dict.fromkeys((*wanted, *seen)):
        if name not in wanted or name not in seen:
            print(f"{name}: only in {options.wanted if name in wanted else options.seen}")
            status = DIFFERENT
            continue
        differences = compare(wanted[name], seen[name], tolerance)
        status = DIFFERENT if differences else status
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

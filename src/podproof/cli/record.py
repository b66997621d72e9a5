"""`podproof record`: play scenario files on the simulator and write what was seen."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from podproof.cli import exits
from podproof.errors import PodproofError


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("record", help="play scenario files on the simulator and write what was seen")
    command.add_argument("scenarios", nargs="+", type=Path, metavar="SCENARIO.json")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="where recordings go, as ID.json")
    command.add_argument("--seed", help="seed of the simulator's chance (default: from the configuration)")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
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
    return exits.FAILED if failed else exits.OK


def _check_ids(paths: Sequence[Path], ids: Sequence[str]) -> None:
    from podproof.recording.scenario import ScenarioError

    twice = tuple(
        f"the id {name!r} is also that of {paths[ids.index(name)]}"
        for place, name in enumerate(ids)
        if ids.index(name) != place
    )
    if twice:
        raise ScenarioError("record", twice)

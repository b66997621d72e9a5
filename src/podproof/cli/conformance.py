"""`podproof conformance`: run the shipped suite on a cluster, and say by row what it shows."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from podproof import conformance
from podproof.cli import exits
from podproof.clusters import kinds
from podproof.errors import PodproofError

_SHOWN = 20
_RESULTS = ("passed", "failed", "inconclusive", "skipped")
_EPILOG = """\
examples:
  podproof conformance                                        the whole suite on the simulator
  podproof conformance --profile pods --report reports        and write reports/conformance.yaml and .md
  podproof conformance --against simulator:another-seed       on two clusters, and tell every difference

The exit status is 0 only if nothing failed. What is skipped is not passed: the report says so, with the reason.
"""


class ClusterError(PodproofError):
    """There is no such cluster, or the suite could not be run on it."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class _Suite:
    """One run of the suite: on which cluster, what of it, by how many workers ("" for none), its results where."""

    cluster: str
    profile: str
    workers: str
    folder: Path

    def run(self) -> dict[str, Any]:
        """Run it and return its report."""
        import yaml

        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "conformance.yaml"
        features = conformance.FEATURES.resolve()
        if self.workers and find_spec("xdist") is None:
            raise ClusterError(f"-n {self.workers} needs pytest-xdist: pip install pytest-xdist")
        command = [
            sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(features.parent),
            "-p", "pytest_bdd.plugin", "-p", "podproof.plugin", *(["-p", "xdist"] if self.workers else []),
            "--confcutdir", str(features), "-p", "no:cacheprovider", "-o", "python_files=", str(features),
            "--podproof-conformance", str(file), "--podproof-record", str(self.folder / "recordings"),
            *(["-m", self._tags()] if self.profile != "all" else []), *(["-n", self.workers] if self.workers else []),
            *self._of_cluster(),
        ]  # fmt: skip
        alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # no plugin of others has a say in the verdict
        status = subprocess.run(command, check=False, env=alone).returncode
        if status not in (0, 1):
            raise ClusterError(f"the suite could not be run on {self.cluster}: pytest ended with status {status}")
        told: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        rows = {row.name for row in conformance.rows(self.profile)}
        told["rows"] = {name: row for name, row in told["rows"].items() if name in rows}
        return {"cluster": self.cluster, "kubernetes": _kubernetes(self.cluster), "profile": self.profile, **told}

    def recordings(self) -> dict[str, Mapping[str, Any]]:
        """Return what the cluster showed in each scenario."""
        found = (json.loads(path.read_text("utf-8")) for path in (self.folder / "recordings").glob("*.json"))
        return {each["id"]: each for each in found}

    def _tags(self) -> str:
        return " or ".join(row.name for row in conformance.rows(self.profile))

    def _of_cluster(self) -> list[str]:
        kinds.maker(self.cluster.partition(":")[0])
        return ["--cluster", self.cluster]


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "conformance", help="run the shipped suite on a cluster, and report by row", epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("--cluster", default="simulator", help="simulator, simulator:SEED, or another KIND[:DETAIL]")
    command.add_argument("--profile", choices=conformance.PROFILES, default="all", help="which rows (default: all)")
    command.add_argument("--report", type=Path, metavar="DIR", help="where the reports and recordings are written")
    command.add_argument("--against", metavar="OTHER", help="run it on this cluster too, and tell every difference")
    command.add_argument("-n", dest="workers", default="", metavar="N", help="workers of pytest-xdist, as 4 or auto")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    with TemporaryDirectory() as scratch:
        folder = options.report or Path(scratch)
        suite = _Suite(options.cluster, options.profile, options.workers, folder)
        told = suite.run()
        if options.against:
            told["against"] = _beside(told, suite, options.against)
        _write(told, folder)
    _print(told, options.report)
    differs = bool(told.get("against", {}).get("differences"))
    return exits.FAILED if told["totals"]["failed"] + told["totals"]["inconclusive"] or differs else exits.OK


def _beside(told: Mapping[str, Any], suite: _Suite, other: str) -> dict[str, Any]:
    """Run the suite on another cluster and return where it differs, by scenario: verdict first, then timelines."""
    beside = _Suite(other, suite.profile, suite.workers, suite.folder / "against")
    theirs = beside.run()
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys((*told["scenarios"], *theirs["scenarios"])):
        ours, seen = told["scenarios"].get(name, "not run"), theirs["scenarios"].get(name, "not run")
        if ours != seen:
            found[name] = [f"verdict: {ours} on {suite.cluster}, {seen} on {other}"]
    shown = beside.recordings()
    for name, recording in sorted(suite.recordings().items()):
        if name in shown and (differences := _differences(recording, shown[name])):
            found.setdefault(name, []).extend(differences)
    return {"cluster": other, "totals": theirs["totals"], "differences": found}


def _differences(wanted: Mapping[str, Any], seen: Mapping[str, Any]) -> list[str]:
    from podproof.recording.compare import compare
    from podproof.recording.scenario import completed

    return [str(each) for each in compare(completed(wanted), completed(seen))]


def _kubernetes(name: str) -> str:
    """Return the version that a cluster's nodes say they run."""
    from podproof.configuration import Configuration
    from podproof.simulator.model.objects import at

    cluster = kinds.made(name, Configuration())
    try:
        record = cluster.record()
        return str(at(record.latest(record.refs("Node")[0]), "status", "nodeInfo", "kubeletVersion"))
    finally:
        cluster.close()


def _write(told: dict[str, Any], folder: Path) -> None:
    from podproof.report.conformance import as_markdown, as_yaml

    (folder / "conformance.yaml").write_text(as_yaml(told), encoding="utf-8")
    (folder / "conformance.md").write_text(as_markdown(told), encoding="utf-8")


def _print(told: Mapping[str, Any], folder: Path | None) -> None:
    for name, row in told["rows"].items():
        counts = ", ".join(
            f"{row[each]} {each}" for each in ("passed", "failed", "inconclusive", "skipped") if row[each]
        )
        print(f"{name:4} {row['verdict']:15} {row['title']}{f' ({counts})' if counts else ''}")
    totals = ", ".join(f"{count} {name}" for name, count in told["totals"].items())
    print(f"\n{told['cluster']}, Kubernetes {told['kubernetes']}: {told['verdict']}; {totals}")
    differences = told.get("against", {}).get("differences", {})
    for name, lines in list(differences.items())[:_SHOWN]:
        print(f"\n{name}\n" + "\n".join(f"  {each}" for each in lines[:_SHOWN]))
    if "against" in told:
        print(f"\nbeside {told['against']['cluster']}: {len(differences) or 'no'} scenarios differ")
    if folder is not None:
        print(f"written: {folder / 'conformance.yaml'}, {folder / 'conformance.md'}")

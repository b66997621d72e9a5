"""What others run in continuous integration: the commands in those files exist, and do what the files say."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from podproof import manifests
from podproof.cli import main
from podproof.clusters.simulated import SimulatedCluster
from podproof.configuration import Configuration
from podproof.simulator.model.times import seconds

ROOT = Path(__file__).parents[3]
HOOK: dict[str, Any] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]
TEXTS = [path.read_text(encoding="utf-8") for path in (ROOT / "action.yml", *sorted((ROOT / "ci").iterdir()))]


def _hook(folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """Run the hook as pre-commit does: its entry, then the files of the commit."""
    _, *words = HOOK["entry"].split()
    command = [sys.executable, "-m", "podproof", *words, *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ})


def test_the_hook_lets_a_good_feature_pass(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])

    assert _hook(tmp_path, "features/web.feature").returncode == 0


def test_the_hook_stops_a_line_that_nothing_says(tmp_path: Path) -> None:
    (tmp_path / "a.feature").write_text('Feature: f\n  Scenario: s\n    Then pod "a" showz "b"\n', encoding="utf-8")

    done = _hook(tmp_path, "a.feature")

    assert done.returncode == 2
    assert "a.feature:3: no step definition matches" in done.stdout


def test_the_hook_is_for_feature_files() -> None:
    assert re.search(HOOK["files"], "features/web.feature")
    assert not re.search(HOOK["files"], "web.yaml")


@pytest.mark.parametrize(
    "option", sorted({option for text in TEXTS for option in re.findall(r"--podproof-[a-z-]+", text)})
)
def test_the_options_in_the_files_exist(option: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "--help", "-p", "no:cacheprovider"], capture_output=True, text=True, check=True
    ).stdout

    assert option in told


def test_each_pod_of_the_kubernetes_job_runs_a_part_of_its_own() -> None:
    job = manifests.read(ROOT / "ci/kubernetes-job.yaml")
    image = job.documents[0].object["spec"]["template"]["spec"]["containers"][0]["image"]
    told = {"name": image, "files": {"/usr/local/bin/pytest": '#!/bin/sh\necho "$*"\n'}}
    cluster = SimulatedCluster(Configuration(images=(told,)))

    applied = cluster.apply(job)
    cluster.pass_time(seconds(60))

    assert [each.refusal for each in applied] == [None]
    logs = [cluster.logs(pod["metadata"]["name"]) for pod in cluster.list("Pod")]
    assert sorted(map(str, logs)) == [f"--podproof-shard {part}/5 features\n" for part in range(1, 6)]
    finished = cluster.list("Job")[0]["status"]
    cluster.close()
    assert (finished["succeeded"], finished["completedIndexes"]) == (5, "0-4")

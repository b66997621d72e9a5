"""What others run in continuous integration: the commands in those files exist, and do what the files say."""

import json
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


def test_pre_commit_stops_the_commit_of_such_a_line(tmp_path: Path) -> None:
    """The hook as pre-commit itself runs it, but with the podproof that is here: to install one takes a network."""
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    entry = f"{sys.executable} -m {HOOK['entry']}"
    local = {"repo": "local", "hooks": [{**HOOK, "language": "system", "entry": entry}]}
    (tmp_path / ".pre-commit-config.yaml").write_text(json.dumps({"repos": [local]}), encoding="utf-8")
    main(["init", str(tmp_path)])
    commit = ["git", "-c", "user.name=n", "-c", "user.email=e@example.com", "commit", "-qm", "m"]
    around = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "GIT_CONFIG_GLOBAL": os.devnull}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=tmp_path, env=around, capture_output=True, text=True, check=False)

    run("git", "init", "-q")
    run(sys.executable, "-m", "pre_commit", "install")
    run("git", "add", ".pre-commit-config.yaml", "features", "manifests")
    good = run(*commit)
    (tmp_path / "features/web.feature").write_text("Feature: f\n  Scenario: s\n    Given florps\n", encoding="utf-8")
    run("git", "add", "features")
    bad = run(*commit)

    assert (good.returncode, bad.returncode) == (0, 1), good.stderr
    assert "features/web.feature:3: no step definition matches" in bad.stdout + bad.stderr


ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INPUT = re.compile(r"\$\{\{ inputs\.(\w+) \}\}")
CONDITION = re.compile(r"inputs\.(\w+) (!=|==) '(\w*)'")


def _act(folder: Path, **inputs: str) -> int:
    """Run the steps of the action whose conditions hold, as GitHub does; stop at the first that fails."""
    given = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()} | inputs
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    around = {**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    for step in ACTION["runs"]["steps"]:
        name, sign, value = CONDITION.fullmatch(step["if"]).groups()  # type: ignore[union-attr]
        if (given[name] == value) != (sign == "=="):
            continue
        env = {key: INPUT.sub(lambda each: given[each[1]], text) for key, text in step["env"].items()}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, cwd=folder, env={**around, **env}, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.returncode
    return 0


def test_the_action_runs_a_projects_features_and_leaves_its_reports(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])

    assert _act(tmp_path, version="") == 0
    assert sorted(path.name for path in (tmp_path / "podproof-report").iterdir()) == ["junit.xml", "messages.ndjson"]


def test_the_action_fails_where_a_feature_does(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    (tmp_path / "features/a.feature").write_text("Feature: f\n  Scenario: s\n    Given florps\n", encoding="utf-8")

    assert _act(tmp_path, version="", paths="features -x") == 2


def test_the_action_runs_the_shipped_suite_and_tells_it_in_the_summary(tmp_path: Path) -> None:
    assert _act(tmp_path, version="", conformance="true", profile="network", report="out") == 0
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").startswith("# Conformance of simulator: ")
    assert (tmp_path / "out/conformance.yaml").is_file()


GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text(encoding="utf-8"))


def test_the_jobs_of_gitlab_run_a_part_each_and_leave_what_they_name(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])
    job, passed = GITLAB[".podproof"], 0
    for part in ("1", "2"):
        around = {**os.environ, **job["variables"], "CI_NODE_INDEX": part, "CI_NODE_TOTAL": "2"}
        around["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        command = ["sh", "-ec", "\n".join(job["script"])]
        done = subprocess.run(command, cwd=tmp_path, env=around, capture_output=True, text=True, check=False)
        passed += int(done.stdout.rpartition(" passed")[0].split()[-1])

    assert passed == 2
    named = [job["artifacts"]["reports"]["junit"], *job["artifacts"]["paths"]]
    assert [name for name in named if not (tmp_path / name).is_file()] == []


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


JOBS = {
    "on the simulator": ("kubernetes-job.yaml", "", ("default", False)),
    "on the cluster they are in": ("kubernetes-job-live.yaml", "--cluster live:in-cluster ", ("podproof", None)),
}


@pytest.mark.parametrize(("file", "words", "account"), JOBS.values(), ids=JOBS.keys())
def test_each_pod_of_a_kubernetes_job_runs_a_part_of_its_own(
    file: str, words: str, account: tuple[str, bool | None]
) -> None:
    job = manifests.read(ROOT / "ci" / file)
    image = job.documents[-1].object["spec"]["template"]["spec"]["containers"][0]["image"]
    script = '#!/bin/sh\necho "$*"\n'
    told = {"name": image, "files": {"/usr/local/bin/pytest": script}}
    cluster = SimulatedCluster(Configuration(images=(told,)), namespace=account[0])

    applied = cluster.apply(job)
    cluster.pass_time(seconds(60))

    assert {each.refusal for each in applied} == {None}
    logs = [cluster.logs(pod["metadata"]["name"]) for pod in cluster.list("Pod")]
    assert sorted(map(str, logs)) == [f"{words}--podproof-shard {part}/5 features\n" for part in range(1, 6)]
    specs = [pod["spec"] for pod in cluster.list("Pod")]
    assert {(spec["serviceAccountName"], spec.get("automountServiceAccountToken")) for spec in specs} == {account}
    finished = cluster.list("Job")[0]["status"]
    cluster.close()
    assert (finished["succeeded"], finished["completedIndexes"]) == (5, "0-4")

"""`pytest --cluster k3s` as users run it, on a real Docker engine."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.k3s.conftest import Image

FEATURE = """
Feature: On k3s
  Background:
    Given the manifest:
      \"\"\"
      apiVersion: v1
      kind: Pod
      metadata: {name: foo}
      spec:
        containers:
        - {name: app, image: busybox:1.28, command: [sleep, "20"]}
      \"\"\"

  Scenario: It runs
    Then pod "foo" shows "Running" within 15 seconds

  Scenario: It fails
    Then pod "foo" shows "Error" within 1 second
"""
OFF = {"TESTCONTAINERS_RYUK_DISABLED": "true"}


def command(folder: Path, *arguments: str) -> list[str]:
    (folder / "x.feature").write_text(FEATURE)
    return [sys.executable, "-m", "pytest", "x.feature", "-p", "no:cacheprovider", "--cluster", "k3s", *arguments]


def ran(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, *arguments), cwd=folder, env={**os.environ, **OFF, **environment},
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip


def left(engine: Any, run: str) -> list[str]:
    from podproof.clusters.k3s.engine import left

    return [name for name, _ in left(engine, run)]


def test_two_workers_share_one_container_which_stays_with_what_is_kept_until_it_is_swept(
    docker_engine: Any, k3s_image: Image, tmp_path: Path
) -> None:
    done = ran(tmp_path, "-n", "2", "--k3s-image", k3s_image(), "--keep-namespaces", "on-failure")
    told = re.search(r"podproof sweep --k3s --run (\w+) removes the cluster", done.stdout)
    assert told, done.stdout + done.stderr
    stayed, kubeconfig = left(docker_engine, told[1]), re.search(r"KUBECONFIG=(\S+) leads there", done.stdout)
    assert kubeconfig
    assert Path(kubeconfig[1]).exists()
    sweep = [sys.executable, "-m", "podproof", "sweep", "--k3s", "--run", told[1]]
    dry, swept = (
        subprocess.run([*sweep, *more], capture_output=True, text=True, check=True, env={**os.environ, **OFF}).stdout
        for more in (["--dry-run"], [])
    )

    assert "1 failed, 1 passed" in done.stdout
    assert stayed == [f"containers/podproof-{told[1]}-node1", f"networks/podproof-{told[1]}"]
    assert dry.splitlines()[1:] == swept.splitlines()[1:] == stayed
    assert left(docker_engine, told[1]) == []
    assert not Path(kubeconfig[1]).exists()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_removes_its_container(
    docker_engine: Any, k3s_image: Image, tmp_path: Path, sent: signal.Signals
) -> None:
    filters = {"type": "container", "event": "start", "label": "podproof/run"}
    events = docker_engine.events(decode=True, filters=filters)
    process = subprocess.Popen(
        command(tmp_path, "--k3s-image", k3s_image()), cwd=tmp_path, env={**os.environ, **OFF}, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    run = next(found[1] for line in process.stdout if (found := re.search(r"podproof: touches .* run (\w+)", line)))
    begun = next(each for each in events if each["Actor"]["Attributes"]["podproof/run"] == run)
    events.close()
    process.send_signal(sent)
    process.communicate(timeout=60)

    assert begun["Actor"]["Attributes"]["name"] == f"podproof-{run}-node1"
    assert left(docker_engine, run) == []


def test_without_docker_the_run_ends_at_once(tmp_path: Path) -> None:
    pytest.importorskip("testcontainers", reason="the extra k3s is not installed")

    done = ran(tmp_path, DOCKER_HOST=f"unix://{tmp_path}/none")

    assert done.returncode == 4
    assert (
        f"no Docker engine answers at unix://{tmp_path}/none; run with --cluster simulator, or start one" in done.stderr
    )


def test_an_image_that_is_nowhere_is_told_once(docker_engine: Any, tmp_path: Path) -> None:
    (tmp_path / "podproof.yaml").write_text("k3s-image: localhost:1/k3s:none\n")

    done = ran(tmp_path)

    assert "podproof: touches k3s of localhost:1/k3s:none in Docker at" in done.stdout
    assert "the image localhost:1/k3s:none cannot be had" in done.stdout
    assert "1 failed" in done.stdout
    assert done.returncode == 2


def test_what_testcontainers_would_remove_cannot_be_kept(docker_engine: Any, tmp_path: Path) -> None:
    done = ran(tmp_path, "--keep-namespaces", "always", TESTCONTAINERS_RYUK_DISABLED="false")

    assert done.returncode == 4
    assert "TESTCONTAINERS_RYUK_DISABLED=true" in done.stderr

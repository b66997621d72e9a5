"""`pytest --cluster live` on a simulator whose time is ours, as on a real cluster: nobody makes it pass."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from podproof.plugin.clusters import Runs
from podproof.serving import kubeconfig
from tests.live.conftest import Serve, Served

FEATURE = """
Feature: In our own time
  Background:
    Given the manifest:
      \"\"\"
      apiVersion: v1
      kind: Pod
      metadata: {name: foo}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - {name: app, image: busybox:1.28, command: [sleep, "60"]}
      \"\"\"

  Scenario: It runs, and goes on
    Then pod "foo" shows "Running" within 15 seconds
    And pod "foo" stays "Running" for 1 second

  Scenario: It goes
    Given pod "foo" shows "Running" within 15 seconds
    When pod "foo" is deleted
    Then pod "foo" does not exist

  Scenario: It fails
    Then pod "foo" shows "Error" within 1 second

  @slow
  Scenario: It takes its time
    Given pod "foo" shows "Running" within 15 seconds
    Then pod "foo" stays "Running" for 5 minutes
"""


@pytest.fixture
def real(serve: Serve, tmp_path: Path) -> Served:
    """A simulator in our time, and a feature file and a kubeconfig beside it."""
    served = serve(pace="realtime")
    (tmp_path / "x.feature").write_text(FEATURE)
    kubeconfig.write(tmp_path / "kube", served.serving.kubeconfig())
    return served


def command(*arguments: str) -> list[str]:
    run = [sys.executable, "-m", "pytest", "x.feature", "-q", "-p", "no:cacheprovider", "--strict-markers"]
    return [*run, "-o", "markers=slow", "--cluster", "live:podproof", *arguments]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "KUBECONFIG": str(folder / "kube")}


def own(served: Served) -> list[Any]:
    found = served.call("GET", "/api/v1/namespaces?labelSelector=podproof/run").json["items"]
    return [each["metadata"]["name"] for each in found if "deletionTimestamp" not in each["metadata"]]


def test_two_workers_prove_at_once_and_keep_what_failed(real: Served, tmp_path: Path) -> None:
    done = subprocess.run(
        command("-m", "not slow", "-n", "2", "--keep-namespaces", "on-failure"), cwd=tmp_path,
        env=environment(tmp_path), capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip

    assert "1 failed, 2 passed" in done.stdout, done.stdout
    assert "FAILED x.feature::It fails" in done.stdout
    assert len(own(real)) == 1


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_leaves_no_namespace(real: Served, tmp_path: Path, sent: signal.Signals) -> None:
    watch = real.connection()
    watch.request("GET", "/api/v1/pods?watch=true&fieldSelector=status.phase=Running")
    process = subprocess.Popen(
        command("-m", "slow"), cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, text=True
    )
    events = watch.getresponse()
    assert b"Running" in events.readline()
    before = own(real)
    process.send_signal(sent)
    told, _ = process.communicate(timeout=60)
    events.close()
    watch.close()

    assert (len(before), own(real)) == (1, [])
    assert "KeyboardInterrupt" in told
    assert "not gone yet" not in told


def test_who_interrupts_the_wait_for_what_is_being_deleted_is_told_what_may_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Impatient:
        kept = ()

        def end(self) -> list[str]:
            raise KeyboardInterrupt

    told: list[str] = []
    runs = Runs.__new__(Runs)
    for name, value in {"_run": Impatient(), "_chosen": {"id": "r1"}, "_say": told.append}.items():
        monkeypatch.setattr(runs, name, value, raising=False)
    runs.pytest_sessionfinish()

    assert told[-1] == "not gone yet: nobody waited for it; podproof sweep --run r1 removes what stays"

"""`podproof explain pod/NAME`: how the scheduler decides about a pod of some manifests."""

from pathlib import Path

import pytest

from podproof.cli import main

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: app, image: "busybox:1.28", command: [sleep, "60"], resources: {requests: {cpu: "CPU"}}}
"""


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "web.yaml"
    file.write_text(POD.replace("CPU", "2"), encoding="utf-8")
    return file


def test_the_decision_is_printed(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "pod/web", str(manifest)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["filter", "  node1  passes"]
    assert lines[-2:] == ["bind", "  node1"]


def test_why_a_pod_goes_nowhere_is_printed(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest.write_text(POD.replace("CPU", "200"), encoding="utf-8")

    assert main(["explain", "pod/web", str(manifest), "--after", "1 second"]) == 0

    assert capsys.readouterr().out == "filter\n  node1  Insufficient cpu\nbind\n  nowhere: the pod waits\n"


FAULTS = {
    "no manifest": (["pod/web"], "pod/web: name the manifests it is in: podproof explain pod/web FILE…"),
    "another pod": (["pod/wob", "web.yaml"], "pod/wob: the manifests make no such pod; those they make: web"),
    "no such file": (["pod/web", "none.yaml"], "none.yaml"),
}


@pytest.mark.parametrize(("words", "told"), FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.usefixtures("manifest")
def test_what_cannot_be_explained_is_said(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *words]) == 2
    assert told in capsys.readouterr().err


def test_a_manifest_that_is_refused_is_said(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest.write_text(POD.replace("CPU", "-1"), encoding="utf-8")

    assert main(["explain", "pod/web", str(manifest)]) == 2
    assert "must be greater than or equal to 0" in capsys.readouterr().err

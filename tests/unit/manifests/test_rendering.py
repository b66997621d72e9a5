"""What Helm and kustomize make becomes a manifest: programs of these names, which tell how they were called."""

import stat
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from podproof.errors import LackingError
from podproof.manifests import ManifestError
from podproof.manifests.rendering import chart, kustomization

Program = Callable[[str, str], None]

TELLS = """
    cat <<EOF
    {apiVersion: v1, kind: ConfigMap, metadata: {name: called}, data: {by: "$0", words: "$*", values: "$(cat)"}}
    EOF
    """


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Put a program on the path, which has nothing else on it but the shell's own commands."""
    (tmp_path / "bin").mkdir()
    for name in ("cat", "sleep"):
        (tmp_path / "bin" / name).symlink_to(next(each for each in map(Path, (f"/bin/{name}", f"/usr/bin/{name}"))))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def put(name: str, text: str) -> None:
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\n{dedent(text)}", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return put


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A folder that is a chart and a kustomization."""
    folder = tmp_path / "web"
    folder.mkdir()
    for name in ("Chart.yaml", "kustomization.yaml"):
        (folder / name).write_text("", encoding="utf-8")
    return folder


def test_helm_is_asked_for_what_an_installation_creates(program: Program, web: Path) -> None:
    program("helm", TELLS)

    called = chart(web, "ns").documents[0].object["data"]

    assert called["words"] == f"template web {web} --namespace ns --include-crds --no-hooks"


def test_helm_reads_the_values(program: Program, web: Path) -> None:
    program("helm", TELLS)

    called = chart(web, "ns", "replicas: 3").documents[0].object["data"]

    assert (called["words"].split()[-2:], called["values"]) == (["--values", "-"], "replicas: 3")


def test_kustomize_goes_before_kubectl(program: Program, web: Path) -> None:
    program("kubectl", TELLS)
    assert kustomization(web).documents[0].object["data"]["words"] == f"kustomize {web}"

    program("kustomize", TELLS)
    assert kustomization(web).documents[0].object["data"]["words"] == f"build {web}"


def test_a_program_that_is_not_there_is_lacking(program: Program, web: Path) -> None:
    with pytest.raises(LackingError, match="there is no helm on this machine, which renders web"):
        chart(web, "ns")
    with pytest.raises(LackingError, match="there is no kustomize on this machine"):
        kustomization(web)


FAILURES = {
    "what it says of a fault": ("echo 'Error: no template' >&2; exit 1", "web (helm template): Error: no template"),
    "how it ended, where it says nothing": ("exit 3", "web (helm template): it ended with status 3"),
    "that it printed no manifest": ("echo '{kind: Pod}'", "web (helm template):1:1: apiVersion is missing"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), FAILURES.values(), ids=FAILURES.keys())
def test_a_program_that_fails_is_told_by(program: Program, web: Path, text: str, told: str) -> None:
    program("helm", text)

    with pytest.raises(ManifestError) as caught:
        chart(web, "ns")

    assert told in str(caught.value)


def test_one_that_never_ends_is_stopped(program: Program, web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podproof.manifests.rendering.PATIENCE_SECONDS", 0.2)
    program("helm", "exec sleep 60")

    with pytest.raises(ManifestError, match=r"no manifest came within 0\.2 s"):
        chart(web, "ns")


def test_a_folder_that_is_no_chart_is_told_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()

    with pytest.raises(ManifestError, match=r"a chart is a folder with a Chart\.yaml: it is a folder without one"):
        chart(tmp_path / "bare", "ns")
    with pytest.raises(ManifestError, match=r"with a kustomization\.yaml: there is no such folder"):
        kustomization(tmp_path / "nowhere")

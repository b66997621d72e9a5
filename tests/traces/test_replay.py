"""Scenarios recorded on a real node, played on the simulator: the same story, through the commands a user has."""

from pathlib import Path

import pytest

from podproof.cli import main

DATA = Path(__file__).parent / "data"
REQUIRED = (
    "bad-shell-script",
    "crd-lifecycle",
    "endpoints-follow-readiness",
    "init-fail-always",
    "init-fail-never",
    "init-order",
    "init-services",
    "liveness-exec",
    "poststart-fails",
    "prestop-hook",
    "readiness-exec",
    "readiness-http",
    "restart-always-exit0",
    "restart-always-exit3",
    "restart-never-exit0",
    "restart-never-exit3",
    "restart-onfailure-exit0",
    "restart-onfailure-exit3",
    "startup-probe",
    "two-containers-one-crashes",
    "two-containers-one-fails-never",
)
DIFFERENT = {
    "unschedulable-cpu": "recorded beside others whose pods left: each leaving pod made the scheduler try again",
}
"""Traces that are played, and differ in what is said here."""
OTHERS = sorted({path.stem for path in DATA.glob("*.json")} - {*REQUIRED, *DIFFERENT})


def record(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Play a trace's scenario; return why it could not be played, "" where it was."""
    status = main(["record", str(DATA / f"{name}.json"), "--out", str(folder)])
    errors = capsys.readouterr().err
    assert status == (1 if errors else 0)
    return errors


def differences(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Compare what was played with the trace; return what differs, "" where nothing does."""
    status = main(["compare", str(DATA / f"{name}.json"), str(folder / f"{name}.json")])
    printed = capsys.readouterr().out
    return printed if status else ""


@pytest.fixture(autouse=True)
def no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the repository, so that no configuration is found."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", REQUIRED)
def test_the_simulator_tells_the_recorded_story(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert record(name, tmp_path, capsys) == ""

    assert differences(name, tmp_path, capsys) == ""


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_modelled_of_the_other_traces_is_told_too(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = record(name, tmp_path, capsys)
    if "the simulator does not model" in refused:
        pytest.skip(refused.partition("not recorded: ")[2].partition(" (see")[0])

    assert (refused, differences(name, tmp_path, capsys)) == ("", "")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xfail(reason=why)) for name, why in DIFFERENT.items()]
)
def test_what_is_played_though_it_differs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert record(name, tmp_path, capsys) == ""

    assert differences(name, tmp_path, capsys) == ""

"""`podproof init`, `podproof run`, `podproof completion`: from an empty folder to a verdict."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from podproof.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _podproof(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as pytest inside pytest would mind the plugins of this one."""
    environment = {**os.environ, "PYTEST_ADDOPTS": "-p no:cacheprovider"}
    return subprocess.run(
        [sys.executable, "-m", "podproof", *words], capture_output=True, text=True, check=False, env=environment
    )


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_starter_project_passes(folder: Path, language: str) -> None:
    assert main(["init", "--language", language]) == 0

    done = _podproof("run")

    assert (done.returncode, "2 passed" in done.stdout, "arning" in done.stdout) == (0, True, False), done.stdout


def test_a_spec_that_is_broken_fails_and_says_what_was_seen(folder: Path) -> None:
    main(["init"])
    file = folder / "features/web.feature"
    file.write_text(file.read_text().replace('stays "Init:0/1"', 'stays "Running"'))

    done = _podproof("run")

    assert done.returncode == 1
    assert 'it showed "Init:0/1"' in done.stdout or 'shows "Init:0/1"' in done.stdout


def test_nothing_is_overwritten_and_nothing_half_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "podproof.yaml").write_text("seed: mine\n")

    assert main(["init"]) == 2
    assert "podproof.yaml" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["podproof.yaml"]


def test_another_folder_may_be_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "new/one"]) == 0

    assert (folder / "new/one/features/web.feature").is_file()
    assert "now: cd new/one && pytest" in capsys.readouterr().out


RUNS = {
    "all of it": ([], 0),
    "the scenario on a line": (["features/web.feature:8"], 0),
    "pytest's own options": (["-k", "moment", "-x"], 0),
    "a line that no step takes": (["broken.feature"], 2),
    "a file that is not there": (["nowhere.feature"], 2),
    "an option that pytest does not know": (["--florps"], 2),
    "nothing that is found": (["-k", "florps"], 2),
    "the help": (["--help"], 0),
}


@pytest.mark.parametrize(("words", "status"), RUNS.values(), ids=RUNS.keys())
def test_the_exit_status_says_what_became_of_a_run(folder: Path, words: list[str], status: int) -> None:
    main(["init"])
    (folder / "broken.feature").write_text("Feature: f\n  Scenario: s\n    Given florps\n")

    assert _podproof("run", *words).returncode == status


def test_what_two_runs_recorded_can_be_compared(folder: Path) -> None:
    main(["init"])
    _podproof("run", "--podproof-record", "one")
    _podproof("run", "--podproof-record", "two")

    done = _podproof("compare", "one", "two")

    assert (done.returncode, done.stdout.count(": the same\n")) == (0, 2), done.stdout + done.stderr


def test_where_two_runs_recorded_something_else_is_told(folder: Path) -> None:
    main(["init"])
    _podproof("run", "--podproof-record", "one")
    for path in (folder / "one").iterdir():
        (folder / "two").mkdir(exist_ok=True)
        (folder / "two" / path.name).write_text(path.read_text().replace('"Init:0/1"', '"Odd"'))

    done = _podproof("compare", "one", "two")

    assert (done.returncode, "Odd" in done.stdout) == (1, True)


def test_ctrl_c_is_told_from_faults(folder: Path) -> None:
    (folder / "stop.feature").write_text("Feature: f\n  Scenario: s\n    Given somebody presses Ctrl-C\n")
    pressed = (
        "from pytest_bdd import given\n@given('somebody presses Ctrl-C')\ndef pressed(): raise KeyboardInterrupt\n"
    )
    (folder / "conftest.py").write_text(pressed)

    assert _podproof("run", "stop.feature").returncode == 130


def test_only_feature_files_are_run(folder: Path) -> None:
    main(["init"])
    (folder / "test_other.py").write_text("def test_other(): raise ValueError\n")

    assert _podproof("run", ".").returncode == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_can_complete_the_commands(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    pytest.importorskip("shtab")

    assert main(["completion", shell]) == 0
    assert "explain" in capsys.readouterr().out


def test_without_shtab_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)

    assert main(["completion", "bash"]) == 2
    assert capsys.readouterr().err == "podproof completion needs shtab: pip install 'podproof[completion]'\n"

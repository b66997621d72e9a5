"""The command: exit statuses, and what is printed where."""

import json
from pathlib import Path
from typing import Any

import pytest

from podproof.cli import main

SCENARIO: dict[str, Any] = {
    "id": "foo",
    "steps": [
        {
            "at": 0,
            "apply": {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": "foo"},
                "spec": {"containers": [{"name": "app", "image": "busybox:1.28", "command": ["sleep", "3"]}]},
            },
        }
    ],
    "duration": 8,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with one scenario."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "foo.json").write_text(json.dumps(SCENARIO))
    return tmp_path


def test_record_writes_one_file_for_each_scenario(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "foo.json", "--out", "out/new"]) == 0

    assert capsys.readouterr().out == "out/new/foo.json\n"
    assert json.loads((folder / "out/new/foo.json").read_text())["id"] == "foo"


def test_a_recording_is_the_same_as_itself(capsys: pytest.CaptureFixture[str]) -> None:
    main(["record", "foo.json", "--out", "out"])
    capsys.readouterr()

    assert main(["compare", "out", "out/foo.json"]) == 0
    assert capsys.readouterr().out == "foo: the same\n"


def test_another_seed_tells_the_same_story_at_other_times(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["record", "foo.json", "--out", "one", "--seed", "one"])
    main(["record", "foo.json", "--out", "two", "--seed", "two"])

    assert main(["compare", "one", "two"]) == 0


def test_differences_are_printed_and_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["record", "foo.json", "--out", "out"])
    recording = json.loads((folder / "out/foo.json").read_text())
    recording["runs"][0]["timelines"]["Pod/foo"][-1]["status"] = "Odd"
    (folder / "odd.json").write_text(json.dumps(recording))
    capsys.readouterr()

    assert main(["compare", "out", "odd.json"]) == 1
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.startswith("foo: ")
    assert "Odd" in lines[0]


def test_a_recording_that_only_one_side_has_is_a_difference(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["record", "foo.json", "--out", "one"])
    other = {**json.loads((folder / "one/foo.json").read_text()), "id": "bar"}
    (folder / "two").mkdir()
    (folder / "two/bar.json").write_text(json.dumps(other))
    (folder / "two/foo.json").write_text((folder / "one/foo.json").read_text())
    capsys.readouterr()

    assert main(["compare", "one", "two"]) == 1
    assert "bar: only in two" in capsys.readouterr().out


def test_times_may_be_held_more_strictly(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["record", "foo.json", "--out", "out"])
    recording = json.loads((folder / "out/foo.json").read_text())
    recording["runs"][0]["timelines"]["Pod/foo"][-1]["t"] += 1
    (folder / "late.json").write_text(json.dumps(recording))

    assert main(["compare", "out", "late.json"]) == 0
    assert main(["compare", "out", "late.json", "--seconds", "0.5", "--percent", "0"]) == 1


def test_what_is_not_modelled_is_said_and_the_rest_recorded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "inside"},
        "spec": {"hostPID": True, "containers": [{"name": "app", "image": "busybox:1.28"}]},
    }
    absent = {**SCENARIO, "id": "bar", "steps": [*SCENARIO["steps"], {"at": 1, "apply": pod}]}
    (folder / "bar.json").write_text(json.dumps(absent))

    assert main(["record", "bar.json", "foo.json", "--out", "out"]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("bar.json: not recorded: pod inside: the simulator does not model spec.hostPID")
    assert printed.out == "out/foo.json\n"


USAGE: dict[str, tuple[list[str], str]] = {
    "a scenario that is not there": (["record", "bar.json", "--out", "out"], "bar.json: it cannot be read: No such"),
    "a recording that is not there": (["compare", "foo.json", "bar.json"], "it has no runs"),
    "a folder without recordings": (["compare", "empty", "foo.json"], "there are no recordings (*.json) in this"),
    "a place that is not there": (["compare", "nowhere", "foo.json"], "nowhere: there is no such file or folder"),
    "one scenario twice": (["record", "foo.json", "foo.json", "--out", "out"], "the id 'foo' is also that of foo.json"),
    "a file where the folder should be": (["record", "foo.json", "--out", "foo.json"], "foo.json: File exists"),
    "a configuration that cannot be": (["record", "foo.json", "--out", "out"], "podproof.yaml: 'sed' is no option"),
}


@pytest.mark.parametrize(("command", "said"), USAGE.values(), ids=USAGE.keys())
def test_a_users_mistake_is_told_without_a_traceback(
    folder: Path, capsys: pytest.CaptureFixture[str], command: list[str], said: str
) -> None:
    (folder / "empty").mkdir()
    if "podproof.yaml" in said:
        (folder / "podproof.yaml").write_text("sed: x\n")

    assert main(command) == 2
    printed = capsys.readouterr()
    assert (said in printed.err, "Traceback" in printed.err, printed.out) == (True, False, "")


@pytest.mark.parametrize("command", [[], ["nosuch"], ["record", "foo.json"], ["compare", "foo.json"]])
def test_a_command_nobody_knows_is_a_usage_error(command: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(command)

    assert caught.value.code == 2


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out.strip()[0].isdigit()


def test_ctrl_c_stops_a_command_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("podproof.recording.run.record", interrupted)

    assert main(["record", "foo.json", "--out", "out"]) == 130
    assert capsys.readouterr().err == "stopped\n"


def test_the_help_says_what_each_exit_status_means(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    told = capsys.readouterr().out
    assert all(f"  {status}  " in told for status in (0, 1, 2, 130))

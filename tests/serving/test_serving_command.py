"""The command `podproof serve`, in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml

from podproof.cli import main
from tests.serving.conftest import PATIENCE

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the command; it is stopped with the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(*options: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "podproof", "serve", *options], cwd=tmp_path, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for each in running:
        each.kill()
        each.communicate(timeout=PATIENCE)


def _url(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("podproof serve: ready at http"), line
    return line.rpartition(" ")[2].strip()


def test_one_line_says_that_it_is_ready_and_the_kubeconfig_leads_there(start: Start, tmp_path: Path) -> None:
    url = _url(start("--port", "0", "--kubeconfig-out", "deep/kubeconfig"))
    path = tmp_path / "deep" / "kubeconfig"
    written = yaml.safe_load(path.read_text())

    assert written["clusters"][0]["cluster"]["server"] == url
    assert path.stat().st_mode & 0o777 == 0o600
    with urlopen(f"{url}/readyz", timeout=PATIENCE) as answer:
        assert answer.read() == b"ok"


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_every_stream(start: Start, stop: signal.Signals) -> None:
    process = start()
    with urlopen(f"{_url(process)}/api/v1/pods?watch=true", timeout=PATIENCE) as watch:
        process.send_signal(stop)
        rest = watch.read()

    assert rest == b""
    assert process.wait(PATIENCE) == 0
    assert process.communicate() == ("", "")


def test_the_clock_begins_when_it_is_told_to(start: Start) -> None:
    url = _url(start("--pace", "manual", "--start", "2030-02-03T04:05:06Z"))
    with urlopen(f"{url}/podproof/clock", timeout=PATIENCE) as answer:
        assert json.load(answer)["now"] == "2030-02-03T04:05:06Z"


def test_at_our_pace_it_is_our_time(start: Start) -> None:
    url = _url(start())
    with urlopen(f"{url}/podproof/clock", timeout=PATIENCE) as answer:
        told = json.load(answer)

    assert told["pace"] == "realtime"
    assert not told["now"].startswith("2026-01-01")


FAULTY = {
    "a pace that is none": (["--pace", "fast"], "'fast' is no pace"),
    "an open door": (["--address", "0.0.0.0"], "say who may call"),
    "a moment that is none": (["--start", "soon"], "--start 'soon' is no moment"),
    "an address of another machine": (["--address", "192.0.2.1", "--auth", "none"], "cannot listen at 192.0.2.1:0"),
    "a life of no length": (["--auth", "token", "--token-lifetime", "soon"], "'soon' is no duration"),
}


@pytest.mark.parametrize(("options", "told"), FAULTY.values(), ids=FAULTY.keys())
def test_what_cannot_be_served_is_said_without_a_traceback(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["serve", *options]) == 2
    assert told in capsys.readouterr().err


def test_a_port_that_is_taken_is_named(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    port = _url(start()).rpartition(":")[2]

    assert main(["serve", "--port", port]) == 2
    assert f"cannot listen at 127.0.0.1:{port}" in capsys.readouterr().err

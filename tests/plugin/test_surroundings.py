"""Where the plugin has to work: no HOME, odd terminals, Ctrl-C, folders nobody may write, files nobody should."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import which
from typing import Any

import pytest

AS_OTHERS: Sequence[str] = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""What takes from root the right to write where nobody may."""
Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

POD = """
    Given the manifest:
      \"\"\"
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec: {containers: [{name: web, image: "nginx:1.14"}]}
      \"\"\"
"""
PASSES = f'Feature: f\n  Scenario: s\n{POD}    Then pod "web" shows "Running"\n'
FAILS = f'Feature: f\n  Scenario: s\n{POD}    Then pod "web" shows "Error" within 5 seconds\n'


def _pytest(
    folder: Path, *words: str, prefix: Sequence[str] = (), **environment: str | None
) -> subprocess.CompletedProcess[str]:
    """Run pytest in a process of its own; a variable that is None is taken away."""
    merged = {**os.environ, **{name: value for name, value in environment.items() if value is not None}}
    for name in (name for name, value in environment.items() if value is None):
        merged.pop(name, None)
    merged["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    plugins = ("pytest_bdd.plugin", "podproof.plugin", "xdist")
    command = [*prefix, sys.executable, "-m", "pytest", *(word for name in plugins for word in ("-p", name)), *words]
    return subprocess.run(command, cwd=folder, env=merged, capture_output=True, text=True, check=False)


ENVIRONMENTS: dict[str, dict[str, Any]] = {
    "no HOME": {"HOME": None},
    "a HOME that is not there": {"HOME": "/nonexistent"},
    "a narrow terminal": {"COLUMNS": "20"},
    "a terminal of one column": {"COLUMNS": "1"},
    "no colour": {"NO_COLOR": "1"},
    "colour that is forced": {"FORCE_COLOR": "1"},
    "a terminal that can do nothing": {"TERM": "dumb"},
    "the plainest locale": {"LC_ALL": "C", "LANG": None},
}


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
def test_a_failure_is_told_whole(tmp_path: Path, environment: dict[str, Any]) -> None:
    (tmp_path / "it.feature").write_text(FAILS.replace("s\n", "s … 你好\n", 1), encoding="utf-8")

    done = _pytest(tmp_path, "-p", "no:cacheprovider", **environment)

    assert (done.returncode, "INTERNALERROR" in done.stdout + done.stderr) == (1, False), done.stdout + done.stderr
    assert 'wanted    pod "web" shows "Error" within 5 seconds' in done.stdout


def test_without_colour_no_escape_is_printed(tmp_path: Path) -> None:
    (tmp_path / "it.feature").write_text(FAILS, encoding="utf-8")

    assert "\x1b" not in _pytest(tmp_path, "-v", "--color=no").stdout


@pytest.mark.skipif(bool(AS_OTHERS) and which("setpriv") is None, reason="root may write everywhere, and no setpriv")
def test_a_project_that_may_not_be_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "it.feature").write_text(PASSES, encoding="utf-8")
    tmp_path.chmod(0o555)

    run = _pytest(tmp_path, "-W", "ignore::pytest.PytestCacheWarning", prefix=AS_OTHERS)

    tmp_path.chmod(0o755)
    assert run.returncode == 0, run.stdout + run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["it.feature"]


def test_a_run_writes_nothing_into_a_project(tmp_path: Path) -> None:
    (tmp_path / "it.feature").write_text(PASSES, encoding="utf-8")

    assert _pytest(tmp_path, "-p", "no:cacheprovider").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["it.feature"]


CLOSES = """
import pytest
from pytest_bdd import given

@pytest.fixture
def cluster(cluster):
    yield cluster
    print("closed", flush=True)

@given("somebody presses Ctrl-C")
def pressed(cluster):
    raise KeyboardInterrupt
"""


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "with a worker"])
def test_ctrl_c_ends_a_run_and_its_cluster(tmp_path: Path, workers: list[str]) -> None:
    (tmp_path / "it.feature").write_text("Feature: f\n  Scenario: s\n    Given somebody presses Ctrl-C\n")
    (tmp_path / "conftest.py").write_text(CLOSES, encoding="utf-8")

    done = _pytest(tmp_path, "-s", "-p", "no:cacheprovider", *workers)

    assert done.returncode != 0
    assert "INTERNALERROR" not in done.stdout
    assert workers or (done.returncode, "closed" in done.stdout) == (2, True)


STOPS = {
    "while features are collected": "def pytest_collect_file(): raise KeyboardInterrupt",
    "while the report is made": """
import podproof.report.page
def stop(run, rootdir): raise KeyboardInterrupt
podproof.report.page.report = stop
""",
    "while the report is written": """
import pathlib
whole = pathlib.Path.write_text
def half(path, text, **options):
    whole(path, text[:100], **options)
    raise KeyboardInterrupt
pathlib.Path.write_text = half
""",
}


@pytest.mark.parametrize("conftest", STOPS.values(), ids=STOPS.keys())
def test_ctrl_c_leaves_no_half_of_a_report(feature: Feature, project: pytest.Pytester, conftest: str) -> None:
    feature(PASSES)
    project.makeconftest(conftest)

    result = project.runpytest_subprocess(
        "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--podproof-html", "r.html"
    )

    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
    assert not (project.path / ".r.html.half").exists()
    page = (project.path / "r.html").read_text(encoding="utf-8")
    assert page == "" or page.endswith("</html>")


UNREADABLE = {
    "UTF-16": ("Feature: f\n".encode("utf-16"), "the file is not UTF-8"),
    "Latin 1": ("Feature: fü\n".encode("latin-1"), "the file is not UTF-8"),
    "a broken letter in the middle": (b"Feature: f\n  Scenario: s\xc3\n", "the file is not UTF-8"),
    "an image": (b"\x89PNG\r\n\x1a\n\x00\x00", "the file is not UTF-8"),
    "zero bytes": (b"\x00" * 16, "it.feature:1: "),
    "old Macintosh's line ends": (b"Feature: f\r  Scenario: s\r", "the scenario has no steps"),
}


@pytest.mark.parametrize(("content", "said"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_nobody_should_write_is_told_as_any_other_fault(
    feature: Feature, on: On, run: Run, content: bytes, said: str
) -> None:
    feature("").write_bytes(content)
    on()

    result = run()

    result.assert_outcomes(errors=1)
    assert said in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def test_a_folder_that_is_called_like_a_feature_is_no_feature(feature: Feature, on: On, run: Run) -> None:
    feature(PASSES, "pods.feature/it.feature")
    on('shows(0, "web", "Running")')

    run().assert_outcomes(passed=1)


def test_a_link_that_leads_nowhere_is_told(project: pytest.Pytester, run: Run) -> None:
    (project.path / "it.feature").symlink_to("nowhere.feature")

    result = run("it.feature")

    assert "INTERNALERROR" not in result.stdout.str()


def test_the_cost_of_a_long_feature_grows_with_its_length(feature: Feature, on: On, run: Run) -> None:
    steps = "".join(f'    Then pod "p{number}" never shows "x"\n' for number in range(5_000))
    feature(f"Feature: f\n  Scenario: s\n    Given 1 second passes\n{steps}")
    on(
        more="""
        def pytest_collection_finish(session):
            from podproof.plugin.collect import FeatureRun
            print("lookups", [each.lookups for each in FeatureRun.of(session).indexes._indexes.values()])
        """
    )

    run("--collect-only", "-s").stdout.fnmatch_lines(["*lookups [[]5001[]]"])

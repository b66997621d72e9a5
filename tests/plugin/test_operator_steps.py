"""Operators beside a scenario: how they fail, and that nothing of them is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from podproof.clusters.live.clocks import pause

Feature = Callable[..., Path]
Run = Callable[..., pytest.RunResult]

CALLS = """
    import json, os, sys, time, urllib.request

    config = open(os.environ["KUBECONFIG"]).read()
    server = config.partition("server: ")[2].split()[0]

    def call(method, path, body=None, kind="application/merge-patch+json"):
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(server + path, data, {"Content-Type": kind}, method=method)
        return json.load(urllib.request.urlopen(asked))

    print("pid", os.getpid(), file=sys.stderr)
    """
MAPS = '"/api/v1/namespaces/default/configmaps'
PROGRAMS = {
    "waits": "call('GET', '/api/v1/namespaces'); time.sleep(600)",
    "counts": f"""
    call("POST", {MAPS}", {{"metadata": {{"name": "count"}}, "data": {{"to": "0"}}}}, "application/json")
    for number in range(1, 1000):
        time.sleep(float(sys.argv[1]))
        call("PATCH", {MAPS}/count", {{"data": {{"to": str(number)}}}})
    """,
    "never_asks": "time.sleep(600)",
    "crashes": 'raise SystemExit("the password is tiptop-secret")',
    "crashes_later": "call('GET', '/api/v1/namespaces'); time.sleep(0.05); sys.exit(3)",
    "reports": f"""
    call("POST", {MAPS}", {{"metadata": {{"name": os.environ["PODPROOF_OPERATOR"]}},
         "data": {{"words": " ".join(sys.argv[1:]), "mode": os.environ.get("MODE", "")}}}}, "application/json")
    time.sleep(600)
    """,
}


@pytest.fixture
def programs(project: pytest.Pytester) -> Path:
    """The operators, in the folder of the features."""
    folder = project.path / "features"
    folder.mkdir()
    for name, text in PROGRAMS.items():
        (folder / f"{name}.py").write_text(_plain(CALLS) + _plain(text))
    return folder


def _plain(text: str) -> str:
    return "".join(f"{line[4:] if line.startswith('    ') else line}\n" for line in text.strip("\n").splitlines())


def _started(program: str, *then: str, name: str = "mine") -> str:
    """Return a scenario in which an operator is started."""
    lines = [f'Given the operator "{name}" runs:', '  """', f"  python {program}", '  """', *then]
    return "Feature: f\n  Scenario: s\n" + "".join(f"    {line}\n" for line in lines)


FAILS = {
    "it crashes at start": (
        _started("crashes.py"), ["*the operator *mine* has ended with exit code 1; it wrote:", "the password is *"],
    ),
    "it crashes while a step waits": (
        _started("crashes_later.py", "Then 1 minute passes"), ["*the operator *mine* has ended with exit code 3*"],
    ),
    "it never asks": (
        _started("never_asks.py"), ["*the operator *mine* has asked nothing of the API server in 1 s*"],
    ),
    "it reconciles for ever": (
        _started("counts.py 0", "Then 1 minute passes"),
        ["*mine* does not come to rest: it has worked for 1 s; *PATCH */configmaps/count*"],
    ),
    "it is started twice": (
        _started("waits.py", 'And the operator "mine" runs'), ["wanted *operator *mine*", "*it runs already"],
    ),
    "nothing says how": (
        'Feature: f\n  Scenario: s\n    Given the operator "mine" runs\n', ["*nothing says with which command"],
    ),
    "one that does not run is ended": (
        'Feature: f\n  Scenario: s\n    When the operator "mine" is stopped\n', ["*the operators that run: none"],
    ),
    "its command is no command line": (
        _started('"crashes.py'), ["*No closing quotation"],
    ),
}  # fmt: skip


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize(("text", "told"), FAILS.values(), ids=FAILS.keys())
def test_a_scenario_fails_when(
    text: str, told: list[str], project: pytest.Pytester, feature: Feature, run: Run
) -> None:
    if any(" 1 s" in line for line in told):
        (project.path / "podproof.yaml").write_text("operator-patience: 1s\n")
    feature(text)

    result = run("features")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(told)
    assert [line for line in _pids(result) if _exists(line)] == []


def _pids(result: pytest.RunResult) -> list[int]:
    return [int(line.split()[1]) for line in result.outlines if line.startswith("pid ")]


def _exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.usefixtures("programs")
def test_what_an_operator_writes_is_shown_without_secrets(feature: Feature, run: Run) -> None:
    secret = ['"""', "apiVersion: v1", "kind: Secret", "metadata: {name: s}", "stringData: {k: tiptop-secret}", '"""']
    lines = "".join(f"      {line}\n" for line in secret)
    text = _started("crashes.py").replace("    Given", f"    Given the manifest:\n{lines}    And", 1)
    feature(text)

    result = run("features", "--podproof-html=report.html")

    result.stdout.fnmatch_lines(["the password is [*][*][*]", "*output of operator mine*", "the password is [*][*][*]"])
    result.stdout.no_fnmatch_line("*tiptop*")
    page = Path("report.html").read_text(encoding="utf-8")
    assert "<b>output</b> of operator mine" in page
    assert "tiptop" not in page


@pytest.mark.usefixtures("programs")
def test_an_operator_of_the_configuration_runs_as_it_says(project: pytest.Pytester, feature: Feature, run: Run) -> None:
    (project.path / "podproof.yaml").write_text(
        "operators:\n  mine:\n    command: [python, reports.py, '{namespace}', '{name}']\n"
        "    folder: features\n    environment: {MODE: quiet}\n"
    )
    feature("""
        Feature: f
          Scenario: s
            Given the operator "mine" runs
            Then ConfigMap "mine" has ".data.words" equal to "default mine"
            And ConfigMap "mine" has ".data.mode" equal to "quiet"
        """)

    run("features").assert_outcomes(passed=1)


@pytest.mark.usefixtures("programs")
def test_a_program_that_is_not_there_skips_the_scenario(feature: Feature, run: Run) -> None:
    feature(_started("x").replace("python x", "no-such-program"))

    result = run("features", "-rs")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*the operator *mine* is started with no-such-program, which is not on this machine*"])


@pytest.mark.usefixtures("programs")
def test_thinking_takes_no_time_of_the_cluster_and_waiting_takes_its_own(feature: Feature, run: Run) -> None:
    feature(_started(
        "counts.py 0.05",
        'Then ConfigMap "count" has ".data.to" equal to "3" within 1 second',
        "When each second of the operator lasts 100 seconds in the cluster",
        'Then ConfigMap "count" has ".data.to" equal to "6" within 1 minute',
        'And ConfigMap "count" has ".data.to" equal to "9" within 1 second',
    ))  # fmt: skip

    result = run("features")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(['*ConfigMap "count"*.data.to*equal to "9"*'])


@pytest.mark.usefixtures("programs")
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this machine does not show its processes")
def test_nothing_is_left_of_a_run_that_is_killed(project: pytest.Pytester, feature: Feature) -> None:
    feature(_started("waits.py", "And 1 hour passes"))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "features"]
    surroundings = {**os.environ, "TMPDIR": str(project.path / "tmp")}
    (project.path / "tmp").mkdir()
    run = subprocess.Popen(command, cwd=project.path, env=surroundings, stdout=subprocess.DEVNULL)
    written = project.path / "tmp"

    def pid() -> int:
        texts = [each.read_text() for each in written.rglob("*.output")]
        return int(texts[0].split()[1]) if texts and len(texts[0].split()) > 1 else 0

    _await(lambda: pid() > 0)
    operator = pid()
    run.send_signal(signal.SIGKILL)
    run.wait()

    _await(lambda: not _exists(operator) and not list(written.glob("podproof-*")))


def _await(condition: Callable[[], bool]) -> None:
    for _ in range(1500):
        if condition():
            return
        pause(0.01)
    raise AssertionError("it did not become so in 15 s")

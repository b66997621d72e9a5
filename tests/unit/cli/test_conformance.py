"""`podproof conformance`: what counts as passed, what the exit status says, where two clusters differ."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from podproof import conformance
from podproof.cli import main

POD = """
    Given the manifest:
      \"\"\"
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec: {containers: [{name: web, image: "nginx:1.14"}]}
      \"\"\"
"""
PASSES = f'  @A1\n  Scenario: passes\n{POD}    Then pod "web" shows "Running"\n'
FAILS = f'  @A10\n  Scenario: fails\n{POD}    Then pod "web" shows "Error" within 5 seconds\n'
SKIPPED = f'  @A1 @needs:florps\n  Scenario: needs what nobody has\n{POD}    Then pod "web" shows "Running"\n'
OF_STORAGE = f'  @B1\n  Scenario: of storage\n{POD}    Then pod "web" shows "Error" within 5 seconds\n'

Suite = Callable[..., None]


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Let the shipped suite be these scenarios, and stand in an empty folder."""

    def make(*scenarios: str) -> None:
        folder = tmp_path / "suite/features"
        folder.mkdir(parents=True)
        (folder / "it.feature").write_text("Feature: f\n" + "".join(scenarios), encoding="utf-8")
        monkeypatch.setattr(conformance, "FEATURES", folder)
        monkeypatch.chdir(tmp_path)

    return make


def _report() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path("out/conformance.yaml").read_text(encoding="utf-8"))
    return found


VERDICTS = {
    "all passed": ([PASSES], [], 0, "passed"),
    "one failed": ([PASSES, FAILS], [], 1, "failed"),
    "one was skipped, which is not passed": ([PASSES, SKIPPED], [], 0, "partly skipped"),
    "what is of another profile does not count": ([PASSES, OF_STORAGE], ["--profile", "pods"], 0, "passed"),
}


@pytest.mark.parametrize(("scenarios", "words", "status", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_a_run_comes_to(suite: Suite, scenarios: list[str], words: list[str], status: int, verdict: str) -> None:
    suite(*scenarios)

    assert main(["conformance", "--report", "out", *words]) == status
    assert _report()["verdict"] == verdict


def test_each_row_is_told_with_its_reasons(suite: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    suite(PASSES, FAILS, SKIPPED)

    main(["conformance", "--report", "out", "--profile", "pods"])

    rows, told = _report()["rows"], _report()
    assert (rows["A1"]["verdict"], rows["A1"]["passed"], rows["A1"]["skipped"]) == ("partly skipped", 1, 1)
    assert rows["A1"]["not passed"] == {
        "features/it.feature::needs what nobody has": "skipped at line 25: the cluster simulator lacks florps, "
        "which the scenario needs"
    }
    assert rows["A10"]["not passed"]["features/it.feature::fails"].startswith("failed at line 23: but it shows")
    assert rows["A2"]["verdict"] == "not stated"
    assert (told["cluster"], told["kubernetes"], told["profile"]) == ("simulator", "v1.36.2", "pods")
    assert "B1" not in rows


def test_the_page_says_the_same(suite: Suite) -> None:
    suite(PASSES, FAILS)

    main(["conformance", "--report", "out"])

    page = Path("out/conformance.md").read_text(encoding="utf-8")
    assert page.startswith("# Conformance of simulator: failed\n")
    assert "| ✓ | A1 | containers of a pod share its network, its names and its volumes | 1 | 0 | 0 | 0 |" in page
    assert "- `features/it.feature::fails`: failed at line 23: but it shows" in page


def test_a_cluster_is_like_itself(suite: Suite, capsys: pytest.CaptureFixture[str]) -> None:
    suite(PASSES)

    assert main(["conformance", "--against", "simulator"]) == 0
    assert "beside simulator: no scenarios differ" in capsys.readouterr().out


def test_where_two_clusters_differ_is_told_and_is_no_success(
    suite: Suite, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    suite(PASSES)
    seen = Path("out/against/recordings")
    from podproof.cli.conformance import _Suite

    def another(self: _Suite) -> dict[str, Any]:
        text = next((self.folder.parent / "recordings").glob("*.json")).read_text(encoding="utf-8")
        seen.mkdir(parents=True)
        (seen / "it.json").write_text(text.replace('"Running"', '"Odd"'), encoding="utf-8")
        return {"totals": {}, "scenarios": {"features/it.feature::passes": "failed"}}

    first = _Suite.run
    monkeypatch.setattr(_Suite, "run", lambda self: first(self) if self.cluster == "simulator" else another(self))

    assert main(["conformance", "--report", "out", "--against", "other"]) == 1
    differences = _report()["against"]["differences"]["features/it.feature::passes"]
    assert differences[0] == "verdict: passed on simulator, failed on other"
    assert any("Odd" in each for each in differences[1:])


MISTAKES = {
    "a cluster nobody knows": (
        ["--cluster", "florps"],
        "'florps' is no cluster podproof can run on: there is simulator",
    ),
    "a suite that cannot be run": (
        ["-n", "florps"],
        "the suite could not be run on simulator: pytest ended with status 4",
    ),
}


@pytest.mark.parametrize(("words", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told(suite: Suite, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    suite(PASSES)

    assert main(["conformance", *words]) == 2
    assert said in capsys.readouterr().err


def test_every_row_a_scenario_is_tagged_with_is_in_the_mission() -> None:
    known = {row.name for row in conformance.rows()}
    texts = [path.read_text(encoding="utf-8") for path in conformance.FEATURES.rglob("*.feature")]

    assert {tag for text in texts for tag in re.findall(r"@([A-E]\d+)\b", text)} - known == set()

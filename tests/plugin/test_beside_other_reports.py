"""The reports of others keep working beside podproof's; skipped where they are not installed (`tox -e beside`)."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

Feature = Callable[..., Path]
On = Callable[..., None]
Run = Callable[..., pytest.RunResult]

FEATURE = """
    Feature: A pod

      Scenario: It runs
        Then pod "a" shows "Running" within 1 minute

      Scenario: It stops
        Then pod "a" shows "Running" within 1 minute
        And pod "a" shows "Completed" within 5 seconds

      Scenario: Nobody can say
        Then pod "b" never shows "Running"
    """


@pytest.fixture
def three(feature: Feature, on: On) -> None:
    """Three scenarios: one passes, one fails, one is inconclusive."""
    feature(FEATURE)
    on('shows(0, "a", "Pending"), shows(3, "a", "Running")')


@pytest.mark.usefixtures("three")
def test_allure_has_each_scenario_with_its_steps(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("allure_pytest_bdd", reason="no allure-pytest-bdd")

    run(f"--alluredir={tmp_path}/allure", "-v").assert_outcomes(passed=1, failed=2)

    results = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "allure").glob("*-result.json")]
    assert {each["name"]: each["status"] for each in results} == {
        "It runs": "passed",
        "It stops": "failed",
        "Nobody can say": "failed",
    }
    [stops] = [each for each in results if each["name"] == "It stops"]
    assert [(step["name"], step["status"]) for step in stops["steps"]] == [
        ('Then pod "a" shows "Running" within 1 minute', "passed"),
        ('And pod "a" shows "Completed" within 5 seconds', "failed"),
    ]
    assert "wanted    pod" in stops["statusDetails"]["trace"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "on workers"])
def test_pytest_html_has_each_scenario(run: Run, tmp_path: Path, workers: tuple[str, ...]) -> None:
    pytest.importorskip("pytest_html", reason="no pytest-html")

    run(f"--html={tmp_path}/page.html", "--self-contained-html", *workers).assert_outcomes(passed=1, failed=2)

    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    results = Counter(
        word for word in ("Passed", "Failed") for _ in range(page.count(f"&#34;result&#34;: &#34;{word}"))
    )
    assert results == {"Passed": 1, "Failed": 2}
    assert "wanted" in page

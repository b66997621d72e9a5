"""A real browser, and a page of a real run to look at with it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree, which
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

ROOT = Path(__file__).parents[2]
FEATURES = {
    "lost": """
        Feature: What goes wrong

          Scenario: It never completes
            Given the manifest "foo.yaml"
            Then pod "foo" shows "Completed" within 2 minutes
            And pod "foo" shows "Running"

          Scenario: Nobody can say
            Given the manifest "foo.yaml"
            Then pod "bar" never shows "Running"

          @needs:wings
          Scenario: It flies
            Given the manifest "foo.yaml"
        """,
    "won": """
        Feature: What goes well

          Scenario: It crashes, and crashes again
            Given the manifest "foo.yaml"
            Then pod "foo" shows "CrashLoopBackOff" within 10 minutes
        """,
}


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Chrome"]:
    """Debian's chromium without a screen and without a network; skipped where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="no selenium: tox -e browser")
    driver = which("chromedriver")
    if driver is None or which("chromium") is None:
        pytest.skip("no chromium: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    profile = tmp_path_factory.mktemp("profile")
    for flag in (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "disable-dev-shm-usage",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        f"user-data-dir={profile}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome: Chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with every result on the simulator."""
    folder = tmp_path_factory.mktemp("project")
    copytree(ROOT / "manifests" / "pods", folder / "manifests")
    (folder / "features").mkdir()
    for name, text in FEATURES.items():
        (folder / "features" / f"{name}.feature").write_text(dedent(text), encoding="utf-8")
    report = folder / "report.html"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--podproof-html={report}", "features"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stdout + run.stderr
    return report


@pytest.fixture
def at(browser: "Chrome", page: Path) -> Callable[..., "Chrome"]:
    """Open the page anew: where in it, in a window of which size, in which theme the machine prefers."""

    def open_(where: str = "", size: tuple[int, int] = (1400, 900), scheme: str = "light") -> "Chrome":
        browser.set_window_size(*size)
        prefers = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", prefers)
        browser.get("about:blank")
        browser.get(f"{page.as_uri()}{where}")
        browser.execute_script("try { localStorage.clear() } catch {}")
        browser.get("about:blank")
        browser.execute("getLog", {"type": "browser"})
        browser.get(f"{page.as_uri()}{where}")
        return browser

    return open_

"""A user's project to try the plugin in."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

import tests.loaded  # noqa: F401

SCRIPTED = Path(__file__).with_name("scripted.py")

Run = Callable[..., pytest.RunResult]
Distribution = Callable[..., None]


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """An empty project that has the module of the scripted cluster; nothing of this repository's settings."""
    pytester.makepyfile(scripted=SCRIPTED.read_text(encoding="utf-8"))
    pytester.syspathinsert()
    return pytester


@pytest.fixture
def feature(project: pytest.Pytester) -> Callable[..., Path]:
    """Write a feature file: the text as it stands, its indentation removed."""

    def write(text: str, name: str = "features/it.feature") -> Path:
        path = project.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    return write


@pytest.fixture
def on(project: pytest.Pytester) -> Callable[..., None]:
    """Make the project's cluster a scripted one: the arguments of ScriptedCluster as they are written in Python."""

    def make(script: str = "", more: str = "") -> None:
        text = f"""
            import pytest
            from podproof.steps.phrases import says
            from pytest_bdd import given, parsers, then, when
            from scripted import ScriptedCluster, event, gone, shows, there

            @pytest.fixture
            def cluster(request):
                from podproof.plugin.fixtures import CLUSTER
                made = request.node.stash[CLUSTER] = ScriptedCluster({script})
                return made
            """
        project.makeconftest(f"{dedent(text)}\n{dedent(more)}")

    return make


@pytest.fixture
def run(project: pytest.Pytester) -> Run:
    """Run pytest in the project, in this process; without hypothesis, whose summary alone takes a second."""

    def start(*args: str) -> pytest.RunResult:
        return project.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *args)

    return start


@pytest.fixture
def distribution(project: pytest.Pytester) -> Distribution:
    """Put a distribution on the path: its module's text, and its entry points as they are written."""

    def make(group: str, entry: str, text: str = "", name: str = "acme") -> None:
        if text:
            (project.path / f"{name}.py").write_text(dedent(text), encoding="utf-8")
        info = project.path / f"{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[{group}]\n{entry}\n", encoding="utf-8")

    return make

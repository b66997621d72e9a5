"""A served simulator, and its kubeconfig."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from podproof.clusters.live.runs import Run
from podproof.serving import kubeconfig
from tests.contract.conftest import Serve, Served, serve

__all__ = ["Serve", "Served", "serve"]


@pytest.fixture
def served(serve: Serve) -> Served:
    """A new cluster whose time passes only when it is told to."""
    return serve()


@pytest.fixture
def run(served: Served) -> Iterator[Run]:
    """A run on it."""
    made = Run(served.serving.kubeconfig(), "r1")
    yield made
    made.end()


@pytest.fixture
def kube(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kubeconfig that leads to it, which every process finds."""
    path = tmp_path / "kube"
    kubeconfig.write(path, served.serving.kubeconfig())
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path

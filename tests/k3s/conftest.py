"""k3s-shaped clusters on a real Docker engine; without one that may run privileged containers, a visible skip."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from podproof.clusters.k3s.faults import NoEngineError

Image = Callable[..., str]
"""Builds the image, or finds it; `pace` is how its time passes."""


def engine_or_skip() -> Any:
    """Return the client of a Docker engine."""
    pytest.importorskip("testcontainers", reason="the extra k3s is not installed")
    from podproof.clusters.k3s.engine import engine

    try:
        return engine()
    except NoEngineError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[Any]:
    """A Docker engine that runs what k3s is; testcontainers' reaper cannot be pulled here."""
    before = os.environ.get("TESTCONTAINERS_RYUK_DISABLED")
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"
    client = engine_or_skip()
    yield client
    client.close()
    os.environ.pop("TESTCONTAINERS_RYUK_DISABLED")
    if before is not None:
        os.environ["TESTCONTAINERS_RYUK_DISABLED"] = before


@pytest.fixture(scope="session")
def k3s_image(docker_engine: Any) -> Image:
    """The image in k3s's shape."""
    from docker.errors import DockerException

    from tools.k3s_image import BuildError, image

    def named(pace: str = "realtime") -> str:
        return image(docker_engine, pace)

    try:
        built = named()
    except BuildError as error:
        pytest.skip(str(error))
    probe = docker_engine.containers.create(built, ["version"], privileged=True)
    try:
        probe.start()
    except DockerException as error:
        pytest.skip(f"this Docker engine runs no privileged container: {error}")
    finally:
        probe.remove(force=True)
    return named


@pytest.fixture(scope="session")
def k3s_manual(k3s_image: Image) -> Iterator[Any]:
    """A cluster whose time passes only when it is told to, as what was started of it."""
    from podproof.clusters.k3s.containers import Containers, Shape, remove
    from podproof.clusters.live.runs import new_id

    containers = Containers(Shape(k3s_image("manual")), new_id())
    try:
        yield containers.start()
    finally:
        with suppress(OSError):
            remove(containers.run)

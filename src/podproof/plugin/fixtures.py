"""The fixtures behind the steps: the scenario's cluster, and where the scenario stands."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from podproof.cluster import Command
from podproof.clusters import kinds
from podproof.configuration import Configuration
from podproof.plugin import chosen, recording
from podproof.simulator.model.times import Nanos

if TYPE_CHECKING:
    from podproof.cluster import Cluster
    from podproof.plugin.story import Story

CLUSTER: pytest.StashKey[Cluster] = pytest.StashKey()


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster of the scenario's own, as it is new; closed after."""
    gc.collect(0)  # the cluster before, a few thousand objects in cycles: all of them at once, later, take far longer
    made = request.node.stash[CLUSTER] = _made(request)
    yield made
    try:
        if folder := request.config.getoption("--podproof-record"):
            recording.write(folder, request.node.nodeid, made)
    finally:
        made.close()
        del request.node.stash[CLUSTER]


def _made(request: pytest.FixtureRequest) -> Cluster:
    text: str = request.node.cluster
    if runs := request.config.pluginmanager.get_plugin(chosen.target(text)):
        return cast("Cluster", runs.cluster(request))
    return kinds.made(text, _configuration(request), request.config.getoption("--podproof-seed"))


@pytest.fixture
def limit(request: pytest.FixtureRequest) -> Nanos:
    """How long a step waits that does not say, in cluster time."""
    return _configuration(request).timeout


@pytest.fixture
def operator_commands(request: pytest.FixtureRequest) -> Mapping[str, Command]:
    """How the operators are started that the configuration names."""
    folder, known = request.config.rootpath, _configuration(request).operators
    return {name: replace(each, folder=folder / each.folder) for name, each in known.items()}


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Story:
    """What a step may know of its own scenario."""
    story: Story = request.node.story
    return story


def _configuration(request: pytest.FixtureRequest) -> Configuration:
    configuration: Configuration = request.node.parent.configuration
    return configuration

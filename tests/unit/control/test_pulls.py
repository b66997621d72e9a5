"""Pulls of one node: one after another, or several at a time."""

from typing import Any

import pytest

from podproof.clusters.simulated import SimulatedCluster
from podproof.configuration import Configuration
from podproof.manifests import Document, Manifest
from podproof.simulator.model.objects import Ref, at
from podproof.simulator.model.times import moment, seconds

GIB = 1024**3


def started(pulls: str) -> tuple[float, ...]:
    """Return how long after the beginning each of two pods with a big image of its own runs."""
    images = [{"name": f"example.com/{name}:1", "from": "busybox:1.28", "size": 5 * GIB} for name in "ab"]
    cluster = SimulatedCluster(Configuration(images=tuple(images), nodes=({"name": "n", "pulls": pulls},)))
    cluster.apply(Manifest("", tuple(Document(pod(name), "", 0) for name in "ab")))
    cluster.pass_time(seconds(60))
    return tuple(since(cluster, name) for name in "ab")


def pod(name: str) -> dict[str, Any]:
    container = {"name": "app", "image": f"example.com/{name}:1", "command": ["sleep", "3600"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}}


def since(cluster: SimulatedCluster, name: str) -> float:
    shown = cluster.get(Ref("Pod", "default", name))
    text = at(shown, "status", "containerStatuses", 0, "state", "running", "startedAt")
    return (moment(text) - cluster.world.start) / seconds(1)


@pytest.mark.parametrize(("pulls", "second"), [("1", 21), ("2", 10)], ids=["one after another", "two at a time"])
def test_a_second_pull_waits_for_its_turn(pulls: str, second: int) -> None:
    first, other = started(pulls)

    assert first == pytest.approx(10, abs=1.5)
    assert other == pytest.approx(second, abs=1.5)

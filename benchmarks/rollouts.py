"""A Deployment of many pods that gets another image: each pod is made anew, and its sets are looked at all along."""

from collections.abc import Iterator
from time import process_time
from typing import Any

from benchmarks.figures import Figure
from podproof.simulator.kernel.client import Client
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import NodeSpec, World

_DEPLOYMENTS, _LIMIT = "deployments.apps", 600


def figures() -> Iterator[Figure]:
    """Measure a rollout."""
    yield Figure("a Deployment of 1,000 pods, rolled over", rollout(1_000), 5, "s")


def rollout(pods: int) -> float:
    """Return the processor time (s) from the change of an image until every pod has it."""
    world = World(nodes=[NodeSpec(f"node{number}", cpu="100", pods="300") for number in range(max(pods // 200, 1))])
    user = Client(world.handle, "kubectl")
    user.create(_DEPLOYMENTS, _deployment(pods, "busybox:1.28"), "default")
    _until_done(world, user, pods)
    new = {**user.get(_DEPLOYMENTS, "default", "web"), "spec": _deployment(pods, "busybox:1.36")["spec"]}
    began = process_time()
    user.update(_DEPLOYMENTS, new)
    _until_done(world, user, pods)
    return process_time() - began


def _until_done(world: World, user: Client, pods: int) -> None:
    """Let time pass until all pods are new and available and no others are left."""
    for _ in range(_LIMIT):
        world.agenda.run_until(Nanos(world.now + seconds(1)))
        item = user.get(_DEPLOYMENTS, "default", "web")
        status = item.get("status") or {}
        counts = {status.get(name) for name in ("replicas", "updatedReplicas", "availableReplicas")}
        if counts == {pods} and status["observedGeneration"] == item["metadata"]["generation"]:
            return
    raise AssertionError(f"the rollout was not over after {_LIMIT} s: {status}")


def _deployment(pods: int, image: str) -> dict[str, Any]:
    container = {"name": "main", "image": image, "command": ["sleep", "1000000"]}
    pod = {"terminationGracePeriodSeconds": 1, "containers": [container]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    spec = {"replicas": pods, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}

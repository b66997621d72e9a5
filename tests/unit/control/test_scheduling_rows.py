"""The scheduler held to a real one: decisions, conditions and events observed on Kubernetes v1.36.2."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from podproof.simulator.kernel.client import Client
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

TABLE = Path(__file__).parents[4] / "shared" / "exam-sample" / "scheduling.json"
RESOURCES = {
    "Node": "nodes",
    "PriorityClass": "priorityclasses.scheduling.k8s.io",
    "PersistentVolume": "persistentvolumes",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "StorageClass": "storageclasses.storage.k8s.io",
}


def rows() -> list[Any]:
    if not TABLE.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{TABLE} is not here"), id="scheduling")]
    return [pytest.param(row, id=row["id"]) for row in json.loads(TABLE.read_text(encoding="utf-8"))]


def played(row: Any) -> tuple[World, Client]:
    """Nobody there kept the taints of nodes in line with their conditions: no kubelet stood behind any of them."""
    world = World(nodes=(), without=("node-lifecycle-controller",))
    component, user = Client(world.handle, "system:controller"), Client(world.handle, "kubectl")
    for node in row["nodes"]:
        component.create("nodes", node)
    for each in row["objects"]:
        user.create(RESOURCES[each["kind"]], each)
    world.agenda.run_until(Nanos(world.now + seconds(1)))
    for pod in row["existingPods"]:
        user.create("pods", pod)
    world.agenda.run_until(Nanos(world.now + seconds(1)))
    user.create("pods", row["pod"])
    world.agenda.run_until(Nanos(world.now + seconds(3)))
    return world, user


def told(event: Any) -> dict[str, Any]:
    about = event["involvedObject"]
    message = re.sub(r"[0-9a-f-]{36}", "<uid of pod p>", event["message"])
    return {
        "object": f"{about['kind']}/{about['name']}",
        "type": event["type"],
        "reason": event["reason"],
        "message": message,
    }


@pytest.mark.parametrize("row", rows())
def test_a_pod_goes_where_the_real_scheduler_sent_it(row: Any) -> None:
    _, user = played(row["input"])
    pod = user.get("pods", "default", "p")
    conditions = [each for each in pod["status"].get("conditions") or () if each["type"] == "PodScheduled"]

    assert pod["spec"].get("nodeName") == row["expected"]["nodeName"]
    assert pod["status"].get("nominatedNodeName") == row["expected"].get("nominatedNodeName")
    assert [
        {key: each[key] for key in ("type", "status", "reason", "message") if key in each} for each in conditions
    ] == row["expected"]["conditions"]
    wanted = [{key: each[key] for key in ("object", "type", "reason", "message")} for each in row["expected"]["events"]]
    seen = [told(event) for event in user.list("events", "default")[0] if event["involvedObject"]["kind"] != "Node"]
    assert [each for each in wanted if each not in seen] == []

"""The volume controller held to a real one: what Kubernetes v1.36.2 made of claims and volumes in the end."""

import json
from pathlib import Path
from typing import Any

import pytest

from podproof.simulator.kernel.client import Client
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

TABLE = Path(__file__).parents[4] / "shared" / "exam-sample" / "controllers.json"
RESOURCES = {"PersistentVolume": "persistentvolumes", "PersistentVolumeClaim": "persistentvolumeclaims"}


def claim(size: str, storage_class: str = "manual", **spec: Any) -> dict[str, Any]:
    asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    meta = {"name": "c", "namespace": "default"}
    about = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta}
    return {**about, "spec": {"storageClassName": storage_class, **asked, **spec}}


def volume(name: str, size: str, **spec: Any) -> dict[str, Any]:
    has = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": size}, "hostPath": {"path": "/data"}}
    about = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}}
    return {**about, "spec": {"storageClassName": "manual", **has, **spec}}


STEPS = {
    "pvc_no_class_no_pv": [claim("1Gi", "")],
    "pvc_bind_existing": [volume("v", "5Gi"), claim("1Gi")],
    "pvc_too_big": [volume("v", "1Gi"), claim("5Gi")],
    "pvc_smallest_fit": [volume("v1", "1Gi"), volume("v3", "3Gi"), volume("v5", "5Gi"), claim("2Gi")],
    "pvc_named_other_claim": [
        volume("v", "5Gi", claimRef={"namespace": "default", "name": "other"}),
        claim("1Gi", volumeName="v"),
    ],
    "pvc_named_missing": [claim("1Gi", volumeName="ghost")],
}
"""The rows tell their steps in prose; these are the objects that the prose speaks of."""


def rows() -> list[Any]:
    if not TABLE.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{TABLE} is not here"), id="controllers")]
    found = [row for row in json.loads(TABLE.read_text(encoding="utf-8")) if "/pvc_" in row["id"]]
    return [pytest.param(row, id=row["id"]) for row in found]


@pytest.mark.parametrize("row", rows())
def test_claims_and_volumes_end_as_they_did(row: Any) -> None:
    world = World()
    client = Client(world.handle, "kubectl")
    for each in STEPS[row["id"].partition("/")[2]]:
        client.create(RESOURCES[each["kind"]], each)
        world.agenda.run_until(Nanos(world.now + seconds(1)))
    world.agenda.run_until(Nanos(world.now + seconds(30)))

    assert {path: _at_end(client, path) for path in row["expected"]["objectsAtEnd"]} == row["expected"]["objectsAtEnd"]
    assert _events(client) == [
        (each["object"], each["type"], each["reason"], each["message"], each["component"])
        for each in row["expected"]["events"]
    ]


def _at_end(client: Client, path: str) -> dict[str, Any]:
    kind, _, name = path.partition("/")
    item = client.get(RESOURCES[kind], "default" if kind.endswith("Claim") else "", name)
    status = {key: value for key, value in item["status"].items() if value}
    if "lastPhaseTransitionTime" in status:
        status["lastPhaseTransitionTime"] = "<time>"
    found = {"status": status, "finalizers": item["metadata"]["finalizers"]}
    if item["metadata"].get("annotations"):
        found["annotations"] = item["metadata"]["annotations"]
    if item["spec"].get("volumeName"):
        found["volumeName"] = item["spec"]["volumeName"]
    return found


def _events(client: Client) -> list[tuple[str, ...]]:
    """Return what was said of claims and volumes."""
    said, _ = client.list("events")
    about = [each for each in said if each["involvedObject"]["kind"] in RESOURCES]
    return [
        (
            f"{each['involvedObject']['kind']}/{each['involvedObject']['name']}",
            each["type"],
            each["reason"],
            each["message"],
            each["source"]["component"],
        )
        for each in about
    ]

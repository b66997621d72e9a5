"""The controllers held to real ones: the events and final statuses observed on Kubernetes v1.36.2.

There a script played the kubelet; here kubelets run the pods, so their own events are left out of the comparison.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from podproof.simulator.kernel.client import Client
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import NodeSpec, World

TABLE = Path(__file__).parents[4] / "shared" / "exam-sample" / "controllers.json"
RESOURCES = {
    "Deployment": "deployments.apps",
    "ReplicaSet": "replicasets.apps",
    "StatefulSet": "statefulsets.apps",
    "Job": "jobs.batch",
    "CronJob": "cronjobs.batch",
    "ResourceQuota": "resourcequotas",
    "PersistentVolumeClaim": "persistentvolumeclaims",
}
_HASHED = re.compile(r"\b(d|web)-[bcdfghjklmnpqrstvwxz2456789]{7,10}\b")
_GENERATED = re.compile(r"\b(d-HASH|j|cj-MINUTE|rs)-[bcdfghjklmnpqrstvwxz2456789]{5}\b")
_MINUTE = re.compile(r"\bcj-\d{8}\b")


class Bench:
    """A world of two nodes, and its user."""

    def __init__(self) -> None:
        self.world = World(nodes=(NodeSpec("n1"), NodeSpec("n2")))
        self.user = Client(self.world.handle, "kubectl")

    def make(self, kind: str, name: str, spec: Any, version: str = "batch/v1") -> None:
        body = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}
        self.user.create(RESOURCES.get(kind, kind), body, "default")
        self.settle()

    def change(self, kind: str, name: str, spec: Any) -> None:
        self.user.patch(RESOURCES[kind], "default", name, {"spec": spec}, "merge")
        self.settle()

    def settle(self, span: float = 8) -> None:
        self.world.agenda.run_until(Nanos(self.world.now + seconds(span)))


def template(command: str, image: str = "busybox:1.28", **spec: Any) -> Any:
    container = {"name": "c", "image": image, "command": ["sh", "-c", command]}
    return {"metadata": {"labels": {"app": "d"}}, "spec": {"containers": [container], **spec}}


def job(command: str, **spec: Any) -> Any:
    return {"template": template(command, restartPolicy="Never", terminationGracePeriodSeconds=1), **spec}


def deployment_lifecycle(bench: Bench) -> None:
    pod = template("sleep 3600", terminationGracePeriodSeconds=1)
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": "d"}}, "template": pod}
    bench.make("Deployment", "d", spec, "apps/v1")
    bench.change("Deployment", "d", {"replicas": 3})
    bench.change(
        "Deployment", "d", {"template": template("sleep 3600", "busybox:1.36", terminationGracePeriodSeconds=1)}
    )
    bench.change("Deployment", "d", {"replicas": 1})


def job_suspend_resume(bench: Bench) -> None:
    bench.make("Job", "j", job("sleep 3600", suspend=True))
    bench.change("Job", "j", {"suspend": False})
    bench.change("Job", "j", {"suspend": True})


def cronjob(bench: Bench) -> None:
    bench.settle(40)
    bench.make("CronJob", "cj", {"schedule": "* * * * *", "jobTemplate": {"spec": job("true")}})
    bench.settle(20)


def statefulset_with_claims(bench: Bench) -> None:
    meta = {"name": "sc"}
    storage_class = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": meta}
    bench.user.create("storageclasses.storage.k8s.io", {**storage_class, "provisioner": "example.com/p"})
    wanted = {"accessModes": ["ReadWriteOnce"], "storageClassName": "sc", "resources": {"requests": {"storage": "1Gi"}}}
    claims = [{"metadata": {"name": "data"}, "spec": wanted}]
    spec = {"selector": {"matchLabels": {"app": "d"}}, "serviceName": "web", "template": template("sleep 3600")}
    bench.make("StatefulSet", "web", {"replicas": 2, "volumeClaimTemplates": claims, **spec}, "apps/v1")


def replicaset_quota(bench: Bench) -> None:
    bench.make("ResourceQuota", "q", {"hard": {"pods": "0"}}, "v1")
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "d"}}, "template": template("sleep 3600")}
    bench.make("ReplicaSet", "rs", spec, "apps/v1")


SCRIPTS: Mapping[str, Callable[[Bench], None]] = {
    "controllers/deployment_lifecycle": deployment_lifecycle,
    "controllers/job_success": lambda bench: bench.make("Job", "j", job("true")),
    "controllers/job_backofflimit_0": lambda bench: bench.make("Job", "j", job("exit 1", backoffLimit=0)),
    "controllers/job_deadline": lambda bench: bench.make("Job", "j", job("sleep 3600", activeDeadlineSeconds=3)),
    "controllers/job_suspend_resume": job_suspend_resume,
    "controllers/cronjob": cronjob,
    "controllers/statefulset_with_claims": statefulset_with_claims,
    "controllers/replicaset_quota": replicaset_quota,
}
"""What the prose of a row's steps means; rows about claims are played elsewhere."""


def rows() -> list[Any]:
    if not TABLE.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{TABLE} is not here"), id="controllers")]
    return [pytest.param(row, id=row["id"]) for row in json.loads(TABLE.read_text()) if row["id"] in SCRIPTS]


def named(text: str) -> str:
    """Return a text with the same names in it whatever was generated."""
    return _GENERATED.sub(r"\1-POD", _MINUTE.sub("cj-MINUTE", _HASHED.sub(r"\1-HASH", text)))


def told(events: list[Any]) -> Counter[tuple[str, ...]]:
    """Return how often what was told, by whom it is about; the node a pod came to does not matter."""
    fields = ("object", "type", "reason", "message")
    return Counter(
        tuple(re.sub(r" to n[12]$", " to NODE", named(each[field])) for field in fields)
        for each in events
        if each["component"] != "kubelet"
    )


def without_times(status: Any) -> Any:
    if isinstance(status, Mapping):
        return {key: "<time>" if key.endswith("Time") else without_times(value) for key, value in status.items()}
    if isinstance(status, list):
        return [without_times(each) for each in status]
    return named(status) if isinstance(status, str) else status


@pytest.mark.parametrize("row", rows())
def test_what_is_told_and_what_is_there_in_the_end(row: Any) -> None:
    bench = Bench()
    SCRIPTS[row["id"]](bench)
    seen = [
        {
            "object": f"{each['involvedObject']['kind']}/{each['involvedObject']['name']}",
            "component": (each.get("source") or {}).get("component") or each.get("reportingComponent", ""),
            **{key: each[key] for key in ("type", "reason", "message")},
        }
        for each in bench.user.list("events", "default")[0]
    ]

    assert told([each for each in seen if each["object"].partition("/")[0] != "Node"]) == told(
        row["expected"]["events"]
    )
    for name, wanted in row["expected"]["objectsAtEnd"].items():
        kind, _, name = name.partition("/")
        items = bench.user.list(RESOURCES[kind], "default")[0]
        item = next(each for each in items if named(each["metadata"]["name"]) == named(name))

        assert without_times(item["status"]) == without_times(wanted["status"])

"""Whatever a storage driver is asked, in whatever order and however it behaves: in the end nothing is left behind."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.control.storage.drivers.driver import Driver, DriverSpec
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import NodeSpec, World

DEFINITIONS = Path(__file__).parents[2] / "manifests" / "storage" / "snapshots" / "snapshot-definitions.yaml"
GROUP = "snapshot.storage.k8s.io"
SNAPSHOTS, CONTENTS = f"volumesnapshots.{GROUP}", f"volumesnapshotcontents.{GROUP}"
CLAIMS, ATTACHMENTS = "persistentvolumeclaims", "volumeattachments.storage.k8s.io"
RACK = "rack"


def cluster(mode: str) -> tuple[World, Driver]:
    world = World(
        nodes=[NodeSpec("n1", labels={RACK: "a"}), NodeSpec("n2", labels={RACK: "b"})], images_on_node=["busybox:1.28"]
    )
    spec = DriverSpec(
        "disk", topology=(RACK,), capacity=3 * 2**30, each=True, attach_required=True, storage_capacity=True
    )
    driver = world.drivers.install(spec)
    world.drivers.install_snapshots()
    for definition in yaml.safe_load_all(DEFINITIONS.read_text(encoding="utf-8")):
        send(world, "create", "customresourcedefinitions.apiextensions.k8s.io", body=definition)
    wait(world, 2)
    fast = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}}
    send(
        world,
        "create",
        "storageclasses.storage.k8s.io",
        body={**fast, "provisioner": "disk", "volumeBindingMode": mode},
    )
    daily = {"apiVersion": f"{GROUP}/v1", "kind": "VolumeSnapshotClass", "metadata": {"name": "daily"}}
    send(
        world, "create", f"volumesnapshotclasses.{GROUP}", body={**daily, "driver": "disk", "deletionPolicy": "Delete"}
    )
    return world, driver


def send(world: World, verb: str, resource: str, name: str = "", body: Any = None) -> None:
    """Make a request; what is refused is refused."""
    space = "default" if resource in ("pods", CLAIMS, SNAPSHOTS) else ""
    world.handle(Request(verb, resource, space, name, body=body))


def wait(world: World, span: float) -> None:
    world.agenda.run_until(Nanos(world.now + seconds(span)))


def claim(name: str, source: dict[str, str] | None = None) -> dict[str, Any]:
    spec: dict[str, Any] = {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast"}
    made = {**spec, "resources": {"requests": {"storage": "1Gi"}}, **({"dataSource": source} if source else {})}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": made}


def snapshot(name: str, of: str) -> dict[str, Any]:
    spec = {"source": {"persistentVolumeClaimName": of}, "volumeSnapshotClassName": "daily"}
    return {"apiVersion": f"{GROUP}/v1", "kind": "VolumeSnapshot", "metadata": {"name": name}, "spec": spec}


def pod(name: str, of: str) -> dict[str, Any]:
    mount = {"name": "data", "mountPath": "/data"}
    container = {"name": "app", "image": "busybox:1.28", "command": ["sleep", "9999"], "volumeMounts": [mount]}
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": of}}
    spec = {"containers": [container], "volumes": [volume], "terminationGracePeriodSeconds": 1}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


ONE = st.sampled_from(["a", "b"])
CLAIM = st.one_of(
    st.builds(claim, ONE),
    st.builds(lambda name, of: claim(name, {"kind": "PersistentVolumeClaim", "name": of}), ONE, ONE),
    st.builds(lambda name, of: claim(name, {"apiGroup": GROUP, "kind": "VolumeSnapshot", "name": of}), ONE, ONE),
)
DEEDS = st.one_of(
    st.tuples(st.just("create"), st.just(CLAIMS), CLAIM),
    st.tuples(st.just("create"), st.just(SNAPSHOTS), st.builds(snapshot, ONE, ONE)),
    st.tuples(st.just("create"), st.just("pods"), st.builds(pod, ONE, ONE)),
    st.tuples(st.just("delete"), st.sampled_from([CLAIMS, SNAPSHOTS, "pods"]), ONE),
    st.tuples(st.just("behave"), st.just(""), st.sampled_from(["works", "fails", "hangs", "fails every second call"])),
    st.tuples(st.just("wait"), st.just(""), st.sampled_from([0.1, 1.5, 12, 70])),
)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["Immediate", "WaitForFirstConsumer"]), st.lists(DEEDS, max_size=14))
def test_when_all_is_deleted_and_the_driver_works_nothing_is_left(mode: str, deeds: list[tuple[str, str, Any]]) -> None:
    world, driver = cluster(mode)
    for verb, resource, what in deeds:
        if verb == "create":
            send(world, verb, resource, body=what)
        elif verb == "delete":
            send(world, verb, resource, what)
        elif verb == "behave":
            driver.behaviour = what
        else:
            wait(world, what)
    driver.behaviour = "works"
    for resource in ("pods", CLAIMS, SNAPSHOTS):
        for name in ("a", "b"):
            send(world, "delete", resource, name)

    wait(world, 3600)

    left = {
        each: world.handle(Request("list", each)).body["items"] for each in (CLAIMS, SNAPSHOTS, CONTENTS, ATTACHMENTS)
    }
    assert {name: [each["metadata"]["name"] for each in items] for name, items in left.items() if items} == {}
    assert (driver.handles, driver.snapshot_handles) == ((), ())

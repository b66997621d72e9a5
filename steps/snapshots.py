"""Snapshots of volumes: who takes them, and what is left of them on the storage."""

from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.steps import kinds
from podproof.steps.phrases import says


@says("the snapshot controller")
def the_snapshot_controller(cluster: Cluster) -> None:
    """It is installed, and begins once the kinds of snapshot.storage.k8s.io are defined."""
    cluster.storage.install_snapshots()


@says('the storage driver "{name}" has a snapshot "{handle}" of persistentvolumeclaim "{claim}"')
def the_storage_driver_has_a_snapshot(cluster: Cluster, name: str, handle: str, claim: str) -> None:
    """It was taken by hand, on the storage itself: Kubernetes does not know of it."""
    found = cluster.get(kinds.ref(cluster, "persistentvolumeclaim", claim))
    bound = (found or {"spec": {}})["spec"].get("volumeName")
    volume = cluster.get(kinds.ref(cluster, "persistentvolume", bound)) if bound else None
    if volume is None:
        raise NotSoError(f'persistentvolumeclaim "{claim}" has a volume', "it has none")
    cluster.storage.take_snapshot(name, handle, volume["spec"]["csi"]["volumeHandle"])


@says('the storage driver "{name}" has no snapshots')
def the_storage_driver_has_no_snapshots(cluster: Cluster, name: str) -> None:
    _has(cluster, name, 0)


@says('the storage driver "{name}" has {count:number} snapshots')
@says('the storage driver "{name}" has {count:number} snapshot')
def the_storage_driver_has_snapshots(cluster: Cluster, name: str, count: int) -> None:
    _has(cluster, name, count)


def _has(cluster: Cluster, name: str, count: int) -> None:
    found = cluster.storage.snapshots(name)
    if len(found) != count:
        seen = f"it has {len(found)}: {', '.join(found)}" if found else "it has none"
        raise NotSoError(f'the storage driver "{name}" has {count or "no"} snapshots', seen)

"""Storage drivers: what makes volumes for claims, and what becomes of it when the driver does not do as it should."""

from collections.abc import Sequence

from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene


@says('the storage driver "{name}"')
@says('the storage driver "{name}":')
def the_storage_driver(cluster: Cluster, name: str, datatable: Sequence[Sequence[str]] = ()) -> None:
    """It is installed on every node; a class names it as its provisioner.

    Rows of the table are a setting and its value: topology (the node labels its volumes are bound to, with commas
    between), capacity (as 20Gi; as 20Gi each, for every place of the topology; without it there is no end of room),
    latency (how long each call takes), upload (how long after it was taken a snapshot can be used), allocatable (how
    many volumes a node may have), attachRequired (true: volumes are attached to nodes) and storageCapacity (true: the
    room that is left is published).
    """
    wrong = [row for row in datatable if len(row) != 2]
    if wrong:
        raise NotSoError("a table of a driver has two columns, a setting and its value", f"a row has {len(wrong[0])}")
    cluster.storage.install(name, {row[0]: row[1] for row in datatable})


@says('the storage driver "{name}" hangs')
def the_storage_driver_hangs(cluster: Cluster, name: str) -> None:
    """No call is answered: whoever calls gives up after 10 seconds."""
    cluster.storage.behave(name, "hangs")


@says('the storage driver "{name}" fails')
def the_storage_driver_fails(cluster: Cluster, name: str) -> None:
    cluster.storage.behave(name, "fails")


@says('the storage driver "{name}" fails every second call')
def the_storage_driver_fails_every_second_call(cluster: Cluster, name: str) -> None:
    cluster.storage.behave(name, "fails every second call")


@says('the storage driver "{name}" works again')
def the_storage_driver_works_again(cluster: Cluster, name: str) -> None:
    cluster.storage.behave(name, "works")


@says('the storage driver "{name}" has no volumes')
def the_storage_driver_has_no_volumes(cluster: Cluster, name: str) -> None:
    """Nothing of what it was asked for is left on its machine."""
    _has(cluster, name, 0)


@says('the storage driver "{name}" has {count:number} volumes')
@says('the storage driver "{name}" has {count:number} volume')
def the_storage_driver_has_volumes(cluster: Cluster, name: str, count: int) -> None:
    _has(cluster, name, count)


@says('persistentvolumeclaim "{name}" is expanded to "{size}"')
def the_claim_is_expanded(cluster: Cluster, scene: Scene, name: str, size: str) -> None:
    body = {"spec": {"resources": {"requests": {"storage": size}}}}
    action = f'persistentvolumeclaim "{name}" is expanded to "{size}"'
    settle(scene, action, [cluster.patch(kinds.ref(cluster, "persistentvolumeclaim", name), body)])


def _has(cluster: Cluster, name: str, count: int) -> None:
    found = cluster.storage.volumes(name)
    if len(found) != count:
        seen = f"it has {len(found)}: {', '.join(found)}" if found else "it has none"
        raise NotSoError(f'the storage driver "{name}" has {count or "no"} volumes', seen)

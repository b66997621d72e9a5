"""Objects that are created and deleted by name."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import SECOND, Nanos
from podproof.steps import kinds
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene


@says('the configmap "{name}" is created')
@says('the configmap "{name}" is created with:')
def the_configmap_is_created(
    cluster: Cluster, scene: Scene, name: str, datatable: Sequence[Sequence[str]] = ()
) -> None:
    body = {**_object(cluster, "ConfigMap", name), "data": _pairs(datatable)}
    settle(scene, f'the configmap "{name}" is created', [cluster.create(body)])


@says('the secret "{name}" is created')
@says('the secret "{name}" is created with:')
def the_secret_is_created(cluster: Cluster, scene: Scene, name: str, datatable: Sequence[Sequence[str]] = ()) -> None:
    body = {**_object(cluster, "Secret", name), "type": "Opaque", "data": _encoded(datatable)}
    settle(scene, f'the secret "{name}" is created', [cluster.create(body)])


@says('the configmap "{name}" is changed to:')
def the_configmap_is_changed(cluster: Cluster, scene: Scene, name: str, datatable: Sequence[Sequence[str]]) -> None:
    """Keys that the table leaves out stay as they are."""
    _change(cluster, scene, kinds.ref(cluster, "configmap", name), {"data": _pairs(datatable)})


@says('the secret "{name}" is changed to:')
def the_secret_is_changed(cluster: Cluster, scene: Scene, name: str, datatable: Sequence[Sequence[str]]) -> None:
    """Keys that the table leaves out stay as they are."""
    _change(cluster, scene, kinds.ref(cluster, "secret", name), {"data": _encoded(datatable)})


@says('the {kind:kind} "{name}" is deleted')
@says('{kind:kind} "{name}" is deleted')
def the_object_is_deleted(cluster: Cluster, scene: Scene, kind: str, name: str) -> None:
    _delete(cluster, scene, kinds.ref(cluster, kind, name), None)


@says('{kind:kind} "{name}" is deleted with a grace of {grace:duration}')
def the_object_is_deleted_with_grace(cluster: Cluster, scene: Scene, kind: str, name: str, grace: Nanos) -> None:
    _delete(cluster, scene, kinds.ref(cluster, kind, name), grace // SECOND)


@says('{kind:kind} "{name}" is deleted by force')
def the_object_is_deleted_by_force(cluster: Cluster, scene: Scene, kind: str, name: str) -> None:
    """As `kubectl delete --force --grace-period=0` does."""
    _delete(cluster, scene, kinds.ref(cluster, kind, name), 0)


def _delete(cluster: Cluster, scene: Scene, ref: Ref, grace_seconds: int | None) -> None:
    settle(scene, f'{ref.kind.lower()} "{ref.name}" is deleted', [cluster.delete(ref, grace_seconds)])


def _change(cluster: Cluster, scene: Scene, ref: Ref, body: Mapping[str, Any]) -> None:
    settle(scene, f'{ref.kind.lower()} "{ref.name}" is changed', [cluster.patch(ref, body)])


def _object(cluster: Cluster, kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": cluster.namespace}}


def _encoded(datatable: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return a table's rows as a Secret's data."""
    return {key: b64encode(value.encode()).decode() for key, value in _pairs(datatable).items()}


def _pairs(datatable: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return a table's rows as keys and values."""
    wrong = [row for row in datatable if len(row) != 2]
    if wrong:
        raise NotSoError("a table of data has two columns, a key and its value", f"a row has {len(wrong[0])}")
    return {row[0]: row[1] for row in datatable}

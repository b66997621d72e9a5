"""Objects that belong to others, and pods that are evicted from those who own them."""

from podproof.cluster import Applied, Cluster
from podproof.proof import NotSoError
from podproof.steps import kinds, ownership
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene


@says('{kind:kind} "{name}" is given the owner {other:kind} "{owner}"')
def the_object_is_given_the_owner(cluster: Cluster, scene: Scene, kind: str, name: str, other: str, owner: str) -> None:
    """Beside those it has: when no owner is left the garbage collector deletes it."""
    action, found = f'{kind} "{name}" is given the owner {other} "{owner}"', kinds.ref(cluster, other, owner)
    item = cluster.get(found)
    if item is None:
        raise NotSoError(action, f'there is no {other} "{owner}"')
    named = {"apiVersion": item["apiVersion"], "kind": item["kind"], "name": owner, "uid": item["metadata"]["uid"]}
    settle(scene, action, [cluster.patch(kinds.ref(cluster, kind, name), {"metadata": {"ownerReferences": [named]}})])


@says('pod "{name}" is evicted')
def the_pod_is_evicted(cluster: Cluster, scene: Scene, name: str) -> None:
    """As kubectl drain does: a disruption budget may refuse it."""
    settle(scene, f'pod "{name}" is evicted', [_evicted(cluster, name)])


@says('one pod of {kind:kind} "{name}" is evicted')
def one_pod_is_evicted(cluster: Cluster, scene: Scene, kind: str, name: str) -> None:
    """The first by name of those that are not on their way out; a disruption budget may refuse it."""
    action = f'one pod of {kind} "{name}" is evicted'
    shown = ownership.shown(cluster.record(), kinds.ref(cluster, kind, name))
    staying = [pod for pod, status in shown if status != "Terminating"]
    if not staying:
        raise NotSoError(action, "it has no pods")
    settle(scene, action, [_evicted(cluster, staying[0])])


def _evicted(cluster: Cluster, name: str) -> Applied:
    return cluster.evict(kinds.pod(cluster, name))

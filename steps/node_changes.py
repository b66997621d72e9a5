"""Nodes that change while a scenario runs: cordoned, drained, tainted, labelled, joining and leaving."""

from collections.abc import Sequence

from podproof.cluster import Cluster
from podproof.proof import NotSoError
from podproof.simulator.model import taints
from podproof.simulator.model.objects import Object, Ref, at
from podproof.steps import kinds, node_rows
from podproof.steps.phrases import says
from podproof.steps.refusals import settle
from podproof.steps.scene import Scene


@says('node "{name}" is cordoned')
def the_node_is_cordoned(cluster: Cluster, scene: Scene, name: str) -> None:
    """As `kubectl cordon`: no pod is placed there any more; those that are there stay."""
    _cordon(cluster, scene, name, f'node "{name}" is cordoned', unschedulable=True)


@says('node "{name}" is uncordoned')
def the_node_is_uncordoned(cluster: Cluster, scene: Scene, name: str) -> None:
    _cordon(cluster, scene, name, f'node "{name}" is uncordoned', unschedulable=False)


@says('node "{name}" is drained')
def the_node_is_drained(cluster: Cluster, scene: Scene, name: str) -> None:
    """As one round of `kubectl drain --ignore-daemonsets`: cordoned, and each of the namespace's pods on it evicted."""
    action = f'node "{name}" is drained'
    _cordon(cluster, scene, name, action, unschedulable=True)
    pods = [each for each in cluster.list("Pod") if each["spec"].get("nodeName") == name and not _stays(each)]
    settle(scene, action, [cluster.evict(kinds.pod(cluster, each["metadata"]["name"])) for each in pods])


@says('node "{name}" is tainted with "{taint}"')
def the_node_is_tainted(cluster: Cluster, scene: Scene, name: str, taint: str) -> None:
    """A taint is written as kubectl does: key:effect, or key=value:effect."""
    action = f'node "{name}" is tainted with "{taint}"'
    new = _read(taint, action)
    others = [each for each in _taints(cluster, name, action) if not _same(each, new)]
    _change(cluster, scene, name, action, {"spec": {"taints": [*others, new]}})


@says('the taint "{taint}" of node "{name}" is removed')
def the_taint_is_removed(cluster: Cluster, scene: Scene, name: str, taint: str) -> None:
    action = f'the taint "{taint}" of node "{name}" is removed'
    gone = _read(taint, action)
    known = _taints(cluster, name, action)
    left = [each for each in known if not _same(each, gone)]
    if len(left) == len(known):
        raise NotSoError(action, "the node has no such taint", subjects=(kinds.ref(cluster, "node", name),))
    _change(cluster, scene, name, action, {"spec": {"taints": left or None}})


@says('node "{name}" is labelled "{labels}"')
def the_node_is_labelled(cluster: Cluster, scene: Scene, name: str, labels: str) -> None:
    """Labels are written as kubectl does: a=b, c=d; `a-` takes a label away."""
    pairs = [text.partition("=") for text in node_rows.parts(labels)]
    said = {key if equals else key.removesuffix("-"): value if equals else None for key, equals, value in pairs}
    action = f'node "{name}" is labelled "{labels}"'
    _node(cluster, name, action)
    _change(cluster, scene, name, action, {"metadata": {"labels": said}})


@says("the nodes join:")
def the_nodes_join(cluster: Cluster, datatable: Sequence[Sequence[str]]) -> None:
    """More nodes; the columns are those of "the nodes:"."""
    for row, labels in zip(*node_rows.read(datatable), strict=True):
        cluster.nodes.add(row, labels)


@says('node "{name}" leaves the cluster')
def the_node_leaves(cluster: Cluster, name: str) -> None:
    """Its machine is switched off for good and its object deleted; nothing may run there."""
    cluster.nodes.remove(name)


def _cordon(cluster: Cluster, scene: Scene, name: str, action: str, *, unschedulable: bool) -> None:
    _node(cluster, name, action)
    _change(cluster, scene, name, action, {"spec": {"unschedulable": unschedulable or None}})


def _change(cluster: Cluster, scene: Scene, name: str, action: str, body: Object) -> None:
    settle(scene, action, [cluster.patch(Ref("Node", "", name), body)])


def _node(cluster: Cluster, name: str, action: str) -> Object:
    found = cluster.get(Ref("Node", "", name))
    if found is None:
        names = ", ".join(each["metadata"]["name"] for each in cluster.list("Node"))
        raise NotSoError(action, f'there is no node "{name}": this cluster has {names}')
    return found


def _taints(cluster: Cluster, name: str, action: str) -> list[Object]:
    return list(at(_node(cluster, name, action), "spec", "taints") or ())


def _read(text: str, action: str) -> Object:
    try:
        return taints.taint(text)
    except taints.TaintError as error:
        raise NotSoError(action, str(error)) from None


def _same(one: Object, other: Object) -> bool:
    return (one["key"], one["effect"]) == (other["key"], other["effect"])


def _stays(pod: Object) -> bool:
    """Say whether a drain leaves a pod alone: a daemon's, or the mirror of a static one."""
    owners = pod["metadata"].get("ownerReferences") or ()
    mirror = "kubernetes.io/config.mirror" in (pod["metadata"].get("annotations") or {})
    return mirror or any(each["kind"] == "DaemonSet" for each in owners)

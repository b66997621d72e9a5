"""Nodes: what they are, and what becomes of pods when one stops or runs short of something."""

from collections.abc import Callable, Sequence

from podproof.claims import Becomes
from podproof.cluster import Cluster
from podproof.proof import prove
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.quantities import parse
from podproof.simulator.model.times import Nanos
from podproof.steps import kinds, node_rows
from podproof.steps.phrases import says
from podproof.timeline import Record


@says("the nodes:")
def the_nodes(cluster: Cluster, datatable: Sequence[Sequence[str]]) -> None:
    """The cluster has these nodes and no others.

    The columns are name, cpu, memory, pods, labels (a=b, c=d), taints (key=value:effect), region, zone, rack,
    disks (the paths they are mounted at), images (those it has from the start), address, pod CIDR, and segment (the
    layer-2 network; else that of its address).
    """
    cluster.nodes.become(*node_rows.read(datatable))


@says('the kubelet of node "{name}" stops')
def the_kubelet_stops(cluster: Cluster, name: str) -> None:
    """Its containers go on, but nobody looks after them and nobody hears of the node."""
    cluster.nodes.stop(name)


@says('the kubelet of node "{name}" starts again')
def the_kubelet_starts_again(cluster: Cluster, name: str) -> None:
    cluster.nodes.start(name)


@says('node "{name}" runs short of {what:shortage}')
@says('node "{name}" runs short of {what:shortage} by "{amount}"')
def the_node_runs_short(cluster: Cluster, name: str, what: str, amount: str = "1") -> None:
    """It has so much less than what makes its kubelet evict pods; without an amount just too little."""
    cluster.nodes.starve(name, what, int(parse(amount).value))


@says('node "{name}" has enough {what:shortage} again')
def the_node_has_enough_again(cluster: Cluster, name: str, what: str) -> None:
    cluster.nodes.relieve(name, what)


@says('node "{name}" has the taint "{taint}"')
@says('node "{name}" has the taint "{taint}" within {limit:duration}')
def the_node_has_the_taint(cluster: Cluster, name: str, taint: str, limit: Nanos) -> None:
    """A taint is written as kubectl does: key:effect, or key=value:effect."""
    _becomes(cluster, name, f"has the taint {taint}", lambda node: taint in _taints(node), limit)


@says('node "{name}" has no taints')
@says('node "{name}" has no taints within {limit:duration}')
def the_node_has_no_taints(cluster: Cluster, name: str, limit: Nanos) -> None:
    _becomes(cluster, name, "has no taints", lambda node: not _taints(node), limit)


def _becomes(cluster: Cluster, name: str, words: str, holds: Callable[[Object], bool], limit: Nanos) -> None:
    ref = kinds.ref(cluster, "node", name)

    def test(record: Record) -> tuple[bool, str]:
        node = record.latest(ref)
        if node is None:
            return False, f'there is no node "{name}"'
        taints = _taints(node)
        return holds(node), f"its taints are {', '.join(taints)}" if taints else "it has no taints"

    prove(cluster, Becomes(f'node "{name}" {words}', (ref,), test, limit), limit)


def _taints(node: Object) -> list[str]:
    taints = at(node, "spec", "taints") or ()
    return [f"{each['key']}{'=' + each['value'] if each.get('value') else ''}:{each['effect']}" for each in taints]

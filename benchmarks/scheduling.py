"""The scheduler: a crowd with spread and anti-affinity, and what one decision costs beside the number of nodes."""

from collections.abc import Iterator
from multiprocessing import get_context
from time import process_time
from typing import Any

from benchmarks.figures import Figure
from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.deciding import Decider
from podproof.simulator.control.scheduling.nodes import Cluster
from podproof.simulator.control.scheduling.profiles import Profile
from podproof.simulator.kernel.requests import Request
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import NodeSpec, World

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
_APPS, _ZONES, _DECISIONS = 50, 10, 200


def figures() -> Iterator[Figure]:
    """Measure."""
    with get_context("spawn").Pool(1) as pool:
        taken = pool.apply(crowd, (5_000, 1_000))
    what = "5,000 pods onto 1,000 nodes, with spread and anti-affinity, created to running"
    yield Figure(what, taken, 20, "s", f"{taken / 5:.2f} ms a pod")
    few = decision(100)
    for nodes in (1_000, 5_000):
        many = decision(nodes)
        note = f"{1e6 * many:.0f} us a decision, {1e6 * few:.0f} at 100 nodes"
        yield Figure(f"a decision among {nodes:,} nodes beside {nodes // 100} times one among 100",
                     many / (nodes / 100 * few), 1.25, "times", note)  # fmt: skip


def crowd(pods: int, nodes: int) -> float:
    """Return the processor time (s) until all pods run."""
    specs = [NodeSpec(f"node{number}", labels={ZONE: f"z{number % _ZONES}"}) for number in range(nodes)]
    world = World(nodes=specs)
    began = process_time()
    for number in range(pods):
        made = world.handle(Request("create", "pods", "default", body=pod(number)))
        assert made.code == 201, made.body
    world.agenda.run_until(Nanos(world.now + seconds(60)))
    taken = process_time() - began
    assert all(each["status"]["phase"] == "Running" for each in world.pods())
    return taken


def decision(nodes: int) -> float:
    """Return the processor time (s) of one decision among so many nodes."""
    cluster = Cluster()
    for number in range(nodes):
        cluster.node_changed(f"node{number}", _node(number))
    decider = Decider(cluster, Profile())
    began = process_time()
    for number in range(_DECISIONS):
        asking = Asking({**(body := pod(number)), "metadata": {**body["metadata"], "uid": f"u{number}"}})
        chosen = decider.decide(asking).node
        assert chosen is not None
        cluster.add(asking, chosen)
    return (process_time() - began) / _DECISIONS


def pod(number: int) -> dict[str, Any]:
    """Return a pod of one of 50 apps, each spread over zones and never twice on a node."""
    labels = {"app": f"a{number % _APPS}"}
    same = {"labelSelector": {"matchLabels": labels}}
    spread = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", **same}
    apart = {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": HOST, **same}]}
    requests = {"resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
    container = {"name": "app", "image": "busybox:1.28", "command": ["sleep", "1000000"], **requests}
    placing = {"topologySpreadConstraints": [spread], "affinity": {"podAntiAffinity": apart}}
    meta = {"name": f"p{number}", "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {**placing, "containers": [container]}}


def _node(number: int) -> dict[str, Any]:
    labels = {HOST: f"node{number}", ZONE: f"z{number % _ZONES}"}
    status = {"allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"}}
    return {"metadata": {"name": f"node{number}", "labels": labels}, "spec": {}, "status": status}

"""What a node is remembered to be to pods of one size is what it is now, whatever has come and gone."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.control.scheduling.amounts import NodeResourcesFit
from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.nodes import Cluster

NODES = ("n1", "n2", "n3")


def pod(uid: int, cpu: int) -> Asking:
    container = {"name": "c", "resources": {"requests": {"cpu": f"{cpu}m"}}}
    meta = {"name": f"p{uid}", "uid": f"{uid}", "namespace": "default"}
    return Asking({"metadata": meta, "spec": {"containers": [container]}})


def node(name: str, cpu: int) -> dict[str, Any]:
    allocatable = {"cpu": f"{cpu}", "memory": "8Gi", "pods": "110"}
    return {"metadata": {"name": name, "labels": {}}, "spec": {}, "status": {"allocatable": allocatable}}


PODS = st.builds(pod, st.integers(0, 5), st.sampled_from((100, 1500)))
STEPS = st.one_of(
    st.tuples(st.just("add"), PODS, st.sampled_from(NODES)),
    st.tuples(st.just("remove"), PODS, st.sampled_from(NODES)),
    st.tuples(st.just("node"), st.sampled_from(NODES), st.sampled_from((2, 4, None))),
    st.tuples(st.just("ask"), st.none(), st.none()),
)
WANTED = pod(99, 3000)


def replayed(steps: list[Any], *, asking: bool) -> Cluster:
    """Play steps; a cluster that nobody asks on the way remembers nothing."""
    cluster = Cluster()
    for action, what, where in steps:
        if action in ("add", "remove"):
            for each in NODES:
                cluster.remove(what.uid, each)
            if action == "add":
                cluster.add(what, where)
        elif action == "node":
            cluster.node_changed(what, node(what, where) if where else None)
        elif asking:
            fits = NodeResourcesFit().prepare(WANTED, cluster)
            for info in cluster.nodes():
                fits(info)
    return cluster


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(STEPS, max_size=25))
def test_what_is_remembered_of_a_node_is_what_it_is_now(steps: list[Any]) -> None:
    asked, fresh = replayed(steps, asking=True), replayed(steps, asking=False)
    remembering, anew = (NodeResourcesFit().prepare(WANTED, each) for each in (asked, fresh))

    assert [remembering(each) for each in asked.nodes()] == [anew(each) for each in fresh.nodes()]

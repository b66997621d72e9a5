"""What the scheduler keeps counted is what counting anew would give, whatever comes and goes."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from podproof.simulator.control.scheduling.amounts import NodeResourcesFit
from podproof.simulator.control.scheduling.asking import Asking, Spread, Term
from podproof.simulator.control.scheduling.crowd import Alike, Carried, Named
from podproof.simulator.control.scheduling.nodes import Cluster

NODES, ZONES, APPS = ("n1", "n2", "n3"), ("a", "b"), ("x", "y")
SELECTOR = '{"matchLabels": {"app": "x"}}'
TERM = Term("zone", SELECTOR, frozenset({"default"}))
QUESTIONS = (Named(TERM), Carried(TERM, "apart"), Alike("default", Spread("zone", SELECTOR, 1, True)))
APART = {"labelSelector": {"matchLabels": {"app": "x"}}, "topologyKey": "zone"}


def pod(uid: int, app: str, shy: bool, cpu: int) -> Asking:
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [APART]}}
    container = {"name": "c", "resources": {"requests": {"cpu": f"{cpu}m"}}}
    meta = {"name": f"p{uid}", "uid": f"{uid}", "namespace": "default", "labels": {"app": app}}
    return Asking({"metadata": meta, "spec": {"containers": [container], **({"affinity": affinity} if shy else {})}})


def node(name: str, zone: str) -> dict[str, Any]:
    allocatable = {"cpu": "4", "memory": "8Gi", "pods": "110"}
    return {"metadata": {"name": name, "labels": {"zone": zone}}, "spec": {}, "status": {"allocatable": allocatable}}


PODS = st.builds(pod, st.integers(0, 5), st.sampled_from(APPS), st.booleans(), st.sampled_from((100, 1500)))
STEPS = st.one_of(
    st.tuples(st.just("add"), PODS, st.sampled_from(NODES)),
    st.tuples(st.just("remove"), PODS, st.sampled_from(NODES)),
    st.tuples(st.just("node"), st.sampled_from(NODES), st.sampled_from((*ZONES, None))),
    st.tuples(st.just("ask"), st.sampled_from(QUESTIONS), st.none()),
)


def replayed(steps: list[Any], *, asking: bool) -> Cluster:
    """Play steps; a cluster that nobody asks on the way counts everything at the end."""
    cluster = Cluster()
    for action, what, where in steps:
        if action == "add":
            for each in NODES:
                cluster.remove(what.uid, each)
            cluster.add(what, where)
        elif action == "remove":
            cluster.remove(what.uid, where)
        elif action == "node":
            cluster.node_changed(what, node(what, where) if where else None)
        elif asking:
            cluster.counts.in_domains(what, "zone")
            fits = NodeResourcesFit().prepare(pod(99, "x", False, 3000), cluster)
            for info in cluster.nodes():
                fits(info)
    return cluster


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(STEPS, max_size=25))
def test_what_is_kept_counted_is_what_counting_anew_gives(steps: list[Any]) -> None:
    asked, fresh = replayed(steps, asking=True), replayed(steps, asking=False)

    for question in QUESTIONS:
        kept, counted = asked.counts.in_domains(question, "zone"), fresh.counts.in_domains(question, "zone")
        assert +kept == +counted
        assert +asked.counts.of(question) == +fresh.counts.of(question)
    assert asked.carried == fresh.carried


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(STEPS, max_size=25))
def test_what_is_remembered_of_a_node_is_what_it_is_now(steps: list[Any]) -> None:
    asked, fresh, wanted = replayed(steps, asking=True), replayed(steps, asking=False), pod(99, "x", False, 3000)
    remembering, anew = (NodeResourcesFit().prepare(wanted, each) for each in (asked, fresh))

    assert [remembering(each) for each in asked.nodes()] == [anew(each) for each in fresh.nodes()]

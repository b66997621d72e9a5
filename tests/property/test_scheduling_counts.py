"""What is counted pod by pod is what a fresh count would find, whatever comes and goes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.crowd import Alike, Carried, Named
from podproof.simulator.control.scheduling.nodes import Cluster

ZONE = "zone"
APPS = st.sampled_from(["a", "b", "c"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "ask", "label"]), st.integers(0, 5), st.integers(0, 3), APPS),
    max_size=40,
)


def pod(number: int, app: str) -> Asking:
    """Return a pod that will not be with others of its app."""
    same = {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": ZONE}
    spread = {**same, "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}
    apart = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [same]}}
    meta = {"name": f"p{number}", "uid": f"u{number}", "namespace": "default", "labels": {"app": app}}
    return Asking({"metadata": meta, "spec": {"affinity": apart, "topologySpreadConstraints": [spread]}})


def node(number: int, zone: int) -> dict[str, Any]:
    return {"metadata": {"name": f"n{number}", "labels": {ZONE: f"z{zone}"}}, "spec": {}, "status": {}}


def questions(asking: Asking) -> list[Any]:
    (term,), (spread,) = asking.apart, asking.spreads
    return [Named(term), Carried(term, "apart"), Alike(asking.namespace, spread)]


@given(STEPS)
def test_counts_are_those_of_a_cluster_that_counts_anew(steps: list[tuple[str, int, int, str]]) -> None:
    cluster, placed, zones = Cluster(), dict[int, tuple[int, str]](), {number: number % 2 for number in range(4)}
    for number, zone in zones.items():
        cluster.node_changed(f"n{number}", node(number, zone))
    for what, number, place, app in steps:
        if what == "add" and number not in placed:
            placed[number] = place, app
            cluster.add(fleshed(number, app), f"n{place}")
        elif what == "remove" and number in placed:
            where, _ = placed.pop(number)
            cluster.remove(f"u{number}", f"n{where}")
        elif what == "label":
            zones[place] = number
            cluster.node_changed(f"n{place}", node(place, number))
        elif what == "ask":
            for question in questions(pod(number, app)):
                cluster.counts.in_domains(question, ZONE)
    assert counted(cluster) == counted(anew(placed, zones))


def fleshed(number: int, app: str) -> Asking:
    """Return a pod with what a node counts of it."""
    asking = pod(number, app)
    containers = [{"name": "app", "resources": {}}]
    return Asking({**asking.pod, "spec": {**asking.pod["spec"], "containers": containers}})


def anew(placed: dict[int, tuple[int, str]], zones: dict[int, int]) -> Cluster:
    cluster = Cluster()
    for number, zone in zones.items():
        cluster.node_changed(f"n{number}", node(number, zone))
    for number, (place, app) in placed.items():
        cluster.add(fleshed(number, app), f"n{place}")
    return cluster


def counted(cluster: Cluster) -> list[dict[str, int]]:
    """Return the answers to all questions, zeros left out."""
    asked = [question for app in ("a", "b", "c") for question in questions(pod(0, app))]
    return [
        {value: number for value, number in sorted(cluster.counts.in_domains(question, ZONE).items()) if number}
        for question in asked
    ]

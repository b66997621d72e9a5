"""The spread of pods that ask for none: whom it counts, and that it spreads them."""

import json
from typing import Any

import pytest

from podproof.simulator.control.scheduling.asking import Asking
from podproof.simulator.control.scheduling.deciding import Decider
from podproof.simulator.control.scheduling.defaults import DefaultSpread
from podproof.simulator.control.scheduling.nodes import Cluster
from podproof.simulator.control.scheduling.profiles import Profile

WEB = {"spec": {"selector": {"app": "web"}}}
TIER = {"spec": {"selector": {"tier": "front"}}}
BARE: dict[str, Any] = {"spec": {}}
SET = {"spec": {"selector": {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "x", "operator": "Exists"}]}}}
OF_SET = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "set", "controller": True}


def pod(uid: str = "p", owner: Any = None, **labels: str) -> Asking:
    meta = {"name": uid, "uid": uid, "namespace": "default", "labels": labels}
    owned = {"ownerReferences": [owner]} if owner else {}
    return Asking({"metadata": {**meta, **owned}, "spec": {"containers": [{"name": "app"}]}})


def spread(*services: Any) -> DefaultSpread:
    sets = {("apps/v1", "ReplicaSet"): lambda _, name: SET if name == "set" else None}
    return DefaultSpread(lambda _: services, sets)


IN_WEB = {"key": "app", "operator": "In", "values": ["web"]}
EXISTS = {"key": "x", "operator": "Exists"}
SELECTORS: dict[str, tuple[DefaultSpread, Asking, Any]] = {
    "a Service's pods": (spread(WEB), pod(app="web"), {"matchLabels": {"app": "web"}}),
    "the pods of all its Services": (
        spread(WEB, TIER),
        pod(app="web", tier="front"),
        {"matchLabels": {"app": "web", "tier": "front"}},
    ),
    "its controller's pods": (spread(), pod(owner=OF_SET, app="web"), {"matchExpressions": [IN_WEB, EXISTS]}),
    "both": (
        spread(WEB),
        pod(owner=OF_SET, app="web"),
        {"matchLabels": {"app": "web"}, "matchExpressions": [IN_WEB, EXISTS]},
    ),
    "nobody where no Service selects it": (spread(TIER, BARE), pod(app="web"), None),
    "nobody where its controller is unknown": (spread(), pod(owner={**OF_SET, "kind": "Job"}, app="web"), None),
    "nobody where its controller is gone": (spread(), pod(owner={**OF_SET, "name": "gone"}, app="web"), None),
}


@pytest.mark.parametrize(("defaults", "asking", "selector"), SELECTORS.values(), ids=SELECTORS.keys())
def test_among_whom_a_pod_is_spread(defaults: DefaultSpread, asking: Asking, selector: Any) -> None:
    found = [(each.topology, each.most_skew, json.loads(each.selector)) for each in defaults(asking)]

    assert found == (
        [("kubernetes.io/hostname", 3, selector), ("topology.kubernetes.io/zone", 5, selector)] if selector else []
    )


def node(name: str, zone: str) -> dict[str, Any]:
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone}
    status = {"allocatable": {"cpu": "8", "memory": "16Gi", "pods": "110"}}
    return {"metadata": {"name": name, "labels": labels}, "spec": {}, "status": status}


def test_the_pods_of_a_service_go_to_the_zone_that_has_fewer_of_them() -> None:
    cluster = Cluster()
    for name, zone in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        cluster.node_changed(name, node(name, zone))
    cluster.add(pod("one", app="web"), "a1")
    for uid in ("x", "y"):
        cluster.add(pod(uid, app="other"), "b1")

    assert Decider(cluster, Profile((), spread(WEB))).decide(pod("two", app="web")).node == "b1"
    assert Decider(cluster, Profile()).decide(pod("two", app="web")).node == "a2"

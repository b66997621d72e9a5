"""What the steps about requests say when it is not so."""

from collections.abc import Callable
from typing import Any

import pytest

from podproof.clusters.simulated import SimulatedCluster
from podproof.proof import NotSoError
from podproof.simulator.model.times import Nanos, seconds
from podproof.steps import requests

NOW = Nanos(0)


@pytest.fixture(scope="module")
def cluster() -> SimulatedCluster:
    made = SimulatedCluster()
    for name in ("a", "b"):
        meta = {"name": name, "labels": {"app": "web"}}
        container = {"name": "c", "image": "nginx:1.14"}
        made.create({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}})
    web: Any = {"selector": {"app": "web"}, "clusterIP": "10.96.3.4", "ports": [{"port": 80}]}
    for name, spec in {"web": web, "bare": {**web, "clusterIP": "None"}}.items():
        made.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec})
    made.pass_time(seconds(5))
    return made


RED: dict[str, tuple[Callable[[SimulatedCluster], None], str]] = {
    "another status": (
        lambda cluster: requests.a_request_gets(cluster, "Pod", "a", "http://web", 404, NOW), "it gets HTTP 200:"),
    "another body": (
        lambda cluster: requests.a_request_gets(cluster, "Pod", "a", "http://web", 200, NOW, "Apache"),
        "it gets HTTP 200:"),
    "no answer": (
        lambda cluster: requests.a_request_gets(cluster, "Pod", "a", "http://web:81", 200, NOW),
        "it fails: Connection timed out"),
    "no such name": (
        lambda cluster: requests.a_request_gets(cluster, "Pod", "a", "http://nobody", 200, NOW),
        "it fails: bad address 'nobody'"),
    "an answer": (
        lambda cluster: requests.a_request_fails(cluster, "Pod", "a", "http://web", "refused", NOW),
        "it gets HTTP 200:"),
    "no such pod": (
        lambda cluster: requests.a_request_gets(cluster, "Pod", "ghost", "http://web", 200, NOW),
        "there is no such pod"),
    "a cluster address from outside": (
        lambda cluster: requests.a_request_from_outside_gets(cluster, "http://10.96.3.4", 200, NOW),
        "it fails: Connection timed out"),
    "fewer pods": (
        lambda cluster: requests.requests_spread_from(cluster, "web", "Pod", "a", 3, NOW),
        "it has 2 that are ready: a, b"),
    "a Service without an address": (
        lambda cluster: requests.requests_spread_from(cluster, "bare", "Pod", "a", 2, NOW),
        "it has no cluster address with a port"),
    "another pod each time": (
        lambda cluster: requests.requests_stay(cluster, "Pod", "a", "http://web"), "answers came from 10.244.0.2 ("),
    "a rule that is not there": (
        lambda cluster: requests.kube_proxy_has_the_rules(
            cluster, "node1", [["TABLE", "CHAIN", "RULE"], ["nat", "KUBE-SERVICES", "-d 10.96.9.9"]], NOW),
        "-A KUBE-SERVICES -d 10.96.3.4/32"),
    "rules in another order": (
        lambda cluster: requests.kube_proxy_has_the_rules(cluster, "node1", [
            ["TABLE", "CHAIN", "RULE"],
            ["nat", "KUBE-SVC-…", "10.244.0.3:80"], ["nat", "KUBE-SVC-…", "10.244.0.2:80"]], NOW),
        "the chain has:"),
}  # fmt: skip


@pytest.mark.parametrize(("step", "seen"), RED.values(), ids=RED.keys())
def test_red(cluster: SimulatedCluster, step: Callable[[SimulatedCluster], None], seen: str) -> None:
    with pytest.raises(NotSoError) as caught:
        step(cluster)

    assert seen in caught.value.seen

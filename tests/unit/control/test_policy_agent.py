"""Policies as the network enforces them: whose labels they read, and when they look again."""

from collections.abc import Iterator
from typing import Any

import pytest

from podproof.simulator.kernel.client import Client
from podproof.simulator.machine.network import Namespace
from podproof.simulator.model.network_policies import End
from podproof.simulator.model.times import Nanos, seconds
from podproof.simulator.world import World

CONTAINER = {"name": "c", "image": "nginx:1.27", "ports": [{"name": "http", "containerPort": 80}]}
ONLY_CLIENTS = {
    "podSelector": {"matchLabels": {"app": "web"}},
    "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "client"}}}], "ports": [{"port": "http"}]}],
}


class Site:
    """A cluster with a web pod and a client on its one node; who is denied is asked of the network itself."""

    def __init__(self) -> None:
        self.world = World(images_on_node=("nginx:1.27",))
        self.client = Client(self.world.handle, "test")
        for name in ("web", "client"):
            self.make("Pod", "v1", "pods", name, {"containers": [CONTAINER]}, {"app": name})
        self.pass_time(30)

    def make(self, kind: str, version: str, resource: str, name: str, spec: Any, labels: Any = None) -> None:
        meta = {"name": name, "namespace": "default", "labels": labels or {}}
        self.client.create(resource, {"apiVersion": version, "kind": kind, "metadata": meta, "spec": spec})
        self.pass_time(1)

    def policy(self, spec: Any, name: str = "p") -> None:
        self.make("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies.networking.k8s.io", name, spec)

    def label(self, pod: str, value: str) -> None:
        found = next(each for each in self.world.pods() if each["metadata"]["name"] == pod)
        self.client.update("pods", {**found, "metadata": {**found["metadata"], "labels": {"app": value}}})
        self.pass_time(1)

    def pass_time(self, span: float) -> None:
        self.world.agenda.run_until(Nanos(self.world.now + seconds(span)))

    def address(self, pod: str) -> str:
        return str(next(each for each in self.world.pods() if each["metadata"]["name"] == pod)["status"]["podIP"])

    def passes(self, source: str, target: str, port: int = 80) -> bool:
        ends = [End(self.address(each), ("default", each)) for each in (source, target)]
        return self.world.network.police(ends[0], ends[1], port, "TCP") is None


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.world.close()


def test_without_a_policy_everything_passes(site: Site) -> None:
    assert site.passes("client", "web")


def test_a_policy_lets_its_own_in_by_the_name_of_the_port(site: Site) -> None:
    site.policy(ONLY_CLIENTS)

    assert (site.passes("client", "web"), site.passes("client", "web", 81), site.passes("web", "client")) == (
        True,
        False,
        True,
    )


def test_a_pod_that_is_labelled_otherwise_is_another(site: Site) -> None:
    site.policy(ONLY_CLIENTS)
    assert site.passes("client", "web")

    site.label("client", "stranger")

    assert not site.passes("client", "web")


def test_a_policy_that_is_gone_denies_nothing(site: Site) -> None:
    site.policy({"podSelector": {}})
    assert not site.passes("client", "web")

    site.client.delete("networkpolicies.networking.k8s.io", "default", "p")
    site.pass_time(1)

    assert site.passes("client", "web")


def test_a_namespace_that_is_labelled_later_counts_from_then_on(site: Site) -> None:
    site.policy({"podSelector": {}, "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}]}]})
    assert not site.passes("client", "web")

    space = site.client.get("namespaces", "", "default")
    site.client.update("namespaces", {**space, "metadata": {**space["metadata"], "labels": {"a": "b"}}})
    site.pass_time(1)

    assert site.passes("client", "web")


def test_what_is_denied_is_not_answered_at_all(site: Site) -> None:
    site.policy({"podSelector": {}})
    network, client = site.world.network, Namespace(site.address("client"), "elsewhere", ("default", "client"))

    assert network.deliver(client, site.address("web"), 80).serve is None
    assert not network.answers_ping(client, site.address("web"))


def test_a_node_reaches_the_pods_it_runs(site: Site) -> None:
    site.policy({"podSelector": {}})
    node, stranger = (Namespace(address, address) for address in ("192.168.0.10", "192.168.0.11"))

    answers = [site.world.network.deliver(each, site.address("web"), 80).serve for each in (node, stranger)]

    assert [each is not None for each in answers] == [True, False]

"""What the steps about names say when it is not so."""

from collections.abc import Callable

import pytest

from podproof.clusters.simulated import SimulatedCluster
from podproof.proof import NotSoError
from podproof.simulator.model.objects import Ref
from podproof.simulator.model.times import Nanos, seconds
from podproof.steps import names

NOW = Nanos(0)


@pytest.fixture(scope="module")
def cluster() -> SimulatedCluster:
    made = SimulatedCluster()
    container = {"name": "c", "image": "nginx:1.14"}
    made.create({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [container]}})
    spec = {"clusterIP": "10.96.3.4", "ports": [{"port": 80}]}
    made.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec})
    made.pass_time(seconds(3))
    return made


RED: dict[str, tuple[Callable[[SimulatedCluster], None], str]] = {
    "a name has another address": (
        lambda cluster: names.the_name_resolves_to(cluster, "web", "10.96.9.9", "a", NOW),
        "the answer is NOERROR: 10.96.3.4 (asked for: web.default.svc.cluster.local)",
    ),
    "a name does resolve": (
        lambda cluster: names.the_name_does_not_resolve(cluster, "web", "a", NOW),
        "the answer is NOERROR: 10.96.3.4",
    ),
    "a name does not resolve for another reason": (
        lambda cluster: names.the_name_does_not_resolve(cluster, "nobody", "a", NOW, "SERVFAIL"),
        "the answer is NXDOMAIN",
    ),
    "a name has no such records": (
        lambda cluster: names.the_records_are(cluster, "SRV", "web.default.svc.cluster.local", "a", [["SRV 1"]], NOW),
        "the answer is NOERROR: SRV 0 100 80 web.default.svc.cluster.local",
    ),
    "there is no such pod": (
        lambda cluster: names.the_name_does_not_resolve(cluster, "web", "ghost", NOW),
        "there is no such pod",
    ),
    "a Service that is not there has no address": (
        lambda cluster: names.the_name_resolves_to_the_address_of(cluster, "web", "Service", "ghost", "a", NOW),
        'service "ghost" does not exist',
    ),
}


@pytest.mark.parametrize(("step", "seen"), RED.values(), ids=RED.keys())
def test_red(cluster: SimulatedCluster, step: Callable[[SimulatedCluster], None], seen: str) -> None:
    with pytest.raises(NotSoError) as caught:
        step(cluster)

    assert seen in caught.value.seen


def test_a_name_without_addresses_is_no_data(cluster: SimulatedCluster) -> None:
    names.the_name_does_not_resolve(cluster, "default.svc.cluster.local", "a", NOW, "NODATA")

    assert cluster.get(Ref("Pod", "default", "a")) is not None

"""Services: addresses, node ports, families, and what may change of them."""

from copy import deepcopy
from typing import Any

import pytest

from podproof.simulator.kernel.requests import ApiError

from .conftest import Bench

PORTS = [{"port": 80}]


def service(bench: Bench, name: str = "s", **spec: Any) -> dict[str, Any]:
    made: dict[str, Any] = bench.create("Service", name, spec={"ports": PORTS, **spec})["spec"]
    return made


def test_a_plain_service_is_completed(bench: Bench) -> None:
    spec = service(bench)
    address = spec.pop("clusterIP")

    assert address.startswith("10.")
    assert spec == {
        "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
        "type": "ClusterIP",
        "clusterIPs": [address],
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
    }


def test_no_address_is_given_twice(bench: Bench) -> None:
    addresses = [service(bench, f"s{index}")["clusterIP"] for index in range(200)]

    assert len(set(addresses)) == 200


def test_a_headless_service_has_no_address(bench: Bench) -> None:
    spec = service(bench, clusterIP="None", selector={"app": "a"})

    assert (spec["clusterIP"], spec["clusterIPs"], spec["ipFamilies"]) == ("None", ["None"], ["IPv4"])


def test_an_external_name_has_no_address_at_all(bench: Bench) -> None:
    spec = service(bench, type="ExternalName", externalName="example.com")

    assert "clusterIP" not in spec
    assert "ipFamilies" not in spec


def test_a_node_port_service_gets_ports_of_the_range(bench: Bench) -> None:
    ports = [{"name": "a", "port": 80}, {"name": "b", "port": 81, "nodePort": 30123}]
    spec = service(bench, type="NodePort", ports=ports)

    assert 30000 <= spec["ports"][0]["nodePort"] <= 32767
    assert spec["ports"][1]["nodePort"] == 30123


TAKEN = {
    "an address that is taken": (
        {"clusterIP": "10.96.0.7"},
        'spec.clusterIPs: Invalid value: ["10.96.0.7"]: failed to allocate IP 10.96.0.7: '
        "provided IP is already allocated",
    ),
    "an address out of range": (
        {"clusterIP": "10.0.0.1"},
        'spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: the provided IP (10.0.0.1) '
        "is not in the valid range. The range of valid IPs is 10.96.0.0/12",
    ),
    "a node port that is taken": (
        {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30007}]},
        "spec.ports[0].nodePort: Invalid value: 30007: provided port is already allocated",
    ),
    "a node port out of range": (
        {"type": "NodePort", "ports": [{"port": 80, "nodePort": 80}]},
        "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. "
        "The range of valid ports is 30000-32767",
    ),
    "two families where there is one": (
        {"ipFamilyPolicy": "RequireDualStack"},
        'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": '
        "this cluster is not configured for dual-stack services",
    ),
}


@pytest.mark.parametrize(("spec", "message"), TAKEN.values(), ids=TAKEN.keys())
def test_what_cannot_be_had(bench: Bench, spec: dict[str, Any], message: str) -> None:
    service(bench, "first", type="NodePort", clusterIP="10.96.0.7", ports=[{"port": 80, "nodePort": 30007}])

    with pytest.raises(ApiError) as refusal:
        service(bench, "second", **spec)

    assert (refusal.value.code, refusal.value.message) == (422, f'Service "second" is invalid: {message}')


def test_an_update_that_leaves_them_out_keeps_address_and_ports(bench: Bench) -> None:
    before = service(bench, type="NodePort")
    body = {"metadata": {"name": "s", "namespace": "default"}, "spec": {"type": "NodePort", "ports": PORTS}}
    after = bench.user.update("services", body)["spec"]

    assert after == before


def test_an_address_may_not_change(bench: Bench) -> None:
    service(bench, clusterIP="10.96.0.7")

    with pytest.raises(ApiError, match=r'spec.clusterIPs\[0\]: Invalid value: \["10.96.0.8"\]: may not change'):
        bench.user.patch("services", "default", "s", {"spec": {"clusterIP": "10.96.0.8"}})


def test_node_ports_go_with_the_type(bench: Bench) -> None:
    service(bench, type="NodePort")
    spec = bench.user.patch("services", "default", "s", {"spec": {"type": "ClusterIP"}}, "merge")["spec"]

    assert "nodePort" not in spec["ports"][0]


def test_a_freed_address_may_be_given_again(bench: Bench) -> None:
    service(bench, clusterIP="10.96.0.7")
    bench.user.delete("services", "default", "s")

    assert service(bench, "again", clusterIP="10.96.0.7")["clusterIP"] == "10.96.0.7"


def balanced(bench: Bench, **spec: Any) -> dict[str, Any]:
    return made(bench, type="LoadBalancer", ports=PORTS, **spec)


def made(bench: Bench, **spec: Any) -> dict[str, Any]:
    """Return a copy of a new service, to be changed and sent again."""
    return deepcopy(bench.create("Service", "s", spec=spec))


def test_a_balancer_that_turns_local_gets_a_port_for_its_health(bench: Bench) -> None:
    sent = balanced(bench)
    spec = {**sent["spec"], "externalTrafficPolicy": "Local"}

    assert 30000 <= bench.user.update("services", {**sent, "spec": spec})["spec"]["healthCheckNodePort"] <= 32767


def test_a_balancer_sent_again_keeps_its_port_for_health(bench: Bench) -> None:
    sent = balanced(bench, externalTrafficPolicy="Local")
    port = sent["spec"].pop("healthCheckNodePort")

    assert bench.user.update("services", sent)["spec"]["healthCheckNodePort"] == port


def test_a_balancer_that_is_local_no_more_loses_its_port_for_health(bench: Bench) -> None:
    sent = balanced(bench, externalTrafficPolicy="Local")
    sent["spec"]["externalTrafficPolicy"] = "Cluster"

    assert "healthCheckNodePort" not in bench.user.update("services", sent)["spec"]


def test_a_port_keeps_its_node_port_by_its_name(bench: Bench) -> None:
    sent = made(bench, type="NodePort", ports=[{"name": "web", "port": 80}])
    number = sent["spec"]["ports"][0]["nodePort"]
    sent["spec"]["ports"] = [{"name": "web", "port": 8080}]

    assert bench.user.update("services", sent)["spec"]["ports"][0]["nodePort"] == number


def test_a_node_port_that_another_port_takes_over_is_not_given_twice(bench: Bench) -> None:
    sent = made(bench, type="NodePort", ports=[{"name": "web", "port": 80}])
    number = sent["spec"]["ports"][0]["nodePort"]
    sent["spec"]["ports"] = [{"name": "web", "port": 80}, {"name": "more", "port": 81, "nodePort": number}]
    ports = bench.user.update("services", sent)["spec"]["ports"]

    assert ports[1]["nodePort"] == number
    assert ports[0]["nodePort"] != number

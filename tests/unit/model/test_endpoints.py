"""Which pods are endpoints, and what an endpoint says."""

from typing import Any

import pytest

from podproof.simulator.model import endpoints
from podproof.simulator.model.services import selects


def service(**spec: Any) -> dict[str, Any]:
    ports = [{"port": 80, "targetPort": 8080, "protocol": "TCP"}]
    full = {"type": "ClusterIP", "clusterIP": "10.96.0.7", "selector": {"app": "web"}, "ports": ports, **spec}
    return {"metadata": {"name": "web", "namespace": "default"}, "spec": full}


def pod(name: str = "p", ready: bool = True, address: str = "10.1.0.2", **more: Any) -> dict[str, Any]:
    meta = {
        "name": name,
        "namespace": "default",
        "uid": f"uid-{name}",
        "labels": {"app": "web"},
        **more.pop("meta", {}),
    }
    spec = {"nodeName": "node1", "containers": [{"name": "c"}], **more.pop("spec", {})}
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    return {
        "metadata": meta,
        "spec": spec,
        "status": {"phase": "Running", "podIP": address, "conditions": conditions, **more},
    }


DELETED = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
NAMED = {"containers": [{"name": "c", "ports": [{"name": "http", "containerPort": 9090, "protocol": "TCP"}]}]}
BY_NAME = [{"port": 80, "targetPort": "http", "protocol": "TCP"}]


def addresses(subsets: list[dict[str, Any]]) -> list[tuple[list[str], list[str], list[int]]]:
    return [
        (
            [row["ip"] for row in subset.get("addresses", ())],
            [row["ip"] for row in subset.get("notReadyAddresses", ())],
            [row["port"] for row in subset.get("ports", ())],
        )
        for subset in subsets
    ]


ENDPOINTS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[tuple[list[str], list[str], list[int]]]]] = {
    "a ready pod": (service(), [pod()], [(["10.1.0.2"], [], [8080])]),
    "a pod that is not ready": (service(), [pod(ready=False)], [([], ["10.1.0.2"], [8080])]),
    "a pod without an address": (service(), [pod(address="")], []),
    "a pod that has ended": (service(), [pod(phase="Succeeded")], []),
    "a pod being deleted": (service(), [pod(meta=DELETED)], []),
    "a Service that publishes early": (
        service(publishNotReadyAddresses=True),
        [pod(ready=False), pod("q", False, "10.1.0.3", meta=DELETED)],
        [(["10.1.0.2", "10.1.0.3"], [], [8080])],
    ),
    "a port found by its name": (service(ports=BY_NAME), [pod(spec=NAMED)], [(["10.1.0.2"], [], [9090])]),
    "a port that no container has": (service(ports=BY_NAME), [pod()], []),
    "a headless Service without ports": (service(clusterIP="None", ports=[]), [pod()], [(["10.1.0.2"], [], [])]),
    "pods stand in the order of their addresses": (
        service(),
        [pod("a", address="10.1.0.4"), pod("b", address="10.1.0.3")],
        [(["10.1.0.3", "10.1.0.4"], [], [8080])],
    ),
}


SELECTED = {
    "one of its labels": (service(), pod(), True),
    "a pod with other labels": (service(), pod(meta={"labels": {"app": "db"}}), False),
    "a pod of another namespace": (service(), pod(meta={"namespace": "other"}), False),
    "a Service without a selector": (service(selector={}), pod(), False),
    "an ExternalName": (service(type="ExternalName"), pod(), False),
}


@pytest.mark.parametrize(("given", "one", "wanted"), SELECTED.values(), ids=SELECTED.keys())
def test_which_pods_a_service_selects(given: dict[str, Any], one: dict[str, Any], wanted: bool) -> None:
    assert selects(given, one) is wanted


@pytest.mark.parametrize(("given", "pods", "wanted"), ENDPOINTS.values(), ids=ENDPOINTS.keys())
def test_endpoints(given: dict[str, Any], pods: list[dict[str, Any]], wanted: list[Any]) -> None:
    assert addresses(endpoints.ready_addresses(given, pods)) == wanted


def test_an_endpoint_says_which_pod_it_is() -> None:
    [subset] = endpoints.ready_addresses(service(), [pod()])

    assert subset["addresses"] == [
        {
            "ip": "10.1.0.2",
            "nodeName": "node1",
            "targetRef": {"kind": "Pod", "namespace": "default", "name": "p", "uid": "uid-p"},
        }
    ]


CONDITIONS = {
    "ready": (pod(), service(), {"ready": True, "serving": True, "terminating": False}),
    "not ready": (pod(ready=False), service(), {"ready": False, "serving": False, "terminating": False}),
    "deleted, still serving": (pod(meta=DELETED), service(), {"ready": False, "serving": True, "terminating": True}),
    "published early": (
        pod(ready=False),
        service(publishNotReadyAddresses=True),
        {"ready": True, "serving": False, "terminating": False},
    ),
}


@pytest.mark.parametrize(("one", "given", "wanted"), CONDITIONS.values(), ids=CONDITIONS.keys())
def test_conditions_of_an_endpoint(one: dict[str, Any], given: dict[str, Any], wanted: dict[str, bool]) -> None:
    assert endpoints.endpoint(given, one, "IPv4", None)["conditions"] == wanted


FAMILIES = {
    "as the Service says": (service(ipFamilies=["IPv6", "IPv4"]), ("IPv6", "IPv4")),
    "that of its address": (service(clusterIP="fd00::7"), ("IPv6",)),
    "both, of a headless one that does not say": (service(clusterIP="None"), ("IPv4", "IPv6")),
}


@pytest.mark.parametrize(("given", "wanted"), FAMILIES.values(), ids=FAMILIES.keys())
def test_families_of_a_service(given: dict[str, Any], wanted: tuple[str, ...]) -> None:
    assert endpoints.families(given) == wanted


def test_an_endpoint_has_the_pods_addresses_of_the_family_and_the_nodes_zone() -> None:
    both = pod(podIPs=[{"ip": "10.1.0.2"}, {"ip": "fd00::2"}])
    node = {"metadata": {"labels": {"topology.kubernetes.io/zone": "east"}}}

    made = endpoints.endpoint(service(), both, "IPv6", node)

    assert (made["addresses"], made["zone"]) == (["fd00::2"], "east")


def test_a_sidecars_port_is_found_and_an_init_containers_is_not() -> None:
    ports = NAMED["containers"][0]["ports"]
    sidecar = {
        "containers": [{"name": "c"}],
        "initContainers": [{"name": "s", "restartPolicy": "Always", "ports": ports}],
    }
    init = {"containers": [{"name": "c"}], "initContainers": [{"name": "i", "ports": ports}]}

    found = [endpoints.target_port(pod(spec=spec), BY_NAME[0]) for spec in (sidecar, init)]

    assert found == [9090, None]

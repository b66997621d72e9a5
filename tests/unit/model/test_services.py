"""Pods behind Services, and the names and variables of Services."""

from typing import Any

import pytest

from podproof.simulator.model import services


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
    "a pod with other labels": (service(), [pod(meta={"labels": {"app": "db"}})], []),
    "a pod of another namespace": (service(), [pod(meta={"namespace": "other"})], []),
    "a Service without a selector": (service(selector={}), [pod()], []),
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


@pytest.mark.parametrize(("given", "pods", "wanted"), ENDPOINTS.values(), ids=ENDPOINTS.keys())
def test_endpoints(given: dict[str, Any], pods: list[dict[str, Any]], wanted: list[Any]) -> None:
    assert addresses(services.ready_addresses(given, pods)) == wanted


def test_an_endpoint_says_which_pod_it_is() -> None:
    [subset] = services.ready_addresses(service(), [pod()])

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
    [group] = services.endpoint_groups(given, [one])

    assert group.endpoints[0]["conditions"] == wanted
    assert group.ports == ({"name": "", "port": 8080, "protocol": "TCP"},)


def test_pods_whose_named_ports_differ_are_grouped_apart() -> None:
    groups = services.endpoint_groups(service(ports=BY_NAME), [pod("a"), pod("b", spec=NAMED)])

    assert [[port["port"] for port in group.ports] for group in groups] == [[], [9090]]


def test_a_sidecars_port_is_found_and_an_init_containers_is_not() -> None:
    ports = NAMED["containers"][0]["ports"]
    sidecar = {
        "containers": [{"name": "c"}],
        "initContainers": [{"name": "s", "restartPolicy": "Always", "ports": ports}],
    }
    init = {"containers": [{"name": "c"}], "initContainers": [{"name": "i", "ports": ports}]}

    found = [services.target_port(pod(spec=spec), BY_NAME[0]) for spec in (sidecar, init)]

    assert found == [9090, None]


RECORDS = {
    "a Service has its cluster address": (service(), {"web.default.svc.cluster.local": ("10.96.0.7",)}),
    "a headless one has those of its pods, and a name for each": (
        service(clusterIP="None"),
        {
            "web.default.svc.cluster.local": ("10.1.0.2",),
            "10-1-0-2.web.default.svc.cluster.local": ("10.1.0.2",),
        },
    ),
    "an ExternalName has that name": (
        service(type="ExternalName", externalName="db.example.com", clusterIP=""),
        {"web.default.svc.cluster.local": ("db.example.com",)},
    ),
    "a Service without an address yet has none": (service(clusterIP=""), {}),
}


@pytest.mark.parametrize(("given", "wanted"), RECORDS.values(), ids=RECORDS.keys())
def test_names_in_dns(given: dict[str, Any], wanted: dict[str, tuple[str, ...]]) -> None:
    subsets = services.ready_addresses(given, [pod(), pod("q", False, "10.1.0.3")])

    assert services.service_records(given, subsets) == wanted


def test_a_pod_with_a_hostname_below_a_headless_service_has_that_name() -> None:
    given = service(clusterIP="None")
    subsets = services.ready_addresses(given, [pod(spec={"hostname": "db-0", "subdomain": "web"})])

    assert services.service_records(given, subsets)["db-0.web.default.svc.cluster.local"] == ("10.1.0.2",)


def test_the_variables_of_a_service() -> None:
    given = service(ports=[{"name": "http", "port": 80, "protocol": "TCP"}])

    assert services.service_environment([given, service(clusterIP="None")]) == {
        "WEB_SERVICE_HOST": "10.96.0.7",
        "WEB_SERVICE_PORT": "80",
        "WEB_SERVICE_PORT_HTTP": "80",
        "WEB_PORT": "tcp://10.96.0.7:80",
        "WEB_PORT_80_TCP": "tcp://10.96.0.7:80",
        "WEB_PORT_80_TCP_PROTO": "tcp",
        "WEB_PORT_80_TCP_PORT": "80",
        "WEB_PORT_80_TCP_ADDR": "10.96.0.7",
    }

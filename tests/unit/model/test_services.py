"""The names and variables of Services."""

from typing import Any

import pytest

from podproof.simulator.model import services
from podproof.simulator.model.endpoints import ready_addresses


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
    subsets = ready_addresses(given, [pod(), pod("q", False, "10.1.0.3")])

    assert services.service_records(given, subsets) == wanted


def test_a_pod_with_a_hostname_below_a_headless_service_has_that_name() -> None:
    given = service(clusterIP="None")
    subsets = ready_addresses(given, [pod(spec={"hostname": "db-0", "subdomain": "web"})])

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

"""The variables of Services."""

from typing import Any

from podproof.simulator.model import services


def service(**spec: Any) -> dict[str, Any]:
    ports = [{"port": 80, "targetPort": 8080, "protocol": "TCP"}]
    full = {"type": "ClusterIP", "clusterIP": "10.96.0.7", "selector": {"app": "web"}, "ports": ports, **spec}
    return {"metadata": {"name": "web", "namespace": "default"}, "spec": full}


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

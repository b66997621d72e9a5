"""The variables of Services."""

from typing import Any

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

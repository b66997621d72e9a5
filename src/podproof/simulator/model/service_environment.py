"""The environment variables by which a container finds the Services that existed before it.

Source: pkg/kubelet/envvars/envvars.go, FromServices; pkg/kubelet/kubelet_pods.go, getServiceEnvVarMap.
"""

from collections.abc import Iterable, Mapping

from podproof.simulator.model.objects import Object

_MASTER = ("default", "kubernetes")


def service_environment(pod: Object, services: Iterable[Object]) -> Mapping[str, str]:
    """Return the variables of a pod's containers: its namespace's Services, and always the API server's."""
    namespace = pod["metadata"]["namespace"]
    links = pod["spec"].get("enableServiceLinks", True)
    variables: dict[str, str] = {}
    for service in sorted(services, key=lambda each: str(each["metadata"]["name"])):
        meta = service["metadata"]
        wanted = (meta["namespace"], meta["name"]) == _MASTER or (links and meta["namespace"] == namespace)
        if wanted and service["spec"].get("clusterIP") not in (None, "", "None"):
            variables |= _of_service(service)
    return variables


def _of_service(service: Object) -> dict[str, str]:
    name = service["metadata"]["name"].upper().replace("-", "_")
    address = service["spec"]["clusterIP"]
    host = f"[{address}]" if ":" in address else address
    ports = service["spec"].get("ports") or ()
    if not ports:
        return {}
    variables = {f"{name}_SERVICE_HOST": address, f"{name}_SERVICE_PORT": str(ports[0]["port"])}
    for port in ports:
        if port.get("name"):
            variables[f"{name}_SERVICE_PORT_{port['name'].upper().replace('-', '_')}"] = str(port["port"])
    for index, port in enumerate(ports):
        variables |= _of_port(name, host, address, port, first=index == 0)
    return variables


def _of_port(name: str, host: str, address: str, port: Object, *, first: bool) -> dict[str, str]:
    protocol = port.get("protocol", "TCP")
    url = f"{protocol.lower()}://{host}:{port['port']}"
    prefix = f"{name}_PORT_{port['port']}_{protocol}"
    variables = {f"{name}_PORT": url} if first else {}
    return variables | {
        prefix: url,
        f"{prefix}_PROTO": protocol.lower(),
        f"{prefix}_PORT": str(port["port"]),
        f"{prefix}_ADDR": address,
    }

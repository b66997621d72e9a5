"""What a Service is: which pods it selects, whether it has an address, the variables pods get of it."""

from collections.abc import Iterable, Sequence

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.selectors import matches_map


def is_ready(pod: Object) -> bool:
    """Say whether a pod's condition Ready is true."""
    conditions = at(pod, "status", "conditions") or ()
    return any(row["type"] == "Ready" and row["status"] == "True" for row in conditions)


def selects(service: Object, pod: Object) -> bool:
    """Say whether a Service selects a pod; one without a selector, or an ExternalName, selects none."""
    spec = service["spec"]
    if not spec.get("selector") or spec.get("type") == "ExternalName":
        return False
    same_namespace = service["metadata"].get("namespace") == pod["metadata"].get("namespace")
    return same_namespace and matches_map(spec["selector"], pod["metadata"].get("labels") or {})


def has_address(service: Object) -> bool:
    """Say whether a Service has a cluster address: a headless one, an ExternalName or one too new has none.

    Source: pkg/apis/core/v1/helper/helpers.go, IsServiceIPSet.
    """
    return service["spec"].get("clusterIP") not in (None, "", "None")


def service_environment(services: Iterable[Object]) -> dict[str, str]:
    """Return the variables a container gets for Services with a cluster address, in the order of their names.

    Source: pkg/kubelet/envvars/envvars.go, FromServices.
    """
    made: dict[str, str] = {}
    for service in sorted(services, key=lambda row: str(row["metadata"]["name"])):
        spec = service["spec"]
        address, ports = spec.get("clusterIP"), spec.get("ports") or ()
        if address and address != "None" and spec.get("type") != "ExternalName" and ports:
            made |= _variables(service["metadata"]["name"].upper().replace("-", "_"), address, ports)
    return made


def _variables(prefix: str, address: str, ports: Sequence[Object]) -> dict[str, str]:
    made = {f"{prefix}_SERVICE_HOST": address, f"{prefix}_SERVICE_PORT": str(ports[0]["port"])}
    for row in ports:
        if row.get("name"):
            made[f"{prefix}_SERVICE_PORT_{row['name'].upper().replace('-', '_')}"] = str(row["port"])
    host = f"[{address}]" if ":" in address else address
    for index, row in enumerate(ports):
        protocol, port = row.get("protocol", "TCP"), row["port"]
        url, own = f"{protocol.lower()}://{host}:{port}", f"{prefix}_PORT_{port}_{protocol.upper()}"
        made |= {f"{prefix}_PORT": url} if index == 0 else {}
        made |= {own: url, f"{own}_PROTO": protocol.lower(), f"{own}_PORT": str(port), f"{own}_ADDR": address}
    return made

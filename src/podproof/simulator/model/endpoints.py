"""Which pods are a Service's endpoints, and what an endpoint says: on which ports, under which name, in which state."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.restart_rules import is_sidecar
from podproof.simulator.model.services import has_address, is_ready

PortRow: TypeAlias = tuple[str, int | None, str, str]
"""Name, number (None: any), protocol and application protocol of an endpoint's port."""

ZONE = "topology.kubernetes.io/zone"


def is_endpoint(pod: Object, *, terminating: bool) -> bool:
    """Say whether a pod belongs among endpoints: it has an address and has not ended; deleted ones only if asked for.

    Source: staging/src/k8s.io/endpointslice/util/controller_utils.go, ShouldPodBeInEndpoints.
    """
    if at(pod, "status", "phase") in TERMINAL or not at(pod, "status", "podIP"):
        return False
    return terminating or "deletionTimestamp" not in pod["metadata"]


def target_port(pod: Object, port: Object) -> int | None:
    """Return the number of the port a Service's port leads to on a pod, None where the pod has no port of that name.

    Source: pkg/api/v1/pod/util.go, FindPort.
    """
    wanted = port.get("targetPort") or port["port"]
    if isinstance(wanted, int):
        return wanted
    spec = pod["spec"]
    sidecars = [row for row in spec.get("initContainers") or () if is_sidecar(row)]
    for container in (*spec["containers"], *sidecars):
        for named in container.get("ports") or ():
            if named.get("name") == wanted and named.get("protocol", "TCP") == port.get("protocol", "TCP"):
                return int(named["containerPort"])
    return None


def pod_ports(pod: Object, service: Object) -> tuple[PortRow, ...]:
    """Return the ports of a Service that a pod has, in the Service's order.

    Source: staging/src/k8s.io/endpointslice/utils.go, getEndpointPorts.
    """
    found = ((row, target_port(pod, row)) for row in service["spec"].get("ports") or ())
    return tuple(
        (row.get("name", ""), number, row.get("protocol", "TCP"), row.get("appProtocol", ""))
        for row, number in found
        if number is not None
    )


def endpoint_port(
    name: str, number: int | None, protocol: str, application: str, *, with_empty_name: bool
) -> dict[str, Any]:
    """Return a port as Endpoints and slices have it; only slices tell the empty name of one."""
    made: dict[str, Any] = {"name": name} if name or with_empty_name else {}
    made |= {"port": number, "protocol": protocol}
    return {**made, "appProtocol": application} if application else made


def ready_addresses(service: Object, pods: Iterable[Object]) -> list[dict[str, Any]]:
    """Return the subsets of a Service's Endpoints object; `pods` are those it selects.

    Source: pkg/controller/endpoint/endpoints_controller.go, syncService; pkg/api/v1/endpoints/util.go, RepackSubsets.
    """
    early = bool(service["spec"].get("publishNotReadyAddresses"))
    has_ports = bool(service["spec"].get("ports"))
    if not has_ports and has_address(service):
        return []
    subsets: dict[tuple[PortRow, ...], dict[str, list[dict[str, Any]]]] = {}
    for pod, address in _members(service, pods, terminating=early):
        ports = pod_ports(pod, service)
        if ports or not has_ports:
            side = "addresses" if early or is_ready(pod) else "notReadyAddresses"
            row = {"ip": address, **_hostname(service, pod), **_whereabouts(pod)}
            subsets.setdefault(ports, {}).setdefault(side, []).append(row)
    return [{**sides, **_subset_ports(ports)} for ports, sides in sorted(subsets.items())]


def families(service: Object) -> tuple[str, ...]:
    """Return the address families a Service has slices of.

    Source: staging/src/k8s.io/endpointslice/utils.go, getAddressTypesForService.
    """
    spec = service["spec"]
    if spec.get("ipFamilies"):
        return tuple(spec["ipFamilies"])
    if has_address(service):
        return ("IPv6",) if ":" in spec["clusterIP"] else ("IPv4",)
    return "IPv4", "IPv6"


def endpoint(service: Object, pod: Object, family: str, node: Object | None) -> dict[str, Any]:
    """Return what a slice says of a pod; without an address of the family its `addresses` are empty.

    Source: staging/src/k8s.io/endpointslice/utils.go, podToEndpoint.
    """
    serving, terminating = is_ready(pod), "deletionTimestamp" in pod["metadata"]
    early = bool(service["spec"].get("publishNotReadyAddresses"))
    conditions = {"ready": early or (serving and not terminating), "serving": serving, "terminating": terminating}
    made = {"addresses": addresses(pod, family), "conditions": conditions}
    zone = at(node, "metadata", "labels", ZONE)
    return {**made, **_hostname(service, pod), **_whereabouts(pod), **({"zone": zone} if zone else {})}


def addresses(pod: Object, family: str) -> list[str]:
    """Return a pod's addresses of a family."""
    status = pod.get("status") or {}
    known = [row["ip"] for row in status.get("podIPs") or ()] or [status["podIP"]]
    return [each for each in known if (":" in each) == (family == "IPv6")]


def _members(service: Object, pods: Iterable[Object], *, terminating: bool) -> list[tuple[Object, str]]:
    """Return the pods that are endpoints, each with its address of the Service's first family, ordered by these."""
    found = [pod for pod in pods if is_endpoint(pod, terminating=terminating)]
    family = families(service)[0]
    rows = [(pod, each) for pod in found for each in addresses(pod, family)[:1]]
    return sorted(rows, key=lambda row: (row[1], row[0]["metadata"]["name"]))


def _subset_ports(ports: tuple[PortRow, ...]) -> dict[str, Any]:
    rows = [endpoint_port(*row, with_empty_name=False) for row in ports]
    return {"ports": rows} if rows else {}


def _whereabouts(pod: Object) -> dict[str, Any]:
    meta = pod["metadata"]
    target = {"kind": "Pod", "namespace": meta.get("namespace", ""), "name": meta["name"], "uid": meta.get("uid", "")}
    node = pod["spec"].get("nodeName")
    return {**({"nodeName": node} if node else {}), "targetRef": target}


def _hostname(service: Object, pod: Object) -> dict[str, str]:
    """Return the record name of a pod that asks for one: its hostname, below the Service that is its subdomain.

    Source: staging/src/k8s.io/endpointslice/util/controller_utils.go, ShouldSetHostname.
    """
    hostname = pod["spec"].get("hostname")
    is_below = pod["spec"].get("subdomain") == service["metadata"]["name"]
    return {"hostname": hostname} if hostname and is_below else {}

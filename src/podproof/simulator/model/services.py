"""What a Service stands for: the pods behind it, the names DNS knows it by, the variables pods get of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.pod_phase import TERMINAL
from podproof.simulator.model.restart_rules import is_sidecar
from podproof.simulator.model.selectors import matches_map

CLUSTER_DOMAIN = "cluster.local"


class EndpointGroup(NamedTuple):
    """Endpoints of a slice that share their ports."""

    ports: tuple[Mapping[str, Any], ...]
    endpoints: tuple[Mapping[str, Any], ...]


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


def _ports(pod: Object, service: Object) -> tuple[tuple[str, int, str, str], ...]:
    found = ((row, target_port(pod, row)) for row in service["spec"].get("ports") or ())
    return tuple(
        (row.get("name", ""), number, row.get("protocol", "TCP"), row.get("appProtocol", ""))
        for row, number in found
        if number is not None
    )


def ready_addresses(service: Object, pods: Iterable[Object]) -> list[dict[str, Any]]:
    """Return the subsets of a Service's Endpoints object.

    Source: pkg/controller/endpoint/endpoints_controller.go, syncService; pkg/api/v1/endpoints/util.go, RepackSubsets.
    """
    early = bool(service["spec"].get("publishNotReadyAddresses"))
    has_ports = bool(service["spec"].get("ports"))
    subsets: dict[tuple[tuple[str, int, str, str], ...], dict[str, list[dict[str, Any]]]] = {}
    for pod in _by_address(service, pods, terminating=early):
        ports = _ports(pod, service)
        if ports or not has_ports:
            side = "addresses" if early or is_ready(pod) else "notReadyAddresses"
            subsets.setdefault(ports, {}).setdefault(side, []).append(_address(service, pod))
    return [{**sides, **_subset_ports(ports)} for ports, sides in sorted(subsets.items())]


def _subset_ports(ports: tuple[tuple[str, int, str, str], ...]) -> dict[str, Any]:
    rows = [_port(*row, with_empty_name=False) for row in ports]
    return {"ports": rows} if rows else {}


def _port(name: str, number: int, protocol: str, application: str, *, with_empty_name: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name} if name or with_empty_name else {}
    made |= {"port": number, "protocol": protocol}
    return {**made, "appProtocol": application} if application else made


def _by_address(service: Object, pods: Iterable[Object], *, terminating: bool) -> Sequence[Object]:
    found = (pod for pod in pods if selects(service, pod) and is_endpoint(pod, terminating=terminating))
    return sorted(found, key=lambda pod: (pod["status"]["podIP"], pod["metadata"]["name"]))


def _address(service: Object, pod: Object) -> dict[str, Any]:
    made: dict[str, Any] = {"ip": pod["status"]["podIP"]}
    return {**made, **_hostname(service, pod), **_whereabouts(pod)}


def _whereabouts(pod: Object) -> dict[str, Any]:
    meta = pod["metadata"]
    target = {"kind": "Pod", "namespace": meta.get("namespace", ""), "name": meta["name"], "uid": meta.get("uid", "")}
    node = pod["spec"].get("nodeName")
    return {**({"nodeName": node} if node else {}), "targetRef": target}


def _hostname(service: Object, pod: Object) -> dict[str, str]:
    """Return the record name of a pod that asks for one: its hostname, below the Service that is its subdomain."""
    hostname = pod["spec"].get("hostname")
    is_below = pod["spec"].get("subdomain") == service["metadata"]["name"]
    return {"hostname": hostname} if hostname and is_below else {}


def endpoint_groups(service: Object, pods: Iterable[Object]) -> list[EndpointGroup]:
    """Return the endpoints of a Service's EndpointSlices, one group for each set of ports they resolve to.

    Source: staging/src/k8s.io/endpointslice/reconciler.go, reconcileByAddressType; utils.go, podToEndpoint.
    """
    groups: dict[tuple[tuple[str, int, str, str], ...], list[Mapping[str, Any]]] = {}
    for pod in _by_address(service, pods, terminating=True):
        groups.setdefault(_ports(pod, service), []).append(_endpoint(service, pod))
    return [
        EndpointGroup(tuple(_port(*row, with_empty_name=True) for row in ports), tuple(endpoints))
        for ports, endpoints in sorted(groups.items())
    ]


def _endpoint(service: Object, pod: Object) -> dict[str, Any]:
    serving, terminating = is_ready(pod), "deletionTimestamp" in pod["metadata"]
    early = bool(service["spec"].get("publishNotReadyAddresses"))
    conditions = {"ready": early or (serving and not terminating), "serving": serving, "terminating": terminating}
    made = {"addresses": [pod["status"]["podIP"]], "conditions": conditions}
    return {**made, **_hostname(service, pod), **_whereabouts(pod)}


def service_records(
    service: Object, subsets: Iterable[Object], cluster_domain: str = CLUSTER_DOMAIN
) -> dict[str, tuple[str, ...]]:
    """Return the names DNS has for a Service, each with its addresses; an ExternalName has that name in their place.

    A headless Service has the addresses of `subsets` (those that are ready), and a name for each of them.
    Source: Kubernetes DNS-Based Service Discovery 1.1.0; coredns plugin/kubernetes (endpoint names from addresses).
    """
    meta, spec = service["metadata"], service["spec"]
    name = f"{meta['name']}.{meta.get('namespace', 'default')}.svc.{cluster_domain}"
    if spec.get("type") == "ExternalName":
        return {name: (spec["externalName"],)}
    if spec.get("clusterIP") and spec["clusterIP"] != "None":
        return {name: tuple(spec.get("clusterIPs") or (spec["clusterIP"],))}
    if spec.get("clusterIP") != "None":
        return {}
    addresses = [row for subset in subsets for row in subset.get("addresses") or ()]
    records: dict[str, tuple[str, ...]] = {}
    for row in addresses:
        own = f"{row.get('hostname') or row['ip'].replace('.', '-').replace(':', '-')}.{name}"
        for record in (name, own):
            known = records.get(record, ())
            records[record] = known if row["ip"] in known else (*known, row["ip"])
    return records


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

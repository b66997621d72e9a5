"""Gives out what must be unique in the cluster: cluster IPs and node ports.

Source: pkg/registry/core/service/ipallocator/ipallocator.go, pkg/registry/core/service/portallocator/allocator.go.
"""

import ipaddress
from collections.abc import Callable, Iterator, Sequence

from podproof.simulator.api.kinds.refusals import service_refusal
from podproof.simulator.api.rules import Draft, Surroundings
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.model.objects import Object

SERVICE_RANGE = ipaddress.IPv4Network("10.96.0.0/12")
"""Source: cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go, DefaultServicesSubnet."""
NODE_PORTS = range(30000, 32768)
"""Source: pkg/kubeapiserver/options/options.go, DefaultServiceNodePortRange."""
_STATIC_ADDRESSES = 256
_STATIC_PORTS = 86
"""The lower parts of both ranges are kept for what people choose themselves.

Source: ipallocator.go, calculateRangeOffset; portallocator/allocator.go, calculateRangeOffset.
"""


def _taken_addresses(around: Surroundings) -> set[str]:
    services = around.store.list("services")
    return {address for service in services for address in service["spec"].get("clusterIPs") or ()}


def _taken_ports(around: Surroundings, but: str) -> set[int]:
    services = (service for service in around.store.list("services") if service["metadata"]["uid"] != but)
    return {port for service in services for port in _ports(service)}


def _ports(service: Object) -> Iterator[int]:
    if health := service["spec"].get("healthCheckNodePort"):
        yield health
    for port in service["spec"].get("ports") or ():
        if port.get("nodePort"):
            yield port["nodePort"]


def allocate_address(service: Draft, around: Surroundings) -> str:
    """Return a free cluster IP, or the wanted one.

    Raises:
        ApiError: 422, the wanted one cannot be had.
    """
    taken, wanted = _taken_addresses(around), service["spec"].get("clusterIP", "")
    if not wanted:
        hosts = SERVICE_RANGE.num_addresses - 2
        return _free(around.chance, _STATIC_ADDRESSES, hosts, lambda offset: str(SERVICE_RANGE[1 + offset]), taken)
    if ipaddress.ip_address(wanted) not in SERVICE_RANGE:
        detail = f"failed to allocate IP {wanted}: the provided IP ({wanted}) is not in the valid range. "
        raise service_refusal(service, "clusterIPs", [wanted], f"{detail}The range of valid IPs is {SERVICE_RANGE}")
    if wanted in taken:
        detail = f"failed to allocate IP {wanted}: provided IP is already allocated"
        raise service_refusal(service, "clusterIPs", [wanted], detail)
    return str(wanted)


def allocate_node_ports(service: Draft, around: Surroundings, but: str = "") -> None:
    """Give every port of a Service its node port; what the Service with the uid `but` has counts as free.

    Ports of one number share a node port, whatever their protocols.

    Raises:
        ApiError: 422, a wanted one cannot be had.
    Source: pkg/registry/core/service/storage/alloc.go, initNodePorts.
    """
    ports = service["spec"].get("ports") or ()
    # As on the real server, a dry run compares the ports with each other only.
    taken = set() if around.dry else _taken_ports(around, but)
    given: dict[int, int] = {}
    for index, port in enumerate(ports):
        number = port.get("port", 0)
        wanted = port.get("nodePort", 0) or _wanted_by_another(ports, number)
        if number in given and wanted in (0, given[number]):
            port["nodePort"] = given[number]
            continue
        port["nodePort"] = _one_port(service, index, wanted, taken, around)
        taken.add(port["nodePort"])
        given.setdefault(number, port["nodePort"])


def _wanted_by_another(ports: Sequence[Object], number: int) -> int:
    return next((int(port["nodePort"]) for port in ports if port.get("port") == number and port.get("nodePort")), 0)


def free_node_port(around: Surroundings) -> int:
    """Return a node port that nobody has."""
    used = {str(number) for number in _taken_ports(around, "")}
    return int(_free(around.chance, _STATIC_PORTS, len(NODE_PORTS), _node_port, used))


def _one_port(service: Draft, index: int, wanted: int, taken: set[int], around: Surroundings) -> int:
    if not wanted:
        used = {str(number) for number in taken}
        return int(_free(around.chance, _STATIC_PORTS, len(NODE_PORTS), _node_port, used))
    field, detail = f"ports[{index}].nodePort", ""
    if wanted not in NODE_PORTS and not around.dry:
        bounds = f"{NODE_PORTS[0]}-{NODE_PORTS[-1]}"
        detail = f"provided port is not in the valid range. The range of valid ports is {bounds}"
    elif wanted in taken:
        detail = "provided port is already allocated"
    if detail:
        raise service_refusal(service, field, wanted, detail)
    return wanted


def _node_port(offset: int) -> str:
    return str(NODE_PORTS[offset])


def _free(chance: Chance, reserved: int, size: int, spelled: Callable[[int], str], taken: set[str]) -> str:
    """Return a free value: a drawn one of the upper part, else the next free one, the reserved part last."""
    start, span = chance.below(size - reserved), size - reserved
    for step in range(span):
        if (found := spelled(reserved + (start + step) % span)) not in taken:
            return found
    return next(found for offset in range(reserved) if (found := spelled(offset)) not in taken)

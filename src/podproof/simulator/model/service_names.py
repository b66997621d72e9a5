"""The names that the cluster's DNS has for a Service and for its endpoints.

Source: Kubernetes DNS-Based Service Discovery 1.1.0; coredns plugin/kubernetes/kubernetes.go, findServices,
endpointHostname, serviceRecordForIP; plugin/backend_lookup.go, SRV.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from podproof.simulator.model.dns_records import CLUSTER_DOMAIN, Record, address_record
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.services import has_address

_NO_PORT = -1


class Item(NamedTuple):
    """One place a name leads to: an address, the port's number, name and protocol, and the name of its own."""

    address: str
    port: int
    port_name: str
    protocol: str
    name: str


def service_name(service: Object) -> str:
    """Return the full name of a Service."""
    meta = service["metadata"]
    return f"{meta['name']}.{meta.get('namespace', 'default')}.svc.{CLUSTER_DOMAIN}"


def endpoint_label(endpoint: Object, address: str) -> str:
    """Return what an endpoint is called below its Service: its hostname, or its address with dashes."""
    return str(endpoint.get("hostname") or dashed(address))


def dashed(address: str) -> str:
    """Return an address as a name may hold it."""
    return address.replace(".", "-").replace(":", "-")


def items(service: Object, slices: Iterable[Object], endpoint: str = "") -> list[Item]:
    """Return where a Service's name leads; with `endpoint`, where that endpoint's does.

    A headless Service leads to each endpoint that is ready, any other to its cluster addresses.
    """
    spec = service["spec"]
    if spec.get("type") == "ExternalName":
        return []
    if endpoint or spec.get("clusterIP") == "None":
        found = _of_endpoints(service_name(service), slices)
        return [each for label, each in found if endpoint in ("", label)]
    if not has_address(service):
        return []
    name = service_name(service)
    return [
        Item(address, row["port"], row.get("name", ""), row.get("protocol", "TCP"), name)
        for row in spec.get("ports") or ()
        for address in spec.get("clusterIPs") or (spec["clusterIP"],)
    ]


def named_port(found: Iterable[Item], port: str, protocol: str) -> list[Item]:
    """Return the items of one port, as a name of the form _port._protocol asks for it."""
    return [each for each in found if each.port_name == port and each.protocol.lower() == protocol.lower()]


def addresses(name: str, found: Sequence[Item], kind: str) -> tuple[Record, ...]:
    """Return the A or AAAA records a name has, each address once."""
    rows = (address_record(name, each.address) for each in found)
    return tuple(dict.fromkeys(row for row in rows if row.type == kind))


def locations(name: str, found: Sequence[Item]) -> tuple[Record, ...]:
    """Return the SRV records a name has: priority, weight, port, target."""
    weight = max(100 // len(found), 1) if found else 0
    rows = (Record(name, "SRV", f"0 {weight} {each.port} {each.name}") for each in found if each.port != _NO_PORT)
    return tuple(dict.fromkeys(rows))


def pointers(address: str, service: Object, slices: Iterable[Object]) -> Iterator[str]:
    """Yield the names an address has because of a Service: the Service's own, or its endpoint's."""
    spec = service["spec"]
    if address in (spec.get("clusterIPs") or (spec.get("clusterIP"),)):
        yield service_name(service)
        return
    for each in slices:
        for endpoint in each.get("endpoints") or ():
            if address in endpoint["addresses"]:
                yield f"{endpoint_label(endpoint, address)}.{service_name(service)}"
                return


def _of_endpoints(name: str, slices: Iterable[Object]) -> Iterator[tuple[str, Item]]:
    for each in slices:
        ports: Sequence[Object] = each.get("ports") or ({},)
        for endpoint in each.get("endpoints") or ():
            if at(endpoint, "conditions", "ready") is False:
                continue
            for address in endpoint["addresses"]:
                label = endpoint_label(endpoint, address)
                for row in ports:
                    yield label, _item(row, address, f"{label}.{name}")


def _item(port: Object, address: str, name: str) -> Item:
    given = port.get("port")
    number = _NO_PORT if given is None else given
    return Item(address, number, port.get("name") or "", port.get("protocol", "TCP"), name)

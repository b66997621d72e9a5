"""Checks of Endpoints and EndpointSlices.

Source: pkg/apis/core/validation/validation.go, ValidateEndpoints; pkg/apis/discovery/validation/validation.go.
"""

from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, duplicate, invalid, required, too_many, unsupported
from podproof.simulator.api.validation.addresses import (
    address_faults,
    parsed_address,
    special_address_faults,
)
from podproof.simulator.api.validation.containers import PROTOCOLS
from podproof.simulator.api.validation.metadata import IMMUTABLE, label_faults, one_of
from podproof.simulator.api.validation.scalars import named, qualified_name_faults
from podproof.simulator.model.names import dns_label, dns_subdomain, label_value, port_number
from podproof.simulator.model.objects import Object

_FAMILIES = ("FQDN", "IPv4", "IPv6")
_MOST_ENDPOINTS, _MOST_ADDRESSES, _MOST_PORTS, _MOST_LABELS, _MOST_HINTS = 1000, 100, 20000, 16, 8


def endpoints_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with an Endpoints object, besides its metadata."""
    for index, subset in enumerate(item.get("subsets") or ()):
        field, ports = f"subsets[{index}]", subset.get("ports") or ()
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            yield required(field, "must specify `addresses` or `notReadyAddresses`")
        for kind in ("addresses", "notReadyAddresses"):
            for place, address in enumerate(subset.get(kind) or ()):
                yield from _subset_address_faults(address, f"{field}.{kind}[{place}]")
        for place, port in enumerate(ports):
            yield from _subset_port_faults(port, f"{field}.ports[{place}]", alone=len(ports) == 1)


def _subset_address_faults(address: Object, field: str) -> Iterator[Fault]:
    text = address.get("ip", "")
    yield from address_faults(text, f"{field}.ip")
    if address.get("hostname"):
        yield from named(address["hostname"], dns_label, f"{field}.hostname")
    if "nodeName" in address:
        yield from named(address["nodeName"], dns_subdomain, f"{field}.nodeName")
    if parsed_address(text) is None:
        yield invalid(f"{field}.ip", text, "must be a valid IP address")
    yield from special_address_faults(text, f"{field}.ip")


def _subset_port_faults(port: Object, field: str, *, alone: bool) -> Iterator[Fault]:
    name, number = port.get("name", ""), port.get("port", 0)
    if name:
        yield from named(name, dns_label, f"{field}.name")
    elif not alone:
        yield required(f"{field}.name")
    for detail in port_number(number):
        yield invalid(f"{field}.port", number, detail)
    yield from one_of(port.get("protocol", ""), PROTOCOLS, f"{field}.protocol")
    if "appProtocol" in port:
        yield from qualified_name_faults(port["appProtocol"], f"{field}.appProtocol")


def slice_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with an EndpointSlice, besides its metadata."""
    family = item.get("addressType", "")
    yield from one_of(family, _FAMILIES, "addressType")
    endpoints = item.get("endpoints") or ()
    if len(endpoints) > _MOST_ENDPOINTS:
        yield too_many("endpoints", len(endpoints), _MOST_ENDPOINTS)
    else:
        for index, endpoint in enumerate(endpoints):
            yield from _endpoint_faults(endpoint, family, f"endpoints[{index}]")
    yield from _slice_port_faults(item.get("ports") or (), "ports")


def slice_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with an EndpointSlice that replaces another: its family stays."""
    yield from slice_faults(item)
    if item.get("addressType") != old.get("addressType"):
        yield invalid("addressType", item.get("addressType", ""), IMMUTABLE)


def _endpoint_faults(endpoint: Object, family: str, field: str) -> Iterator[Fault]:
    addresses = endpoint.get("addresses") or ()
    if not addresses:
        yield required(f"{field}.addresses", "must contain at least 1 address")
    elif len(addresses) > _MOST_ADDRESSES:
        yield too_many(f"{field}.addresses", len(addresses), _MOST_ADDRESSES)
    for index, address in enumerate(addresses):
        yield from _address_faults(address, family, f"{field}.addresses[{index}]")
    if "nodeName" in endpoint:
        yield from named(endpoint["nodeName"], dns_subdomain, f"{field}.nodeName")
    labels = endpoint.get("deprecatedTopology") or {}
    if len(labels) > _MOST_LABELS:
        yield too_many(f"{field}.deprecatedTopology", len(labels), _MOST_LABELS)
    yield from label_faults(labels, f"{field}.deprecatedTopology")
    if "hostname" in endpoint:
        yield from named(endpoint["hostname"], dns_label, f"{field}.hostname")
    yield from _hint_faults((endpoint.get("hints") or {}).get("forZones") or (), f"{field}.hints.forZones")


def _address_faults(address: str, family: str, field: str) -> Iterator[Fault]:
    if family == "FQDN":
        yield from _domain_faults(address, field)
        return
    if family not in _FAMILIES:
        return
    wrong = list(address_faults(address, field))
    yield from wrong
    found = parsed_address(address)
    if found is None:
        return
    if f"IPv{found.version}" != family:
        yield invalid(field, address, f"must be an {family} address")
    yield from special_address_faults(address, field)


def _domain_faults(name: str, field: str) -> Iterator[Fault]:
    bare = name.removesuffix(".")
    if not bare:
        yield required(field)
    elif wrong := dns_subdomain(bare):
        yield invalid(field, bare, ", ".join(wrong))
    elif "." not in bare:
        yield invalid(field, bare, "should be a domain with at least two segments separated by dots")


def _slice_port_faults(ports: Sequence[Object], field: str) -> Iterator[Fault]:
    if len(ports) > _MOST_PORTS:
        yield too_many(field, len(ports), _MOST_PORTS)
        return
    names: set[str] = set()
    for index, port in enumerate(ports):
        place, name, protocol = f"{field}[{index}]", port.get("name", ""), port.get("protocol")
        if name:
            yield from named(name, dns_label, f"{place}.name")
        if name in names:
            yield duplicate(f"{place}.name", name)
        names.add(name)
        if protocol is None:
            yield required(f"{place}.protocol")
        elif protocol not in PROTOCOLS:
            yield unsupported(f"{place}.protocol", protocol, PROTOCOLS)
        if "appProtocol" in port:
            yield from qualified_name_faults(port["appProtocol"], f"{place}.appProtocol")


def _hint_faults(zones: Sequence[Object], field: str) -> Iterator[Fault]:
    if len(zones) > _MOST_HINTS:
        yield too_many(field, len(zones), _MOST_HINTS)
        return
    seen: set[str] = set()
    for index, zone in enumerate(zones):
        name = zone.get("name", "")
        if name in seen:
            yield duplicate(f"{field}[{index}].name", name)
        seen.add(name)
        yield from named(name, label_value, f"{field}[{index}].name")

"""Checks of Services.

Source: pkg/apis/core/validation/validation.go, ValidateService, ValidateServiceUpdate.
"""

from collections.abc import Iterator

from podproof.simulator.api.faults import Fault, duplicate, forbidden, invalid, required, unsupported
from podproof.simulator.api.validation.addresses import (
    address_faults,
    range_faults,
    special_address_faults,
)
from podproof.simulator.api.validation.containers import PROTOCOLS
from podproof.simulator.api.validation.metadata import label_faults, one_of
from podproof.simulator.api.validation.probes import port_reference_faults
from podproof.simulator.api.validation.service_addresses import (
    address_update_faults,
    cluster_address_faults,
    family_update_faults,
    is_headless,
)
from podproof.simulator.model.names import dns_label, dns_subdomain, port_number, qualified_name
from podproof.simulator.model.objects import Object

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_POLICIES = ("Cluster", "Local")
_DISTRIBUTIONS = ("PreferClose", "PreferSameNode", "PreferSameZone")
_LONGEST_AFFINITY = 86400
_HINTS, _MODE = "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_ONLY_BALANCERS = "may only be used when `type` is 'LoadBalancer'"


def service_faults(service: Object) -> Iterator[Fault]:
    """Yield what is wrong with a Service, besides its metadata."""
    spec, kind = service["spec"], service["spec"].get("type", "")
    annotations, ports = service["metadata"].get("annotations") or {}, spec.get("ports") or ()
    if _HINTS in annotations and annotations.get(_MODE, annotations[_HINTS]) != annotations[_HINTS]:
        detail = f"must match annotations[{_HINTS}] when both are specified"
        yield invalid(f"metadata.annotations[{_MODE}]", annotations[_MODE], detail)
    if not ports and not is_headless(spec) and kind != "ExternalName":
        yield required("spec.ports")
    yield from _type_faults(spec, kind)
    yield from _port_faults(spec)
    yield from label_faults(spec.get("selector"), "spec.selector")
    yield from _affinity_faults(spec)
    yield from cluster_address_faults(spec)
    for index, address in enumerate(spec.get("externalIPs") or ()):
        yield from address_faults(address, f"spec.externalIPs[{index}]")
        yield from special_address_faults(address, f"spec.externalIPs[{index}]")
    yield from one_of(kind, _TYPES, "spec.type")
    yield from _number_faults(spec, kind)
    yield from _balancer_faults(spec, kind, annotations)
    yield from _traffic_faults(spec, kind)


def service_update_faults(service: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with a Service that replaces another."""
    spec, known = service["spec"], old["spec"]
    yield from address_update_faults(spec, known)
    yield from family_update_faults(spec, known)
    balanced = spec.get("type") == known.get("type") == "LoadBalancer"
    if balanced and spec.get("loadBalancerClass") != known.get("loadBalancerClass"):
        yield invalid("spec.loadBalancerClass", spec.get("loadBalancerClass"), "may not change once set")
    yield from _class_faults(spec)
    checked = is_health_checked(spec) and is_health_checked(known)
    if checked and spec.get("healthCheckNodePort") != known.get("healthCheckNodePort"):
        yield forbidden("spec.healthCheckNodePort", "field is immutable")
    yield from service_faults(service)


def _type_faults(spec: Object, kind: str) -> Iterator[Fault]:
    if kind in ("LoadBalancer", "NodePort") and is_headless(spec):
        yield invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")
    if kind != "ExternalName":
        return
    for key in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec.get(key):
            yield forbidden(f"spec.{key}", "may not be set for ExternalName services")
    name = spec.get("externalName", "").removesuffix(".")
    if not name:
        yield required("spec.externalName")
    else:
        for detail in dns_subdomain(name):
            yield invalid("spec.externalName", name, detail)


def _port_faults(spec: Object) -> Iterator[Fault]:
    ports, names = spec.get("ports") or (), set[str]()
    for index, port in enumerate(ports):
        field, name = f"spec.ports[{index}]", port.get("name", "")
        if not name and len(ports) > 1:
            yield required(f"{field}.name")
        elif name:
            for detail in dns_label(name):
                yield invalid(f"{field}.name", name, detail)
            if name in names:
                yield duplicate(f"{field}.name", name)
            names.add(name)
        for detail in port_number(port.get("port", 0)):
            yield invalid(f"{field}.port", port.get("port", 0), detail)
        yield from one_of(port.get("protocol", ""), PROTOCOLS, f"{field}.protocol")
        yield from port_reference_faults(port.get("targetPort", 0), f"{field}.targetPort")
        if "appProtocol" in port:
            for detail in qualified_name(port["appProtocol"]):
                yield invalid(f"{field}.appProtocol", port["appProtocol"], detail)


def _affinity_faults(spec: Object) -> Iterator[Fault]:
    field = "spec.sessionAffinityConfig"
    kind, config = spec.get("sessionAffinity", ""), spec.get("sessionAffinityConfig")
    yield from one_of(kind, ("ClientIP", "None"), "spec.sessionAffinity")
    if kind == "None" and config is not None:
        yield forbidden(field, "must not be set when session affinity is None")
    if kind != "ClientIP":
        return
    detail = "when session affinity type is ClientIP"
    if config is None:
        yield required(field, detail)
    elif "clientIP" not in config:
        yield required(f"{field}.clientIP", detail)
    elif (span := config["clientIP"].get("timeoutSeconds")) is None:
        yield required(f"{field}.clientIP.timeoutSeconds", detail)
    elif not 0 < span <= _LONGEST_AFFINITY:
        bound = f"must be greater than 0 and less than {_LONGEST_AFFINITY}"
        yield invalid(f"{field}.clientIP.timeoutSeconds", span, bound)


def _number_faults(spec: Object, kind: str) -> Iterator[Fault]:
    """Yield a fault for each port number that may not be there, or is there twice."""
    ports = spec.get("ports") or ()
    for index, port in enumerate(ports):
        if kind == "ClusterIP" and port.get("nodePort"):
            yield forbidden(f"spec.ports[{index}].nodePort", "may not be used when `type` is 'ClusterIP'")
    taken: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", ""), port.get("nodePort", 0))
        if key[1] and key in taken:
            yield duplicate(f"spec.ports[{index}].nodePort", key[1])
        taken.add(key)
    used: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", ""), port.get("port", 0))
        if key in used:
            yield duplicate(f"spec.ports[{index}]", _shown(*key))
        used.add(key)


def _shown(protocol: str, port: int) -> dict[str, object]:
    """Return a port as the real server prints the doubled part of it."""
    return {
        "Name": "",
        "Protocol": protocol,
        "AppProtocol": None,
        "Port": port,
        "TargetPort": 0,
        "NodePort": 0,
    }


def _balancer_faults(spec: Object, kind: str, annotations: Object) -> Iterator[Fault]:
    yield from _range_faults(spec, kind, annotations)
    if "allocateLoadBalancerNodePorts" in spec and kind != "LoadBalancer":
        yield forbidden("spec.allocateLoadBalancerNodePorts", _ONLY_BALANCERS)
    yield from _class_faults(spec)


def _class_faults(spec: Object) -> Iterator[Fault]:
    """Yield what is wrong with the class of load balancer; the real server says so twice when it judges an update."""
    wanted = spec.get("loadBalancerClass")
    if wanted is not None and spec.get("type") != "LoadBalancer":
        yield forbidden("spec.loadBalancerClass", _ONLY_BALANCERS)
    elif wanted is not None:
        for detail in qualified_name(wanted):
            yield invalid("spec.loadBalancerClass", wanted, detail)


def _range_faults(spec: Object, kind: str, annotations: Object) -> Iterator[Fault]:
    """Yield what is wrong with the addresses a load balancer lets in: the field's, else the annotation's."""
    ranges, stated = spec.get("loadBalancerSourceRanges") or (), annotations.get(_RANGES)
    field = "spec.LoadBalancerSourceRanges" if ranges else f"metadata.annotations[{_RANGES}]"
    if (ranges or stated is not None) and kind != "LoadBalancer":
        yield forbidden(field, _ONLY_BALANCERS)
    for index, each in enumerate(ranges):
        yield from range_faults(each.strip(), f"{field}[{index}]")
    if not ranges and stated and stated.strip():
        for each in stated.strip().split(","):
            yield from range_faults(each.strip(), field)


def _accessible(spec: Object) -> bool:
    kind = spec.get("type")
    return kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))


def is_health_checked(spec: Object) -> bool:
    """Say whether a balancer asks each node for its health.

    Source: pkg/api/service/util.go, NeedsHealthCheck.
    """
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _traffic_faults(spec: Object, kind: str) -> Iterator[Fault]:
    external, port = spec.get("externalTrafficPolicy", ""), spec.get("healthCheckNodePort", 0)
    if _accessible(spec):
        yield from one_of(external, _POLICIES, "spec.externalTrafficPolicy")
    elif external:
        yield invalid("spec.externalTrafficPolicy", external, "may only be set for externally-accessible services")
    if port and not is_health_checked(spec):
        detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        yield invalid("spec.healthCheckNodePort", port, detail)
    elif is_health_checked(spec) and not port:
        yield required("spec.healthCheckNodePort")
    elif port:
        for detail in port_number(port):
            yield invalid("spec.healthCheckNodePort", port, detail)
    internal = spec.get("internalTrafficPolicy")
    if internal is not None and internal not in _POLICIES:
        yield unsupported("spec.internalTrafficPolicy", internal, _POLICIES)
    distribution = spec.get("trafficDistribution")
    if distribution is not None and distribution not in _DISTRIBUTIONS:
        yield unsupported("spec.trafficDistribution", distribution, _DISTRIBUTIONS)

"""Checks of Ingresses, IngressClasses and NetworkPolicies.

Source: pkg/apis/networking/validation/validation.go.
"""

import ipaddress
from collections.abc import Iterator, Sequence

from podproof.simulator.api.faults import Fault, forbidden, invalid, required, too_long, unsupported
from podproof.simulator.api.validation.addresses import parsed_address, range_faults
from podproof.simulator.api.validation.metadata import IMMUTABLE
from podproof.simulator.api.validation.scalars import domain_path_faults, named, required_name
from podproof.simulator.api.validation.selectors import selector_faults
from podproof.simulator.model.names import (
    dns_label,
    dns_subdomain,
    path_segment,
    port_name,
    port_number,
    wildcard_subdomain,
)
from podproof.simulator.model.objects import Object

_CLASS_NOTE = "kubernetes.io/ingress.class"
_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_UNWANTED_PARTS = ("//", "/./", "/../", "%2f", "%2F")
_UNWANTED_ENDS = ("/..", "/.")
_LONGEST_CONTROLLER = 250
_SCOPES = ("Cluster", "Namespace")
_PROTOCOLS = ("TCP", "UDP", "SCTP")
_DIRECTIONS = ("Ingress", "Egress")


def ingress_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a new Ingress, besides its metadata."""
    yield from _ingress_spec_faults(item.get("spec") or {})
    notes = item["metadata"].get("annotations") or {}
    if _CLASS_NOTE in notes and "ingressClassName" in (item.get("spec") or {}):
        detail = "can not be set when the class field is also set"
        yield invalid(f"annotations.{_CLASS_NOTE}", notes[_CLASS_NOTE], detail)


def ingress_update_faults(item: Object, _: Object) -> Iterator[Fault]:
    """Yield what is wrong with an Ingress that replaces another."""
    yield from _ingress_spec_faults(item.get("spec") or {})


def _ingress_spec_faults(spec: Object) -> Iterator[Fault]:
    rules = spec.get("rules") or ()
    if not rules and "defaultBackend" not in spec:
        yield invalid("spec", None, "either `defaultBackend` or `rules` must be specified")
    if "defaultBackend" in spec:
        yield from _backend_faults(spec["defaultBackend"], "spec.defaultBackend")
    for index, rule in enumerate(rules):
        yield from _host_faults(rule.get("host", ""), f"spec.rules[{index}].host")
        if "http" in rule:
            yield from _path_list_faults(rule["http"].get("paths") or (), f"spec.rules[{index}].http.paths")
    for index, entry in enumerate(spec.get("tls") or ()):
        for place, host in enumerate(entry.get("hosts") or ()):
            yield from _dns_name_faults(host, f"spec.tls[{index}].hosts[{place}]")
        if secret := entry.get("secretName"):
            yield from named(secret, dns_subdomain, f"spec.tls[{index}].secretName")
    if "ingressClassName" in spec:
        yield from named(spec["ingressClassName"], dns_subdomain, "spec.ingressClassName")


def _host_faults(host: str, field: str) -> Iterator[Fault]:
    if not host:
        return
    if parsed_address(host) is not None:
        yield invalid(field, host, "must be a DNS name, not an IP address")
    yield from _dns_name_faults(host, field)


def _dns_name_faults(host: str, field: str) -> Iterator[Fault]:
    yield from named(host, wildcard_subdomain if "*" in host else dns_subdomain, field)


def _path_list_faults(paths: Sequence[Object], field: str) -> Iterator[Fault]:
    if not paths:
        yield required(field)
    for index, entry in enumerate(paths):
        yield from _path_faults(entry, f"{field}[{index}]")


def _path_faults(entry: Object, field: str) -> Iterator[Fault]:
    kind, path = entry.get("pathType"), entry.get("path", "")
    if kind is None:
        yield required(f"{field}.pathType", "pathType must be specified")
        return
    if kind not in _PATH_TYPES:
        yield unsupported(f"{field}.pathType", kind, _PATH_TYPES)
    elif not path.startswith("/") and (path or kind != "ImplementationSpecific"):
        yield invalid(f"{field}.path", path, "must be an absolute path")
    if kind in ("Exact", "Prefix"):
        for part in _UNWANTED_PARTS:
            if part in path:
                yield invalid(f"{field}.path", path, f"must not contain '{part}'")
        for end in _UNWANTED_ENDS:
            if path.endswith(end):
                yield invalid(f"{field}.path", path, f"cannot end with '{end}'")
    yield from _backend_faults(entry.get("backend") or {}, f"{field}.backend")


def _backend_faults(backend: Object, field: str) -> Iterator[Fault]:
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        yield invalid(field, "", "cannot set both resource and service backends")
    elif resource is not None:
        yield from _reference_faults(resource, f"{field}.resource")
    elif service is not None:
        yield from required_name(service.get("name", ""), dns_label, f"{field}.service.name")
        yield from _backend_port_faults(service.get("port") or {}, field)
    else:
        yield invalid(field, "", "resource or service backend is required")


def _backend_port_faults(port: Object, field: str) -> Iterator[Fault]:
    name, number = port.get("name", ""), port.get("number", 0)
    if name and number:
        yield invalid(field, "", "cannot set both port name & port number")
    elif name:
        yield from named(name, port_name, f"{field}.service.port.name")
    elif number:
        for detail in port_number(number):
            yield invalid(f"{field}.service.port.number", number, detail)
    else:
        yield required(field, "port name or number is required")


def _reference_faults(reference: Object, field: str) -> Iterator[Fault]:
    if reference.get("apiGroup") is not None:
        yield from named(reference["apiGroup"], dns_subdomain, f"{field}.apiGroup")
    for key in ("kind", "name"):
        if not reference.get(key):
            yield required(f"{field}.{key}", f"{key} is required")
        else:
            yield from named(reference[key], path_segment, f"{field}.{key}")


def ingress_class_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with an IngressClass, besides its metadata."""
    spec = item.get("spec") or {}
    controller = spec.get("controller", "")
    if len(controller) > _LONGEST_CONTROLLER:
        yield too_long("spec.controller", _LONGEST_CONTROLLER)
    yield from domain_path_faults(controller, "spec.controller")
    if "parameters" in spec:
        yield from _reference_faults(spec["parameters"], "spec.parameters")
        yield from _scope_faults(spec["parameters"], "spec.parameters")


def _scope_faults(parameters: Object, field: str) -> Iterator[Fault]:
    scope, space = parameters.get("scope"), parameters.get("namespace")
    if scope is None:
        yield required(f"{field}.scope")
    elif scope not in _SCOPES:
        yield unsupported(f"{field}.scope", scope, _SCOPES)
    elif scope == "Cluster":
        if space is not None:
            yield forbidden(f"{field}.namespace", "`parameters.scope` is set to 'Cluster'")
    elif space is None:
        yield required(f"{field}.namespace", "`parameters.scope` is set to 'Namespace'")
    else:
        yield from named(space, dns_label, f"{field}.namespace")


def ingress_class_update_faults(item: Object, old: Object) -> Iterator[Fault]:
    """Yield what is wrong with an IngressClass that replaces another: its controller stays."""
    new, known = ((each.get("spec") or {}).get("controller", "") for each in (item, old))
    if new != known:
        yield invalid("spec.controller", new, IMMUTABLE)
    yield from ingress_class_faults(item)


def policy_faults(item: Object) -> Iterator[Fault]:
    """Yield what is wrong with a NetworkPolicy, besides its metadata."""
    spec = item.get("spec") or {}
    yield from selector_faults(spec.get("podSelector"), "spec.podSelector")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction) or ()):
            field = f"spec.{direction}[{index}]"
            for place, port in enumerate(rule.get("ports") or ()):
                yield from _policy_port_faults(port, f"{field}.ports[{place}]")
            for place, peer in enumerate(rule.get(peers) or ()):
                yield from _peer_faults(peer, f"{field}.{peers}[{place}]")
    kinds = list(spec.get("policyTypes") or ())
    if len(kinds) > len(_DIRECTIONS):
        yield invalid("spec.policyTypes", kinds, "may not specify more than two policyTypes")
        return
    for index, kind in enumerate(kinds):
        if kind not in _DIRECTIONS:
            yield unsupported(f"spec.policyTypes[{index}]", kind, _DIRECTIONS)


def _policy_port_faults(rule: Object, field: str) -> Iterator[Fault]:
    protocol, port, end = rule.get("protocol"), rule.get("port"), rule.get("endPort")
    if protocol is not None and protocol not in _PROTOCOLS:
        yield unsupported(f"{field}.protocol", protocol, _PROTOCOLS)
    if isinstance(port, int):
        for detail in port_number(port):
            yield invalid(f"{field}.port", port, detail)
        if end is not None:
            if end < port:
                # The real server shows the first port as the bad one.
                yield invalid(f"{field}.endPort", port, "must be greater than or equal to `port`")
            for detail in port_number(end):
                yield invalid(f"{field}.endPort", end, detail)
        return
    if end is not None:
        what = "not specified" if port is None else "non-numeric"
        yield invalid(f"{field}.endPort", end, f"may not be specified when `port` is {what}")
    if port is not None:
        yield from named(port, port_name, f"{field}.port")


def _peer_faults(peer: Object, field: str) -> Iterator[Fault]:
    selectors = [key for key in ("podSelector", "namespaceSelector") if key in peer]
    for key in selectors:
        yield from selector_faults(peer[key], f"{field}.{key}")
    if "ipBlock" in peer:
        yield from _block_faults(peer["ipBlock"], f"{field}.ipBlock")
        if selectors:
            yield forbidden(field, "may not specify both ipBlock and another peer")
    elif not selectors:
        yield required(field, "must specify a peer")


def _block_faults(block: Object, field: str) -> Iterator[Fault]:
    text = block.get("cidr", "")
    if not text:
        yield required(f"{field}.cidr")
        return
    wrong = list(range_faults(text, f"{field}.cidr"))
    yield from wrong
    for index, except_text in enumerate(block.get("except") or ()):
        place = f"{field}.except[{index}]"
        faults = list(range_faults(except_text, place))
        yield from faults
        if not wrong and not faults and not _is_within(except_text, text):
            yield invalid(place, except_text, "must be a strict subset of `cidr`")


def _is_within(inner: str, outer: str) -> bool:
    one, other = (ipaddress.ip_network(text, strict=False) for text in (inner, outer))
    return (
        one.version == other.version
        and one.prefixlen > other.prefixlen
        and ipaddress.ip_address(inner.partition("/")[0]) in other
    )

"""What `kubectl describe` says of network policies, classes of ingresses and the storage drivers of a node.

Source: staging/src/k8s.io/kubectl/pkg/describe/describe.go, describeNetworkPolicy, describeIngressClassV1,
describeCSINode, describeVolumeAttributesClass.
"""

from collections.abc import Sequence

from podproof.simulator.model.describe_parts import Around, Lines, created, names, notes
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.selectors import printed
from podproof.simulator.model.table_cells import NONE
from podproof.simulator.model.times import moment, plain_date

_INDENT = "    "


def network_policy(item: Object, around: Around) -> Lines:
    """Yield what is said of a NetworkPolicy."""
    spec, made = item.get("spec") or {}, item["metadata"].get("creationTimestamp")
    chosen, types = printed(spec.get("podSelector") or {}), spec.get("policyTypes") or ()
    yield from names(item)
    yield f"Created on:\t{plain_date(moment(made)) if made else '<nil>'}"
    yield from notes(item)
    yield "Spec:"
    whom = chosen if chosen != NONE else "<none> (Allowing the specific traffic to all pods in this namespace)"
    yield f"  PodSelector:     {whom}"
    yield from _direction("ingress", "From", "source", spec.get("ingress") or (), "Ingress" in types)
    yield from _direction("egress", "To", "destination", spec.get("egress") or (), "Egress" in types)
    yield f"  Policy Types: {', '.join(types) or NONE}"


def _direction(way: str, label: str, end: str, rules: Sequence[Object], enabled: bool) -> Lines:
    if not enabled:
        yield f"  Not affecting {way} traffic"
        return
    yield f"  Allowing {way} traffic:"
    if not rules:
        yield f"{_INDENT}<none> (Selected pods are isolated for {way} connectivity)"
    for index, rule in enumerate(rules):
        yield from _ports(rule.get("ports") or ())
        peers = rule.get(label.lower()) or ()
        if not peers:
            yield f"{_INDENT}{label}: <any> (traffic not restricted by {end})"
        for peer in peers:
            yield f"{_INDENT}{label}:"
            yield from _peer(peer)
        if index < len(rules) - 1:
            yield f"{_INDENT}----------"


def _ports(ports: Sequence[Object]) -> Lines:
    if not ports:
        yield f"{_INDENT}To Port: <any> (traffic allowed to all ports)"
    for port in ports:
        number, protocol = port.get("port", "<nil>"), port.get("protocol", "TCP")
        if "endPort" in port:
            yield f"{_INDENT}To Port Range: {number}-{port['endPort']}/{protocol}"
        else:
            yield f"{_INDENT}To Port: {number}/{protocol}"


def _peer(peer: Object) -> Lines:
    chosen = [key for key in ("namespaceSelector", "podSelector") if peer.get(key) is not None]
    for key in chosen:
        yield f"  {_INDENT}{key[0].upper()}{key[1:]}: {printed(peer[key])}"
    block = peer.get("ipBlock")
    if block is not None and not chosen:
        yield f"  {_INDENT}IPBlock:"
        yield f"    {_INDENT}CIDR: {block.get('cidr', '')}"
        yield f"    {_INDENT}Except: {', '.join(block.get('except') or ())}"


def ingress_class(item: Object, around: Around) -> Lines:
    """Yield what is said of an IngressClass."""
    yield f"Name:\t{item['metadata']['name']}"
    yield from notes(item)
    yield f"Controller:\t{at(item, 'spec', 'controller') or ''}"
    meant = at(item, "spec", "parameters")
    if meant is not None:
        yield "Parameters:"
        if "apiGroup" in meant:
            yield f"  APIGroup:\t{meant['apiGroup']}"
        yield f"  Kind:\t{meant.get('kind', '')}"
        yield f"  Name:\t{meant.get('name', '')}"


def csi_node(item: Object, around: Around) -> Lines:
    """Yield what is said of a CSINode."""
    yield f"Name:\t{item['metadata']['name']}"
    yield from notes(item)
    yield from created(item)
    yield "Spec:"
    drivers = at(item, "spec", "drivers") or ()
    if drivers:
        yield "  Drivers:"
    for driver in drivers:
        yield f"    {driver.get('name', '')}:"
        yield f"      Node ID:\t{driver.get('nodeID', '')}"
        if (count := at(driver, "allocatable", "count")) is not None:
            yield "      Allocatables:"
            yield f"        Count:\t{count}"
        if "topologyKeys" in driver:
            yield f"      Topology Keys:\t[{' '.join(driver['topologyKeys'] or ())}]"


def volume_attributes_class(item: Object, around: Around) -> Lines:
    """Yield what is said of a VolumeAttributesClass."""
    yield f"Name:\t{item['metadata']['name']}"
    yield f"Annotations:\t{_pairs(item['metadata'].get('annotations') or {})}"
    yield f"DriverName:\t{item.get('driverName', '')}"
    yield f"Parameters:\t{_pairs(item.get('parameters') or {})}"


def _pairs(found: Object) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(found.items())) or NONE

"""The rules of Services.

Source: pkg/apis/core/v1/defaults.go, SetDefaults_Service; pkg/registry/core/service/strategy.go, storage/alloc.go.
"""

from collections.abc import Iterator
from typing import Any

from podproof.simulator.api.faults import Fault, invalid
from podproof.simulator.api.kinds.allocation import allocate_address, allocate_node_ports, free_node_port
from podproof.simulator.api.kinds.refusals import refuse
from podproof.simulator.api.rules import Draft, Rules, Surroundings
from podproof.simulator.api.validation.service_addresses import HEADLESS, cluster_address_faults, family_of
from podproof.simulator.api.validation.services import is_health_checked, service_faults, service_update_faults
from podproof.simulator.model.objects import Object

FAMILY = "IPv4"
"""The one address family of the cluster."""
_CLIENT_IP_SECONDS = 10800
_ACCESSIBLE = ("NodePort", "LoadBalancer")


def _default(service: Draft) -> None:
    spec: Draft = service.setdefault("spec", {})
    spec.setdefault("sessionAffinity", "None")
    kind = spec.setdefault("type", "ClusterIP")
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    if spec["sessionAffinity"] == "ClientIP":
        config = spec.setdefault("sessionAffinityConfig", {}).setdefault("clientIP", {})
        config.setdefault("timeoutSeconds", _CLIENT_IP_SECONDS)
    for port in spec.get("ports") or ():
        port.setdefault("protocol", "TCP")
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port.get("port", 0)
    if kind in _ACCESSIBLE or (kind == "ClusterIP" and spec.get("externalIPs")):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if kind in (*_ACCESSIBLE, "ClusterIP"):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
        for point in service.get("status", {}).get("loadBalancer", {}).get("ingress") or ():
            if point.get("ip"):
                point.setdefault("ipMode", "VIP")


def _begin(service: Draft) -> None:
    """Drop what a user may not set, and keep both spellings of the cluster IP the same.

    Source: strategy.go, PrepareForCreate, NormalizeClusterIPs.
    """
    service["status"] = {"loadBalancer": {}}
    _normalise(service["spec"], {})


def _normalise(spec: Draft, old: Object) -> None:
    """Keep clusterIP and clusterIPs the same where only one of them was given or changed."""
    if not old:
        if spec.get("clusterIP") and not spec.get("clusterIPs"):
            spec["clusterIPs"] = [spec["clusterIP"]]
        return
    if spec.get("clusterIP") == old.get("clusterIP"):
        return
    if not spec.get("clusterIP") and spec.get("clusterIPs") == old.get("clusterIPs"):
        spec.pop("clusterIPs", None)
    elif spec.get("clusterIP") and spec.get("clusterIPs") == old.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]


def _allocate(service: Draft, around: Surroundings) -> None:
    _give_addresses(service, around)
    if service["spec"]["type"] in _ACCESSIBLE and service["spec"].get("allocateLoadBalancerNodePorts", True):
        allocate_node_ports(service, around)
    _give_health_port(service, around)


def _give_health_port(service: Draft, around: Surroundings) -> None:
    """Give a load balancer that keeps to local endpoints the port it is asked for its health on."""
    if is_health_checked(service["spec"]) and not service["spec"].get("healthCheckNodePort"):
        service["spec"]["healthCheckNodePort"] = free_node_port(around)


def _give_addresses(service: Draft, around: Surroundings, *, wanted: bool = True) -> None:
    """Give a Service its families and, where wanted, its cluster IP. Approximated: the cluster is single-stack IPv4.

    Source: storage/alloc.go, initIPFamilyFields, allocClusterIPs.
    """
    spec = service["spec"]
    if spec["type"] == "ExternalName":
        return
    refuse(service, cluster_address_faults(spec))
    refuse(service, _contradictions(spec))
    headless = spec.get("clusterIPs") == [HEADLESS]
    if headless and not spec.get("selector"):
        _give_families(spec)
        return
    refuse(service, _unconfigured(spec))
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    if not spec.get("ipFamilies"):
        spec["ipFamilies"] = [FAMILY]
    if not headless and wanted:
        spec["clusterIP"] = allocate_address(service, around)
        spec["clusterIPs"] = [spec["clusterIP"]]


def _give_families(spec: Draft) -> None:
    """Give a Service without addresses and without a selector both families, whatever the cluster has."""
    spec.setdefault("ipFamilyPolicy", "RequireDualStack")
    families = spec.get("ipFamilies") or [FAMILY]
    if len(families) == 1 and spec["ipFamilyPolicy"] != "SingleStack":
        families = [*families, "IPv6" if families[0] == "IPv4" else "IPv4"]
    spec["ipFamilies"] = families


def _contradictions(spec: Draft) -> Iterator[Fault]:
    """Yield faults between policy, families and addresses; the families of given addresses are inferred on the way."""
    addresses, families = spec.get("clusterIPs") or [], spec.setdefault("ipFamilies", [])
    if spec.get("ipFamilyPolicy", "SingleStack") == "SingleStack":
        detail = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
        for count, words in ((len(addresses), "cluster IPs"), (len(families), "IP families")):
            if count == 2:
                yield invalid("spec.ipFamilyPolicy", spec.get("ipFamilyPolicy"), f"{detail} {words} are specified")
    for index, address in enumerate(addresses):
        if address == HEADLESS:
            break
        family = family_of(address)
        if index < len(families):
            continue
        if family == FAMILY:
            families.append(family)
        else:
            yield invalid(f"spec.clusterIPs[{index}]", list(addresses), f"{family} is not configured on this cluster")


def _unconfigured(spec: Draft) -> Iterator[Fault]:
    """Yield faults of what a cluster with one family cannot give."""
    if spec.get("ipFamilyPolicy") == "RequireDualStack":
        detail = "this cluster is not configured for dual-stack services"
        yield invalid("spec.ipFamilyPolicy", "RequireDualStack", detail)
    for index, family in enumerate(spec.get("ipFamilies") or ()):
        if family != FAMILY:
            yield invalid(f"spec.ipFamilies[{index}]", family, "not configured on this cluster")


def _carry_over(service: Draft, old: Object) -> None:
    """Keep what an update leaves out: addresses, families and node ports, as long as the type still has them.

    Source: strategy.go, PrepareForUpdate; storage/storage.go, patchAllocatedValues.
    """
    spec, known = service["spec"], old["spec"]
    service["status"] = old.get("status", {"loadBalancer": {}})
    if spec["type"] == "ExternalName" or known["type"] == "ExternalName":
        if spec["type"] == "ExternalName":
            _release(spec, known)
        return
    for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if key in known and not spec.get(key):
            spec[key] = known[key]
    if is_health_checked(spec) and is_health_checked(known) and not spec.get("healthCheckNodePort"):
        spec["healthCheckNodePort"] = known.get("healthCheckNodePort", 0)
    _normalise(spec, known)
    _drop_unchanged(spec, known)
    if spec["type"] in _ACCESSIBLE and known["type"] in _ACCESSIBLE:
        _carry_node_ports(spec, known)
    elif spec["type"] == "ClusterIP" and known["type"] in _ACCESSIBLE:
        _drop_node_ports(spec, known)


def _drop_unchanged(spec: Draft, known: Object) -> None:
    """Take away what only the old type had, unless it was changed as well.

    Source: strategy.go, dropTypeDependentFields.
    """
    gone = []
    if spec["type"] != "LoadBalancer":
        gone += ["loadBalancerClass", "allocateLoadBalancerNodePorts", "healthCheckNodePort"]
    if spec["type"] not in _ACCESSIBLE and not spec.get("externalIPs"):
        gone.append("externalTrafficPolicy")
    if spec.get("externalTrafficPolicy") != "Local":
        gone.append("healthCheckNodePort")
    for key in gone:
        if spec.get(key) == known.get(key):
            spec.pop(key, None)


def _release(spec: Draft, known: Object) -> None:
    for key in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        if spec.get(key) == known.get(key):
            spec.pop(key, None)


def _carry_node_ports(spec: Draft, known: Object) -> None:
    """Give ports their node ports back, by the ports' names; numbers that both versions state are not given twice."""
    before = {port.get("name", ""): port.get("nodePort", 0) for port in known.get("ports") or ()}
    stated = {port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")}
    taken = stated & set(before.values())
    for port in spec.get("ports") or ():
        number = before.get(port.get("name", ""), 0)
        if not port.get("nodePort") and number and number not in taken:
            port["nodePort"] = number


def _drop_node_ports(spec: Draft, known: Object) -> None:
    before = {port.get("nodePort") for port in known.get("ports") or ()}
    for port in spec.get("ports") or ():
        if port.get("nodePort") in before:
            port.pop("nodePort", None)


def _reallocate(service: Draft, old: Object, around: Surroundings) -> None:
    spec: dict[str, Any] = service["spec"]
    uid = old["metadata"]["uid"]
    # A live Service keeps its address; only one that had none is given one now.
    _give_addresses(service, around, wanted=old["spec"]["type"] == "ExternalName")
    if spec["type"] in _ACCESSIBLE and spec.get("allocateLoadBalancerNodePorts", True):
        allocate_node_ports(service, around, uid)
    if not is_health_checked(old["spec"]):
        _give_health_port(service, around)


RULES = Rules(
    default=_default,
    begin=_begin,
    validate=service_faults,
    allocate=_allocate,
    carry_over=_carry_over,
    validate_update=service_update_faults,
    reallocate=_reallocate,
    derives=True,
)

"""A port of a Service as kube-proxy sees it.

Source: pkg/proxy/serviceport.go, newBaseServiceInfo, ExternallyAccessible, UsesClusterEndpoints, UsesLocalEndpoints;
pkg/proxy/util/utils.go, ShouldSkipService.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.services import has_address

_OTHER_PROXY = "service.kubernetes.io/service-proxy-name"
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_AFFINITY_SECONDS = 10800
"""Source: staging/src/k8s.io/api/core/v1/types.go, DefaultClientIPServiceAffinitySeconds."""


@dataclass(frozen=True, slots=True)
class ServicePort:
    """One port of a Service with a cluster address; the protocol is as iptables writes it.

    `affinity` is how long (s) a client keeps its endpoint, 0: not at all.
    """

    namespace: str
    name: str
    port_name: str
    protocol: str
    cluster_ip: str
    port: int
    node_port: int = 0
    external_ips: tuple[str, ...] = ()
    balancer_ips: tuple[str, ...] = ()
    source_ranges: tuple[str, ...] = ()
    affinity: int = 0
    internal_local: bool = False
    external_local: bool = False
    health_port: int = 0

    @property
    def label(self) -> str:
        """How rules and logs name it: namespace/name, and the port's name behind a colon."""
        return f"{self.namespace}/{self.name}" + (f":{self.port_name}" if self.port_name else "")

    @property
    def is_accessible(self) -> bool:
        """Whether anything leads to it from outside of the cluster."""
        return bool(self.node_port or self.external_ips or self.balancer_ips)

    @property
    def uses_cluster(self) -> bool:
        """Whether it ever uses endpoints wherever they are."""
        return not self.internal_local or self.is_accessible

    @property
    def uses_local(self) -> bool:
        """Whether it ever asks for endpoints on the node itself."""
        return self.internal_local or (self.external_local and self.is_accessible)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that are its own."""
        return self.cluster_ip, *self.external_ips, *self.balancer_ips


def service_ports(service: Object) -> Iterator[ServicePort]:
    """Yield what kube-proxy handles of a Service: nothing where it has no address, or another proxy is to do it."""
    meta, spec = service["metadata"], service["spec"]
    other = _OTHER_PROXY in (meta.get("labels") or {})
    addresses = [each for each in spec.get("clusterIPs") or (spec.get("clusterIP"),) if each and ":" not in each]
    if not has_address(service) or spec.get("type") == "ExternalName" or other or not addresses:
        return
    kind, local = spec.get("type"), spec.get("externalTrafficPolicy") == "Local"
    points = at(service, "status", "loadBalancer", "ingress") or ()
    for row in spec.get("ports") or ():
        yield ServicePort(
            meta["namespace"], meta["name"], row.get("name", ""), row.get("protocol", "TCP").lower(), addresses[0],
            row["port"], row.get("nodePort", 0),
            tuple(each for each in spec.get("externalIPs") or () if ":" not in each),
            tuple(each["ip"] for each in points if each.get("ip") and each.get("ipMode", "VIP") == "VIP"),
            _ranges(service), _affinity(spec), spec.get("internalTrafficPolicy") == "Local", local,
            spec.get("healthCheckNodePort", 0) if local and kind == "LoadBalancer" else 0,
        )  # fmt: skip


def _ranges(service: Object) -> tuple[str, ...]:
    given = service["spec"].get("loadBalancerSourceRanges")
    told = (service["metadata"].get("annotations") or {}).get(_RANGES, "")
    found = given or [each.strip() for each in told.split(",") if each.strip()]
    return tuple(each for each in found if ":" not in each)


def _affinity(spec: Object) -> int:
    if spec.get("sessionAffinity") != "ClientIP":
        return 0
    return int(at(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds") or _AFFINITY_SECONDS)

"""The resolver of a pod: its name servers, search list and options, within what a resolv.conf may hold.

Source: pkg/kubelet/network/dns/dns.go, GetPodDNS, getPodDNSType, appendDNSConfig, formDNSConfigFitsLimits.
"""

from collections.abc import Iterable
from typing import NamedTuple

from podproof.simulator.model.dns_records import CLUSTER_DNS, NODE_DNS
from podproof.simulator.model.objects import Object

_MOST_SERVERS, _MOST_SEARCHES, _LONGEST_SEARCHES = 3, 32, 2048
"""Source: pkg/apis/core/validation/validation.go, MaxDNSNameservers, MaxDNSSearchPaths, MaxDNSSearchListChars."""


class PodResolver(NamedTuple):
    """What a pod's resolv.conf holds, and what had to be left out, as the kubelet warns of it."""

    servers: tuple[str, ...]
    search: tuple[str, ...]
    options: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def resolver_of(pod: Object) -> PodResolver:
    """Return the resolver of a pod: what its policy gives, and its own settings behind it."""
    spec, config = pod["spec"], pod["spec"].get("dnsConfig") or {}
    servers, search, options = _of_policy(spec, pod["metadata"]["namespace"])
    own = (":".join(filter(None, (each["name"], each.get("value")))) for each in config.get("options") or ())
    return _within_limits(
        tuple(dict.fromkeys((*servers, *(config.get("nameservers") or ())))),
        tuple(dict.fromkeys((*search, *(config.get("searches") or ())))),
        _merged((*options, *own)),
    )


def _of_policy(spec: Object, namespace: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    policy = spec.get("dnsPolicy", "ClusterFirst")
    if policy == "None":
        return (), (), ()
    if policy == "ClusterFirstWithHostNet" or (policy == "ClusterFirst" and not spec.get("hostNetwork")):
        return (CLUSTER_DNS,), (f"{namespace}.svc.cluster.local", "svc.cluster.local", "cluster.local"), ("ndots:5",)
    return (NODE_DNS,), (), ()


def _merged(options: Iterable[str]) -> tuple[str, ...]:
    """Return options with each name once: the later value holds."""
    return tuple({option.partition(":")[0]: option for option in options}.values())


def _within_limits(servers: tuple[str, ...], search: tuple[str, ...], options: tuple[str, ...]) -> PodResolver:
    warnings = []
    if len(servers) > _MOST_SERVERS:
        servers = servers[:_MOST_SERVERS]
        applied = f"the applied nameserver line is: {' '.join(servers)}"
        warnings.append(f"Nameserver limits were exceeded, some nameservers have been omitted, {applied}")
    fitting = search[:_MOST_SEARCHES]
    while len(" ".join(fitting)) > _LONGEST_SEARCHES:
        fitting = fitting[:-1]
    if fitting != search:
        applied = f"the applied search line is: {' '.join(fitting)}"
        warnings.append(f"Search Line limits were exceeded, some search paths have been omitted, {applied}")
    return PodResolver(servers, fitting, options, tuple(warnings))

"""What a pod's sandbox is made of.

Source: pkg/kubelet/kuberuntime/kuberuntime_sandbox.go, generatePodSandboxConfig; pkg/kubelet/network/dns/dns.go,
getPodDNSType.
"""

from podproof.simulator.control.kubelet.allocation import memory_limit
from podproof.simulator.machine.containers import SandboxConfig
from podproof.simulator.model.host_ports import host_ports
from podproof.simulator.model.objects import Object

CLUSTER_DNS = "10.96.0.10"
NODE_DNS = "192.168.0.1"
"""Approximated: the resolver of the node's own network, which knows no name of the cluster, and no other here."""


def sandbox_config(pod: Object, attempt: int, node: str) -> SandboxConfig:
    """Return what the sandbox of a pod is to be; a pod on the host's network has the node's name and resolver.

    The pod asks for what it was given.
    """
    meta, spec = pod["metadata"], pod["spec"]
    on_host = bool(spec.get("hostNetwork"))
    space = meta["namespace"]
    by_cluster = asks_cluster_dns(spec)
    search = (f"{space}.svc.cluster.local", "svc.cluster.local", "cluster.local") if by_cluster else ()
    own_name = spec.get("hostname") or meta["name"][:63].rstrip("-.")
    return SandboxConfig(
        meta["uid"],
        space,
        meta["name"],
        node if on_host else own_name,
        attempt,
        nameserver=CLUSTER_DNS if by_cluster else NODE_DNS,
        search=search,
        cluster_dns=by_cluster,
        host_network=on_host,
        shared_processes=bool(spec.get("shareProcessNamespace")),
        ports=() if on_host else host_ports(spec),
        memory_limit=memory_limit(spec.get("resources") or {}),
        resources=spec.get("resources") or {},
    )


def asks_cluster_dns(spec: Object) -> bool:
    """Return whether a pod's names are answered by the cluster's DNS: on the host's network only if it says so."""
    policy = spec.get("dnsPolicy", "ClusterFirst")
    return bool(policy == "ClusterFirstWithHostNet" or (policy == "ClusterFirst" and not spec.get("hostNetwork")))

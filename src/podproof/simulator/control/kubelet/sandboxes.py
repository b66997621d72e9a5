"""What a pod's sandbox is made of.

Source: pkg/kubelet/kuberuntime/kuberuntime_sandbox.go, generatePodSandboxConfig; pkg/kubelet/kubelet_pods.go,
GeneratePodHostNameAndDomain; pkg/kubelet/util/util.go, GetNodenameForKernel.
"""

from podproof.simulator.control.kubelet.allocation import memory_limit
from podproof.simulator.control.kubelet.resolvers import resolver_of
from podproof.simulator.machine.containers import SandboxConfig, SandboxError
from podproof.simulator.model.host_ports import host_ports
from podproof.simulator.model.objects import Object

_LONGEST_NAME, _LONGEST_KERNEL_NAME = 63, 64


def sandbox_config(pod: Object, attempt: int, node: str) -> SandboxConfig:
    """Return what the sandbox of a pod is to be; a pod on the host's network has the node's name.

    The pod asks for what it was given.

    Raises:
        SandboxError: the full name of the host, which is asked for, is too long.
    """
    meta, spec = pod["metadata"], pod["spec"]
    on_host, resolver = bool(spec.get("hostNetwork")), resolver_of(pod)
    name, domain = host_name(pod)
    return SandboxConfig(
        meta["uid"],
        meta["namespace"],
        meta["name"],
        node if on_host else _kernel_name(name, domain, bool(spec.get("setHostnameAsFQDN"))),
        attempt,
        nameservers=resolver.servers,
        search=resolver.search,
        options=resolver.options,
        host_network=on_host,
        shared_processes=bool(spec.get("shareProcessNamespace")),
        ports=() if on_host else host_ports(spec),
        domain="" if on_host else domain,
        aliases=tuple((each["ip"], tuple(each.get("hostnames") or ())) for each in spec.get("hostAliases") or ()),
        memory_limit=memory_limit(spec.get("resources") or {}),
        resources=spec.get("resources") or {},
    )


def host_name(pod: Object) -> tuple[str, str]:
    """Return the name of a pod's host and the domain behind it, "" where it has none."""
    meta, spec = pod["metadata"], pod["spec"]
    if spec.get("hostnameOverride"):
        return _cut(spec["hostnameOverride"]), ""
    subdomain = spec.get("subdomain")
    domain = f"{subdomain}.{meta['namespace']}.svc.cluster.local" if subdomain else ""
    return _cut(spec.get("hostname") or meta["name"]), domain


def _cut(name: str) -> str:
    return name[:_LONGEST_NAME].rstrip("-.")


def _kernel_name(name: str, domain: str, full: bool) -> str:
    if not full or not domain:
        return name
    whole = f"{name}.{domain}"
    if len(whole) > _LONGEST_KERNEL_NAME:
        told = f"Failed to construct FQDN from Pod hostname and cluster domain, FQDN {whole} is too long"
        raise SandboxError(f"{told} ({_LONGEST_KERNEL_NAME} is the max, {len(whole)} characters requested)")
    return whole

"""The /etc/hosts of a container."""

from podproof.simulator.machine.containers import SandboxConfig


def hosts_file(address: str, config: SandboxConfig) -> str:
    """Return /etc/hosts; on the host's network it is the node's own, with the pod's aliases.

    Source: pkg/kubelet/kubelet_pods.go, managedHostsFileContent, nodeHostsFileContent, hostsEntriesFromHostAliases.
    """
    begin = f"# Kubernetes-managed hosts file{' (host network)' if config.host_network else ''}."
    fixed = (
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::0\tip6-localnet",
        "fe00::0\tip6-mcastprefix",
        "fe00::1\tip6-allnodes",
        "fe00::2\tip6-allrouters",
    )
    name = config.hostname.removesuffix(f".{config.domain}") if config.domain else config.hostname
    own = f"{address}\t{name}.{config.domain}\t{name}" if config.domain else f"{address}\t{name}"
    added = ["", "# Entries added by HostAliases."] if config.aliases else []
    aliases = ("\t".join((each, *names)) for each, names in config.aliases)
    return "\n".join([begin, *fixed, own, *added, *aliases, ""])

"""What kube-proxy calls its chains.

Source: pkg/proxy/iptables/proxier.go, portProtoHash, servicePortPolicyClusterChain, servicePortEndpointChainName.
"""

from base64 import b32encode
from functools import lru_cache
from hashlib import sha256

SERVICES, NODE_PORTS, EXTERNAL = "KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES"
MARK_MASQ, POSTROUTING, FORWARD = "KUBE-MARK-MASQ", "KUBE-POSTROUTING", "KUBE-FORWARD"
PROXY_FIREWALL, KUBELET_FIREWALL = "KUBE-PROXY-FIREWALL", "KUBE-FIREWALL"

_LENGTH = 16


@lru_cache(maxsize=16384)
def hashed(*parts: str) -> str:
    """Return the sixteen letters that stand for a port of a Service, or for an endpoint of it."""
    return b32encode(sha256("".join(parts).encode()).digest()).decode()[:_LENGTH]


def cluster_chain(label: str, protocol: str) -> str:
    """Return the chain that leads to all endpoints of a port; `label` is namespace/name:port."""
    return f"KUBE-SVC-{hashed(label, protocol)}"


def local_chain(label: str, protocol: str) -> str:
    """Return the chain that leads to the endpoints on the node itself."""
    return f"KUBE-SVL-{hashed(label, protocol)}"


def external_chain(label: str, protocol: str) -> str:
    """Return the chain of what comes for node ports, load balancers and external addresses."""
    return f"KUBE-EXT-{hashed(label, protocol)}"


def firewall_chain(label: str, protocol: str) -> str:
    """Return the chain that looks at where a load balancer's packets come from."""
    return f"KUBE-FW-{hashed(label, protocol)}"


def endpoint_chain(label: str, protocol: str, endpoint: str) -> str:
    """Return the chain of one endpoint, address:port."""
    return f"KUBE-SEP-{hashed(label, protocol, endpoint)}"

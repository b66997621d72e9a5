"""A chain of the loopback plugin alone: a sandbox gets no interface but lo, as Docker's network mode "none" leaves one.

A runtime refuses such a sandbox: a pod must have an address. Source: containernetworking/plugins plugins/main/loopback;
containerd internal/cri/server/sandbox_run.go, setupPodNetwork.
"""

import json
from collections.abc import Iterable

from podproof.errors import NotModelledError
from podproof.simulator.network.fabric import Fabric
from podproof.simulator.network.facts import Cluster, NodeFact, PodFact
from podproof.simulator.network.interfaces import Interface, Space


class Loopback:
    """No network between pods, and none of a pod's own."""

    name = family = "none"
    mtu = 65536

    def equip(self, node: Space, own: NodeFact, fabric: Fabric) -> None:
        """Nothing: a node has its card."""

    def point(self, node: Space, pods: Iterable[PodFact]) -> None:
        """Nothing: no pod has an address."""

    def attach(self, node: Space, pod: Space, fact: PodFact) -> Interface:
        """Refuse: no sandbox is made that would be attached."""
        raise NotModelledError("a pod that keeps its address when its network goes", f"pod {fact.name}")

    def refuses(self, own: NodeFact, cluster: Cluster) -> list[str]:
        """Return nothing: nothing was to be set up."""
        return []

    @property
    def cni(self) -> tuple[str, str]:
        """Source: containernetworking/plugins plugins/main/loopback/README.md."""
        told = {"cniVersion": "0.3.1", "name": "lo", "plugins": [{"type": "loopback"}]}
        return "99-loopback.conflist", json.dumps(told, indent=2)

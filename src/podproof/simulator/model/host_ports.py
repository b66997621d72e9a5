"""The ports of its node that a pod takes.

Source: pkg/scheduler/util/utils.go, GetHostPorts; staging/src/k8s.io/kube-scheduler/framework/types.go, HostPortInfo.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from podproof.simulator.model.objects import Object
from podproof.simulator.model.restart_rules import is_sidecar

EVERY_ADDRESS = "0.0.0.0"


class HostPort(NamedTuple):
    """A port of a node, on one of its addresses or on all, that leads to a port of a container."""

    port: int
    protocol: str
    address: str
    container_port: int

    def clashes(self, other: "HostPort") -> bool:
        """Say whether two cannot be on one node."""
        same_address = self.address == other.address or EVERY_ADDRESS in (self.address, other.address)
        return (self.port, self.protocol) == (other.port, other.protocol) and same_address


def host_ports(spec: Object) -> tuple[HostPort, ...]:
    """Return the node's ports that the apps and sidecars of a pod spec ask for."""
    return tuple(_wanted(spec))


def clash(wanted: Iterable[HostPort], taken: Iterable[HostPort]) -> bool:
    """Say whether any of the wanted ports is taken."""
    held = tuple(taken)
    return any(one.clashes(other) for one in wanted for other in held)


def _wanted(spec: Object) -> Iterator[HostPort]:
    sidecars = (container for container in spec.get("initContainers") or () if is_sidecar(container))
    for container in (*sidecars, *spec["containers"]):
        for port in container.get("ports") or ():
            if port.get("hostPort"):
                address = port.get("hostIP") or EVERY_ADDRESS
                yield HostPort(port["hostPort"], port.get("protocol", "TCP"), address, port["containerPort"])

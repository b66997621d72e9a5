"""The endpoints of a port, and which of them a node uses.

Source: pkg/proxy/endpointslicecache.go, addEndpoints; pkg/proxy/topology.go, CategorizeEndpoints.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from podproof.simulator.control.proxy.service_ports import ServicePort
from podproof.simulator.model.objects import Object


@dataclass(frozen=True, slots=True)
class Backend:
    """One endpoint: where it is, on which node, and in which state."""

    address: str
    port: int
    node: str = ""
    ready: bool = True
    serving: bool = True
    terminating: bool = False

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Usable:
    """What a node uses of a port's endpoints: those wherever they are, those on itself, and both together.

    `anywhere`: there is one on some node.
    """

    cluster: tuple[Backend, ...] = ()
    local: tuple[Backend, ...] = ()
    reachable: tuple[Backend, ...] = ()
    anywhere: bool = False


def backends(port: ServicePort, slices: Iterable[Object]) -> tuple[Backend, ...]:
    """Return the IPv4 endpoints of a port, in the order of their addresses; one that is told twice is ready if once."""
    found: dict[str, Backend] = {}
    for each in slices:
        numbers = [row["port"] for row in each.get("ports") or () if _is(row, port) and row.get("port")]
        for backend in _in(each, numbers) if each["addressType"] == "IPv4" else ():
            known = found.get(str(backend))
            if known is None or not known.ready:
                found[str(backend)] = backend
    return tuple(found[key] for key in sorted(found))


def usable(port: ServicePort, found: tuple[Backend, ...], node: str) -> Usable:
    """Return which endpoints a node uses: those that are ready, else those that still serve while they end."""
    cluster = _best(found) if port.uses_cluster else ()
    if not port.uses_local:
        return Usable(cluster, (), cluster, bool(cluster))
    local = _best(tuple(each for each in found if each.node == node))
    anywhere = bool(cluster) or bool(_best(found))
    if not port.uses_cluster:
        return Usable((), local, local, anywhere)
    return Usable(cluster, local, tuple(dict.fromkeys((*cluster, *local))), anywhere)


def _best(found: tuple[Backend, ...]) -> tuple[Backend, ...]:
    ready = tuple(each for each in found if each.ready)
    return ready or tuple(each for each in found if each.serving and each.terminating)


def _is(row: Object, port: ServicePort) -> bool:
    return (row.get("name") or "") == port.port_name and (row.get("protocol") or "TCP").lower() == port.protocol


def _in(each: Object, numbers: list[int]) -> Iterable[Backend]:
    for endpoint in each.get("endpoints") or ():
        said = endpoint.get("conditions") or {}
        ready, serving = said.get("ready") is not False, said.get("serving") is not False
        for number in numbers:
            # Only the first address of an endpoint counts.
            yield Backend(
                endpoint["addresses"][0], number, endpoint.get("nodeName") or "", ready, serving,
                said.get("terminating") is True,
            )  # fmt: skip

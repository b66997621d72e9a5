"""The ports on which a node says whether it has endpoints of a Service: load balancers ask there.

Source: pkg/proxy/healthcheck/service_health.go, hcHandler.ServeHTTP; pkg/proxy/endpointslicecache.go,
LocalReadyEndpoints.
"""

from collections.abc import Callable
from functools import partial
from json import dumps

from podproof.simulator.control.endpoints.labels import slices_of
from podproof.simulator.control.proxy.service_ports import ServicePort, service_ports
from podproof.simulator.kernel.informer import Informer, Key, key_of
from podproof.simulator.machine.http import HttpResponse
from podproof.simulator.machine.network import Network
from podproof.simulator.model.objects import Object, at


class HealthPorts:
    """Listens on all nodes for each Service that has such a port."""

    def __init__(self, services: Informer, slices: Informer, nodes: Informer, network: Network) -> None:
        self._slices, self._nodes, self._network = slices, nodes, network
        self._ports: dict[Key, int] = {}
        self._listening: dict[tuple[str, int], Callable[[], None]] = {}
        services.on_change(self._service_changed)
        nodes.on_change(lambda old, new: self._listen() if self._ports else None)

    def _service_changed(self, old: Object | None, new: Object | None) -> None:
        service = new or old
        assert service is not None
        key, port = key_of(service), 0 if new is None else _health_port(new)
        if port == self._ports.get(key, 0):
            return
        self._ports.pop(key, None)
        if port:
            self._ports[key] = port
        self._listen()

    def _listen(self) -> None:
        """Listen where it is asked for, and nowhere else."""
        names = {address: node["metadata"]["name"] for node in self._nodes.list() if (address := _address(node))}
        wanted = {(node, port): (key, name) for key, port in self._ports.items() for node, name in names.items()}
        for place in set(self._listening) - set(wanted):
            self._listening.pop(place)()
        for place in sorted(set(wanted) - set(self._listening)):
            node, port = place
            self._listening[place] = self._network.host(node).listen(port, partial(self._serve, *wanted[place]))

    def _serve(self, key: Key, node: str, request: str, client: str) -> str:
        count = sum(
            endpoint.get("nodeName") == node and at(endpoint, "conditions", "ready") is not False
            for each in slices_of(self._slices, key) for endpoint in each.get("endpoints") or ()
        )  # fmt: skip
        service = {"namespace": key[0], "name": key[1]}
        body = dumps({"service": service, "localEndpoints": count, "serviceProxyHealthy": True}, indent="\t")
        headers = {"content-type": "application/json", "x-content-type-options": "nosniff"}
        return HttpResponse(200 if count else 503, body, headers).text()


def _health_port(service: Object) -> int:
    ports: list[ServicePort] = list(service_ports(service))
    return ports[0].health_port if ports else 0


def _address(node: Object) -> str:
    rows = at(node, "status", "addresses") or ()
    return next((str(row["address"]) for row in rows if row["type"] == "InternalIP"), "")

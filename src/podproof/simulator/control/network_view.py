"""What the pods' network knows of the API: where a Service's address leads, as kube-proxy follows it."""

from typing import Literal

from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.informer import Informer, key_of
from podproof.simulator.model.objects import Object

REFUSE: Literal["refuse"] = "refuse"


class ServiceRoutes:
    """kube-proxy's view: a Service's address and port to one of its ready endpoints, chosen by seeded chance.

    Source: pkg/proxy/iptables/proxier.go, syncProxyRules (statistic mode random; REJECT where there is no endpoint).
    """

    def __init__(self, services: Informer, endpoints: Informer, chance: Chance) -> None:
        self._endpoints, self._chance = endpoints, chance
        self._services: dict[str, Object] = {}
        services.on_change(self._service_changed)

    def route(self, address: str, port: int, protocol: str) -> tuple[str, int] | Literal["refuse"] | None:
        """Return the endpoint a connection goes to, "refuse" where there is none, None for no Service's address."""
        service = self._services.get(address)
        if service is None:
            return None
        found = next((p for p in service["spec"].get("ports") or () if _is(p, port, protocol)), None)
        targets = self._targets(service, found) if found is not None else []
        return targets[self._chance.below(len(targets))] if targets else REFUSE

    def _targets(self, service: Object, port: Object) -> list[tuple[str, int]]:
        endpoints = self._endpoints.get(*key_of(service))
        return [
            (address["ip"], target["port"])
            for subset in (endpoints or {}).get("subsets") or ()
            for target in subset.get("ports") or ()
            for address in subset.get("addresses") or ()
            if target.get("name", "") == port.get("name", "")
        ]

    def _service_changed(self, old: Object | None, new: Object | None) -> None:
        for service in (old, new):
            for address in (service or {}).get("spec", {}).get("clusterIPs") or ():
                self._services.pop(address, None)
        for address in (new or {}).get("spec", {}).get("clusterIPs") or ():
            if new is not None and address != "None":
                self._services[address] = new


def _is(port: Object, number: int, protocol: str) -> bool:
    return bool(port["port"] == number and port.get("protocol", "TCP") == protocol)

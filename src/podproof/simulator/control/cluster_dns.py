"""The cluster's CoreDNS: it answers for names of the cluster, and asks outside for all others.

Source: coredns plugin/kubernetes/parse.go, parseRequest; kubernetes.go, Services, findPods; handler.go, ServeDNS.
"""

from collections.abc import Callable

from podproof.simulator.control.endpoints.labels import index_by_service, slices_of
from podproof.simulator.kernel.chance import Chance
from podproof.simulator.kernel.informer import Informer, key_of
from podproof.simulator.model.dns_records import (
    CLUSTER_DOMAIN,
    NO_DATA,
    NO_SUCH_NAME,
    Record,
    Reply,
    address_record,
    reversed_address,
)
from podproof.simulator.model.objects import Object
from podproof.simulator.model.service_names import Item, addresses, items, locations, named_port, pointers

Ask = Callable[[str, str], Reply]

_VERSION = "1.1.0"
"""Source: coredns plugin/kubernetes/kubernetes.go, DNSSchemaVersion."""


class ClusterDns:
    """Answers a name and a type of record; `outside` answers what is no name of the cluster."""

    def __init__(
        self, services: Informer, slices: Informer, namespaces: Informer, outside: Ask, chance: Chance
    ) -> None:
        self._services, self._slices, self._namespaces = services, slices, namespaces
        self._outside, self._chance = outside, chance
        index_by_service(slices)

    def __call__(self, name: str, kind: str) -> Reply:
        """Return the answer for a full name; several addresses come in an order that is drawn."""
        name = name.rstrip(".").lower()
        if name.endswith(".in-addr.arpa"):
            return self._pointer(name, kind)
        if name != CLUSTER_DOMAIN and not name.endswith(f".{CLUSTER_DOMAIN}"):
            return self._outside(name, kind)
        labels = name.removesuffix(CLUSTER_DOMAIN).rstrip(".").split(".")
        reply = self._of_cluster(name, [label for label in labels if label], kind)
        return self._shuffled(reply) if len(reply.records) > 1 and kind in ("A", "AAAA") else reply

    def _of_cluster(self, name: str, labels: list[str], kind: str) -> Reply:
        match labels:
            case [] | ["svc"] | ["pod"]:
                return NO_DATA
            case ["dns-version"]:
                return Reply(records=(Record(name, "TXT", f'"{_VERSION}"'),) if kind == "TXT" else ())
            case [namespace, "svc" | "pod"]:
                return NO_DATA if self._has(namespace) else NO_SUCH_NAME
            case [pod, namespace, "pod"]:
                return self._pod(name, pod, namespace, kind)
            case [service, namespace, "svc"]:
                return self._service(name, service, namespace, kind)
            case [endpoint, service, namespace, "svc"]:
                return self._found(name, self._items(namespace, service, endpoint), kind)
            case [port, protocol, service, namespace, "svc"]:
                found = named_port(self._items(namespace, service), port.lstrip("_"), protocol.lstrip("_"))
                return self._found(name, found, kind)
        return NO_SUCH_NAME

    def _service(self, name: str, service: str, namespace: str, kind: str) -> Reply:
        found = self._services.get(namespace, service)
        if found is None or found["spec"].get("type") != "ExternalName":
            return self._found(name, self._items(namespace, service), kind)
        target = found["spec"]["externalName"].rstrip(".")
        alias = Record(name, "CNAME", target)
        return Reply(records=(alias, *(self(target, kind).records if kind in ("A", "AAAA") else ())))

    def _items(self, namespace: str, service: str, endpoint: str = "") -> list[Item]:
        found = self._services.get(namespace, service)
        return [] if found is None else items(found, self._slices_of(found), endpoint)

    def _found(self, name: str, found: list[Item], kind: str) -> Reply:
        if not found:
            return NO_SUCH_NAME
        if kind in ("A", "AAAA"):
            return Reply(records=addresses(name, found, kind))
        return Reply(records=locations(name, found)) if kind == "SRV" else NO_DATA

    def _pod(self, name: str, pod: str, namespace: str, kind: str) -> Reply:
        """Answer for a pod's name, which is its address: whether there is such a pod is not looked at (pods insecure).

        Source: cmd/kubeadm/app/phases/addons/dns/manifests.go, CoreDNSConfigMap.
        """
        address = pod.replace("-", ".") if pod.count("-") == 3 and "--" not in pod else pod.replace("-", ":")
        if not self._has(namespace) or not all(part.isalnum() or part == "" for part in address.split(".")):
            return NO_SUCH_NAME
        record = address_record(name, address)
        return Reply(records=(record,)) if record.type == kind else NO_DATA

    def _pointer(self, name: str, kind: str) -> Reply:
        address = reversed_address(name)
        found = [] if address is None else list(self._names_of(address))
        if not found:
            return self._outside(name, kind)
        return Reply(records=tuple(Record(name, "PTR", each) for each in found) if kind == "PTR" else ())

    def _names_of(self, address: str) -> list[str]:
        services = sorted(self._services.list(), key=lambda each: str(each["metadata"]["name"]))
        return [each for service in services for each in pointers(address, service, self._slices_of(service))]

    def _slices_of(self, service: Object) -> list[Object]:
        return slices_of(self._slices, key_of(service))

    def _has(self, namespace: str) -> bool:
        return self._namespaces.get("", namespace) is not None

    def _shuffled(self, reply: Reply) -> Reply:
        """Return the same records, the addresses among them in an order that is drawn.

        Source: coredns plugin/loadbalance/loadbalance.go, roundRobinShuffle.
        """
        first = [each for each in reply.records if each.type == "CNAME"]
        rest = [each for each in reply.records if each.type != "CNAME"]
        drawn = [rest.pop(self._chance.below(len(rest))) for _ in range(len(rest))]
        return reply._replace(records=(*first, *drawn))

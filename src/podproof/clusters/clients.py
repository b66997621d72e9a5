"""What the pods of the simulated cluster ask of its network; the time it takes passes."""

import os
from urllib.parse import SplitResult, urlsplit

from podproof.cluster import Exchange, NameAnswer
from podproof.errors import NotModelledError
from podproof.proof import NotSoError
from podproof.simulator.control.kubelet.resolvers import resolver_of
from podproof.simulator.kernel.requests import Request
from podproof.simulator.machine import http, tls
from podproof.simulator.machine.dns import Lookup, Resolver
from podproof.simulator.machine.effects import Service
from podproof.simulator.machine.network import Namespace
from podproof.simulator.machine.performing import ASKED_ONCE, ASKED_TWICE, DNS_EXCHANGE
from podproof.simulator.model.dns_records import CLUSTER_DNS, NODATA, NOERROR, SILENT, is_address
from podproof.simulator.model.objects import Object, Ref, at
from podproof.simulator.model.times import Nanos
from podproof.simulator.network.iptables.texts import saved
from podproof.simulator.world import World

ELSEWHERE = "203.0.113.250"
"""The address of who asks from outside of the cluster: of a range for documentation (RFC 5737)."""
PORTS = {"http": 80, "https": 443}


class SimulatedClients:
    """Asks as a program in a pod would, whatever is in the pod's image."""

    def __init__(self, world: World, namespace: str) -> None:
        self._world, self._namespace = world, namespace

    def resolve(self, pod: str, name: str) -> NameAnswer:
        """Ask a pod's resolver for the addresses of a name."""
        resolver, lookup = self._resolver(pod)
        if not self._is_heard(pod, resolver.server):
            return self._unheard(resolver.candidates(name)[:1], ASKED_TWICE)
        answer = resolver.resolve(name, lookup)
        self._pass(len(answer.tried))
        code = answer.reply.code if answer.addresses or answer.reply.code != NOERROR else NODATA
        return NameAnswer(code, answer.addresses, answer.tried)

    def records(self, pod: str, name: str, kind: str) -> NameAnswer:
        """Ask a pod's name server for the records of a full name."""
        resolver, lookup = self._resolver(pod)
        if not self._is_heard(pod, resolver.server):
            return self._unheard((name,), ASKED_ONCE)
        answer = resolver.ask(name, kind, lookup)
        self._pass(1)
        found = tuple(f"{each.type} {each.data}" for each in answer.reply.records)
        return NameAnswer(answer.reply.code, found, answer.tried)

    def _is_heard(self, pod: str, server: str) -> bool:
        """Say whether a pod's questions reach its name server: a policy may keep them from it."""
        origin = self._origin(Ref("Pod", self._namespace, pod))
        return self._world.network.answers_names(origin, server)

    def _unheard(self, tried: tuple[str, ...], waited: Nanos) -> NameAnswer:
        self._world.agenda.run_until(Nanos(self._world.now + waited))
        return NameAnswer(SILENT, (), tried)

    def request(self, asker: Ref | None, url: str) -> Exchange:
        """GET a URL from a pod, from a node, or (None) from outside of the cluster."""
        place = urlsplit(url if "://" in url else f"http://{url}")
        if place.scheme not in PORTS:
            raise NotModelledError(f"{place.scheme} requests of a step", url)
        host, port = place.hostname or "", place.port or PORTS[place.scheme]
        address = host if is_address(host) else self._address(asker, host)
        if not address:
            return Exchange(0, error=f"bad address '{host}'")
        delivery = self._world.network.deliver(self._origin(asker), address, port)
        self._world.agenda.run_until(Nanos(self._world.now + delivery.after))
        server = delivery.server.rpartition(":")[0]
        if delivery.serve is None:
            return Exchange(0, server=server, error=os.strerror(delivery.error))
        return _exchanged(place, delivery.serve, delivery.client, server)

    def rules(self, node: str, table: str) -> tuple[str, ...]:
        """Return the rules kube-proxy keeps in a table of a node, as `iptables-save` writes them."""
        found = self._get("nodes", Ref("Node", "", node))
        lines = saved(self._world.proxies.tables(_address_of(found)), table).splitlines()
        return tuple(line for line in lines if line.startswith("-A "))

    def _address(self, asker: Ref | None, host: str) -> str:
        if asker is not None and asker.kind == "Pod":
            return next(iter(self.resolve(asker.name, host).found), "")
        self._pass(1)
        return next(iter(self._world.outside(host, "A").addresses), "")

    def _origin(self, asker: Ref | None) -> Namespace:
        if asker is None:
            return Namespace(ELSEWHERE)
        found = self._get(f"{asker.kind.lower()}s", asker)
        if asker.kind == "Node":
            return Namespace(_address_of(found), _address_of(found))
        address, node = at(found, "status", "podIP"), at(found, "status", "hostIP")
        if not address:
            raise NotSoError(f'pod "{asker.name}" can ask the network', "it has no address yet", subjects=(asker,))
        own = None if address == node else (asker.namespace, asker.name)
        return Namespace(address, node, own)

    def _resolver(self, pod: str) -> tuple[Resolver, Lookup]:
        found = resolver_of(self._get("pods", Ref("Pod", self._namespace, pod)))
        network = self._world.network
        lookup = network.lookup if found.servers[:1] == (CLUSTER_DNS,) else network.outside
        return Resolver(found.servers, found.search, found.options), lookup

    def _get(self, resource: str, ref: Ref) -> Object:
        response = self._world.handle(Request("get", resource, ref.namespace, ref.name))
        if response.code != 200:
            kind = ref.kind.lower()
            raise NotSoError(f'{kind} "{ref.name}" can ask the network', f"there is no such {kind}", subjects=(ref,))
        found: Object = response.body
        return found

    def _pass(self, exchanges: int) -> None:
        self._world.agenda.run_until(Nanos(self._world.now + exchanges * DNS_EXCHANGE))


def _exchanged(place: SplitResult, serve: Service, client: str, server: str) -> Exchange:
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    text, certificate = http.get(place.netloc, target).text(), ""
    if place.scheme == "https":
        told = tls.read(serve(tls.asked(place.hostname or "", text), client))
        if told is None:
            return Exchange(0, server=server, error="the server does not speak TLS")
        certificate, reply = told
    else:
        reply = serve(text, client)
    parsed = http.parse_response(reply)
    if parsed is None:
        return Exchange(0, reply, server, "the answer is not HTTP")
    return Exchange(parsed.status, parsed.body, server, certificate=certificate)


def _address_of(node: Object) -> str:
    rows = at(node, "status", "addresses") or ()
    return next((str(row["address"]) for row in rows if row["type"] == "InternalIP"), "")

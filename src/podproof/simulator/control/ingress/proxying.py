"""The proxy of an ingress controller: what it answers on port 80 and 443 of the nodes it runs on."""

from collections import Counter
from collections.abc import Callable, Sequence

from podproof.simulator.control.endpoints.labels import slices_of
from podproof.simulator.control.ingress.routes import Backend, Routes
from podproof.simulator.control.proxy.backends import backends, usable
from podproof.simulator.control.proxy.service_ports import ServicePort
from podproof.simulator.kernel.informer import Informer
from podproof.simulator.machine import tls
from podproof.simulator.machine.http import REASONS, HttpRequest, HttpResponse, parse_request
from podproof.simulator.machine.network import Network
from podproof.simulator.model.objects import Object, at
from podproof.simulator.model.times import seconds

HTTP, HTTPS = 80, 443
_PATIENCE = seconds(5)
"""Approximated: what takes longer to fail is a time-out."""
_TLS_PARTS = {"tls.crt", "tls.key"}


class Proxy:
    """Answers requests by the rules of the moment (`routes`). Of several endpoints it takes one after another."""

    def __init__(self, network: Network, informer: Callable[[str], Informer], routes: Callable[[], Routes]) -> None:
        self._network, self._routes = network, routes
        self._services, self._secrets = informer("services"), informer("secrets")
        self._slices = informer("endpointslices.discovery.k8s.io")
        self._turns: Counter[Backend] = Counter()

    def serve(self, node: str, scheme: str, text: str, client: str) -> str:
        """Answer a request that came to a node; with TLS the answer shows a certificate."""
        if scheme == "http":
            return self._answer(node, scheme, text, client)
        hello = tls.opened(text)
        if hello is None:
            return _page(400, "the plain HTTP request was sent to the HTTPS port").text()
        return tls.answered(self._certificate(hello[0]), self._answer(node, scheme, hello[1], client))

    def _answer(self, node: str, scheme: str, text: str, client: str) -> str:
        request = parse_request(text)
        if request is None:
            return _page(400, "this is no HTTP request").text()
        backend = self._routes().find(request.headers.get("host", ""), request.path)
        if backend is None:
            return _page(404, "no rule is for this host and path").text()
        ends = self._endpoints(backend)
        if not ends:
            return _page(503, f"{backend.namespace}/{backend.service} has no endpoints for {backend.port}").text()
        address, port = ends[self._turns[backend] % len(ends)]
        self._turns[backend] += 1
        delivery = self._network.deliver(self._network.host(node), address, port)
        if delivery.serve is None:
            return _page(504 if delivery.after > _PATIENCE else 502, f"{address}:{port} does not answer").text()
        return delivery.serve(_forwarded(request, scheme, client).text(), delivery.client)

    def _endpoints(self, backend: Backend) -> Sequence[tuple[str, int]]:
        """Return the endpoints of a Service's port, headless or not; there are none where it is not there.

        Of an ExternalName they are the addresses its name has, on the very port the rule says.
        """
        service = self._services.get(backend.namespace, backend.service)
        if at(service, "spec", "type") == "ExternalName" and isinstance(backend.port, int):
            name = str(at(service, "spec", "externalName"))
            return [(address, backend.port) for address in self._network.lookup(name, "A").addresses]
        row = next((each for each in at(service, "spec", "ports") or () if _is(each, backend.port)), None)
        if row is None:
            return ()
        slices = slices_of(self._slices, (backend.namespace, backend.service))
        port = ServicePort(*backend[:2], row.get("name", ""), row.get("protocol", "TCP").lower(), "", row["port"])
        return [(each.address, each.port) for each in usable(port, backends(port, slices), "").cluster]

    def _certificate(self, host: str) -> str:
        """Return whose certificate is shown for a host: that of its Secret, if this is there and has a pair."""
        named = self._routes().secret(host)
        secret = None if named is None else self._secrets.get(*named)
        if named is None or secret is None or not set(secret.get("data") or ()) >= _TLS_PARTS:
            return tls.OWN
        return "/".join(named)


def _is(port: Object, wanted: str | int) -> bool:
    return wanted == (port.get("name") if isinstance(wanted, str) else port["port"])


def _forwarded(request: HttpRequest, scheme: str, client: str) -> HttpRequest:
    """Return the request as the pod gets it: it is told who asked, and how."""
    told = {
        "x-real-ip": client,
        "x-forwarded-for": ", ".join(filter(None, (request.headers.get("x-forwarded-for", ""), client))),
        "x-forwarded-host": request.headers.get("host", ""),
        "x-forwarded-proto": scheme,
    }
    return request._replace(headers={**request.headers, **told})


def _page(status: int, why: str) -> HttpResponse:
    headers = {"server": "ingress", "content-type": "text/plain"}
    return HttpResponse(status, f"{status} {REASONS.get(status, '')}: {why}\n", headers)

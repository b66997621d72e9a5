"""A call that the API server passes on to a port of a pod: `GET /api/v1/namespaces/NS/pods/NAME:PORT/proxy/PATH`.

Approximated: it takes no time, and services and nodes are not passed on to.
Source: pkg/registry/core/pod/strategy.go, ResourceLocation; pkg/registry/core/pod/rest/subresources.go, ProxyREST;
staging/src/k8s.io/apimachinery/pkg/util/proxy/transport.go, Transport.RoundTrip (the words of its failure).
"""

import os

from aiohttp import web

from podproof.serving.paths import Call
from podproof.simulator.api import statuses
from podproof.simulator.kernel.requests import Request
from podproof.simulator.machine import http
from podproof.simulator.model.objects import at
from podproof.simulator.world import World

SUBRESOURCE = "proxy"
_ENCODING = ("utf-8", "surrogateescape")
_NOT_PASSED = ("host", "authorization", "connection", "content-length", "transfer-encoding")


def passed_on(called: web.BaseRequest, call: Call, data: bytes, world: World) -> web.Response:
    """Return what a port of a pod answers.

    Raises:
        ApiError: there is no such pod, it has no address, or nothing answers there.
    """
    name, port = _target(call.name)
    found = world.handle(Request("get", "pods", call.namespace, name))
    if found.code != 200:
        return web.json_response(found.body, status=found.code)
    address = at(found.body, "status", "podIP")
    if not address:
        raise statuses.bad_request("address not allowed")
    where = f"{address}:{port or _first_port(found.body)}"
    node = world.network.host(str(at(found.body, "status", "hostIP")))
    delivery = world.network.deliver(node, str(address), int(where.rpartition(":")[2]))
    if delivery.serve is None:
        why = f"dial tcp {where}: connect: {os.strerror(delivery.error).lower()}"
        raise statuses.failure(503, "ServiceUnavailable", f"error trying to reach service: {why}")
    reply = delivery.serve(_asked(called, call, data, where), delivery.client)
    return _answer(reply)


def _target(text: str) -> tuple[str, int]:
    """Return the pod and the port (0: its first) that a name says: NAME, NAME:PORT or SCHEME:NAME:PORT.

    Raises:
        ApiError: it says something else.
    """
    parts = text.split(":")
    name, port = (parts[0], "") if len(parts) == 1 else parts[-2:]
    if len(parts) > 3 or (port and not port.isdecimal()) or (len(parts) == 3 and parts[0] not in ("", "http")):
        raise statuses.bad_request(f'invalid pod request "{text}"')
    return name, int(port or 0)


def _first_port(pod: object) -> int:
    """Return the first port that a pod's containers name, 80 where none does. Source: strategy.go, ResourceLocation."""
    containers = at(pod, "spec", "containers") or ()
    named = (port["containerPort"] for each in containers for port in each.get("ports") or ())
    return int(next(named, 80))


def _asked(called: web.BaseRequest, call: Call, data: bytes, host: str) -> str:
    query = f"?{called.query_string}" if called.query_string else ""
    kept = {key.lower(): value for key, value in called.headers.items() if key.lower() not in _NOT_PASSED}
    headers = {"host": host, "connection": "close", **kept}
    if data:
        headers["content-length"] = str(len(data))
    return http.HttpRequest(called.method, f"/{call.rest}{query}", headers, data.decode(*_ENCODING)).text()


def _answer(reply: str) -> web.Response:
    parsed = http.parse_response(reply)
    if parsed is None:
        first = reply.partition("\n")[0]
        why = f'net/http: HTTP/1.x transport connection broken: malformed HTTP response "{first}"'
        raise statuses.failure(503, "ServiceUnavailable", f"error trying to reach service: {why}")
    kept = {key: each for key, each in parsed.headers.items() if key not in _NOT_PASSED}
    return web.Response(status=parsed.status, body=parsed.body.encode(*_ENCODING), headers=kept)

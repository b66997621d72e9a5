"""How a kubelet asks a container something over the network: what its probes and its lifecycle hooks have in common.

Each request takes its time on the agenda and ends in one call of `done`. Errors read as Go's net package writes them.
"""

import errno
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from podproof.simulator.kernel.agenda import Agenda
from podproof.simulator.machine import http
from podproof.simulator.machine.dns import is_address
from podproof.simulator.machine.network import ROUND_TRIP, Delivery
from podproof.simulator.machine.runtime import Runtime
from podproof.simulator.model.objects import Object
from podproof.simulator.model.times import Nanos

USER_AGENT_VERSION = "1.36"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REDIRECTS_FOLLOWED = 10
"""Source: pkg/probe/http/http.go, RedirectChecker."""
NO_TLS = "http: server gave HTTP response to HTTPS client"
"""Source: Go net/http transport.go. No program here speaks TLS."""
_WORDS = {
    errno.ECONNREFUSED: "connect: connection refused",
    errno.EHOSTUNREACH: "connect: no route to host",
    errno.ETIMEDOUT: "connect: connection timed out",
}


class Fetched(NamedTuple):
    """What an HTTP request came to: a response, or the client's `error`."""

    response: http.HttpResponse | None = None
    error: str = ""


class Connected(NamedTuple):
    """What a connection came to: the `reply` to what was sent, or `error` as net.Dial words it."""

    reply: str = ""
    error: str = ""
    timed_out: bool = False


class Network:
    """The way from one node's kubelet to its containers."""

    def __init__(self, agenda: Agenda, runtime: Runtime) -> None:
        self._agenda, self._runtime = agenda, runtime

    def connect(
        self, host: str, port: int, payload: str, timeout: Nanos | None, done: Callable[[Connected], None]
    ) -> None:
        """Open a connection, send `payload`, take the reply; `timeout` (ns) holds for all of it."""
        if not is_address(host) and host != "localhost":
            failed = Connected(error=f"dial tcp: lookup {host}: no such host")
            self._agenda.after(ROUND_TRIP, lambda: done(failed))
            return
        where = f"{host}:{port}"
        delivery = self._runtime.deliver(host, port)
        if timeout is not None and timeout < delivery.after:
            late = Connected(error=f"dial tcp {where}: i/o timeout", timed_out=True)
            self._agenda.after(timeout, lambda: done(late))
            return
        self._agenda.after(delivery.after, lambda: done(_reached(delivery, where, payload)))

    def get(self, request: "HttpGet", timeout: Nanos | None, done: Callable[[Fetched], None]) -> None:
        """Ask for a URL and follow redirects to the same host."""
        self._get(request, timeout, done, 0)

    def _get(self, request: "HttpGet", timeout: Nanos | None, done: Callable[[Fetched], None], followed: int) -> None:
        def answered(connected: Connected) -> None:
            fetched = _fetched(request, connected)
            following = request.redirected(fetched.response)
            if following is None:
                done(fetched)
            elif followed + 1 >= _REDIRECTS_FOLLOWED:
                done(Fetched(error=f'Get "{following.url}": stopped after {_REDIRECTS_FOLLOWED} redirects'))
            else:
                self._get(following, timeout, done, followed + 1)

        self.connect(request.host, request.port, request.text, timeout, answered)


class HttpGet(NamedTuple):
    """One GET of a kubelet. `headers` are in lower case and hold what the manifest added."""

    scheme: str
    host: str
    port: int
    target: str
    headers: Mapping[str, str]

    @property
    def url(self) -> str:
        """The URL as Go prints it."""
        return f"{self.scheme}://{self.host}:{self.port}{self.target}"

    @property
    def text(self) -> str:
        """The request as it goes over the wire."""
        return http.get(f"{self.host}:{self.port}", self.target, self.headers).text()

    def redirected(self, response: http.HttpResponse | None) -> "HttpGet | None":
        """Return the request a response leads to; None where it leads nowhere, or to another host."""
        if response is None or response.status not in _REDIRECTS or "location" not in response.headers:
            return None
        split = urlsplit(urljoin(self.url, response.headers["location"]))
        if split.hostname != self.host:
            return None
        target = (split.path or "/") + (f"?{split.query}" if split.query else "")
        port = split.port or (443 if split.scheme == "https" else 80)
        return HttpGet(split.scheme, self.host, port, target, self.headers)


def http_get(action: Object, container: Object, address: str, agent: str) -> HttpGet:
    """Return the request an httpGet action asks for; the pod's `address` is asked where it names no host.

    Raises:
        ValueError: its port names none of the container's.
    Source: pkg/probe/http/request.go, NewRequestForHTTPGetAction; pkg/probe/util.go, ResolveContainerPort.
    """
    path = str(action.get("path", "/"))
    headers = {"user-agent": f"{agent}/{USER_AGENT_VERSION}", "accept": "*/*"}
    for header in action.get("httpHeaders") or ():
        headers[header["name"].lower()] = header.get("value", "")
    return HttpGet(
        str(action.get("scheme", "HTTP")).lower(),
        action.get("host") or address,
        port_of(action["port"], container),
        path if path.startswith("/") else f"/{path}",
        {key: value for key, value in headers.items() if value},
    )


def port_of(port: int | str, container: Object) -> int:
    """Return the number of a port that is given by number or by the name of one of the container's.

    Raises:
        ValueError: with the kubelet's words, there is none.
    """
    if isinstance(port, int):
        return port
    named = (each["containerPort"] for each in container.get("ports") or () if each.get("name") == port)
    found = next(named, int(port) if port.isdigit() else None)
    if found is None:
        raise ValueError(f'strconv.Atoi: parsing "{port}": invalid syntax')
    return int(found)


def _reached(delivery: Delivery, where: str, payload: str) -> Connected:
    if delivery.serve is None:
        return Connected(error=f"dial tcp {where}: {_WORDS.get(delivery.error, 'connect: connection reset by peer')}")
    return Connected(delivery.serve(payload, delivery.client) if payload else "")


def _fetched(request: HttpGet, connected: Connected) -> Fetched:
    """Return what came of a request. Source: Go net/http client.go, Client.do (url.Error, Client.Timeout)."""
    began = f'Get "{request.url}": '
    if connected.timed_out:
        words = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        return Fetched(error=began + words)
    if connected.error:
        return Fetched(error=began + connected.error)
    if not connected.reply:
        return Fetched(error=f"{began}EOF")
    response = http.parse_response(connected.reply)
    if response is None:
        first = connected.reply.partition("\n")[0].rstrip("\r")
        broken = "net/http: HTTP/1.x transport connection broken: malformed HTTP response"
        return Fetched(error=f'{began}{broken} "{first}"')
    if request.scheme == "https":
        return Fetched(error=began + NO_TLS)
    return Fetched(response)

"""agnhost, the image of Kubernetes' own tests: the servers its probe and network tests need, in their plain forms.

Source: test/images/agnhost: pause/pause.go, netexec/netexec.go, serve-hostname/serve_hostname.go,
connect/connect.go, liveness/server.go, test-webserver/test-webserver.go, grpc-health-checking/grpc-health-checking.go.
"""

from collections.abc import Callable
from urllib.parse import unquote

from podproof.errors import NotModelledError
from podproof.simulator.machine.effects import Connect, Listen, Process, Resolve, Resolved, Running, Write
from podproof.simulator.machine.grpc import (
    NOT_SERVING,
    SERVICE_UNKNOWN,
    SERVING,
    health_reply,
    parse_health_request,
)  # fmt: skip
from podproof.simulator.machine.http import HttpRequest, HttpResponse, http_date, parse_request
from podproof.simulator.machine.servers.idle import INT, TERM, until_stopped
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos, seconds, timestamp

_NETEXEC_PORT, _HOSTNAME_PORT, _LIVENESS_PORT, _WEB_PORT = 8080, 9376, 8080, 80
_GRPC_PORT, _GRPC_HTTP_PORT = 5000, 8080
_HEALTHY_FOR = seconds(10)
_CLIENT_PORT = 32768
"""Approximated: ports of clients are not modelled."""
_UNITS = {"ms": MILLISECOND, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}
_KILLED_BY_TERM = 128 + TERM


def agnhost(process: Process) -> Running:
    """Run one of agnhost's commands."""
    command, options = (process.argv[1], process.argv[2:]) if len(process.argv) > 1 else ("", ())
    if command == "pause" and not options:
        yield Write(1, "Paused\n")
        yield from until_stopped(process, (INT, TERM))
        return 0
    if command == "netexec":
        return (yield from _serve(process, _port(process, _NETEXEC_PORT, "--http-port"), _netexec))
    if command == "serve-hostname":
        return (yield from _serve(process, _port(process, _HOSTNAME_PORT, "--port"), _hostname))
    if command == "liveness" and not options:
        return (yield from _serve(process, _LIVENESS_PORT, _healthy_at_first(process.now())))
    if command == "test-webserver":
        return (yield from _serve(process, _port(process, _WEB_PORT, "--port"), _web))
    if command == "connect":
        return (yield from _connect(process, " ".join(options).replace("=", " ").split()))
    if command == "grpc-health-checking" and not options:
        return (yield from _check_health(process))
    raise NotModelledError(f"agnhost {' '.join(process.argv[1:])}", "agnhost")


_Answer = Callable[[Process, HttpRequest, str], HttpResponse]


def _serve(process: Process, port: int, answer: _Answer) -> Running:
    def reply(text: str, client: str) -> str:
        request = parse_request(text)
        return (HttpResponse(400) if request is None else answer(process, request, client)).text()

    yield Listen(port, reply)
    yield Write(2, f"{timestamp(process.now())} Started HTTP server on port {port}\n")
    yield from until_stopped(process, (INT, TERM))
    return _KILLED_BY_TERM


def _healthy_at_first(started: Nanos) -> "_Answer":
    """Return a server that is healthy for ten seconds, and never again."""

    def answer(process: Process, request: HttpRequest, client: str) -> HttpResponse:
        lived = Nanos(process.now() - started)
        if request.path == "/healthz" and lived > _HEALTHY_FOR:
            return HttpResponse(500, f"error: {lived / SECOND}", _headers(process))
        if request.path == "/redirect":
            target = unquote(request.target.partition("loc=")[2]) or "/"
            body = f'<a href="{target}">Found</a>.\n\n'
            return HttpResponse(302, body, {**_headers(process), "location": target}, "Found")
        return HttpResponse(200, "ok" if request.path == "/healthz" else str(process.now()), _headers(process))

    return answer


def _web(process: Process, request: HttpRequest, client: str) -> HttpResponse:
    return HttpResponse(200, "<pre>\n</pre>\n", _headers(process))


def _connect(process: Process, words: list[str]) -> Running:
    """Try to open a connection, and tell by one word what became of it."""
    protocol, place = "tcp", ""
    span: Nanos | None = None
    while words:
        word = words.pop(0)
        if word == "--timeout" and words:
            span = _span(words.pop(0))
        elif word == "--protocol" and words:
            protocol = words.pop(0)
        elif word.startswith("-"):
            raise NotModelledError(f"agnhost {' '.join(process.argv[1:])}", "agnhost")
        else:
            place = word
    host, _, port = place.rpartition(":")
    if not host or not port.isdigit():
        return (yield from _failed(f"UNKNOWN: address {place}: missing port in address"))
    answer: Resolved = yield Resolve(host)
    if not answer.addresses:
        return (yield from _failed(f"DNS: lookup {host}: no such host"))
    try:
        yield Connect(answer.addresses[0], int(port), "hostname\n", span, protocol.upper())
    except TimeoutError:
        return (yield from _failed("TIMEOUT"))
    except ConnectionRefusedError:
        return (yield from _failed("REFUSED"))
    except OSError as error:
        return (yield from _failed(f"OTHER: {error.strerror}"))
    return 0


def _span(text: str) -> Nanos:
    """Return a duration as Go writes one of a single unit. Raises NotModelledError for any other."""
    number, unit = text.rstrip("hms"), text[len(text.rstrip("hms")) :]
    if unit not in _UNITS or not number.replace(".", "", 1).isdigit():
        raise NotModelledError(f"agnhost connect --timeout={text}", "agnhost")
    return Nanos(int(float(number) * _UNITS[unit]))


def _failed(text: str) -> Running:
    yield Write(2, f"{text}\n")
    return 1


def _check_health(process: Process) -> Running:
    """Serve the health protocol; a second port tells the server what to answer."""
    status = [SERVING]

    def reply(text: str, client: str) -> str:
        service = parse_health_request(text)
        return "" if service is None else health_reply(status[0] if service == "" else SERVICE_UNKNOWN)

    def told(process: Process, request: HttpRequest, client: str) -> HttpResponse:
        wanted = {"/make-serving": SERVING, "/make-not-serving": NOT_SERVING}.get(request.path)
        if wanted is None:
            return HttpResponse(404, "404 page not found\n", _headers(process))
        status[0] = wanted
        return HttpResponse(200, "", _headers(process))

    yield Listen(_GRPC_PORT, reply)
    return (yield from _serve(process, _GRPC_HTTP_PORT, told))


def _port(process: Process, default: int, option: str) -> int:
    options = " ".join(process.argv[2:]).replace("=", " ").split()
    if not options:
        return default
    if len(options) == 2 and options[0] == option and options[1].isdigit():
        return int(options[1])
    raise NotModelledError(f"agnhost {' '.join(process.argv[1:])}", "agnhost")


def _netexec(process: Process, request: HttpRequest, client: str) -> HttpResponse:
    answers = {
        "/": f"NOW: {timestamp(process.now())}",
        "/hostname": process.hostname,
        "/hostName": process.hostname,
        "/clientip": f"{client}:{_CLIENT_PORT}",
        "/echo": request.target.partition("msg=")[2],
        "/healthz": "",
    }
    if request.path not in answers:
        raise NotModelledError(f"netexec's {request.target}", "agnhost netexec")
    return HttpResponse(200, answers[request.path], _headers(process))


def _hostname(process: Process, request: HttpRequest, client: str) -> HttpResponse:
    return HttpResponse(200, process.hostname, _headers(process))


def _headers(process: Process) -> dict[str, str]:
    return {"date": http_date(process.now()), "content-type": "text/plain; charset=utf-8"}

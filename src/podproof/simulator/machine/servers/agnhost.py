"""agnhost, the image of Kubernetes' own tests: pause, netexec and serve-hostname in their plain forms.

Source: test/images/agnhost/pause/pause.go, netexec/netexec.go, serve-hostname/serve_hostname.go.
"""

from collections.abc import Callable

from podproof.errors import NotModelledError
from podproof.simulator.machine.effects import Listen, Process, Running, Write
from podproof.simulator.machine.http import HttpRequest, HttpResponse, http_date, parse_request
from podproof.simulator.machine.servers.idle import INT, TERM, until_stopped
from podproof.simulator.model.times import timestamp

_NETEXEC_PORT, _HOSTNAME_PORT = 8080, 9376
_CLIENT_PORT = 32768
"""Approximated: ports of clients are not modelled."""
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

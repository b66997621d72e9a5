"""nginx as its image runs it: port 80, the files of /usr/share/nginx/html, an access log on stdout.

Source of texts and rules: nginx src/http/ngx_http_special_response.c, src/core/ngx_connection.c
(ngx_open_listening_sockets), src/core/nginx.c (options); the image's nginx.conf for the log format.
"""

import errno
import re
from datetime import UTC, datetime

from podproof.errors import NotModelledError
from podproof.simulator.machine.effects import Listen, Process, Running, Sleep, Write
from podproof.simulator.machine.http import (
    REASONS,
    HttpRequest,
    HttpResponse,
    http_date,
    log_date,
    parse_request,
)  # fmt: skip
from podproof.simulator.machine.servers.idle import INT, QUIT, TERM, refuse_others, until_stopped
from podproof.simulator.machine.servers.static import Found, content_type, look_up, without_body
from podproof.simulator.model.times import MILLISECOND, SECOND, Nanos

_OWN_REASONS = {405: "Not Allowed"}
BIND_TRIES = 5
BIND_PAUSE = Nanos(500 * MILLISECOND)
_CONFIGURED = "/etc/nginx/conf.d/default.conf"
_PLAIN = re.compile(r"server\b|listen\b|server_name\b|location / |root\b|index\b|}")


def nginx(process: Process) -> Running:
    """Run nginx: `-v`, `-t` and `-g 'daemon off;'` are known, other options are not modelled."""
    options = process.argv[1:]
    if options in (("-v",), ("-V",)):
        yield Write(2, f"nginx version: nginx/{_version(process)}\n")
        return 0
    if options == ("-t",):
        yield Write(2, "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n")
        yield Write(2, "nginx: configuration file /etc/nginx/nginx.conf test is successful\n")
        return 0
    if not _in_foreground(options):
        raise NotModelledError(f"nginx with the options {' '.join(options) or '(none: a daemon)'}", "nginx")
    return (yield from _serve(process))


def _serve(process: Process) -> Running:
    refuse_others(process, "nginx")
    ports, root = _configuration(process)
    for port in ports:
        if not (yield from _bound(process, port, root)):
            return 1
    yield from until_stopped(process, (INT, QUIT, TERM))
    return 0


def _bound(process: Process, port: int, root: str) -> Running:
    """Take the port; the result is 1, or 0 after the last try."""
    for _ in range(BIND_TRIES):
        try:
            yield Listen(port, lambda request, client: _answer(process, root, request, client))
        except OSError as refused:
            if refused.errno != errno.EADDRINUSE:
                raise
            yield Write(2, _emergency(process, f"bind() to 0.0.0.0:{port} failed (98: Address already in use)"))
            yield Sleep(BIND_PAUSE)
        else:
            return 1
    yield Write(2, _emergency(process, "still could not bind()"))
    return 0


def _emergency(process: Process, text: str) -> str:
    at = datetime.fromtimestamp(process.now() // SECOND, UTC).strftime("%Y/%m/%d %H:%M:%S")
    return f"{at} [emerg] {process.pid}#{process.pid}: {text}\n"


def _answer(process: Process, root: str, text: str, client: str) -> str:
    request = parse_request(text)
    if request is None:
        return _page(process, HttpRequest("-", "-"), Found(400)).text()
    found = Found(405) if request.method not in ("GET", "HEAD") else look_up(process.files, root, request)
    response = _page(process, request, found)
    _log(process, request, response, client)
    return without_body(request, response)


def _page(process: Process, request: HttpRequest, found: Found) -> HttpResponse:
    version = _version(process)
    headers = {"server": f"nginx/{version}", "date": http_date(process.now()), "content-type": "text/html"}
    if found.status == 200:
        headers["content-type"] = content_type(found.path, "application/octet-stream")
        return HttpResponse(200, found.text, {**headers, "connection": "close"})
    if found.status == 301:
        headers["location"] = f"http://{request.headers.get('host', 'localhost')}{request.path}/"
    reason = _OWN_REASONS.get(found.status, REASONS[found.status])
    title = f"{found.status} {reason}"
    head, foot = f"<head><title>{title}</title></head>", f"<hr><center>nginx/{version}</center>"
    body = '<body bgcolor="white">' if _is_old(version) else "<body>"
    lines = ["<html>", head, body, f"<center><h1>{title}</h1></center>", foot, "</body>", "</html>", ""]
    return HttpResponse(found.status, "\r\n".join(lines), {**headers, "connection": "close"}, reason)


def _log(process: Process, request: HttpRequest, response: HttpResponse, client: str) -> None:
    sent = 0 if request.method == "HEAD" else len(response.body.encode(errors="surrogateescape"))
    referer, agent = request.headers.get("referer", "-"), request.headers.get("user-agent", "-")
    forwarded = request.headers.get("x-forwarded-for", "-")
    head = f'{client} - - [{log_date(process.now())}] "{request.line}" {response.status} {sent}'
    process.emit(1, f'{head} "{referer}" "{agent}" "{forwarded}"\n')


def _configuration(process: Process) -> tuple[list[int], str]:
    """Return the ports and the document root of a configuration as plain as the image's own."""
    text = process.files.read(_CONFIGURED) if process.files.is_file(_CONFIGURED) else ""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    strange = next((line for line in lines if line and not _PLAIN.match(line)), None)
    if strange is not None:
        raise NotModelledError(f"the nginx directive {strange!r}", _CONFIGURED)
    ports = [int(found[1]) for line in lines if (found := re.match(r"listen\s+(?:0\.0\.0\.0:)?(\d+)", line))]
    root = next((found[1] for line in lines if (found := re.match(r"root\s+([^;]+);", line))), "/usr/share/nginx/html")
    return ports, root


def _in_foreground(options: tuple[str, ...]) -> bool:
    given = options[0] == "-g" and options[1] if len(options) == 2 else "".join(options).removeprefix("-g")
    return isinstance(given, str) and given.replace(" ", "") in ("daemonoff;", "daemonoff")


def _is_old(version: str) -> bool:
    """Say whether error pages are still coloured. Source: nginx CHANGES, 1.15.4."""
    return tuple(int(part) for part in version.split("-")[0].split(".")) < (1, 15, 4)


def _version(process: Process) -> str:
    return process.env.get("NGINX_VERSION", "1.29.1")

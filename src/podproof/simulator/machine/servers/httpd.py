"""Apache's httpd as its image runs it. Source of texts: httpd modules/http/http_protocol.c, get_canned_error_string."""

import errno

from podproof.simulator.machine.effects import Listen, Process, Running, Write
from podproof.simulator.machine.http import REASONS, HttpRequest, HttpResponse, http_date, log_date, parse_request
from podproof.simulator.machine.servers.idle import TERM, refuse_others, until_stopped
from podproof.simulator.machine.servers.static import content_type, look_up, without_body

WINCH = 28
_ROOT = "/usr/local/apache2/htdocs"
_CANNED = {
    403: "You don't have permission to access this resource.",
    404: "The requested URL was not found on this server.",
    405: "The requested method is not allowed for this URL.",
}


def httpd(process: Process) -> Running:
    """Run httpd in the foreground on port 80."""
    refuse_others(process, "httpd")
    try:
        yield Listen(80, lambda request, client: _answer(process, request, client))
    except OSError as refused:
        if refused.errno != errno.EADDRINUSE:
            raise
        yield Write(2, "(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:80\n")
        yield Write(2, "no listening sockets available, shutting down\nAH00015: Unable to open logs\n")
        return 1
    yield from until_stopped(process, (TERM, WINCH))
    return 0


def _answer(process: Process, text: str, client: str) -> str:
    request = parse_request(text)
    if request is None:
        return _error(process, 400).text()
    response = _response(process, request)
    sent = 0 if request.method == "HEAD" else len(response.body.encode(errors="surrogateescape"))
    process.emit(1, f'{client} - - [{log_date(process.now())}] "{request.line}" {response.status} {sent}\n')
    return without_body(request, response)


def _response(process: Process, request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return _error(process, 405)
    found = look_up(process.files, _ROOT, request)
    if found.status != 200:
        return _error(process, found.status)
    return HttpResponse(200, found.text, {**_headers(process), "content-type": content_type(found.path, "text/plain")})


def _error(process: Process, status: int) -> HttpResponse:
    title = f"{status} {REASONS[status]}"
    page = (
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n'
        f"<title>{title}</title>\n</head><body>\n<h1>{REASONS[status]}</h1>\n"
        f"<p>{_CANNED.get(status, '')}</p>\n</body></html>\n"
    )
    return HttpResponse(status, page, {**_headers(process), "content-type": "text/html; charset=iso-8859-1"})


def _headers(process: Process) -> dict[str, str]:
    version = process.env.get("HTTPD_VERSION", "2.4.65")
    return {"date": http_date(process.now()), "server": f"Apache/{version} (Unix)", "connection": "close"}

"""python as far as pod specs use it without a program of their own: --version and the http.server module."""

import errno

from podproof.errors import NotModelledError
from podproof.simulator.machine.effects import Listen, Process, Running, Write
from podproof.simulator.machine.http import HttpRequest, HttpResponse, http_date, parse_request
from podproof.simulator.machine.servers.idle import INT, until_stopped
from podproof.simulator.machine.servers.static import Found, content_type, look_up, without_body
from podproof.simulator.model.times import SECOND

_DEFAULT_PORT = 8000


def python(process: Process) -> Running:
    """Run `python --version`, `python -m http.server [port]`, or nothing (an empty standard input)."""
    options = process.argv[1:]
    if not options:
        return 0
    version = process.env.get("PYTHON_VERSION", "3.13.7")
    if options in (("--version",), ("-V",)):
        yield Write(1, f"Python {version}\n")
        return 0
    plain = tuple(option for option in options if option != "-u")
    if plain[:2] == ("-m", "http.server") and len(plain) <= 3 and all(word.isdigit() for word in plain[2:]):
        return (yield from _serve(process, int(plain[2]) if len(plain) == 3 else _DEFAULT_PORT, version))
    raise NotModelledError(f"python running a program ({' '.join(options)[:80]})", "python")


def _serve(process: Process, port: int, version: str) -> Running:
    """Serve the working directory. Source: cpython Lib/http/server.py; TERM is not handled, so only KILL ends it."""
    root = process.cwd
    try:
        yield Listen(port, lambda request, client: _answer(process, root, version, request, client))
    except OSError as refused:
        if refused.errno != errno.EADDRINUSE:
            raise
        yield Write(2, "OSError: [Errno 98] Address already in use\n")
        return 1
    yield Write(1, f"Serving HTTP on 0.0.0.0 port {port} (http://0.0.0.0:{port}/) ...\n")
    yield from until_stopped(process, (INT,))
    yield Write(1, "\nKeyboard interrupt received, exiting.\n")
    return 0


def _answer(process: Process, root: str, version: str, text: str, client: str) -> str:
    request = parse_request(text)
    if request is None:
        return HttpResponse(400).text()
    found = look_up(process.files, root, request)
    if found.status == 403:
        found = Found(200, _listing(process, request, found.path), "listing.html")
    at = http_date(process.now()).split(" ")
    when = f"{at[1]}/{at[2]}/{at[3]} {process.now() // SECOND // 3600 % 24:02d}:{at[4][3:]}"
    process.emit(2, f'{client} - - [{when}] "{request.line}" {found.status} -\n')
    headers = {"server": f"SimpleHTTP/0.6 Python/{version}", "date": http_date(process.now())}
    if found.status == 301:
        headers["location"] = request.path + "/"
    headers["content-type"] = content_type(found.path, "application/octet-stream") if found.path else "text/html"
    return without_body(request, HttpResponse(found.status, found.text, headers))


def _listing(process: Process, request: HttpRequest, path: str) -> str:
    title = f"Directory listing for {request.path}"
    names = [f"{name}/" if process.files.is_dir(f"{path}/{name}") else name for name in process.files.listdir(path)]
    items = "\n".join(f'<li><a href="{name}">{name}</a></li>' for name in names)
    head = f'<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n'
    return f"{head}<body>\n<h1>{title}</h1>\n<hr>\n<ul>\n{items}\n</ul>\n<hr>\n</body>\n</html>\n"
